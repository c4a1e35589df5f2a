"""Numbers as a person types them: 1,234.5, (5), 12%, $1, 1e3; and the format each brings along."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.locales import Locale

_NUMBER = re.compile(
    r"(?P<sign>[+-])? ?(?P<currency>[$€£¥₩])? ?(?P<inner>[+-])?"
    r"(?:(?P<grouped>[0-9]{1,3}(?:,[0-9]{3})+)|(?P<whole>[0-9]+))?"
    r"(?P<fraction>\.[0-9]*)?(?P<exponent>[eE][+-]?[0-9]+)?(?P<percent> ?%)?"
)


def typed_number(text: str, locale: Locale) -> tuple[float, NumberFormat | None] | None:
    """The number that a text is, and its format; None when it is no number."""
    bracketed = text.startswith("(") and text.endswith(")")
    match = _NUMBER.fullmatch(text[1:-1].strip() if bracketed else text)
    if match is None or not _is_sound(match, bracketed=bracketed):
        return None
    digits = (match["grouped"] or match["whole"] or "0").replace(",", "")
    size = float(digits + (match["fraction"] or "") + (match["exponent"] or ""))
    if not math.isfinite(size):
        return None
    if match["percent"]:
        # Divided as decimals, so that 12.3% is 0.123.
        size = float(f"{size!r}e-2") if "e" not in repr(size) else size / 100
    negative = bracketed or "-" in (match["sign"], match["inner"])
    return -size if negative else size, _format(match, locale)


def _is_sound(match: re.Match[str], *, bracketed: bool) -> bool:
    """Whether there are digits, at most one sign, and at most one of $, % and an exponent."""
    has_digits = match["grouped"] or match["whole"] or (match["fraction"] or ".") != "."
    signs = [match["sign"], match["inner"], bracketed or None]
    marks = [match["currency"], match["percent"], match["exponent"]]
    return bool(has_digits) and sum(map(bool, signs)) < 2 and sum(map(bool, marks)) < 2


def _format(match: re.Match[str], locale: Locale) -> NumberFormat | None:
    decimals = ".00" if match["fraction"] else ""
    if match["percent"]:
        return NumberFormat("PERCENT", f"0{decimals}%")
    if match["exponent"]:
        return NumberFormat("SCIENTIFIC", locale.patterns["SCIENTIFIC"])
    if match["currency"]:
        own = match["currency"] == locale.currency
        symbol = f'"{locale.currency}"' if own else f"[${match['currency']}]"
        return NumberFormat("CURRENCY", f"{symbol}#,##0{decimals}")
    return NumberFormat("NUMBER", f"#,##0{decimals}") if match["grouped"] else None
