"""Google's CellData as a request carries it: what cells are to hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError
from sheet_assets.sandbox.google.fields import FieldMask
from sheet_assets.sandbox.google.sheets.cell import Formula, checked_text, number
from sheet_assets.sandbox.google.sheets.cell_formats import FIELDS as FORMAT_FIELDS
from sheet_assets.sandbox.google.sheets.cell_formats import merged, read_cell_format
from sheet_assets.sandbox.google.sheets.formulas.moved import copied
from sheet_assets.sandbox.google.sheets.number_formats import TYPES, NumberFormat
from sheet_assets.sandbox.google.sheets.runs import Run
from sheet_assets.sandbox.google.sheets.validation import read_rule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sheet_assets.sandbox.google.sheets.a1 import Rectangle
    from sheet_assets.sandbox.google.sheets.cell import Cell
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.runs import Runs
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

T = TypeVar("T")

_FIELDS = ("userEnteredValue", "userEnteredFormat", "dataValidation", "note")
_LACKING = (
    "hyperlink",
    "textFormatRuns",
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
    cell_format: Mapping[str, Any] | None = None
    validation: Mapping[str, Any] | None = None
    note: str = ""


@dataclass(frozen=True)
class CellFields:
    """Which of a cell's fields a request changes; `cell_format` is a mask over CellFormat."""

    value: bool
    number_format: bool
    cell_format: FieldMask | None
    validation: bool
    note: bool

    @classmethod
    def of(cls, mask: FieldMask) -> CellFields:
        """Read a mask over CellData.

        Raises:
            UnimplementedError: it names another field.
        """
        format_mask = None
        if mask.wants("userEnteredFormat"):
            format_mask = (mask.below("userEnteredFormat") if mask.children else mask) or mask
            if "*" in mask.children:
                format_mask = FieldMask()
        if "*" not in mask.children:
            for name in mask.children:
                if name not in _FIELDS:
                    raise UnimplementedError(f"the cell field {name}")
        if format_mask is not None:
            for name in format_mask.children:
                if name not in (*FORMAT_FIELDS, "numberFormat", "*"):
                    raise UnimplementedError(f"the cell field userEnteredFormat.{name}")
            others = set(format_mask.children) - {"numberFormat"}
            if format_mask.children and not others:
                format_mask = None
        return cls(
            mask.wants("userEnteredValue"),
            mask.wants("userEnteredFormat", "numberFormat"),
            format_mask,
            mask.wants("dataValidation"),
            mask.wants("note"),
        )


def read_cell(message: Message, fields: CellFields) -> CellData:
    """Read one CellData; what the request does not change is not looked at."""
    message.allow((*_FIELDS, *_READ_ONLY), lacking=_LACKING)
    told = message.message("userEnteredFormat")
    return CellData(
        _value(message.message("userEnteredValue")) if fields.value else None,
        _number_format(told) if fields.number_format else None,
        read_cell_format(told) or None if fields.cell_format is not None else None,
        read_rule(message.message("dataValidation")) if fields.validation else None,
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
    """Give the rectangle's cells these data; cells that `rows` does not reach are cleared.

    Raises:
        InvalidArgumentError: the editor may not change these cells.
    """
    worksheet.check_editable(cells)
    if fields.value:
        worksheet.clear(cells)
        block = [[cell.value for cell in row] for row in rows]
        worksheet.write(cells.start_row, cells.start_column, block)
    if fields.number_format:
        layer = worksheet.number_formats
        _write_layer(layer, cells, rows, lambda data: data.number_format)
    mask = fields.cell_format
    if mask is not None:
        _write_layer(
            worksheet.cell_formats,
            cells,
            rows,
            lambda data: data.cell_format,
            lambda old, new: merged(old, new or {}, mask),
        )
    if fields.validation:
        _write_layer(worksheet.validations, cells, rows, lambda data: data.validation)
    if fields.note:
        worksheet.clear_notes(cells)
        for row, datas in enumerate(rows, cells.start_row):
            for column, data in enumerate(datas, cells.start_column):
                worksheet.put_note(row, column, data.note)


def repeat(worksheet: Worksheet, cells: Rectangle, data: CellData, fields: CellFields) -> None:
    """Give every cell of the rectangle the same data.

    Raises:
        InvalidArgumentError: the editor may not change these cells.
    """
    worksheet.check_editable(cells)
    if fields.value and data.value is None:
        worksheet.clear(cells)
    elif fields.value:
        worksheet.write(cells.start_row, cells.start_column, _repeated(data.value, cells))
    if fields.number_format:
        worksheet.number_formats.put(cells, data.number_format)
    mask = fields.cell_format
    if mask is not None:
        worksheet.cell_formats.change(cells, lambda old: merged(old, data.cell_format or {}, mask))
    if fields.validation:
        worksheet.validations.put(cells, data.validation)
    if fields.note:
        worksheet.clear_notes(cells)
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
    message.allow(("numberFormat", *FORMAT_FIELDS))
    if "numberFormat" not in message:
        return None
    body = message.message("numberFormat").allow(("type", "pattern"))
    type_name = body.text("type")
    if type_name not in TYPES:
        raise InvalidArgumentError(f"Invalid number format type: {type_name}")
    return NumberFormat(type_name, body.text("pattern") or "")


def _write_layer(
    layer: Runs[T],
    cells: Rectangle,
    rows: Sequence[Sequence[CellData]],
    get: Callable[[CellData], T | None],
    combine: Callable[..., T | None] | None = None,
) -> None:
    """Put what the data have in a layer; `combine` makes one of what was there and what comes."""
    beyond = cells.end_row - cells.start_row - len(rows)
    for place in range(cells.end_column - cells.start_column):
        column = cells.start_column + place
        values = [get(row[place]) if place < len(row) else None for row in rows]
        runs: list[Run[T]] = []
        start = cells.start_row
        for value, group in groupby([*values, *[None] * beyond]):
            end = start + sum(1 for _ in group)
            if combine is not None:
                runs += layer.changed(column, start, end, partial(combine, new=value))
            elif value is not None:
                runs.append(Run(start, end, value))
            start = end
        layer.replace(column, cells.start_row, cells.end_row, runs)
