"""Where a formula stands, and what it sees from there: cells, areas, names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.sandbox.google.sheets.cell import Formula
from sheet_assets.sandbox.google.sheets.formulas.coercion import fail
from sheet_assets.sandbox.google.sheets.formulas.references import GONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.sandbox.google.sheets.a1 import GridRange, Rectangle
    from sheet_assets.sandbox.google.sheets.cell import Cell
    from sheet_assets.sandbox.google.sheets.formulas.references import Reference
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


class Area(NamedTuple):
    """Cells of a worksheet that a formula refers to."""

    worksheet: Worksheet
    cells: Rectangle


@dataclass(frozen=True)
class Scope:
    """A formula's place; `value_of` tells the value of a cell, all errors included."""

    worksheet: Worksheet
    row: int
    column: int
    value_of: Callable[[Worksheet, int, int], Cell]

    @property
    def locale(self) -> str:
        """The spreadsheet's locale."""
        return self.worksheet.workbook.locale

    def area(self, reference: Reference) -> Area:
        """The cells of a reference; what reaches beyond the grid is cut off.

        Raises:
            EvaluationError: there is no such worksheet, or the cells begin beyond its grid.
        """
        worksheet = self.worksheet
        if reference.title is not None:
            named = worksheet.workbook.titled(reference.title)
            if named is None:
                fail(GONE, f"Unresolved sheet name '{reference.title}'.")
            worksheet = named
        return _within(worksheet, reference.cells)

    def named_area(self, name: str) -> Area:
        """The cells of a named range.

        Raises:
            EvaluationError: there is none with this name.
        """
        workbook = self.worksheet.workbook
        named = next(
            (
                each
                for each in workbook.named_ranges.values()
                if each.name.casefold() == name.casefold()
            ),
            None,
        )
        if named is None:
            fail("#NAME?", f"Unknown range name: '{name.upper()}'.")
        return _within(workbook.worksheet_by_id(named.sheet_id), named.cells)

    def values(self, area: Area) -> Iterator[Cell]:
        """The values of those cells of an area that are not blank."""
        cells = area.cells
        for row, contents in enumerate(area.worksheet.read(cells), cells.start_row):
            for column, content in enumerate(contents, cells.start_column):
                if isinstance(content, Formula):
                    yield self.value_of(area.worksheet, row, column)
                elif content is not None:
                    yield content

    def single(self, area: Area) -> Cell:
        """The one value of an area: of several cells, of that in the formula's own row or column.

        Raises:
            EvaluationError: none of them stands there.
        """
        cells = area.cells
        row, column = cells.start_row, cells.start_column
        if cells.end_row - row > 1:
            row = self.row if cells.end_column - column == 1 else -1
        elif cells.end_column - column > 1:
            column = self.column
        inside = (
            cells.start_row <= row < cells.end_row
            and cells.start_column <= column < cells.end_column
        )
        if not inside:
            fail("#VALUE!", "An array value could not be found.")
        return self.value_of(area.worksheet, row, column)


def _within(worksheet: Worksheet, cells: GridRange) -> Area:
    if cells.start_row >= worksheet.row_count or cells.start_column >= worksheet.column_count:
        fail(GONE, "Reference does not exist.")
    return Area(worksheet, worksheet.clipped(cells))
