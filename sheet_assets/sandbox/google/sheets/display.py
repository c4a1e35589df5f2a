"""How a value is displayed: what FORMATTED_VALUE answers."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.errors import UnimplementedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.google.sheets.cell import Cell
    from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat

DATE_TYPES = frozenset({"DATE", "TIME", "DATE_TIME"})

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
_NUMBER_PATTERN = re.compile(r"(?:(#,##)0|(0+))(\.0+)?(%)?")
# Codes: the digits of a whole number among texts that stand as they are, as in 000-00-0000.
_CODE_TOKEN = re.compile(r'0|[- ()]|"[^"]*"|\\.')
_DATE_TOKEN = re.compile(
    r'y+|m+|d+|h+|s+|am/pm|a/p|"[^"]*"|\\.|[-/:., T]', re.IGNORECASE | re.ASCII
)
_ENGLISH_DEFAULTS = {
    "DATE": "m/d/yyyy",
    "TIME": "h:mm:ss am/pm",
    "DATE_TIME": "m/d/yyyy h:mm:ss",
    "NUMBER": "#,##0.00",
    "PERCENT": "0.00%",
}
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def default_pattern(type_name: str, locale: str) -> str:
    """The pattern that stands for a type without one.

    Raises:
        UnimplementedError: the locale is not English, or the type has no known default.
    """
    if type_name not in _ENGLISH_DEFAULTS or locale != "en_US":
        raise UnimplementedError(f"the default pattern of {type_name} in the locale {locale}")
    return _ENGLISH_DEFAULTS[type_name]


def displayed(value: Cell, number_format: NumberFormat | None, locale: str) -> str:
    """A value as a person sees it.

    Raises:
        UnimplementedError: the pattern or the locale is one whose display is not known.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        if not locale.startswith("en"):
            raise UnimplementedError(f"the display of booleans in the locale {locale}")
        return "TRUE" if value else "FALSE"
    if number_format is None or number_format.type == "TEXT" or number_format.pattern == "General":
        return _automatic(value, locale)
    pattern = number_format.pattern or default_pattern(number_format.type, locale)
    if number_format.type in DATE_TYPES:
        return _date(value, pattern, locale)
    return _number(value, pattern, locale)


def _automatic(value: float, locale: str) -> str:
    if isinstance(value, int):
        if abs(value) < 10**15:
            return str(value)
    elif 1e-4 <= abs(value) < 1e10:
        if not locale.startswith("en"):
            raise UnimplementedError(f"the display of decimals in the locale {locale}")
        # Ten significant digits, as in 0.3333333333 and 333333.3333.
        return f"{value:.10g}"
    raise UnimplementedError(f"the display of {value!r} without a number format")


def _number(value: float, pattern: str, locale: str) -> str:
    match = _NUMBER_PATTERN.fullmatch(pattern)
    if match is None:
        return _code(value, pattern)
    grouped, zeros, decimals, percent = match.groups()
    if (grouped or decimals) and not locale.startswith("en"):
        raise UnimplementedError(f"the number format pattern {pattern!r} in the locale {locale}")
    exact = Decimal(repr(value)) * (100 if percent else 1)
    places = len(decimals or ".") - 1
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if rounded == 0:
        rounded = abs(rounded)
    whole, point, fraction = f"{abs(rounded):{',' if grouped else ''}f}".partition(".")
    sign = "-" if rounded < 0 else ""
    return f"{sign}{whole.rjust(len(zeros or '0'), '0')}{point}{fraction}{percent or ''}"


def _code(value: float, pattern: str) -> str:
    """The digits in the places of the zeros, from the right; the first one takes what is left."""
    tokens = _CODE_TOKEN.findall(pattern)
    places = tokens.count("0")
    if "".join(tokens) != pattern or not places or value < 0:
        raise UnimplementedError(f"the display of {value!r} in the number format {pattern!r}")
    digits = str(Decimal(repr(value)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    digits = digits.rjust(places, "0")
    filling = iter([digits[: len(digits) - places + 1], *digits[len(digits) - places + 1 :]])
    return "".join(
        next(filling) if part == "0" else part.strip('"').removeprefix("\\") for part in tokens
    )


def _date(serial: float, pattern: str, locale: str) -> str:
    try:
        moment = _EPOCH + timedelta(milliseconds=round(serial * 86_400_000))
    except OverflowError as exc:
        raise UnimplementedError(f"the display of {serial!r} as a date") from exc
    return "".join(part(moment) for part in _date_parts(pattern, locale))


@lru_cache(maxsize=256)
def _date_parts(pattern: str, locale: str) -> tuple[Callable[[datetime], str], ...]:
    tokens = _date_tokens(pattern)
    lowered = [token.lower() for token in tokens]
    half_day = any(token in {"am/pm", "a/p"} for token in lowered)
    parts = []
    for place, token in enumerate(lowered):
        if token[0] == "m" and _is_minutes(lowered, place):
            part = _minutes(token)
        else:
            part = _part(token, tokens[place], half_day=half_day)
        if part is None:
            raise UnimplementedError(f"the date format pattern {pattern!r}")
        if len(token) > 2 and token[0] in "md" and not locale.startswith("en"):
            raise UnimplementedError(f"the date format pattern {pattern!r} in the locale {locale}")
        parts.append(part)
    return tuple(parts)


def _date_tokens(pattern: str) -> list[str]:
    tokens = []
    position = 0
    while position < len(pattern):
        match = _DATE_TOKEN.match(pattern, position)
        if match is None:
            raise UnimplementedError(f"the date format pattern {pattern!r}")
        tokens.append(match.group())
        position = match.end()
    return tokens


def _is_minutes(tokens: list[str], place: int) -> bool:
    """`m` is minutes after hours or before seconds, else months."""
    before = next((t for t in reversed(tokens[:place]) if t[0] in "ymdhs"), "")
    after = next((t for t in tokens[place + 1 :] if t[0] in "ymdhs"), "")
    return before.startswith("h") or after.startswith("s")


def _minutes(token: str) -> Callable[[datetime], str] | None:
    if len(token) > 2:
        return None
    return lambda moment: f"{moment.minute:0{len(token)}d}"


def _part(token: str, original: str, *, half_day: bool) -> Callable[[datetime], str] | None:
    """What writes one token of a date pattern; None for one that is not known."""
    if token in _WRITERS:
        return _WRITERS[token]
    if token in {"h", "hh"}:
        width = len(token)
        if half_day:
            return lambda moment: f"{(moment.hour % 12) or 12:0{width}d}"
        return lambda moment: f"{moment.hour:0{width}d}"
    if token[0] in '"\\-/:., t':
        literal = original.strip('"') if token[0] == '"' else original.removeprefix("\\")
        return lambda _: literal
    return None


_WRITERS: dict[str, Callable[[datetime], str]] = {
    "yyyy": lambda moment: f"{moment.year:04d}",
    "yy": lambda moment: f"{moment.year % 100:02d}",
    "mmmm": lambda moment: _MONTHS[moment.month - 1],
    "mmm": lambda moment: _MONTHS[moment.month - 1][:3],
    "mm": lambda moment: f"{moment.month:02d}",
    "m": lambda moment: str(moment.month),
    "dddd": lambda moment: _DAYS[moment.weekday()],
    "ddd": lambda moment: _DAYS[moment.weekday()][:3],
    "dd": lambda moment: f"{moment.day:02d}",
    "d": lambda moment: str(moment.day),
    "ss": lambda moment: f"{moment.second:02d}",
    "s": lambda moment: str(moment.second),
    "am/pm": lambda moment: "AM" if moment.hour < 12 else "PM",
}
