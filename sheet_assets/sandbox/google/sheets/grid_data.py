"""Google's GridData: the cells of a rectangle with values, formats and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.sheets.cell import ErrorValue, Formula
from sheet_assets.sandbox.google.sheets.display import default_pattern, displayed
from sheet_assets.sandbox.google.sheets.formulas.results import Result
from sheet_assets.sandbox.google.sheets.hidden import dimension_flags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        self.validation = wants("dataValidation")
        self.note = wants("note")

    def write(
        self, place: tuple[int, int], content: Cell, layers: Sequence[Any], note: str
    ) -> dict[str, Any]:
        """The CellData of a content, of what the layers of the worksheet have, of a note."""
        number_format, cell_format, validation = layers
        body: dict[str, Any] = {}
        result = Result(content)
        if isinstance(content, Formula):
            result = self.worksheet.workbook.results.of(self.worksheet, *place)
        if content is not None and self.user_value:
            body["userEnteredValue"] = _extended(content)
        # A formula may come to nothing; a text without letters is told as nothing, too.
        if result.value not in {None, ""}:
            if self.effective_value:
                body["effectiveValue"] = _extended(result.value)
            if self.formatted_value:
                shown = number_format or result.number_format
                body["formattedValue"] = displayed(result.value, shown, self.locale)
        own = _format(number_format, cell_format)
        if own and self.user_format:
            body["userEnteredFormat"] = own
        effective = self._effective(number_format) if number_format else result.number_format
        if (own or effective) and self.effective_format:
            body["effectiveFormat"] = _format(effective, cell_format)
        if validation is not None and self.validation:
            body["dataValidation"] = validation
        if note and self.note:
            body["note"] = note
        return body

    def _effective(self, number_format: NumberFormat) -> NumberFormat:
        if number_format.pattern or number_format.type == "TEXT":
            return number_format
        pattern = default_pattern(number_format.type, self.locale)
        return number_format._replace(pattern=pattern)


def _extended(value: Cell) -> dict[str, Any]:
    """Google's ExtendedValue of what a cell holds, or comes to."""
    if isinstance(value, ErrorValue):
        error = {"type": value.type}
        return {"errorValue": error | ({"message": value.message} if value.message else {})}
    return {_VALUE_NAMES[type(value)]: value}


def _format(
    number_format: NumberFormat | None, cell_format: Mapping[str, Any] | None
) -> dict[str, Any]:
    told = {"numberFormat": _as_json(number_format)} if number_format else {}
    return {**told, **(cell_format or {})}


def _as_json(number_format: NumberFormat) -> dict[str, str]:
    body = {"type": number_format.type}
    if number_format.pattern:
        body["pattern"] = number_format.pattern
    return body


def _row_data(worksheet: Worksheet, cells: Rectangle, writer: _CellWriter) -> list[dict[str, Any]]:
    """RowData for each row, without those at the end that have no cell with anything in it."""
    layers = worksheet.layers
    last_row, last_column = worksheet.extent()
    end_row = min(last_row, cells.end_row)
    rows: list[dict[str, Any]] = []
    filled = 0
    for index in range(cells.start_row, end_row):
        values: Row = worksheet.rows[index] if index < len(worksheet.rows) else ()
        end = min(last_column, cells.end_column)
        datas = []
        width = 0
        for column in range(cells.start_column, end):
            value = values[column] if column < len(values) else None
            told = [layer.at(index, column) for layer in layers]
            note = worksheet.notes.get((index, column), "")
            datas.append(writer.write((index, column), value, told, note))
            if value is not None or note or any(each is not None for each in told):
                width = len(datas)
        rows.append({"values": datas[:width]} if width else {})
        if width:
            filled = len(rows)
    return rows[:filled]


def _dimension_properties(
    worksheet: Worksheet, dimension: str, start: int, end: int, pixels: int
) -> list[dict[str, Any]]:
    bodies: list[dict[str, Any]] = [
        {
            **dimension_flags(worksheet, dimension, place),
            "pixelSize": worksheet.pixel_sizes[dimension].get(place, pixels),
        }
        for place in range(start, end)
    ]
    for _, entry in sorted(worksheet.workbook.developer_metadata.items()):
        place = entry.location
        here = place.sheet_id == worksheet.sheet_id and place.dimension == dimension
        if here and start <= place.start < end:
            body = bodies[place.start - start]
            body.setdefault("developerMetadata", []).append(entry.as_json())
    return bodies
