"""How a date or time that was typed as text is written: a contract's `format`, as strptime's."""

from __future__ import annotations

import datetime as dt
import re
import warnings

KINDS = ("date", "time", "timestamp", "timestamptz")

# Written in a format and read again, what it has lost is what the format does not say: an hour
# after noon needs %p beside %I, and no number fits another's place.
_PROBE = dt.datetime(
    2009, 11, 23, 21, 47, 58, 625000, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30))
)
_NO_DATE, _NO_TIME = dt.date(1900, 1, 1), dt.time()
_TIMES = (dt.time(21), dt.time(21, 47), dt.time(21, 47, 58), dt.time(21, 47, 58, 625000))


def check(written: str, kind: str) -> None:
    """Refuse a format that strptime cannot read, or that does not say what the type holds.

    Raises:
        ValueError: the text begins with the format.
    """
    if kind not in KINDS:
        raise ValueError(f"{written!r} needs a date, time, timestamp or timestamptz, not {kind}")
    if "%Z" in written.replace("%%", ""):
        raise ValueError(f"{written!r} has %Z, and names of zones are ambiguous; use %z")
    try:
        with warnings.catch_warnings():
            # From Python 3.13 on a day without a year is warned of; here it is refused below.
            warnings.simplefilter("ignore")
            read = to_datetime(_PROBE.strftime(written), written)
    except (ValueError, re.error) as error:
        raise ValueError(f"{written!r} is not a format of Python's strptime: {error}") from None
    problem = _lost(read, kind)
    if problem:
        raise ValueError(f"{written!r} {problem}")


def _lost(read: dt.datetime, kind: str) -> str | None:
    """What the format does not say though the type holds it, or says though it does not."""
    says_date, says_time = read.date() != _NO_DATE, read.time() != _NO_TIME
    if kind != "time" and read.date() != _PROBE.date():
        return "does not say the whole date: its day, month and year"
    if read.time() not in _TIMES and (says_time or kind == "time"):
        return "does not say the hour of the day (%H, or %I with %p)"
    if (kind == "time" and says_date) or (kind == "date" and says_time):
        return f"says a date and a time, and a {kind} does not keep both; use a timestamp"
    if read.tzinfo is not None and kind != "timestamptz":
        return f"has a zone, which a {kind} does not keep; use timestamptz"
    return None


def to_datetime(text: str, written: str) -> dt.datetime:
    """A text in that format; what the format does not say is 1900-01-01, midnight, no zone.

    Raises:
        ValueError: it is not written so, or there is no such moment.
    """
    return dt.datetime.strptime(text.strip(), written)  # noqa: DTZ007 - most formats have no zone
