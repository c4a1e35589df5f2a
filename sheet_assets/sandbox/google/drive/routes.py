"""The Drive API's addresses and what answers each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.call import Content
from sheet_assets.sandbox.google.drive import change_methods, file_methods, permission_methods
from sheet_assets.sandbox.google.drive import schemas as fields_of
from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.fields import FieldMask

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.google.call import Answer, Call
    from sheet_assets.sandbox.google.drive.drive import Drive

    Handler = Callable[[Call, Drive], Answer]

READ_SCOPES = frozenset(
    f"https://www.googleapis.com/auth/{name}"
    for name in ("drive", "drive.readonly", "drive.metadata", "drive.metadata.readonly")
)
WRITE_SCOPES = frozenset(
    f"https://www.googleapis.com/auth/{name}" for name in ("drive", "drive.file")
)


@dataclass(frozen=True)
class DriveRoute:
    """A method and a path, still percent-encoded."""

    method: str
    path: re.Pattern[str]
    handler: Handler
    schema: FieldMask

    # Drive's own quota is too large to be met here.
    quota = None

    @property
    def scopes(self) -> frozenset[str]:
        """Any one of these scopes will do."""
        return READ_SCOPES if self.method == "GET" else WRITE_SCOPES

    def answer(self, call: Call, drive: Drive) -> Answer:
        """Call the handler and pick the fields asked for; parameters unknown are ignored.

        Raises:
            GoogleError: the call is refused.
        """
        text = call.parameter("fields")
        mask = _parse_fields(text, self.schema) if text else fields_of.DEFAULT_FIELDS[self.schema]
        with drive.lock:
            answer = self.handler(call, drive)
        if answer is None or isinstance(answer, Content):
            return answer
        told: dict[str, object] = mask.select(answer)
        return told


def _parse_fields(text: str, schema: FieldMask) -> FieldMask:
    try:
        mask = FieldMask.parse(text)
        unknown = mask.unknown(schema)
    except ValueError:
        unknown = [text]
    if unknown:
        raise InvalidArgumentError(
            f"Invalid field selection {unknown[0].rpartition('.')[2]}",
            reason="invalidParameter",
            location="fields",
        )
    return mask


def _route(method: str, path: str, handler: Handler, schema: FieldMask) -> DriveRoute:
    return DriveRoute(method, re.compile(path), handler, schema)


_FILES = "/drive/v3/files"
_FILE = f"{_FILES}/(?P<file_id>[^/:]+)"
_PERMISSIONS = f"{_FILE}/permissions"
_PERMISSION = f"{_PERMISSIONS}/(?P<permission_id>[^/:]+)"
_CHANGES = "/drive/v3/changes"

ROUTES = (
    _route("GET", _FILES, file_methods.list_files, fields_of.FILE_LIST),
    _route("POST", _FILES, file_methods.create_file, fields_of.FILE),
    _route("GET", _FILE, file_methods.get_file, fields_of.FILE),
    _route("PATCH", _FILE, file_methods.update_file, fields_of.FILE),
    _route("DELETE", _FILE, file_methods.delete_file, fields_of.NOTHING),
    _route("POST", f"{_FILE}/copy", file_methods.copy_file, fields_of.FILE),
    _route("GET", f"{_FILE}/export", file_methods.export_file, fields_of.NOTHING),
    _route(
        "PUT",
        "/upload/drive/v2/files/(?P<file_id>[^/:]+)",
        file_methods.import_file,
        fields_of.V2_FILE,
    ),
    _route("GET", f"{_FILE}/comments", file_methods.list_comments, fields_of.COMMENT_LIST),
    _route("GET", _PERMISSIONS, permission_methods.list_permissions, fields_of.PERMISSION_LIST),
    _route("POST", _PERMISSIONS, permission_methods.create_permission, fields_of.PERMISSION),
    _route("GET", _PERMISSION, permission_methods.get_permission, fields_of.PERMISSION),
    _route("PATCH", _PERMISSION, permission_methods.update_permission, fields_of.PERMISSION),
    _route("DELETE", _PERMISSION, permission_methods.delete_permission, fields_of.NOTHING),
    _route(
        "GET",
        f"{_CHANGES}/startPageToken",
        change_methods.get_start_page_token,
        fields_of.START_PAGE_TOKEN,
    ),
    _route("GET", _CHANGES, change_methods.list_changes, fields_of.CHANGE_LIST),
)
