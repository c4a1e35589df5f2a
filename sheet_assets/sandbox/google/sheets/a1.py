"""A1 notation: rectangles of cells, and the worksheet titles before them."""

from __future__ import annotations

import re
from typing import NamedTuple

MOST_COLUMNS = 18_278  # column ZZZ

# A number of more digits is no row of any grid, and one of thousands is none of Python's.
_CELL = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9][0-9]{0,17})?", re.ASCII)
_PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*", re.ASCII)
_R1C1 = re.compile(r"R\[?-?[0-9]*\]?C\[?-?[0-9]*\]?(:R\[?-?[0-9]*\]?C\[?-?[0-9]*\]?)?", re.ASCII)


class Rectangle(NamedTuple):
    """Cells of a worksheet, counted from 0, the ends exclusive."""

    start_row: int
    end_row: int
    start_column: int
    end_column: int

    @property
    def is_cell(self) -> bool:
        """Whether it is exactly one cell."""
        return self.end_row == self.start_row + 1 and self.end_column == self.start_column + 1

    def meets(self, other: Rectangle) -> bool:
        """Whether the two share a cell."""
        return (
            self.start_row < other.end_row
            and other.start_row < self.end_row
            and self.start_column < other.end_column
            and other.start_column < self.end_column
        )

    def contains(self, other: Rectangle) -> bool:
        """Whether every cell of the other is in this one."""
        return (
            self.start_row <= other.start_row
            and other.end_row <= self.end_row
            and self.start_column <= other.start_column
            and other.end_column <= self.end_column
        )

    def has(self, row: int, column: int) -> bool:
        """Whether a cell is in it."""
        return (
            self.start_row <= row < self.end_row and self.start_column <= column < self.end_column
        )


class GridRange(NamedTuple):
    """A rectangle whose ends may be open: None reaches to the last row or column."""

    start_row: int = 0
    end_row: int | None = None
    start_column: int = 0
    end_column: int | None = None

    @property
    def is_cell(self) -> bool:
        """Whether it is exactly one cell."""
        return self.end_row == self.start_row + 1 and self.end_column == self.start_column + 1


def column_letters(index: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """The column, counted from 0, of its letters."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def is_r1c1(text: str) -> bool:
    """Whether the text is R1C1 notation and cannot be A1."""
    return _R1C1.fullmatch(text) is not None and _CELL.fullmatch(text) is None


def parse_cells(text: str) -> GridRange | None:
    """Read `A1`, `A1:B2`, `A:B`, `2:2`, `A2:B`, `A5:A`; None when it is none of these."""
    first, colon, last = text.partition(":")
    start = _CELL.fullmatch(first)
    end = _CELL.fullmatch(last) if colon else start
    if start is None or end is None or not first or (colon and not last):
        return None
    (start_letters, start_number), (end_letters, end_number) = start.groups(), end.groups()
    if not colon and not (start_letters and start_number):
        return None
    if not ((start_letters and end_letters) or (start_number and end_number)):
        return None
    start_column, end_column = _span(
        column_index(start_letters) if start_letters else None,
        column_index(end_letters) if end_letters else None,
    )
    start_row, end_row = _span(
        int(start_number) - 1 if start_number else None,
        int(end_number) - 1 if end_number else None,
    )
    return GridRange(start_row, end_row, start_column, end_column)


def _span(start: int | None, end: int | None) -> tuple[int, int | None]:
    """The half-open span between two given places; a missing one leaves the end open."""
    if start is not None and end is not None:
        return min(start, end), max(start, end) + 1
    return start or end or 0, None


def split_title(text: str) -> tuple[str, str] | None:
    """Part `'It''s'!A1` into title and cells; None when no title stands before a `!`.

    The cells are empty when the whole text is a quoted title.
    """
    if text.startswith("'"):
        end = 1
        while True:
            end = text.find("'", end)
            if end < 0:
                return None
            if text[end + 1 : end + 2] != "'":
                break
            end += 2
        title = text[1:end].replace("''", "'")
        rest = text[end + 1 :]
        if not rest:
            return title, ""
        return (title, rest[1:]) if rest.startswith("!") and len(rest) > 1 else None
    title, mark, cells = text.rpartition("!")
    return (title, cells) if mark and title and cells else None


def quoted_title(title: str) -> str:
    """The title as it stands before a `!`: quoted unless it is plain and unlike a cell."""
    if _PLAIN_TITLE.fullmatch(title) and not _LIKE_A_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def spelled(title: str, cells: Rectangle) -> str:
    """The range as Google spells it in an answer: `Sheet1!A1:C2`, `Sheet1!B1`."""
    first = f"{column_letters(cells.start_column)}{cells.start_row + 1}"
    last = f"{column_letters(cells.end_column - 1)}{cells.end_row}"
    return f"{quoted_title(title)}!{first}" + ("" if first == last else f":{last}")
