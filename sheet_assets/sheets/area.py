"""The area of a worksheet that is read: a rectangle whose far sides may be the worksheet's edge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from sheet_assets.sheets.a1 import Rectangle, column_index, column_letters

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES = "B3:F, B3:F100, B:F or 3:100"
_CORNER = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9][0-9]{0,7})?", re.ASCII)


class Area(NamedTuple):
    """Rows and columns, half-open and counted from zero; an end that is None is the edge."""

    row: int = 0
    column: int = 0
    end_row: int | None = None
    end_column: int | None = None

    @classmethod
    def parse(cls, text: str) -> Area:
        """`B3:F`, `B3:F100`, `B:F` or `3:100`, in any case and with dollars.

        Raises:
            ValueError: it is none of these, names a worksheet, or ends before it starts.
        """
        if "!" in text:
            raise ValueError(
                f"{text!r} names a worksheet; put that into `worksheet`, and only {EXAMPLES} here"
            )
        first, _, last = text.strip().partition(":")
        start, end = _CORNER.fullmatch(first), _CORNER.fullmatch(last)
        # What the end says, the start must say, too: where would 3:F begin?
        if (
            not (start and end and first and last)
            or (end[1] and not start[1])
            or (end[2] and not start[2])
        ):
            raise ValueError(f"{text!r} is not a range of a worksheet, such as {EXAMPLES}")
        area = cls(
            int(start[2]) - 1 if start[2] else 0,
            column_index(start[1]) if start[1] else 0,
            int(end[2]) if end[2] else None,
            column_index(end[1]) + 1 if end[1] else None,
        )
        if (area.end_row is not None and area.end_row <= area.row) or (
            area.end_column is not None and area.end_column <= area.column
        ):
            raise ValueError(f"{text!r} ends before it starts; write the upper left corner first")
        return area

    @classmethod
    def of_grid_range(cls, grid_range: Mapping[str, Any]) -> Area:
        """Google's GridRange, which leaves out a start of zero and an end at the edge."""
        return cls(
            grid_range.get("startRowIndex", 0),
            grid_range.get("startColumnIndex", 0),
            grid_range.get("endRowIndex"),
            grid_range.get("endColumnIndex"),
        )

    def has_row(self, row: int) -> bool:
        """Whether a row, counted from zero, lies in it."""
        return self.row <= row and (self.end_row is None or row < self.end_row)

    def within(self, rows: int, columns: int) -> Rectangle | None:
        """The part of it in a grid of this size, None where there is no such part."""
        end_row = rows if self.end_row is None else min(self.end_row, rows)
        end_column = columns if self.end_column is None else min(self.end_column, columns)
        if end_row <= self.row or end_column <= self.column:
            return None
        return Rectangle(self.row, self.column, end_row, end_column)

    def __str__(self) -> str:
        """`B3:F`, as `parse` reads it; the whole worksheet is `A1:` and has no spelling."""
        first = f"{column_letters(self.column)}{self.row + 1}"
        letters = "" if self.end_column is None else column_letters(self.end_column - 1)
        return f"{first}:{letters}{'' if self.end_row is None else self.end_row}"


WHOLE = Area()
