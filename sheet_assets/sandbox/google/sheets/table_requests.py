"""The batchUpdate requests about tables: addTable, updateTable, deleteTable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError
from sheet_assets.sandbox.google.sheets import tables
from sheet_assets.sandbox.google.sheets.grid_range import read_grid_range
from sheet_assets.sandbox.google.sheets.tables import COLUMN_TYPES, ColumnProperties

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.a1 import Rectangle
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.tables import Table
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

_FIELDS = ("tableId", "name", "range", "rowsProperties", "columnProperties")
_COLORS = ("headerColorStyle", "firstBandColorStyle", "secondBandColorStyle", "footerColorStyle")


def add(request: Message, workbook: Workbook) -> dict[str, Any]:
    """Request addTable: the reply has the new table."""
    request.allow(("table",))
    body = request.message("table").allow(_FIELDS)
    if "range" not in body:
        raise InvalidArgumentError("A range must be specified.")
    worksheet, cells = read_grid_range(body.message("range"), workbook)
    rows_properties = body.message("rowsProperties").allow(_COLORS)
    columns = _read_columns(body, worksheet, cells)
    table = tables.create(
        workbook,
        body.text("name") or "",
        worksheet,
        cells,
        table_id=body.text("tableId"),
        columns=columns,
        rows_properties=rows_properties.fields,
    )
    return {"addTable": {"table": table.as_json(worksheet)}}


def update(request: Message, workbook: Workbook) -> None:
    """Request updateTable: a list of columns replaces the whole list, headers stay."""
    request.allow(("table", "fields"))
    body = request.message("table").allow(_FIELDS)
    mask = request.mask()
    table = _found(workbook, body.text("tableId"))
    unknown = [name for name in mask.children if name not in (*_FIELDS, "*")]
    if unknown:
        raise InvalidArgumentError(f"Invalid field: {unknown[0]}")
    if mask.wants("rowsProperties"):
        raise UnimplementedError("updateTable of the field rowsProperties")
    worksheet = workbook.worksheet_by_id(table.sheet_id)
    if mask.wants("name"):
        table = replace(table, name=body.text("name") or "")
    if mask.wants("range"):
        worksheet, cells = read_grid_range(body.message("range"), workbook)
        width = cells.end_column - cells.start_column
        kept = {place: told for place, told in table.columns.items() if place < width}
        table = replace(table, sheet_id=worksheet.sheet_id, cells=cells, columns=kept)
    if mask.wants("columnProperties"):
        table = replace(table, columns=_read_columns(body, worksheet, table.cells))
    tables.put(workbook, table)


def delete(request: Message, workbook: Workbook) -> None:
    """Request deleteTable: what stands in it goes, too."""
    request.allow(("tableId",))
    table = _found(workbook, request.text("tableId"))
    worksheet = workbook.worksheet_by_id(table.sheet_id)
    worksheet.clear(table.cells)
    worksheet.number_formats.put(table.cells, None)
    del workbook.tables[table.table_id]


def _found(workbook: Workbook, table_id: str | None) -> Table:
    found = workbook.tables.get(table_id or "")
    if found is None:
        raise InvalidArgumentError(f"No table with id: {table_id or ''}")
    return found


def _read_columns(
    body: Message, worksheet: Worksheet, cells: Rectangle
) -> dict[int, ColumnProperties]:
    """Read the list of columns, and write their names into the header."""
    width = cells.end_column - cells.start_column
    columns: dict[int, ColumnProperties] = {}
    for message in body.messages("columnProperties"):
        message.allow(("columnIndex", "columnName", "columnType", "dataValidationRule"))
        place = message.count("columnIndex")
        if place >= width or place in columns:
            raise InvalidArgumentError(f"Invalid columnIndex: {place}")
        columns[place] = _column(message)
        name = message.text("columnName")
        if not name:
            raise UnimplementedError("columnProperties without a columnName")
        tables.write_header(worksheet, cells, place, name)
    return columns


def _column(message: Message) -> ColumnProperties:
    kind = message.text("columnType")
    if kind == "COLUMN_TYPE_UNSPECIFIED":
        kind = None
    if kind is not None and kind not in COLUMN_TYPES:
        raise InvalidArgumentError.at(
            "column_type",
            "Invalid value at 'column_type' "
            f'(type.googleapis.com/google.apps.sheets.v4.Table.ColumnType), "{kind}"',
        )
    rule = message.message("dataValidationRule").allow(("condition",))
    if kind == "DROPDOWN" and "condition" not in rule:
        raise InvalidArgumentError("Condition must be set for dropdown column type.")
    if kind != "DROPDOWN" and "condition" in rule:
        raise InvalidArgumentError("Cannot set condition for non-dropdown column type.")
    return ColumnProperties(kind, rule.fields or None)
