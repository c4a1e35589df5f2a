"""Google's GridData: the cells of a rectangle with values, formats and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.sheets.cell import ErrorValue, Formula
from sheet_assets.sandbox.google.sheets.display import default_pattern, displayed
from sheet_assets.sandbox.google.sheets.formulas.results import Result
from sheet_assets.sandbox.google.sheets.hidden import dimension_flags

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.fields import FieldMask
    from sheet_assets.sandbox.google.sheets.a1 import Rectangle
    from sheet_assets.sandbox.google.sheets.cell import Cell, Row
    from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

ROW_PIXELS = 21
COLUMN_PIXELS = 100

_VALUE_NAMES = {
    bool: "boolValue",
    int: "numberValue",
    float: "numberValue",
    str: "stringValue",
    Formula: "formulaValue",
}


def grid_data(worksheet: Worksheet, cells: Rectangle, mask: FieldMask) -> dict[str, Any]:
    """The GridData of a rectangle; only what the mask over GridData names is computed."""
    body: dict[str, Any] = {}
    if cells.start_row:
        body["startRow"] = cells.start_row
    if cells.start_column:
        body["startColumn"] = cells.start_column
    if mask.wants("rowData"):
        rows = _row_data(worksheet, cells, _CellWriter(worksheet, mask))
        if rows:
            body["rowData"] = rows
    for name, dimension, start, end, pixels in (
        ("rowMetadata", "ROWS", cells.start_row, cells.end_row, ROW_PIXELS),
        ("columnMetadata", "COLUMNS", cells.start_column, cells.end_column, COLUMN_PIXELS),
    ):
        if mask.wants(name):
            body[name] = _dimension_properties(worksheet, dimension, start, end, pixels)
    return body


class _CellWriter:
    """Writes CellData objects with those fields that a mask names."""

    def __init__(self, worksheet: Worksheet, mask: FieldMask) -> None:
        def wants(name: str) -> bool:
            return mask.wants("rowData", "values", name)

        self.worksheet = worksheet
        self.locale = worksheet.workbook.locale
        self.user_value = wants("userEnteredValue")
        self.effective_value = wants("effectiveValue")
        self.formatted_value = wants("formattedValue")
        self.user_format = wants("userEnteredFormat")
        self.effective_format = wants("effectiveFormat")
        self.note = wants("note")

    def write(self, row: int, column: int, content: Cell) -> dict[str, Any]:
        """The CellData of one cell."""
        own = self.worksheet.number_formats.at(row, column)
        body: dict[str, Any] = {}
        result = Result(content)
        if isinstance(content, Formula):
            result = self.worksheet.workbook.results.of(self.worksheet, row, column)
        if content is not None and self.user_value:
            body["userEnteredValue"] = {_VALUE_NAMES[type(content)]: content}
        # A formula may come to nothing; a text without letters is told as nothing, too.
        if result.value not in {None, ""}:
            if self.effective_value:
                body["effectiveValue"] = _extended(result.value)
            if self.formatted_value:
                shown = own or result.number_format
                body["formattedValue"] = displayed(result.value, shown, self.locale)
        if own is not None and self.user_format:
            body["userEnteredFormat"] = {"numberFormat": _as_json(own)}
        effective = self._effective(own) if own is not None else result.number_format
        if effective is not None and self.effective_format:
            body["effectiveFormat"] = {"numberFormat": _as_json(effective)}
        note = self.worksheet.notes.get((row, column), "")
        if note and self.note:
            body["note"] = note
        return body

    def _effective(self, number_format: NumberFormat) -> NumberFormat:
        if number_format.pattern or number_format.type == "TEXT":
            return number_format
        pattern = default_pattern(number_format.type, self.locale)
        return number_format._replace(pattern=pattern)


def _extended(value: Cell) -> dict[str, Any]:
    """Google's ExtendedValue of what a cell comes to."""
    if isinstance(value, ErrorValue):
        error = {"type": value.type}
        return {"errorValue": error | ({"message": value.message} if value.message else {})}
    return {_VALUE_NAMES[type(value)]: value}


def _as_json(number_format: NumberFormat) -> dict[str, str]:
    body = {"type": number_format.type}
    if number_format.pattern:
        body["pattern"] = number_format.pattern
    return body


def _row_data(worksheet: Worksheet, cells: Rectangle, writer: _CellWriter) -> list[dict[str, Any]]:
    """RowData for each row, without those at the end that have no cell with anything in it."""
    formatted_rows, formatted_columns = worksheet.number_formats.extent()
    noted_rows = max((row + 1 for row, _ in worksheet.notes), default=0)
    noted_columns = max((column + 1 for _, column in worksheet.notes), default=0)
    end_row = min(max(len(worksheet.rows), formatted_rows, noted_rows), cells.end_row)
    rows: list[dict[str, Any]] = []
    filled = 0
    for index in range(cells.start_row, end_row):
        values: Row = worksheet.rows[index] if index < len(worksheet.rows) else ()
        end = min(max(len(values), formatted_columns, noted_columns), cells.end_column)
        datas = []
        width = 0
        for column in range(cells.start_column, end):
            value = values[column] if column < len(values) else None
            datas.append(writer.write(index, column, value))
            formatted = worksheet.number_formats.at(index, column) is not None
            if value is not None or formatted or (index, column) in worksheet.notes:
                width = len(datas)
        rows.append({"values": datas[:width]} if width else {})
        if width:
            filled = len(rows)
    return rows[:filled]


def _dimension_properties(
    worksheet: Worksheet, dimension: str, start: int, end: int, pixels: int
) -> list[dict[str, Any]]:
    bodies: list[dict[str, Any]] = [
        {**dimension_flags(worksheet, dimension, place), "pixelSize": pixels}
        for place in range(start, end)
    ]
    for _, entry in sorted(worksheet.workbook.developer_metadata.items()):
        place = entry.location
        here = place.sheet_id == worksheet.sheet_id and place.dimension == dimension
        if here and start <= place.start < end:
            body = bodies[place.start - start]
            body.setdefault("developerMetadata", []).append(entry.as_json())
    return bodies
