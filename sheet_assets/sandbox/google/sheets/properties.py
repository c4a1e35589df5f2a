"""The properties of spreadsheets and worksheets: told, and changed by batchUpdate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError
from sheet_assets.sandbox.google.sheets import dimensions
from sheet_assets.sandbox.google.sheets.cell_formats import color, color_of_style
from sheet_assets.sandbox.google.sheets.formulas.moved import follow_title

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.fields import FieldMask
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

SHEET_FIELDS = ("title", "index", "gridProperties", "hidden", "tabColor", "tabColorStyle")
GRID_FIELDS = ("rowCount", "columnCount", "frozenRowCount", "frozenColumnCount")
LACKING_SHEET_FIELDS = ("rightToLeft", "dataSourceSheetProperties")
LACKING_GRID_FIELDS = ("hideGridlines", "rowGroupControlAfter", "columnGroupControlAfter")


def spreadsheet_properties(workbook: Workbook) -> dict[str, Any]:
    """Google's SpreadsheetProperties, without defaultFormat and spreadsheetTheme."""
    return {
        "title": workbook.title,
        "locale": workbook.locale,
        "autoRecalc": workbook.auto_recalc,
        "timeZone": workbook.time_zone,
    }


def sheet_properties(worksheet: Worksheet) -> dict[str, Any]:
    """Google's SheetProperties."""
    grid = {"rowCount": worksheet.row_count, "columnCount": worksheet.column_count}
    if worksheet.frozen_row_count:
        grid["frozenRowCount"] = worksheet.frozen_row_count
    if worksheet.frozen_column_count:
        grid["frozenColumnCount"] = worksheet.frozen_column_count
    body: dict[str, Any] = {
        "sheetId": worksheet.sheet_id,
        "title": worksheet.title,
        "index": worksheet.workbook.worksheets.index(worksheet),
        "sheetType": "GRID",
        "gridProperties": grid,
    }
    if worksheet.hidden:
        body["hidden"] = True
    if worksheet.tab_color is not None:
        body["tabColor"] = worksheet.tab_color
        body["tabColorStyle"] = {"rgbColor": worksheet.tab_color}
    return body


def update_spreadsheet_properties(request: Message, workbook: Workbook) -> None:
    """Request updateSpreadsheetProperties."""
    request.allow(("properties", "fields"))
    properties = request.message("properties")
    mask = request.mask()
    for name in mask.children:
        value = properties.text(name) if name != "*" else None
        if name == "title" and value:
            workbook.title = value
        elif name == "locale" and value:
            workbook.locale = value
        elif name == "timeZone" and value:
            workbook.time_zone = value
        elif name in {"title", "locale", "timeZone"}:
            raise InvalidArgumentError(f"{name} cannot be empty")
        else:
            raise UnimplementedError(f"updateSpreadsheetProperties of the field {name}")


def add_sheet(request: Message, workbook: Workbook) -> dict[str, Any]:
    """Request addSheet: the reply has the new sheet's properties."""
    request.allow(("properties",))
    properties = _checked(request.message("properties"))
    grid = properties.message("gridProperties")
    worksheet = workbook.create_worksheet(
        properties.text("title"),
        grid.count("rowCount") or 1000,
        grid.count("columnCount") or 26,
        sheet_id=properties.integer("sheetId"),
        index=_index(properties, workbook),
    )
    worksheet.frozen_row_count = grid.count("frozenRowCount")
    worksheet.frozen_column_count = grid.count("frozenColumnCount")
    worksheet.hidden = properties.boolean("hidden")
    worksheet.tab_color = _tab_color(properties)
    _check_frozen(worksheet)
    return {"addSheet": {"properties": sheet_properties(worksheet)}}


def delete_sheet(request: Message, workbook: Workbook) -> None:
    """Request deleteSheet: the sheet goes, with what is named in it and its metadata."""
    request.allow(("sheetId",))
    worksheet = _found(workbook, request.integer("sheetId"))
    worksheet.check_editable(worksheet.grid)
    workbook.remove_all([worksheet])
    if not any(not sheet.hidden for sheet in workbook.worksheets):
        raise InvalidArgumentError("You can't remove all the sheets in a document.")


