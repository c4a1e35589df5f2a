"""A cell's value, and the rows of values that a grid is made of."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, Self, TypeAlias

from sheet_assets.sandbox.google.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

Cell: TypeAlias = bool | int | float | str | None
Row: TypeAlias = tuple[Cell, ...]

LONGEST_TEXT = 50_000


# https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/other#ErrorType
ERROR_TYPES = {
    "#ERROR!": "ERROR",
    "#NULL!": "NULL_VALUE",
    "#DIV/0!": "DIVIDE_BY_ZERO",
    "#VALUE!": "VALUE",
    "#REF!": "REF",
    "#NAME?": "NAME",
    "#NUM!": "NUM",
    "#N/A": "N_A",
}


class Formula(str):
    """What a cell holds that computes its value: a text that begins with `=`."""

    __slots__ = ()


class TypedText(str):
    """A text on its way into a cell, to be read as if a person had typed it there."""

    __slots__ = ()


class ErrorValue(str):
    """The value of a formula that fails: displayed as `#REF!`, with a sentence that says why."""

    __slots__ = ("message",)

    message: str

    def __new__(cls, displayed: str, message: str = "") -> Self:
        """An error that is displayed so: one of the keys of ERROR_TYPES."""
        error = super().__new__(cls, displayed)
        error.message = message
        return error

    @property
    def type(self) -> str:
        """Google's ErrorType."""
        return ERROR_TYPES[self]


class Old(Enum):
    """Stands in a row to be written for "leave what the cell holds"."""

    KEEP = "keep"


def number(value: float) -> float:
    """A number as a sheet holds it: an IEEE double, told as an int when it is whole.

    Raises:
        InvalidArgumentError: it is NaN, infinite, or too large for a double.
    """
    try:
        double = float(value)
    except OverflowError:
        double = math.inf
    if not math.isfinite(double):
        raise InvalidArgumentError(f"Invalid value: a number must be finite, not {double}")
    if double.is_integer() and abs(double) < 1e16:
        return int(double)
    return double


def checked_text(text: str) -> str | None:
    """A text as a sheet holds it; the empty text leaves the cell blank.

    Raises:
        InvalidArgumentError: it is longer than 50,000 characters.
    """
    if len(text) > LONGEST_TEXT:
        raise InvalidArgumentError(
            f"Your input contains more than the maximum of {LONGEST_TEXT} characters in a "
            "single cell."
        )
    return text or None


def trimmed(cells: Iterable[Cell]) -> Row:
    """The cells without the blank ones at the end."""
    row = tuple(cells)
    if not row or row[-1] is not None:
        return row
    end = len(row)
    while end and row[end - 1] is None:
        end -= 1
    return row[:end]


def trim_rows(rows: list[Row]) -> None:
    """Drop the blank rows at the end, in place."""
    while rows and not rows[-1]:
        rows.pop()
