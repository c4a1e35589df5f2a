"""Google's CellData as a request carries it: values, number formats and notes for cells."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError
from sheet_assets.sandbox.google.sheets.cell import Formula, checked_text, number
from sheet_assets.sandbox.google.sheets.formulas.moved import copied
from sheet_assets.sandbox.google.sheets.number_formats import TYPES, NumberFormat, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.google.fields import FieldMask
    from sheet_assets.sandbox.google.sheets.a1 import Rectangle
    from sheet_assets.sandbox.google.sheets.cell import Cell
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

_FIELDS = ("userEnteredValue", "userEnteredFormat", "note")
_LACKING = (
    "hyperlink",
    "textFormatRuns",
    "dataValidation",
    "pivotTable",
    "dataSourceTable",
    "dataSourceFormula",
    "chipRuns",
)
_READ_ONLY = ("effectiveValue", "formattedValue", "effectiveFormat")


@dataclass(frozen=True)
class CellData:
    """What one cell is to hold."""

    value: Cell = None
    number_format: NumberFormat | None = None
    note: str = ""


@dataclass(frozen=True)
class CellFields:
    """Which of a cell's fields a request changes."""

    value: bool
    number_format: bool
    note: bool

    @classmethod
    def of(cls, mask: FieldMask) -> CellFields:
        """Read a mask over CellData.

        Raises:
            UnimplementedError: it names another field.
        """
        if "*" not in mask.children:
            for path in mask.leaves():
                known = (
                    path.split(".")[0] in {"userEnteredValue", "note"}
                    or path in {"userEnteredFormat", "userEnteredFormat.*"}
                    or path.startswith("userEnteredFormat.numberFormat")
                )
                if not known:
                    raise UnimplementedError(f"the cell field {path}")
        return cls(
            mask.wants("userEnteredValue"),
            mask.wants("userEnteredFormat", "numberFormat"),
            mask.wants("note"),
        )


def read_cell(message: Message, fields: CellFields) -> CellData:
    """Read one CellData; what the request does not change is not looked at."""
    message.allow((*_FIELDS, *_READ_ONLY), lacking=_LACKING)
    return CellData(
        _value(message.message("userEnteredValue")) if fields.value else None,
        _number_format(message.message("userEnteredFormat")) if fields.number_format else None,
        checked_text(message.text("note") or "") or "" if fields.note else "",
    )


def read_rows(messages: Sequence[Message], fields: CellFields) -> list[list[CellData]]:
    """Read a list of RowData."""
    return [
        [read_cell(cell, fields) for cell in row.allow(("values",)).messages("values")]
        for row in messages
    ]


def write_rows(
    worksheet: Worksheet,
    cells: Rectangle,
    rows: Sequence[Sequence[CellData]],
    fields: CellFields,
) -> None:
    """Give the rectangle's cells these data; cells that `rows` does not reach are cleared."""
    if fields.value:
        worksheet.clear(cells)
        block = [[cell.value for cell in row] for row in rows]
        worksheet.write(cells.start_row, cells.start_column, block)
    if fields.number_format:
        _write_number_formats(worksheet, cells, rows)
    if fields.note:
        _clear_notes(worksheet, cells)
        for row, datas in enumerate(rows, cells.start_row):
            for column, data in enumerate(datas, cells.start_column):
                worksheet.put_note(row, column, data.note)


def repeat(worksheet: Worksheet, cells: Rectangle, data: CellData, fields: CellFields) -> None:
    """Give every cell of the rectangle the same data."""
    if fields.value and data.value is None:
        worksheet.clear(cells)
    elif fields.value:
        worksheet.write(cells.start_row, cells.start_column, _repeated(data.value, cells))
    if fields.number_format:
        worksheet.number_formats.put(cells, data.number_format)
    if fields.note:
        _clear_notes(worksheet, cells)
        if data.note:
            for row_index in range(cells.start_row, cells.end_row):
                for column in range(cells.start_column, cells.end_column):
                    worksheet.put_note(row_index, column, data.note)


def _repeated(value: Cell, cells: Rectangle) -> list[list[Cell]]:
    """A block of the same value; a formula is copied on from the first cell, as a person would."""
    height, width = cells.end_row - cells.start_row, cells.end_column - cells.start_column
    if isinstance(value, Formula):
        return [[copied(value, row, column) for column in range(width)] for row in range(height)]
    return [[value] * width] * height


def _value(message: Message) -> Cell:
    message.allow(
        ("numberValue", "stringValue", "boolValue", "formulaValue"), lacking=("errorValue",)
    )
    if len(message.fields) > 1:
        raise InvalidArgumentError("Invalid value: oneof field 'value' is already set.")
    if "stringValue" in message:
        return checked_text(message.text("stringValue") or "")
    if "boolValue" in message:
        return message.boolean("boolValue")
    if "formulaValue" in message:
        return _formula(message.text("formulaValue") or "")
    value = message.double("numberValue")
    return None if value is None else number(value)


def _formula(text: str) -> Formula:
    if not text.startswith("="):
        raise InvalidArgumentError(f"Invalid formula: {text[:40]!r} does not begin with '='.")
    checked_text(text)
    return Formula(text)


def _number_format(message: Message) -> NumberFormat | None:
    for name in message.fields:
        if name != "numberFormat":
            raise UnimplementedError(f"the cell field userEnteredFormat.{name}")
    if "numberFormat" not in message:
        return None
    body = message.message("numberFormat").allow(("type", "pattern"))
    type_name = body.text("type")
    if type_name not in TYPES:
        raise InvalidArgumentError(f"Invalid number format type: {type_name}")
    return NumberFormat(type_name, body.text("pattern") or "")


def _write_number_formats(
    worksheet: Worksheet, cells: Rectangle, rows: Sequence[Sequence[CellData]]
) -> None:
    for place in range(cells.end_column - cells.start_column):
        formats = [row[place].number_format if place < len(row) else None for row in rows]
        runs = []
        start = cells.start_row
        for number_format, group in groupby(formats):
            end = start + sum(1 for _ in group)
            if number_format is not None:
                runs.append(Run(start, end, number_format))
            start = end
        column = cells.start_column + place
        worksheet.number_formats.replace(column, cells.start_row, cells.end_row, runs)


def _clear_notes(worksheet: Worksheet, cells: Rectangle) -> None:
    worksheet.notes = {
        (row, column): note
        for (row, column), note in worksheet.notes.items()
        if not (
            cells.start_row <= row < cells.end_row
            and cells.start_column <= column < cells.end_column
        )
    }
