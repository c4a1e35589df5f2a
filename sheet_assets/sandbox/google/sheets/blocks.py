"""A block of cells lifted out of a worksheet, to be put down elsewhere with all they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sheet_assets.sandbox.google.sheets.a1 import Rectangle
from sheet_assets.sandbox.google.sheets.runs import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.google.sheets.cell import Cell
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


class Parts(NamedTuple):
    """Which parts of cells are put down."""

    values: bool = True
    formats: bool = True
    validations: bool = True
    notes: bool = True


EVERYTHING = Parts()


@dataclass(frozen=True)
class Block:
    """Cells counted from the block's own upper left corner, blank ones included."""

    height: int
    width: int
    values: Sequence[Sequence[Cell]]
    runs: Sequence[Sequence[Sequence[Run[Any]]]]
    notes: dict[tuple[int, int], str]

    @classmethod
    def of(cls, worksheet: Worksheet, cells: Rectangle) -> Block:
        """What these cells have."""
        height, width = cells.end_row - cells.start_row, cells.end_column - cells.start_column
        return cls(
            height,
            width,
            worksheet.read(cells),
            [
                [
                    _moved(layer.within(column, cells.start_row, cells.end_row), -cells.start_row)
                    for column in range(cells.start_column, cells.end_column)
                ]
                for layer in worksheet.layers
            ],
            {
                (row - cells.start_row, column - cells.start_column): note
                for (row, column), note in worksheet.notes.items()
                if cells.start_row <= row < cells.end_row
                and cells.start_column <= column < cells.end_column
            },
        )

    def put(
        self, worksheet: Worksheet, row: int, column: int, parts: Parts = EVERYTHING
    ) -> Rectangle:
        """Put these parts down from a cell on, in the place of what is there.

        Raises:
            InvalidArgumentError: the cells are protected, or beyond the grid.
        """
        cells = Rectangle(row, row + self.height, column, column + self.width)
        worksheet.check_within_grid(cells)
        worksheet.check_editable(cells)
        if parts.values:
            worksheet.clear(cells)
            worksheet.write(row, column, self.values)
        wanted = (parts.formats, parts.formats, parts.validations)
        for layer, columns, is_wanted in zip(worksheet.layers, self.runs, wanted, strict=True):
            if is_wanted:
                for place, runs in enumerate(columns, column):
                    layer.replace(place, row, cells.end_row, _moved(runs, row))
        if parts.notes:
            worksheet.clear_notes(cells)
            for (note_row, note_column), note in self.notes.items():
                worksheet.put_note(row + note_row, column + note_column, note)
        return cells

    def transposed(self) -> Block:
        """The block with rows for columns."""
        columns = [
            [row[place] if place < len(row) else None for row in self.values]
            for place in range(self.width)
        ]
        return Block(
            self.width,
            self.height,
            columns,
            [_transposed(layer, self.height) for layer in self.runs],
            {(column, row): note for (row, column), note in self.notes.items()},
        )

    def rearranged(self, order: Sequence[int]) -> Block:
        """The block with its rows in another order."""
        values = [self.values[row] if row < len(self.values) else () for row in order]
        places = {row: place for place, row in enumerate(order)}
        return Block(
            self.height,
            self.width,
            values,
            [
                [
                    [
                        Run(places[row], places[row] + 1, run.value)
                        for run in column
                        for row in range(run.start, run.end)
                    ]
                    for column in layer
                ]
                for layer in self.runs
            ],
            {(places[row], column): note for (row, column), note in self.notes.items()},
        )


def wipe(worksheet: Worksheet, cells: Rectangle) -> None:
    """Leave nothing in these cells.

    Raises:
        InvalidArgumentError: they are protected.
    """
    worksheet.check_editable(cells)
    worksheet.clear(cells)
    worksheet.clear_notes(cells)
    for layer in worksheet.layers:
        layer.put(cells, None)


def _moved(runs: Sequence[Run[Any]], by: int) -> list[Run[Any]]:
    return [Run(run.start + by, run.end + by, run.value) for run in runs]


def _transposed(columns: Sequence[Sequence[Run[Any]]], height: int) -> list[list[Run[Any]]]:
    turned: list[list[Run[Any]]] = [[] for _ in range(height)]
    for place, runs in enumerate(columns):
        for run in runs:
            for row in range(run.start, run.end):
                turned[row].append(Run(place, place + 1, run.value))
    return turned
