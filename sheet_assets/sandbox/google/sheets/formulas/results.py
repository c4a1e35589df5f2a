"""What the formulas of a workbook come to, computed when it is asked for and then kept."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sheet_assets.sandbox.google.sheets.cell import ErrorValue, Formula
from sheet_assets.sandbox.google.sheets.formulas.coercion import EvaluationError, is_number
from sheet_assets.sandbox.google.sheets.formulas.evaluation import evaluated
from sheet_assets.sandbox.google.sheets.formulas.nodes import inputs
from sheet_assets.sandbox.google.sheets.formulas.parser import parse
from sheet_assets.sandbox.google.sheets.formulas.references import GONE
from sheet_assets.sandbox.google.sheets.formulas.result_format import result_format
from sheet_assets.sandbox.google.sheets.formulas.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.sandbox.google.sheets.cell import Cell
    from sheet_assets.sandbox.google.sheets.formulas.references import Reference
    from sheet_assets.sandbox.google.sheets.formulas.scope import Area
    from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

_Place: TypeAlias = "tuple[Worksheet, int, int]"


class Result(NamedTuple):
    """A formula's value, and the number format it takes over."""

    value: Cell
    number_format: NumberFormat | None = None


_CIRCULAR = Result(
    ErrorValue(
        GONE,
        "Circular dependency detected. To resolve with iterative calculation, see File > Settings.",
    )
)

_TOO_DEEP = Result(ErrorValue("#ERROR!", "The formula is too deep for the sandbox."))


class Results:
    """Results by cell; they hold as long as nothing in the workbook changes."""

    def __init__(self) -> None:
        self._results: dict[_Place, Result] = {}
        self._rows: dict[Worksheet, dict[int, list[int]]] = {}

    def value(self, worksheet: Worksheet, row: int, column: int) -> Cell:
        """The value of a cell, of a formula its result."""
        content = worksheet.content(row, column)
        return self.of(worksheet, row, column).value if isinstance(content, Formula) else content

    def number_format(self, worksheet: Worksheet, row: int, column: int) -> NumberFormat | None:
        """The format a cell is displayed with: its own, or the one its formula takes over."""
        own = worksheet.number_formats.at(row, column)
        if own is None and isinstance(worksheet.content(row, column), Formula):
            return self.of(worksheet, row, column).number_format
        return own

    def of(self, worksheet: Worksheet, row: int, column: int) -> Result:
        """The result of the formula in a cell.

        What it depends on is computed first, cell by cell: a chain of formulas may be longer than
        Python's stack is deep. A formula that is met again while its own inputs are still open
        depends on itself, and so does all that stands between.
        """
        wanted = (worksheet, row, column)
        results = self._results
        opened: dict[_Place, None] = {}
        left = [wanted]
        while left and wanted not in results:
            place = left[-1]
            if place in results:
                left.pop()
                opened.pop(place, None)
            elif place in opened:
                results[place] = self._computed(place)
            else:
                opened[place] = None
                for needed in self._needed(place):
                    if needed in opened:
                        circle = list(opened)
                        for each in circle[circle.index(needed) :]:
                            results[each] = _CIRCULAR
                    elif needed not in results:
                        left.append(needed)
        return results[wanted]

    def _needed(self, place: _Place) -> Iterator[_Place]:
        """The other formulas that a formula refers to."""
        scope, formula = self._scope(place)
        references, names = inputs(parse(formula))
        wanted: list[Reference | str] = [*references, *names]
        for each in wanted:
            try:
                area = scope.named_area(each) if isinstance(each, str) else scope.area(each)
            except EvaluationError:
                continue
            yield from self._formulas_in(area)

    def _formulas_in(self, area: Area) -> Iterator[_Place]:
        worksheet, cells = area
        columns = self._rows.get(worksheet)
        if columns is None:
            columns = self._rows[worksheet] = {}
            for row, column, _ in worksheet.formulas():
                columns.setdefault(column, []).append(row)
        for column, rows in columns.items():
            if cells.start_column <= column < cells.end_column:
                for row in rows[bisect_left(rows, cells.start_row) :]:
                    if row >= cells.end_row:
                        break
                    yield worksheet, row, column

    def _computed(self, place: _Place) -> Result:
        scope, formula = self._scope(place)
        try:
            node = parse(formula)
            value = evaluated(node, scope)
            if not is_number(value):
                return Result(value)
            return Result(value, result_format(node, scope, self.number_format))
        except RecursionError:
            return _TOO_DEEP

    def _scope(self, place: _Place) -> tuple[Scope, str]:
        worksheet, row, column = place
        return Scope(worksheet, row, column, self.value), str(worksheet.content(row, column))
