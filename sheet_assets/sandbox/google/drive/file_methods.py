"""The Drive methods about files: got, listed, created, changed, copied, deleted, exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.call import Content
from sheet_assets.sandbox.google.drive import csv_files
from sheet_assets.sandbox.google.drive.file import SPREADSHEET_TYPE
from sheet_assets.sandbox.google.drive.pages import page_size, page_token
from sheet_assets.sandbox.google.drive.query import parse_query
from sheet_assets.sandbox.google.errors import (
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    UnimplementedError,
)
from sheet_assets.sandbox.google.sheets.message import Message

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.call import Call
    from sheet_assets.sandbox.google.drive.drive import Drive
    from sheet_assets.sandbox.google.drive.file import File

MOST_EXPORTED_BYTES = 10 * 1024 * 1024

_NAMED = ("name", "mimeType", "parents")


def get_file(call: Call, drive: Drive) -> dict[str, Any]:
    """files.get: a file the caller does not see is not found."""
    if call.parameter("alt") == "media":
        raise UnimplementedError("files.get with alt=media")
    return _told(seen_file(call, drive), call, drive)


def list_files(call: Call, drive: Drive) -> dict[str, Any]:
    """files.list: the last modified first, in pages."""
    for name in ("orderBy", "corpora", "driveId"):
        value = call.parameter(name)
        if value not in {None, "allDrives", "user", "modifiedTime desc"}:
            raise UnimplementedError(f"files.list with {name}={value}")
    files = drive.visible_to(call.email)
    if not shows_shared_drives(call):
        files = [file for file in files if file.drive_id is None]
    query = call.parameter("q")
    if query:
        wanted = parse_query(query, drive.limits.modified_lag_seconds)
        files = [file for file in files if wanted(file)]
    start = page_token(call, default=0)
    size = page_size(call)
    body: dict[str, Any] = {"kind": "drive#fileList", "incompleteSearch": False}
    if start + size < len(files):
        body["nextPageToken"] = str(start + size)
    return body | {"files": [_told(file, call, drive) for file in files[start : start + size]]}


def create_file(call: Call, drive: Drive) -> dict[str, Any]:
    """files.create of a spreadsheet, in the caller's own drive or in a shared one.

    Raises:
        UnimplementedError: a file of another type.
        PermissionDeniedError: service accounts have no room of their own, as at Google today.
    """
    body = Message(call.json(), "").allow(_NAMED)
    kind = body.text("mimeType")
    if kind != SPREADSHEET_TYPE:
        raise UnimplementedError(f"files.create with the mimeType {kind}")
    drive_id = _place(body, call, drive)
    made = drive.create_spreadsheet(
        body.text("name") or "Untitled", owner=call.email, by=call.email, drive_id=drive_id
    )
    return _told(drive.file(made.spreadsheet_id), call, drive)


def update_file(call: Call, drive: Drive) -> dict[str, Any]:
    """files.update: another name, or into the trash and back."""
    file = changeable_file(call, drive)
    body = Message(call.json(), "").allow(("name", "trashed", "mimeType"))
    if "trashed" in body:
        _check_owner(file, call)
        drive.trash(call.path["file_id"], trashed=body.boolean("trashed"))
    if body.text("name"):
        file.workbook.rename(body.text("name") or "", by=call.email)
    return _told(file, call, drive)


def copy_file(call: Call, drive: Drive) -> dict[str, Any]:
    """files.copy: everything of the spreadsheet but who sees it."""
    file = seen_file(call, drive)
    body = Message(call.json(), "").allow(_NAMED)
    name = body.text("name") or f"Copy of {file.workbook.title}"
    drive_id = _place(body, call, drive)
    made = drive.create_spreadsheet(name, owner=call.email, by=call.email, drive_id=drive_id)
    file.workbook.copy_into(made)
    return _told(drive.file(made.spreadsheet_id), call, drive)


def delete_file(call: Call, drive: Drive) -> None:
    """files.delete: for good, and only by the owner."""
    _check_owner(seen_file(call, drive), call)
    drive.delete(call.path["file_id"])


def export_file(call: Call, drive: Drive) -> Content:
    """files.export of the first worksheet, as displayed.

    Raises:
        UnimplementedError: it is wanted as something else than CSV or TSV.
        PermissionDeniedError: it has more than 10 MB.
    """
    file = seen_file(call, drive)
    kind = call.parameter("mimeType") or ""
    if kind not in csv_files.DELIMITERS:
        raise UnimplementedError(f"files.export with the mimeType {kind}")
    content = csv_files.written(file.workbook, csv_files.DELIMITERS[kind])
    if len(content) > MOST_EXPORTED_BYTES:
        raise PermissionDeniedError(
            "This file is too large to be exported.", reason="exportSizeLimitExceeded"
        )
    return Content(kind, content)


def import_file(call: Call, drive: Drive) -> dict[str, Any]:
    """Drive v2's files.update with a CSV for content: it becomes the only worksheet."""
    file = changeable_file(call, drive)
    if call.parameter("uploadType") != "media":
        raise UnimplementedError(f"uploadType={call.parameter('uploadType')}")
    csv_files.read_into(file.workbook, call.body, by=call.email)
    told = file.as_json(call.email)
    return {
        **{name: told[name] for name in ("kind", "id", "mimeType", "version")},
        "title": told["name"],
        "createdDate": told["createdTime"],
        "modifiedDate": told["modifiedTime"],
        "alternateLink": told["webViewLink"],
    }


