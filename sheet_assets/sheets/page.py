"""A page: some rows of a worksheet, as the columns that Google's majorDimension COLUMNS lists."""

from __future__ import annotations

from itertools import compress, zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

Columns = list[list[Any]]


class Page(NamedTuple):
    """Columns of cells, each without the blank ones at its end.

    `row` is the worksheet's row, counted from zero, in which the first cells stand.
    """

    row: int
    columns: Columns

    @property
    def height(self) -> int:
        """As many rows as have cells, with blank ones between them."""
        return max(map(len, self.columns), default=0)

    @property
    def end_row(self) -> int:
        """The first row that has no cell any more."""
        return self.row + self.height

    @property
    def filled(self) -> int:
        """How many cells were told."""
        return sum(map(len, self.columns))

    def by_rows(self) -> list[list[Any]]:
        """All of its rows, of one width."""
        return [list(row) for row in zip_longest(*self.columns, fillvalue="")]

    def cells(self, row: int) -> list[Any]:
        """The cells of one of the worksheet's rows that lies in it."""
        place = row - self.row
        return [column[place] if place < len(column) else "" for column in self.columns]

    def lines(self, first: int, positions: Sequence[int]) -> Lines:
        """Its columns of these positions, from one of the worksheet's rows on."""
        start = max(first - self.row, 0)
        columns = [
            self.columns[position][start:] if position < len(self.columns) else []
            for position in positions
        ]
        height = max(map(len, columns))
        for column in columns:
            column.extend([""] * (height - len(column)))
        rows = range(self.row + start, self.row + start + height)
        blank = _blank_in_all(columns)
        if not blank:
            return Lines(rows, columns)
        kept = bytearray(b"\1") * height
        for place in blank:
            kept[place] = 0
        return Lines(
            list(compress(rows, kept)), [list(compress(column, kept)) for column in columns]
        )


class Lines(NamedTuple):
    """Rows that are not blank: where in the worksheet each stood, and columns of one height."""

    rows: Sequence[int]
    columns: Columns


def _blank_in_all(columns: Columns) -> list[int]:
    """The places of the rows that are blank in all columns."""
    blank: Sequence[int] = range(len(columns[0]))
    for column in columns:
        # Of a column without texts, as keys often are, its types tell in a tenth of the time.
        if not blank or not {str, type(None)} & set(map(type, column)):
            return []
        blank = [
            place
            for place in blank
            # is_blank, without a call a cell
            if (cell := column[place]) == ""
            or (isinstance(cell, str) and cell.isspace())
            or cell is None
        ]
    return list(blank)
