"""The worksheet's rows that the rows of a table came from."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class SheetRows:
    """Row by row, counted from zero, and kept as blocks: rows follow one another but for blanks."""

    def __init__(self, rows: Sequence[int] = ()) -> None:
        self._starts: list[int] = []
        self._firsts: list[int] = []
        self._length = 0
        self.add(rows)

    def add(self, rows: Sequence[int]) -> None:
        """Rows that follow those that are there, ascending."""
        if isinstance(rows, range):
            rows_at = [(0, rows[0])] if rows else []
        else:
            rows_at = [
                (place, row)
                for place, row in enumerate(rows)
                if not place or row != rows[place - 1] + 1
            ]
        for place, row in rows_at:
            if not self._length or place or row != self[self._length - 1] + 1:
                self._starts.append(self._length + place)
                self._firsts.append(row)
        self._length += len(rows)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> int:
        block = bisect_right(self._starts, index) - 1
        return self._firsts[block] + index - self._starts[block]

    @property
    def blocks(self) -> tuple[tuple[int, int], ...]:
        """The first row and the number of rows of each block."""
        ends = [*self._starts[1:], self._length]
        return tuple(
            (first, end - start)
            for first, start, end in zip(self._firsts, self._starts, ends, strict=False)
        )
