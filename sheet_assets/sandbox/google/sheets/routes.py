"""The Sheets API's addresses and what answers each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.call import COMMON_PARAMETERS
from sheet_assets.sandbox.google.errors import InvalidArgumentError, PermissionDeniedError
from sheet_assets.sandbox.google.fields import FieldMask
from sheet_assets.sandbox.google.sheets import (
    batch_update,
    metadata_requests,
    new_spreadsheets,
    spreadsheets,
    value_appends,
    values,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.google.call import Call
    from sheet_assets.sandbox.google.drive.drive import Drive
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

READ_SCOPES = frozenset(
    f"https://www.googleapis.com/auth/{name}"
    for name in ("spreadsheets", "spreadsheets.readonly", "drive", "drive.readonly")
)
WRITE_SCOPES = frozenset(
    f"https://www.googleapis.com/auth/{name}" for name in ("spreadsheets", "drive")
)

_RENDER = frozenset({"valueRenderOption", "dateTimeRenderOption", "majorDimension"})
_ECHO = frozenset(
    {"includeValuesInResponse", "responseValueRenderOption", "responseDateTimeRenderOption"}
)
_ANY = FieldMask()


@dataclass(frozen=True)
class SheetsRoute:
    """A method and a path, still percent-encoded: a literal colon parts a range from a verb."""

    method: str
    path: re.Pattern[str]
    handler: Callable[[Call, Workbook], dict[str, Any]]
    parameters: frozenset[str]
    schema: FieldMask = _ANY
    writes: bool = False

    @property
    def quota(self) -> str:
        """The quota that a call counts for."""
        return "Write" if self.method != "GET" and self.writes else "Read"

    @property
    def scopes(self) -> frozenset[str]:
        """Any one of these scopes will do."""
        return WRITE_SCOPES if self.writes else READ_SCOPES

    def answer(self, call: Call, drive: Drive) -> dict[str, Any]:
        """Check parameters and permission, and call the handler.

        Raises:
            GoogleError: the call is refused.
        """
        for name in call.parameters:
            if name not in self.parameters | COMMON_PARAMETERS:
                raise _unknown_parameter(name)
        text = call.parameter("fields")
        mask = spreadsheets.parse_fields(text, self.schema) if text else _ANY
        with drive.lock:
            file = drive.file(call.path["spreadsheet_id"])
            role = file.role(call.email)
            if role is None or (self.writes and role == "reader"):
                raise PermissionDeniedError
            answer: dict[str, Any] = mask.select(self.handler(call, file.workbook))
            return answer


@dataclass(frozen=True)
class AcrossRoute:
    """A path that is about no one spreadsheet alone: its handler is given all of them."""

    path: re.Pattern[str]
    handler: Callable[[Call, Drive], dict[str, Any]]

    method = "POST"
    quota = "Write"
    scopes = WRITE_SCOPES

    def answer(self, call: Call, drive: Drive) -> dict[str, Any]:
        """Check parameters, and call the handler, which checks permissions.

        Raises:
            GoogleError: the call is refused.
        """
        for name in call.parameters:
            if name not in COMMON_PARAMETERS:
                raise _unknown_parameter(name)
        text = call.parameter("fields")
        mask = spreadsheets.parse_fields(text, _ANY) if text else _ANY
        with drive.lock:
            answer: dict[str, Any] = mask.select(self.handler(call, drive))
            return answer


def _route(
    method: str,
    path: str,
    handler: Callable[[Call, Workbook], dict[str, Any]],
    *parameters: str,
    schema: str | FieldMask = _ANY,
    writes: bool = False,
) -> SheetsRoute:
    return SheetsRoute(
        method,
        re.compile(rf"/v4/spreadsheets/(?P<spreadsheet_id>[^/:]+){path}"),
        handler,
        frozenset(parameters),
        FieldMask.parse(schema) if isinstance(schema, str) else schema,
        writes,
    )


_VALUE_RANGE = "range,majorDimension,values"
_UPDATED = (
    "spreadsheetId,updatedRange,updatedRows,updatedColumns,updatedCells,"
    f"updatedData({_VALUE_RANGE})"
)

ROUTES = (
    AcrossRoute(re.compile("/v4/spreadsheets"), new_spreadsheets.create),
    AcrossRoute(
        re.compile(
            "/v4/spreadsheets/(?P<spreadsheet_id>[^/:]+)/sheets/(?P<sheet_id>[^/:]+):copyTo"
        ),
        new_spreadsheets.copy_to,
    ),
    _route(
        "GET",
        "",
        spreadsheets.get,
        "ranges",
        "includeGridData",
        "excludeTablesInBandedRanges",
        schema=spreadsheets.SPREADSHEET,
    ),
    _route(
        "POST",
        ":batchUpdate",
        batch_update.batch_update,
        schema="spreadsheetId,replies,updatedSpreadsheet",
        writes=True,
    ),
    _route(
        "GET",
        "/values:batchGet",
        values.batch_get,
        "ranges",
        *_RENDER,
        schema=f"spreadsheetId,valueRanges({_VALUE_RANGE})",
    ),
    _route(
        "POST",
        "/values:batchUpdate",
        values.batch_update,
        schema="spreadsheetId,totalUpdatedRows,totalUpdatedColumns,totalUpdatedCells,"
        f"totalUpdatedSheets,responses({_UPDATED})",
        writes=True,
    ),
    _route("POST", "/values:batchClear", values.batch_clear, writes=True),
    _route("POST", "/values/(?P<range>.+):clear", values.clear, writes=True),
    _route(
        "POST",
        "/values/(?P<range>[^/]+):append",
        value_appends.append,
        "valueInputOption",
        "insertDataOption",
        *_ECHO,
        schema=f"spreadsheetId,tableRange,updates({_UPDATED})",
        writes=True,
    ),
    _route("GET", "/values/(?P<range>[^/]+)", values.get, *_RENDER, schema=_VALUE_RANGE),
    _route(
        "PUT",
        "/values/(?P<range>[^/]+)",
        values.update,
        "valueInputOption",
        *_ECHO,
        schema=_UPDATED,
        writes=True,
    ),
    _route("POST", "/developerMetadata:search", metadata_requests.search),
    _route("GET", "/developerMetadata/(?P<metadata_id>[^/:]+)", metadata_requests.get),
)


def _unknown_parameter(name: str) -> InvalidArgumentError:
    message = (
        f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
        f"Field '{name}' could not be found in request message."
    )
    error = InvalidArgumentError.at("", message)
    violation = {"description": message}
    detail = {**error.details[0], "fieldViolations": [violation]}
    return InvalidArgumentError(message, details=[detail])