def update_sheet_properties(request: Message, workbook: Workbook) -> None:
    """Request updateSheetProperties."""
    request.allow(("properties", "fields"))
    properties = _checked(request.message("properties"))
    worksheet = _found(workbook, properties.integer("sheetId"))
    mask = request.mask()
    wanted = set(SHEET_FIELDS if "*" in mask.children else mask.children) - {"sheetId", "sheetType"}
    unknown = sorted(wanted - set(SHEET_FIELDS))
    if unknown:
        raise UnimplementedError(f"updateSheetProperties of the field {unknown[0]}")
    if "title" in wanted:
        title = properties.text("title")
        if not title:
            raise InvalidArgumentError("Sheet title cannot be empty")
        workbook.check_title(title, but=worksheet)
        follow_title(worksheet, title)
        worksheet.title = title
    if "gridProperties" in wanted:
        _update_grid(worksheet, properties.message("gridProperties"), mask.below("gridProperties"))
    if "hidden" in wanted:
        worksheet.hidden = properties.boolean("hidden")
        if all(sheet.hidden for sheet in workbook.worksheets):
            raise InvalidArgumentError("You can't hide all the sheets in a document.")
    if wanted & {"tabColor", "tabColorStyle"}:
        worksheet.tab_color = _tab_color(properties)
    if "index" in wanted:
        _move(workbook, worksheet, _index(properties, workbook))


def _checked(properties: Message) -> Message:
    properties.allow(("sheetId", "sheetType", *SHEET_FIELDS), lacking=LACKING_SHEET_FIELDS)
    properties.message("gridProperties").allow(GRID_FIELDS, lacking=LACKING_GRID_FIELDS)
    if properties.text("sheetType") not in {None, "GRID"}:
        raise UnimplementedError(f"sheetType {properties.text('sheetType')}")
    return properties


def _found(workbook: Workbook, sheet_id: int | None) -> Worksheet:
    for worksheet in workbook.worksheets:
        if worksheet.sheet_id == (sheet_id or 0):
            return worksheet
    raise InvalidArgumentError(f"No sheet with id: {sheet_id or 0}")


def _update_grid(worksheet: Worksheet, grid: Message, mask: FieldMask | None) -> None:
    names = set(mask.children if mask is not None and mask.children else GRID_FIELDS)
    if "*" in names:
        names = set(GRID_FIELDS)
    unknown = sorted(names - set(GRID_FIELDS))
    if unknown:
        raise UnimplementedError(f"updateSheetProperties of gridProperties.{unknown[0]}")
    if "frozenRowCount" in names:
        worksheet.frozen_row_count = grid.count("frozenRowCount")
    if "frozenColumnCount" in names:
        worksheet.frozen_column_count = grid.count("frozenColumnCount")
    dimensions.resize(
        worksheet,
        grid.count("rowCount") if "rowCount" in names else worksheet.row_count,
        grid.count("columnCount") if "columnCount" in names else worksheet.column_count,
    )
    _check_frozen(worksheet)


def _check_frozen(worksheet: Worksheet) -> None:
    for word, frozen, count in (
        ("rows", worksheet.frozen_row_count, worksheet.row_count),
        ("columns", worksheet.frozen_column_count, worksheet.column_count),
    ):
        if frozen and frozen >= count:
            raise InvalidArgumentError(f"You can't freeze all visible {word} on the sheet.")


def _index(properties: Message, workbook: Workbook) -> int | None:
    if "index" not in properties:
        return None
    index = properties.count("index")
    if index > len(workbook.worksheets):
        raise InvalidArgumentError(
            f"Index: {index} is too high. Must be less than or equal to: {len(workbook.worksheets)}"
        )
    return index


def _move(workbook: Workbook, worksheet: Worksheet, index: int | None) -> None:
    """Move to an index counted before the move: a sheet moved right lands one lower."""
    worksheets = workbook.worksheets
    before = worksheets.index(worksheet)
    after = len(worksheets) if index is None else index
    worksheets.remove(worksheet)
    worksheets.insert(after - 1 if after > before else after, worksheet)


def _tab_color(properties: Message) -> dict[str, float] | None:
    if "tabColorStyle" in properties:
        return color_of_style(properties.message("tabColorStyle"))
    return color(properties.message("tabColor")) if "tabColor" in properties else None
