"""The Drive methods about changes: what happened to files since a page token."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.drive.file import rfc3339
from sheet_assets.sandbox.google.drive.file_methods import shows_shared_drives
from sheet_assets.sandbox.google.drive.pages import page_size, page_token
from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.call import Call
    from sheet_assets.sandbox.google.drive.drive import Change, Drive


def get_start_page_token(call: Call, drive: Drive) -> dict[str, Any]:
    """changes.getStartPageToken: the token for what happens from now on."""
    del call
    return {"kind": "drive#startPageToken", "startPageToken": str(_next(drive.told_changes()))}


def list_changes(call: Call, drive: Drive) -> dict[str, Any]:
    """changes.list: each file once, at its latest change, if the caller sees or saw it."""
    token = page_token(call)
    told = drive.told_changes()
    if not 1 <= token <= _next(told):
        raise InvalidArgumentError("Invalid Value", location="pageToken")
    for name in ("driveId", "restrictToMyDrive"):
        if call.parameter(name) not in {None, "false", "False"}:
            raise UnimplementedError(f"changes.list with {name}={call.parameter(name)}")
    size = page_size(call)
    latest = {
        change.file_id: (number, change)
        for number, change in enumerate(told[token - 1 :], token)
        if call.email in change.audience
    }
    shared = shows_shared_drives(call)
    with_removed = (call.parameter("includeRemoved") or "true").lower() != "false"
    entries = []
    for number, change in sorted(latest.values(), key=itemgetter(0)):
        file = drive.files.get(change.file_id)
        removed = file is None or file.role(call.email) is None
        if removed and not with_removed:
            continue
        if file is not None and file.drive_id is not None and not shared:
            continue
        entry = {
            "kind": "drive#change",
            "removed": removed,
            "time": rfc3339(change.time),
            "type": "file",
            "changeType": "file",
            "fileId": change.file_id,
        }
        if file is not None and not removed:
            entry["file"] = file.as_json(call.email, drive.limits.modified_lag_seconds)
        entries.append((number, entry))
    body: dict[str, Any] = {"kind": "drive#changeList"}
    if len(entries) > size:
        body["nextPageToken"] = str(entries[size - 1][0] + 1)
    else:
        body["newStartPageToken"] = str(_next(told))
    return body | {"changes": [entry for _, entry in entries[:size]]}


def _next(told: list[Change]) -> int:
    return len(told) + 1
