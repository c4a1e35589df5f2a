"""USER_ENTERED input: what a text becomes when it is typed into a cell.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/ValueInputOption
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.sandbox.google.errors import UnimplementedError
from sheet_assets.sandbox.google.sheets.cell import ERROR_TYPES, Formula, checked_text, number
from sheet_assets.sandbox.google.sheets.locales import known
from sheet_assets.sandbox.google.sheets.typed_dates import typed_moment
from sheet_assets.sandbox.google.sheets.typed_numbers import typed_number

if TYPE_CHECKING:
    from datetime import date

    from sheet_assets.sandbox.google.sheets.cell import Cell
    from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat

_INTEGER = re.compile(r"[+-]?[0-9]+")


class Typed(NamedTuple):
    """A value, and the number format that its text brings along."""

    value: Cell
    number_format: NumberFormat | None = None


def entered(text: str, locale: str, today: date) -> Typed:
    """The value that a typed text becomes; without a year a date is in that of `today`.

    Raises:
        UnimplementedError: the locale is not known, or the text is the name of an error.
        InvalidArgumentError: it is longer than 50,000 characters.
    """
    if not text:
        return Typed(None)
    if text.startswith("'"):
        return Typed(checked_text(text[1:]))
    bare = text.strip()
    if _INTEGER.fullmatch(bare):
        return Typed(number(float(bare)))
    words = known(locale, f"USER_ENTERED {text[:40]!r}")
    if bare.upper() in ERROR_TYPES:
        raise UnimplementedError(f"USER_ENTERED {text[:40]!r}")
    if len(bare) > 1 and bare[0] == "=":
        return Typed(_formula(bare))
    if bare.upper() in {"TRUE", "FALSE"}:
        return Typed(bare.upper() == "TRUE")
    if any(letter.isdecimal() for letter in bare):
        typed = typed_number(bare, words) or typed_moment(bare, words, today)
        if typed is not None:
            return Typed(number(typed[0]), typed[1])
    if len(bare) > 1 and bare[0] == "+":
        return Typed(_formula(f"={bare}"))
    return Typed(checked_text(text))


def _formula(text: str) -> Formula:
    checked_text(text)
    return Formula(text)