def list_comments(call: Call, drive: Drive) -> dict[str, Any]:
    """comments.list: nobody can write one here."""
    seen_file(call, drive)
    return {"kind": "drive#commentList", "comments": []}


def seen_file(call: Call, drive: Drive) -> File:
    """The file that the address names.

    Raises:
        NotFoundError: there is none, or the caller does not see it.
    """
    file_id = call.path["file_id"]
    file = drive.files.get(file_id)
    hidden = file is None or file.role(call.email) is None
    if file is None or hidden or (file.drive_id and not _is_true(call, "supportsAllDrives")):
        raise NotFoundError(f"File not found: {file_id}.", location="fileId")
    return file


def changeable_file(call: Call, drive: Drive) -> File:
    """The same, if the caller may change it.

    Raises:
        NotFoundError: there is none, or the caller does not see it.
        PermissionDeniedError: the caller is a reader.
    """
    file = seen_file(call, drive)
    if file.role(call.email) == "reader":
        raise _no_permission()
    return file


def shows_shared_drives(call: Call) -> bool:
    """Whether the caller asks for files in shared drives, too."""
    return _is_true(call, "supportsAllDrives") and _is_true(call, "includeItemsFromAllDrives")


def _is_true(call: Call, name: str) -> bool:
    return (call.parameter(name) or "").lower() == "true"


def _told(file: File, call: Call, drive: Drive) -> dict[str, Any]:
    return file.as_json(call.email, drive.limits.modified_lag_seconds)


def _check_owner(file: File, call: Call) -> None:
    """A file in a shared drive has no owner: whoever may change it may throw it away."""
    if file.role(call.email) != ("writer" if file.drive_id else "owner"):
        raise _no_permission()


def _no_permission() -> PermissionDeniedError:
    return PermissionDeniedError("The user does not have sufficient permissions for this file.")


def _place(body: Message, call: Call, drive: Drive) -> str | None:
    """The shared drive that a new file goes to; None: the caller's own."""
    parents = body.texts("parents")
    if not parents or parents == ["root"]:
        if not drive.stores_files_of(call.email):
            raise PermissionDeniedError(
                "The user's Drive storage quota has been exceeded.",
                reason="storageQuotaExceeded",
                domain="usageLimits",
            )
        return None
    if len(parents) > 1:
        raise InvalidArgumentError("A file has one parent.", reason="invalid")
    shared = drive.shared_drives.get(parents[0])
    if shared is None or call.email not in shared.roles:
        raise NotFoundError(f"File not found: {parents[0]}.", location="fileId")
    if shared.roles[call.email] != "writer":
        raise _no_permission()
    return shared.drive_id
