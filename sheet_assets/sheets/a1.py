"""A1 notation: cell addresses, column letters and quoted worksheet titles."""

from __future__ import annotations

import re
from typing import NamedTuple

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,7})")
_PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOOKS_LIKE_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")


class Cell(NamedTuple):
    """One cell, counted from zero as Google's GridRange does."""

    row: int
    column: int

    def __str__(self) -> str:
        return f"{column_letters(self.column)}{self.row + 1}"


TOP_LEFT = Cell(0, 0)


class Rectangle(NamedTuple):
    """Rows and columns, half-open and counted from zero: a GridRange without its sheet."""

    row: int
    column: int
    end_row: int
    end_column: int

    @property
    def height(self) -> int:
        """Rows."""
        return self.end_row - self.row

    @property
    def width(self) -> int:
        """Columns."""
        return self.end_column - self.column

    def union(self, other: Rectangle) -> Rectangle:
        """The smallest rectangle that holds both."""
        return Rectangle(
            min(self.row, other.row),
            min(self.column, other.column),
            max(self.end_row, other.end_row),
            max(self.end_column, other.end_column),
        )

    def clipped(self, rows: int, columns: int) -> Rectangle:
        """What is left of it in a grid of this size: people delete rows and columns."""
        end_row, end_column = min(self.end_row, rows), min(self.end_column, columns)
        return Rectangle(min(self.row, end_row), min(self.column, end_column), end_row, end_column)

    def grid_range(self, sheet_id: int) -> dict[str, int]:
        """Google's GridRange."""
        return {
            "sheetId": sheet_id,
            "startRowIndex": self.row,
            "endRowIndex": self.end_row,
            "startColumnIndex": self.column,
            "endColumnIndex": self.end_column,
        }

    def __str__(self) -> str:
        first = Cell(self.row, self.column)
        return f"{first}:{Cell(self.end_row - 1, self.end_column - 1)}"


def column_letters(column: int) -> str:
    """`0` is A, `25` is Z, `26` is AA."""
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def column_index(letters: str) -> int:
    """A is `0`, AA is `26`."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def parse_cell(address: str) -> Cell:
    """`B3` (dollars allowed) as a `Cell`.

    Raises:
        ValueError: it is no address of one cell.
    """
    match = _ADDRESS.fullmatch(address.strip())
    if not match:
        raise ValueError(f"{address!r} is not the address of a cell, such as A1 or C5")
    return Cell(int(match[2]) - 1, column_index(match[1]))


def quoted(title: str) -> str:
    """A worksheet's title in quotes."""
    return "'" + title.replace("'", "''") + "'"


def quote_title(title: str) -> str:
    """A worksheet's title as it stands in a range: quoted where a plain one would be misread."""
    plain = _PLAIN_TITLE.fullmatch(title) and not _LOOKS_LIKE_CELL.fullmatch(title)
    return title if plain else quoted(title)


def in_worksheet(title: str, part: Rectangle | Cell | str) -> str:
    """`Responses!A1:C5`."""
    return f"{quote_title(title)}!{part}"


def parse_rectangle(text: str) -> Rectangle:
    """`A1:C5`, or one cell, as a `Rectangle`.

    Raises:
        ValueError: it is no such range, or it ends before it starts.
    """
    first, colon, last = text.partition(":")
    start = parse_cell(first)
    end = parse_cell(last) if colon else start
    if end.row < start.row or end.column < start.column:
        raise ValueError(f"{text!r} ends before it starts; write the upper left cell first")
    return Rectangle(start.row, start.column, end.row + 1, end.column + 1)
