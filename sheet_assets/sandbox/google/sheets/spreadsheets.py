"""The spreadsheets resource: what spreadsheets.get answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.fields import FieldMask
from sheet_assets.sandbox.google.sheets import dimension_groups
from sheet_assets.sandbox.google.sheets.a1 import GridRange
from sheet_assets.sandbox.google.sheets.grid_data import grid_data
from sheet_assets.sandbox.google.sheets.grid_range import grid_range
from sheet_assets.sandbox.google.sheets.properties import sheet_properties, spreadsheet_properties

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.call import Call
    from sheet_assets.sandbox.google.sheets.a1 import Rectangle
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

# Google's field names; below those without a parenthesis any name is taken.
SPREADSHEET = FieldMask.parse(
    "spreadsheetId,spreadsheetUrl,"
    "properties(title,locale,autoRecalc,timeZone,defaultFormat,iterativeCalculationSettings,"
    "spreadsheetTheme,importFunctionsExternalUrlAccessAllowed),"
    "sheets("
    "properties(sheetId,title,index,sheetType,hidden,tabColor,tabColorStyle,rightToLeft,"
    "dataSourceSheetProperties,gridProperties(rowCount,columnCount,frozenRowCount,"
    "frozenColumnCount,hideGridlines,rowGroupControlAfter,columnGroupControlAfter)),"
    "data(startRow,startColumn,rowMetadata,columnMetadata,rowData(values(userEnteredValue,"
    "effectiveValue,formattedValue,userEnteredFormat,effectiveFormat,hyperlink,note,"
    "textFormatRuns,dataValidation,pivotTable,dataSourceTable,dataSourceFormula,chipRuns))),"
    "merges,conditionalFormats,filterViews,protectedRanges,basicFilter,charts,bandedRanges,"
    "developerMetadata,rowGroups,columnGroups,slicers,"
    "tables(tableId,name,range,rowsProperties,columnProperties)),"
    "namedRanges(namedRangeId,name,range),developerMetadata,dataSources,dataSourceSchedules"
)


def get(call: Call, workbook: Workbook) -> dict[str, Any]:
    """spreadsheets.get; a mask that names sheets.data asks for grid data, too."""
    text = call.parameter("fields")
    mask = parse_fields(text, SPREADSHEET) if text else None
    if mask is None:
        mask = FieldMask()
        with_data = call.flag("includeGridData")
    else:
        with_data = mask.wants("sheets", "data")
    ranges = call.parameters.get("ranges", [])
    return told(workbook, call.email, ranges, mask=mask, with_data=with_data)


def told(
    workbook: Workbook,
    email: str,
    ranges: list[str],
    *,
    mask: FieldMask | None = None,
    with_data: bool,
) -> dict[str, Any]:
    """Google's Spreadsheet as this account sees it: all worksheets, or those that ranges name."""
    mask = mask or FieldMask()
    body: dict[str, Any] = {
        "spreadsheetId": workbook.spreadsheet_id,
        "properties": spreadsheet_properties(workbook),
        "sheets": [
            _sheet(worksheet, cells, mask, email, with_data=with_data)
            for worksheet, cells in _ranges(workbook, ranges)
        ],
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{workbook.spreadsheet_id}/edit",
    }
    if workbook.named_ranges:
        body["namedRanges"] = [named.as_json() for named in workbook.named_ranges.values()]
    metadata = _metadata(workbook, None)
    return body | ({"developerMetadata": metadata} if metadata else {})


def parse_fields(text: str, schema: FieldMask) -> FieldMask:
    """A mask for a partial response.

    Raises:
        InvalidArgumentError: it is no mask, or names a field the schema does not have.
    """
    try:
        mask = FieldMask.parse(text)
    except ValueError as exc:
        raise _invalid_fields(text, f"Error parsing 'fields' parameter: {text}") from exc
    unknown = mask.unknown(schema)
    if unknown:
        raise _invalid_fields(
            unknown[0],
            "Error expanding 'fields' parameter. Cannot find matching fields for path "
            f"'{unknown[0]}'.",
        )
    return mask


def _invalid_fields(field: str, description: str) -> InvalidArgumentError:
    error = InvalidArgumentError.at(field, description)
    return InvalidArgumentError("Request contains an invalid argument.", details=error.details)


def _ranges(workbook: Workbook, texts: list[str]) -> list[tuple[Worksheet, list[Rectangle]]]:
    """The worksheets to tell and the rectangles of each: all, or those that ranges name."""
    if not texts:
        return [(worksheet, [worksheet.grid]) for worksheet in workbook.worksheets]
    named: dict[int, list[Rectangle]] = {}
    for text in texts:
        worksheet, cells = workbook.find_range(text)
        named.setdefault(worksheet.sheet_id, []).append(worksheet.clipped(cells))
    return [
        (worksheet, named[worksheet.sheet_id])
        for worksheet in workbook.worksheets
        if worksheet.sheet_id in named
    ]


def _sheet(
    worksheet: Worksheet, cells: list[Rectangle], mask: FieldMask, email: str, *, with_data: bool
) -> dict[str, Any]:
    body: dict[str, Any] = {"properties": sheet_properties(worksheet)}
    if with_data:
        sheets = mask.below("sheets") or FieldMask()
        below = sheets.below("data") or FieldMask()
        body["data"] = [grid_data(worksheet, rectangle, below) for rectangle in cells]
    if worksheet.merges:
        body["merges"] = [
            grid_range(worksheet.sheet_id, GridRange(*merge)) for merge in worksheet.merges
        ]
    if worksheet.basic_filter is not None:
        body["basicFilter"] = worksheet.basic_filter.as_json(worksheet.sheet_id)
    workbook = worksheet.workbook
    here = worksheet.sheet_id
    lists = {
        "charts": [each.as_json() for each in workbook.charts.values() if each.sheet_id == here],
        "protectedRanges": [
            each.as_json(email, workbook.owner)
            for each in workbook.protected_ranges.values()
            if each.sheet_id == here
        ],
        "filterViews": [
            each.as_json() for each in workbook.filter_views.values() if each.sheet_id == here
        ],
        "rowGroups": dimension_groups.told(worksheet, "ROWS"),
        "columnGroups": dimension_groups.told(worksheet, "COLUMNS"),
        "tables": [
            each.as_json(worksheet) for each in workbook.tables.values() if each.sheet_id == here
        ],
        "developerMetadata": _metadata(workbook, here),
    }
    return body | {name: entries for name, entries in lists.items() if entries}


def _metadata(workbook: Workbook, sheet_id: int | None) -> list[dict[str, Any]]:
    """The developer metadata of the spreadsheet itself, or of a sheet itself."""
    return [
        entry.as_json()
        for _, entry in sorted(workbook.developer_metadata.items())
        if entry.location.sheet_id == sheet_id and entry.location.dimension is None
    ]
