"""How a serial number is displayed as a date, a time or a duration."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.sheets.locales import known
from sheet_assets.sandbox.google.sheets.patterns import Token, date_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.google.sheets.locales import Locale

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
_SECONDS = {"h": 3600, "m": 60, "s": 1}


def rendered(section: str, serial: float, locale: str) -> str | None:
    """The moment by a section of a pattern; None beyond the years 1 to 9999."""
    tokens = date_tokens(section)
    places = max((len(token.text) for token in tokens if token.kind == "fraction"), default=0)
    # A double tells a moment of our years to about a microsecond: to be rounded, not cut off.
    step = 10 ** (3 - places) if places else 1
    milliseconds = round(serial * 86_400_000 / step) * step
    try:
        moment = _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
    half_day = any(token.kind == "half_day" for token in tokens)
    pieces = []
    for place, token in enumerate(tokens):
        if token.kind == "literal":
            pieces.append(token.text)
        elif token.kind == "elapsed":
            pieces.append(_elapsed(token.text.lower(), abs(milliseconds) // 1000))
        elif token.kind == "fraction":
            pieces.append(f"{moment.microsecond // 1000:03d}"[: len(token.text)])
        elif token.kind == "half_day":
            pieces.append(_half_day(token.text, moment, locale))
        elif token.text[0] in "hH":
            hour = (moment.hour % 12 or 12) if half_day else moment.hour
            pieces.append(f"{hour:0{min(len(token.text), 2)}d}")
        elif token.text[0] in "sS":
            pieces.append(f"{moment.second:0{min(len(token.text), 2)}d}")
        elif token.text[0] == "m" and len(token.text) < 3 and _is_minutes(tokens, place):
            pieces.append(f"{moment.minute:0{len(token.text)}d}")
        else:
            pieces.append(_calendar(token.text.lower(), moment, locale, section))
    negative = milliseconds < 0 and any(token.kind == "elapsed" for token in tokens)
    return ("-" if negative else "") + "".join(pieces)


def _elapsed(letters: str, seconds: int) -> str:
    return str(seconds // _SECONDS[letters[0]]).rjust(len(letters), "0")


def _half_day(text: str, moment: datetime, locale: str) -> str:
    if text.lower() == "a/p":
        letter = "a" if moment.hour < 12 else "p"
        return letter.upper() if text[0] == "A" else letter
    return known(locale, "the display of half days").half_days[moment.hour >= 12]


def _is_minutes(tokens: Sequence[Token], place: int) -> bool:
    """`m` is minutes after hours or before seconds, else months."""
    before = next((t for t in reversed(tokens[:place]) if t.kind in {"part", "elapsed"}), None)
    after = next((t for t in tokens[place + 1 :] if t.kind in {"part", "elapsed"}), None)
    return (before is not None and before.text[0] in "hH") or (
        after is not None and after.text[0] in "sS"
    )


def _calendar(letters: str, moment: datetime, locale: str, section: str) -> str:
    """A year, month or day."""
    length = len(letters)
    if letters[0] == "y":
        return f"{moment.year:04d}" if length > 2 else f"{moment.year % 100:02d}"
    number = moment.month if letters[0] == "m" else moment.day
    if length < 3:
        return f"{number:0{length}d}"
    words = known(locale, f"the date format pattern {section!r}")
    if letters[0] == "m":
        return _month(words, moment.month - 1, length)
    return (words.short_days if length == 3 else words.days)[moment.weekday()]


def _month(words: Locale, month: int, length: int) -> str:
    if length == 3:
        return words.short_months[month]
    return words.months[month][0] if length == 5 else words.months[month]
