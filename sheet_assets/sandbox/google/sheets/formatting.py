"""Rows of values as they are displayed: what FORMATTED_VALUE answers for a rectangle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.sheets.display import DATE_TYPES, displayed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sheet_assets.sandbox.google.sheets.a1 import Rectangle
    from sheet_assets.sandbox.google.sheets.cell import Cell, Row
    from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

    _FormatAt = Callable[[int, int], NumberFormat | None]


def formatted(
    worksheet: Worksheet, cells: Rectangle, rows: Sequence[Row], *, only_dates: bool = False
) -> list[list[Any]]:
    """The values as displayed, or only those with a date format so, in a list for each row."""
    columns = [
        _Column(worksheet, column, cells, only_dates=only_dates)
        for column in range(cells.start_column, cells.start_column + max(map(len, rows), default=0))
    ]
    # A text without a format is its own display: no call for the most frequent cell of all.
    tellers = [(column.tells_texts, column.told) for column in columns]
    return [
        [
            value if tells_texts and value.__class__ is str else told(value, row_index)
            for (tells_texts, told), value in zip(tellers, row, strict=False)
        ]
        for row_index, row in enumerate(rows, cells.start_row)
    ]


class _Column:
    """Tells the values of a column; a page of a large sheet has most of them more than once."""

    def __init__(
        self, worksheet: Worksheet, column: int, cells: Rectangle, *, only_dates: bool
    ) -> None:
        self.column = column
        self.locale = worksheet.workbook.locale
        self.only_dates = only_dates
        self.format_at = _format_at(worksheet)
        self.only_format: NumberFormat | None = None
        self.has_one_format = False
        if not worksheet.workbook.has_formulas:
            runs = worksheet.number_formats.within(column, cells.start_row, cells.end_row)
            self.has_one_format = not runs
            if len(runs) == 1 and (runs[0].start, runs[0].end) == (cells.start_row, cells.end_row):
                self.has_one_format, self.only_format = True, runs[0].value
        self.tells_texts = self.has_one_format and self.only_format is None
        # By format, and whether it is a boolean: True is 1 to a dictionary.
        self.known: dict[tuple[NumberFormat | None, bool], dict[Cell, str]] = {}
        self.booleans = self._known(self.only_format, is_boolean=True)
        self.others = self._known(self.only_format, is_boolean=False)

    def told(self, value: Cell, row: int) -> Any:
        """A value as the answer has it."""
        if value is None:
            return ""
        number_format = self.only_format
        if not self.has_one_format:
            number_format = self.format_at(row, self.column)
        if number_format is None and value.__class__ is str:
            return value
        if self.only_dates and (number_format is None or number_format.type not in DATE_TYPES):
            return value
        is_boolean = value.__class__ is bool
        if self.has_one_format:
            known = self.booleans if is_boolean else self.others
        else:
            known = self._known(number_format, is_boolean=is_boolean)
        text = known.get(value)
        if text is None:
            text = known[value] = displayed(value, number_format, self.locale)
        return text

    def _known(self, number_format: NumberFormat | None, *, is_boolean: bool) -> dict[Cell, str]:
        return self.known.setdefault((number_format, is_boolean), {})


def _format_at(worksheet: Worksheet) -> _FormatAt:
    """What tells the format that a cell is displayed with."""
    if worksheet.workbook.has_formulas:
        results = worksheet.workbook.results
        return lambda row, column: results.number_format(worksheet, row, column)
    return worksheet.number_formats.at
