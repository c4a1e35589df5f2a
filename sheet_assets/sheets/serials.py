"""Serial numbers: how Sheets counts dates and times, in days since 1899-12-30.

1900 is not a leap year here, unlike in Excel:
https://developers.google.com/workspace/sheets/api/guides/formats
"""

from __future__ import annotations

import datetime as dt

EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
_MILLISECONDS_A_DAY = 86_400_000


def to_datetime(serial: float) -> dt.datetime:
    """A serial as date and time, to the millisecond: a double holds no more at today's dates.

    Raises:
        OverflowError: before the year 1 or after 9999.
        ValueError: it is not a number (NaN).
    """
    return EPOCH + dt.timedelta(milliseconds=round(serial * _MILLISECONDS_A_DAY))


def to_time(fraction: float) -> dt.time:
    """A fraction of a day, from 0 to below 1, as the time of day, to the millisecond.

    The last half millisecond is 23:59:59.999: rounding never makes it midnight, a day earlier.
    """
    milliseconds = min(round(fraction * _MILLISECONDS_A_DAY), _MILLISECONDS_A_DAY - 1)
    return (EPOCH + dt.timedelta(milliseconds=milliseconds)).time()


def from_datetime(value: dt.datetime) -> float:
    """The serial of a date and time; a zone is left out, not converted."""
    delta = value.replace(tzinfo=None) - EPOCH
    whole = delta.days
    rest = (delta - dt.timedelta(days=whole)) / dt.timedelta(days=1)
    return whole + rest if rest else whole


def from_date(value: dt.date) -> int:
    """The serial of a date."""
    return (value - EPOCH.date()).days


def from_time(value: dt.time) -> float:
    """The fraction of a day."""
    since_midnight = dt.datetime.combine(EPOCH, value.replace(tzinfo=None)) - EPOCH
    return since_midnight / dt.timedelta(days=1)
