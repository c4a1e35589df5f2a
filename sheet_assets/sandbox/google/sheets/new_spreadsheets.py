"""The Sheets methods that are about more than one spreadsheet: create, and sheets.copyTo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import (
    GoogleError,
    InvalidArgumentError,
    PermissionDeniedError,
    UnimplementedError,
)
from sheet_assets.sandbox.google.sheets import properties, spreadsheets
from sheet_assets.sandbox.google.sheets.duplicates import free_title
from sheet_assets.sandbox.google.sheets.message import Message

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.call import Call
    from sheet_assets.sandbox.google.drive.drive import Drive

_LACKING = ("namedRanges", "developerMetadata", "dataSources")
_LACKING_PARTS = (
    *("data", "merges", "conditionalFormats", "filterViews", "protectedRanges", "basicFilter"),
    *("charts", "bandedRanges", "developerMetadata", "rowGroups", "columnGroups", "slicers"),
    "tables",
)


def create(call: Call, drive: Drive) -> dict[str, Any]:
    """spreadsheets.create: with one tab, or with those whose properties are given."""
    body = Message(call.json(), "").allow(("properties", "sheets"), lacking=_LACKING)
    told = body.message("properties").allow(("title", "locale", "timeZone"))
    sheets = body.messages("sheets")
    for sheet in sheets:
        sheet.allow(("properties",), lacking=_LACKING_PARTS)
    if not drive.stores_files_of(call.email):
        raise PermissionDeniedError
    workbook = drive.create_spreadsheet(
        told.text("title") or "Untitled spreadsheet",
        owner=call.email,
        by=call.email,
        locale=told.text("locale") or "en_US",
        time_zone=told.text("timeZone") or "Etc/GMT",
    )
    try:
        if sheets:
            workbook.remove_all(workbook.worksheets)
            for sheet in sheets:
                properties.add_sheet(sheet, workbook)
    except GoogleError:
        drive.forget(workbook.spreadsheet_id)
        raise
    return spreadsheets.told(workbook, call.email, [], with_data=False)


def copy_to(call: Call, drive: Drive) -> dict[str, Any]:
    """sheets.copyTo: the cells of a worksheet as a new one of another spreadsheet."""
    body = Message(call.json(), "").allow(("destinationSpreadsheetId",))
    source = drive.file(call.path["spreadsheet_id"])
    target = drive.file(body.text("destinationSpreadsheetId") or "")
    if source.role(call.email) is None or target.role(call.email) in {None, "reader"}:
        raise PermissionDeniedError
    sheet_id = call.path["sheet_id"]
    if not sheet_id.isdigit():
        raise InvalidArgumentError(f"No grid with id: {sheet_id}")
    worksheet = source.workbook.worksheet_by_id(int(sheet_id))
    if any(True for _ in worksheet.formulas()):
        raise UnimplementedError("sheets.copyTo of cells with formulas")
    workbook = target.workbook
    with workbook.edited_by(call.email):
        title = free_title(workbook, worksheet.title)
        made = workbook.create_worksheet(title, worksheet.row_count, worksheet.column_count)
        workbook.worksheets[-1] = worksheet.copied(workbook, made.sheet_id, title)
    workbook.touch(call.email)
    return properties.sheet_properties(workbook.worksheets[-1])
