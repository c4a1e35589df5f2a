"""The Drive API's addresses and what answers each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.drive import methods
from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.fields import FieldMask

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.google.call import Call
    from sheet_assets.sandbox.google.drive.drive import Drive

SCOPES = frozenset(
    f"https://www.googleapis.com/auth/{name}"
    for name in ("drive", "drive.readonly", "drive.metadata", "drive.metadata.readonly")
)


@dataclass(frozen=True)
class DriveRoute:
    """A method and a path, still percent-encoded."""

    method: str
    path: re.Pattern[str]
    handler: Callable[[Call, Drive], dict[str, Any]]
    schema: FieldMask

    scopes = SCOPES

    def answer(self, call: Call, drive: Drive) -> dict[str, Any]:
        """Call the handler and pick the fields asked for; parameters unknown are ignored.

        Raises:
            GoogleError: the call is refused.
        """
        text = call.parameter("fields")
        mask = _parse_fields(text, self.schema) if text else methods.DEFAULT_FIELDS[self.schema]
        with drive.lock:
            answer: dict[str, Any] = mask.select(self.handler(call, drive))
            return answer


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


def _route(
    path: str, handler: Callable[[Call, Drive], dict[str, Any]], schema: FieldMask
) -> DriveRoute:
    return DriveRoute("GET", re.compile(f"/drive/v3/{path}"), handler, schema)


ROUTES = (
    _route("files", methods.list_files, methods.FILE_LIST),
    _route("files/(?P<file_id>[^/:]+)", methods.get_file, methods.FILE),
    _route("changes/startPageToken", methods.get_start_page_token, methods.START_PAGE_TOKEN),
    _route("changes", methods.list_changes, methods.CHANGE_LIST),
)
