"""The number formats of a worksheet's cells, kept as runs of rows in each column."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sheet_assets.sandbox.google.sheets.a1 import Rectangle

TYPES = frozenset(
    {"TEXT", "NUMBER", "PERCENT", "CURRENCY", "DATE", "TIME", "DATE_TIME", "SCIENTIFIC"}
)


class NumberFormat(NamedTuple):
    """Google's NumberFormat: a type and, unless it is the type's default, a pattern."""

    type: str
    pattern: str = ""


class Run(NamedTuple):
    """Rows, the end exclusive, that share a format."""

    start: int
    end: int
    format: NumberFormat


class NumberFormats:
    """Formats by column: a million rows of dates are one run."""

    def __init__(self, columns: dict[int, tuple[Run, ...]] | None = None) -> None:
        self._columns = columns or {}

    def copy(self) -> NumberFormats:
        """A copy that changes do not reach; the runs themselves never change."""
        return NumberFormats(dict(self._columns))

    def __bool__(self) -> bool:
        return bool(self._columns)

    def runs(self, column: int) -> tuple[Run, ...]:
        """The runs of a column, by row."""
        return self._columns.get(column, ())

    def at(self, row: int, column: int) -> NumberFormat | None:
        """The format of a cell, if it has one."""
        runs = self._columns.get(column)
        if not runs:
            return None
        place = bisect_right(runs, row, key=lambda run: run.start) - 1
        return runs[place].format if place >= 0 and row < runs[place].end else None

    def put(self, cells: Rectangle, number_format: NumberFormat | None) -> None:
        """Give every cell of the rectangle this format, or none."""
        runs = (
            () if number_format is None else (Run(cells.start_row, cells.end_row, number_format),)
        )
        for column in range(cells.start_column, cells.end_column):
            self.replace(column, cells.start_row, cells.end_row, runs)

    def replace(self, column: int, start: int, end: int, runs: Iterable[Run]) -> None:
        """Put `runs`, all between `start` and `end`, in the place of what is there."""
        kept = []
        for run in self.runs(column):
            if run.start < start:
                kept.append(run._replace(end=min(run.end, start)))
            if run.end > end:
                kept.append(run._replace(start=max(run.start, end)))
        self._set(column, [*kept, *runs])

    def insert_rows(self, at: int, count: int, like: int | None) -> None:
        """Make room for rows; they take the formats of the row `like` (counted before)."""
        for column in list(self._columns):
            new = self.at(like, column) if like is not None else None
            moved = []
            for run in self.runs(column):
                if run.start < at:
                    moved.append(run._replace(end=min(run.end, at)))
                if run.end > at:
                    moved.append(
                        run._replace(start=max(run.start, at) + count, end=run.end + count)
                    )
            if new is not None:
                moved.append(Run(at, at + count, new))
            self._set(column, moved)

    def delete_rows(self, start: int, end: int) -> None:
        """Close the gap that deleted rows leave."""
        count = end - start
        for column in list(self._columns):
            moved = []
            for run in self.runs(column):
                if run.start < start:
                    moved.append(run._replace(end=min(run.end, start)))
                if run.end > end:
                    moved.append(
                        run._replace(start=max(run.start, end) - count, end=run.end - count)
                    )
            self._set(column, moved)

    def insert_columns(self, at: int, count: int, like: int | None) -> None:
        """Make room for columns; they take the formats of the column `like` (counted before)."""
        new = self.runs(like) if like is not None else ()
        self._columns = {
            column + count if column >= at else column: runs
            for column, runs in self._columns.items()
        }
        if new:
            self._columns |= dict.fromkeys(range(at, at + count), new)

    def delete_columns(self, start: int, end: int) -> None:
        """Close the gap that deleted columns leave."""
        self._columns = {
            column - (end - start) if column >= end else column: runs
            for column, runs in self._columns.items()
            if not start <= column < end
        }

    def extent(self) -> tuple[int, int]:
        """How many rows and columns reach to the last formatted cell."""
        rows = max((runs[-1].end for runs in self._columns.values()), default=0)
        return rows, max(self._columns, default=-1) + 1

    def _set(self, column: int, runs: list[Run]) -> None:
        runs.sort()
        joined: list[Run] = []
        for run in runs:
            if joined and joined[-1].end == run.start and joined[-1].format == run.format:
                joined[-1] = joined[-1]._replace(end=run.end)
            else:
                joined.append(run)
        if joined:
            self._columns[column] = tuple(joined)
        else:
            self._columns.pop(column, None)
