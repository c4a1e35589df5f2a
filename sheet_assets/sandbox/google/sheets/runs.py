"""What cells share, by column, as runs of rows: a million rows of one format are one run."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sheet_assets.sandbox.google.sheets.a1 import Rectangle

T = TypeVar("T")


class Run(NamedTuple, Generic[T]):
    """Rows, the end exclusive, that share a value."""

    start: int
    end: int
    value: T


class Runs(Generic[T]):
    """By column the runs of what its cells have; a cell without any is in none."""

    def __init__(self, columns: dict[int, tuple[Run[T], ...]] | None = None) -> None:
        self._columns = columns or {}

    def copy(self) -> Runs[T]:
        """A copy that changes do not reach; the runs themselves never change."""
        return Runs[T](dict(self._columns))

    def __bool__(self) -> bool:
        return bool(self._columns)

    def runs(self, column: int) -> tuple[Run[T], ...]:
        """The runs of a column, by row."""
        return self._columns.get(column, ())

    def at(self, row: int, column: int) -> T | None:
        """What a cell has, if anything."""
        runs = self._columns.get(column)
        if not runs:
            return None
        place = bisect_right(runs, row, key=lambda run: run.start) - 1
        return runs[place].value if place >= 0 and row < runs[place].end else None

    def put(self, cells: Rectangle, value: T | None) -> None:
        """Give every cell of the rectangle this value, or none."""
        runs = () if value is None else (Run(cells.start_row, cells.end_row, value),)
        for column in range(cells.start_column, cells.end_column):
            self.replace(column, cells.start_row, cells.end_row, runs)

    def replace(self, column: int, start: int, end: int, runs: Iterable[Run[T]]) -> None:
        """Put `runs`, all between `start` and `end`, in the place of what is there."""
        kept = []
        for run in self.runs(column):
            if run.start < start:
                kept.append(run._replace(end=min(run.end, start)))
            if run.end > end:
                kept.append(run._replace(start=max(run.start, end)))
        self._set(column, [*kept, *runs])

    def change(self, cells: Rectangle, change: Callable[[T | None], T | None]) -> None:
        """Put what `change` makes of the value of each cell in its place."""
        start, end = cells.start_row, cells.end_row
        for column in range(cells.start_column, cells.end_column):
            self.replace(column, start, end, self.changed(column, start, end, change))

    def changed(
        self, column: int, start: int, end: int, change: Callable[[T | None], T | None]
    ) -> list[Run[T]]:
        """The runs that `change` would make of these rows of a column."""
        runs = []
        for first, last, value in self._pieces(column, start, end):
            new = change(value)
            if new is not None:
                runs.append(Run(first, last, new))
        return runs

    def within(self, column: int, start: int, end: int) -> list[Run[T]]:
        """The runs of these rows of a column, cut off at both ends."""
        return [
            run._replace(start=max(run.start, start), end=min(run.end, end))
            for run in self.runs(column)
            if run.start < end and run.end > start
        ]

    def insert_rows(self, at: int, count: int, like: int | None) -> None:
        """Make room for rows; they are like the row `like` (counted before)."""
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
        """Make room for columns; they are like the column `like` (counted before)."""
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
        """How many rows and columns reach to the last cell that has something."""
        rows = max((runs[-1].end for runs in self._columns.values()), default=0)
        return rows, max(self._columns, default=-1) + 1

    def _pieces(self, column: int, start: int, end: int) -> Iterator[tuple[int, int, T | None]]:
        """The rows from start to end in pieces that share a value, or have none."""
        for run in self.within(column, start, end):
            if start < run.start:
                yield start, run.start, None
            yield run.start, run.end, run.value
            start = run.end
        if start < end:
            yield start, end, None

    def _set(self, column: int, runs: list[Run[T]]) -> None:
        runs.sort(key=lambda run: run.start)
        joined: list[Run[T]] = []
        for run in runs:
            if joined and joined[-1].end == run.start and joined[-1].value == run.value:
                joined[-1] = joined[-1]._replace(end=run.end)
            else:
                joined.append(run)
        if joined:
            self._columns[column] = tuple(joined)
        else:
            self._columns.pop(column, None)
