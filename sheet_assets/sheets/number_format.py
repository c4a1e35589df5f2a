"""Number formats: Google's pattern of a column, and which type of format that is.

https://developers.google.com/workspace/sheets/api/guides/formats
"""

from __future__ import annotations

import re

_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_DATE = re.compile(r"[yd]", re.IGNORECASE)
_TIME = re.compile(r"[hs]|am/pm|a/p", re.IGNORECASE)
_NUMBER = re.compile(r"[0#?]")


def number_format(pattern: str) -> dict[str, str]:
    """Google's NumberFormat: the type that a pattern such as `0.00%` or `yyyy-mm-dd` asks for.

    Raises:
        ValueError: it formats neither a number nor a date, time or text.
    """
    # What stands in quotes, behind a backslash or in brackets is shown as it is.
    tokens = _LITERAL.sub("", pattern)
    elapsed = re.search(r"\[(h+|m+|s+)\]", pattern, re.IGNORECASE)
    date, time = bool(_DATE.search(tokens)), bool(_TIME.search(tokens) or elapsed)
    if _NUMBER.search(tokens) and not (date or time):
        kind = "PERCENT" if "%" in tokens else "SCIENTIFIC" if "E" in tokens.upper() else "NUMBER"
    elif date or time or "m" in tokens.lower():
        kind = "DATE_TIME" if date and time else "TIME" if time else "DATE"
    elif tokens.strip() == "@":
        kind = "TEXT"
    else:
        raise ValueError(
            f"{pattern!r} is no number format; write a pattern such as 0.00, #,##0, 0.0%, "
            "yyyy-mm-dd, hh:mm or @"
        )
    return {"type": kind, "pattern": pattern}
