"""ISO 8601 text: dates, times and moments as people write them into cells.

Not the whole standard, and the same in every version of Python: the basic form is left out, as
20261120 may be a date, a time or a number, and so are week dates and 24:00.
"""

from __future__ import annotations

import datetime as dt
import re

_DATE = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
_TIME = (
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,6}))?)?"
)
_ZONE = r"Z|(?P<sign>[+-])(?P<zone_hours>[0-9]{2})(?::?(?P<zone_minutes>[0-5][0-9]))?"
_DATE_ONLY = re.compile(_DATE)
_TIME_ONLY = re.compile(_TIME)
_MOMENT = re.compile(rf"{_DATE}(?:[ T]{_TIME} ?(?P<zone>{_ZONE})?)?")


def to_date(text: str) -> dt.date:
    """`2026-11-20`.

    Raises:
        ValueError: it is no such text, or there is no such day.
    """
    return _date_of(_matched(_DATE_ONLY, text))


def to_time(text: str) -> dt.time:
    """`09:30`, `09:30:00` or `09:30:00.25`, to the microsecond.

    Raises:
        ValueError: it is no such text, or there is no such time.
    """
    return _time_of(_matched(_TIME_ONLY, text))


def to_datetime(text: str) -> dt.datetime:
    """A date, and after a blank or T a time, and after that a zone such as Z or +09:00.

    Without a time it is midnight, without a zone it is naive.

    Raises:
        ValueError: it is no such text, or there is no such moment.
    """
    match = _matched(_MOMENT, text)
    time = _time_of(match) if match["hour"] else dt.time()
    return dt.datetime.combine(_date_of(match), time, _zone_of(match) if match["zone"] else None)


def _matched(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    match = pattern.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a date or time in the form of ISO 8601")
    return match


def _date_of(match: re.Match[str]) -> dt.date:
    return dt.date(int(match["year"]), int(match["month"]), int(match["day"]))


def _time_of(match: re.Match[str]) -> dt.time:
    microseconds = (match["fraction"] or "").ljust(6, "0")
    return dt.time(
        int(match["hour"]), int(match["minute"]), int(match["second"] or 0), int(microseconds)
    )


def _zone_of(match: re.Match[str]) -> dt.timezone:
    if match["zone"] == "Z":
        return dt.UTC
    ahead = dt.timedelta(hours=int(match["zone_hours"]), minutes=int(match["zone_minutes"] or 0))
    return dt.timezone(ahead if match["sign"] == "+" else -ahead)
