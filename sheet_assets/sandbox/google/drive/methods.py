"""The Drive methods: files.get, files.list and changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.drive.file import rfc3339
from sheet_assets.sandbox.google.drive.query import parse_query
from sheet_assets.sandbox.google.errors import (
    InvalidArgumentError,
    NotFoundError,
    UnimplementedError,
)
from sheet_assets.sandbox.google.fields import FieldMask

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.call import Call
    from sheet_assets.sandbox.google.drive.drive import Drive

_FILE = (
    "kind,id,name,mimeType,trashed,version,createdTime,modifiedTime,ownedByMe,webViewLink,"
    "capabilities(canEdit),owners(kind,displayName,me,emailAddress),"
    "lastModifyingUser(kind,displayName,me,emailAddress)"
)
_SHORT_FILE = "kind,id,name,mimeType"
FILE = FieldMask.parse(_FILE)
FILE_LIST = FieldMask.parse(f"kind,incompleteSearch,nextPageToken,files({_FILE})")
CHANGE_LIST = FieldMask.parse(
    "kind,newStartPageToken,nextPageToken,"
    f"changes(kind,removed,time,type,changeType,fileId,file({_FILE}))"
)
START_PAGE_TOKEN = FieldMask.parse("kind,startPageToken")

DEFAULT_FIELDS = {
    FILE: FieldMask.parse(_SHORT_FILE),
    FILE_LIST: FieldMask.parse(f"kind,incompleteSearch,nextPageToken,files({_SHORT_FILE})"),
    CHANGE_LIST: FieldMask.parse(
        "kind,newStartPageToken,nextPageToken,"
        f"changes(kind,removed,time,type,changeType,fileId,file({_SHORT_FILE}))"
    ),
    START_PAGE_TOKEN: START_PAGE_TOKEN,
}


def get_file(call: Call, drive: Drive) -> dict[str, Any]:
    """files.get: a file the caller does not see is not found."""
    file_id = call.path["file_id"]
    file = drive.files.get(file_id)
    if file is None or file.role(call.email) is None:
        raise NotFoundError(f"File not found: {file_id}.", location="fileId")
    if call.parameter("alt") == "media":
        raise UnimplementedError("files.get with alt=media")
    return file.as_json(call.email)


def list_files(call: Call, drive: Drive) -> dict[str, Any]:
    """files.list: the last modified first, in pages."""
    for name in ("orderBy", "corpora", "driveId"):
        value = call.parameter(name)
        if value not in {None, "allDrives", "user", "modifiedTime desc"}:
            raise UnimplementedError(f"files.list with {name}={value}")
    files = drive.visible_to(call.email)
    query = call.parameter("q")
    if query:
        wanted = parse_query(query)
        files = [file for file in files if wanted(file)]
    start = _page_token(call, default=0)
    size = _page_size(call)
    body: dict[str, Any] = {"kind": "drive#fileList", "incompleteSearch": False}
    if start + size < len(files):
        body["nextPageToken"] = str(start + size)
    return body | {"files": [file.as_json(call.email) for file in files[start : start + size]]}


def get_start_page_token(call: Call, drive: Drive) -> dict[str, Any]:
    """changes.getStartPageToken: the token for what happens from now on."""
    del call
    return {"kind": "drive#startPageToken", "startPageToken": str(drive.next_change)}


def list_changes(call: Call, drive: Drive) -> dict[str, Any]:
    """changes.list: each file once, at its latest change, if the caller sees or saw it."""
    token = _page_token(call)
    if not 1 <= token <= drive.next_change:
        raise InvalidArgumentError("Invalid Value", location="pageToken")
    for name in ("driveId", "restrictToMyDrive"):
        if call.parameter(name) not in {None, "false", "False"}:
            raise UnimplementedError(f"changes.list with {name}={call.parameter(name)}")
    size = _page_size(call)
    latest = {
        change.file_id: change
        for change in drive.changes[token - 1 :]
        if call.email in change.audience
    }
    with_removed = (call.parameter("includeRemoved") or "true").lower() != "false"
    entries = []
    for change in sorted(latest.values()):
        file = drive.files.get(change.file_id)
        removed = file is None or file.role(call.email) is None
        if removed and not with_removed:
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
            entry["file"] = file.as_json(call.email)
        entries.append((change.number, entry))
    body: dict[str, Any] = {"kind": "drive#changeList"}
    if len(entries) > size:
        body["nextPageToken"] = str(entries[size - 1][0] + 1)
    else:
        body["newStartPageToken"] = str(drive.next_change)
    return body | {"changes": [entry for _, entry in entries[:size]]}


def _page_token(call: Call, default: int | None = None) -> int:
    text = call.parameter("pageToken")
    if text is None:
        if default is None:
            raise InvalidArgumentError(
                "Required parameter: pageToken", reason="required", location="pageToken"
            )
        return default
    if not text.isascii() or not text.isdigit():
        raise InvalidArgumentError("Invalid Value", location="pageToken")
    return int(text)


def _page_size(call: Call) -> int:
    text = call.parameter("pageSize") or "100"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise InvalidArgumentError(
            f"Invalid value '{text}'. Values must be within the range: [1, 1000]",
            reason="invalidParameter",
            location="pageSize",
        )
    return int(text)
