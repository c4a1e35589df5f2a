"""How a serial number is displayed as a date, a time or a duration."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sheet_assets.sandbox.google.sheets.locales import known
from sheet_assets.sandbox.google.sheets.patterns import date_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sheet_assets.sandbox.google.sheets.patterns import Token

    _Piece: TypeAlias = Callable[[datetime, int], str]

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
_SECONDS = {"h": 3600, "m": 60, "s": 1}


class _Clock(NamedTuple):
    """What a section makes of a moment: its pieces, and how finely it is rounded."""

    pieces: tuple[_Piece, ...]
    step: int
    has_elapsed: bool


def rendered(section: str, serial: float, locale: str) -> str | None:
    """The moment by a section of a pattern; None beyond the years 1 to 9999."""
    clock = _clock(section, locale)
    # A double tells a moment of our years to about a microsecond: to be rounded, not cut off.
    milliseconds = round(serial * 86_400_000 / clock.step) * clock.step
    try:
        moment = _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
    sign = "-" if milliseconds < 0 and clock.has_elapsed else ""
    seconds = abs(milliseconds) // 1000
    return sign + "".join([piece(moment, seconds) for piece in clock.pieces])


@lru_cache(maxsize=256)
def _clock(section: str, locale: str) -> _Clock:
    tokens = date_tokens(section)
    places = max((len(token.text) for token in tokens if token.kind == "fraction"), default=3)
    half_day = any(token.kind == "half_day" for token in tokens)
    return _Clock(
        tuple(
            _minutes(len(token.text))
            if _is_minutes(tokens, place)
            else _piece(token, locale, half_day=half_day)
            for place, token in enumerate(tokens)
        ),
        10 ** (3 - places),
        any(token.kind == "elapsed" for token in tokens),
    )


def _piece(token: Token, locale: str, *, half_day: bool) -> _Piece:
    """What writes a token, other than minutes: of a moment, or of the seconds of a duration."""
    text = token.text
    letters, length = text.lower(), len(text)
    if token.kind == "literal":
        return lambda _moment, _seconds: text
    if token.kind == "elapsed":
        return lambda _, seconds: str(seconds // _SECONDS[letters[0]]).rjust(length, "0")
    if token.kind == "fraction":
        return lambda moment, _: f"{moment.microsecond // 1000:03d}"[:length]
    if token.kind == "half_day":
        return _half_day(text, locale)
    width = min(length, 2)
    if letters[0] == "h" and half_day:
        return lambda moment, _: f"{moment.hour % 12 or 12:0{width}d}"
    if letters[0] == "h":
        return lambda moment, _: f"{moment.hour:0{width}d}"
    if letters[0] == "s":
        return lambda moment, _: f"{moment.second:0{width}d}"
    return _calendar(letters, locale)


def _minutes(length: int) -> _Piece:
    return lambda moment, _: f"{moment.minute:0{length}d}"


def _half_day(text: str, locale: str) -> _Piece:
    if text.lower() == "a/p":
        words = ("A", "P") if text[0] == "A" else ("a", "p")
    else:
        words = known(locale, "the display of half days").half_days
    return lambda moment, _: words[moment.hour >= 12]


def _is_minutes(tokens: Sequence[Token], place: int) -> bool:
    """`m` is minutes after hours or before seconds, else months."""
    if tokens[place].kind != "part" or tokens[place].text not in {"m", "mm"}:
        return False
    before = next((t for t in reversed(tokens[:place]) if t.kind in {"part", "elapsed"}), None)
    after = next((t for t in tokens[place + 1 :] if t.kind in {"part", "elapsed"}), None)
    return (before is not None and before.text[0] in "hH") or (
        after is not None and after.text[0] in "sS"
    )


def _calendar(letters: str, locale: str) -> _Piece:
    """What writes a year, month or day."""
    length = len(letters)
    if letters[0] == "y":
        if length > 2:
            return lambda moment, _: f"{moment.year:04d}"
        return lambda moment, _: f"{moment.year % 100:02d}"
    if length < 3 and letters[0] == "m":
        return lambda moment, _: f"{moment.month:0{length}d}"
    if length < 3:
        return lambda moment, _: f"{moment.day:0{length}d}"
    words = known(locale, f"the date format pattern {letters!r}")
    if letters[0] == "m":
        months = words.short_months if length == 3 else words.months
        return lambda moment, _: months[moment.month - 1][: 1 if length == 5 else None]
    days = words.short_days if length == 3 else words.days
    return lambda moment, _: days[moment.weekday()]
