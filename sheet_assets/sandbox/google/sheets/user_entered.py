"""USER_ENTERED input: what a text becomes when it is typed into a cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.errors import UnimplementedError
from sheet_assets.sandbox.google.sheets.cell import checked_text, number

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.cell import Cell

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_WORD = re.compile(r"[^\W\d_]+")
_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#ERROR!")
# Beside digits these words may make a date, a time or an amount of the text.
_WORDS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec "
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs "
    "fri sat sun am pm a p e today tomorrow yesterday noon midnight "
    "usd eur gbp jpy chf cad aud nzd cny inr rub sek nok dkk pln brl mxn kr zl rs"
)
_PARSED_WORDS = frozenset(_WORDS.split())


def entered(text: str, locale: str) -> Cell:
    """The value that a typed text becomes.

    Raises:
        UnimplementedError: Google would, or might, make a formula, date, time, percentage,
            amount or error of it.
    """
    if not text:
        return None
    if text.startswith("'"):
        return checked_text(text[1:])
    english = locale.startswith("en")
    if _NUMBER.fullmatch(text) and (english or _INTEGER.fullmatch(text)):
        return number(float(text))
    if not english:
        raise UnimplementedError(f"USER_ENTERED {text[:40]!r} in the locale {locale}")
    if text.upper() in {"TRUE", "FALSE"}:
        return text.upper() == "TRUE"
    if _is_plain(text):
        return checked_text(text)
    raise UnimplementedError(f"USER_ENTERED {text[:40]!r}")


def _is_plain(text: str) -> bool:
    """Whether no reading but plain text is possible."""
    if text[0] in "=+-@" or text != text.strip() or text.upper() in _ERRORS:
        return False
    if text.strip().upper() in {"TRUE", "FALSE"}:
        return False
    if not any(letter.isdigit() for letter in text):
        return True
    words = [word.casefold() for word in _WORD.findall(text)]
    return text[0].isalpha() and not any(word in _PARSED_WORDS or len(word) == 1 for word in words)
