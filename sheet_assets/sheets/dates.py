"""A date that somebody asks a sheet's version for: the moment it ended, where they live."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from sheet_assets.errors import SheetAssetsError

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def end_of_day(text: str, time_zone: str, *, now: dt.datetime) -> dt.datetime:
    """When the date, written as 2026-11-20, ends in the time zone.

    Raises:
        SheetAssetsError: it is no date, or it has not begun yet at `now`.
    """
    zone = ZoneInfo(time_zone)
    try:
        day = dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise SheetAssetsError(f"{text!r} is no date; write it as 2026-11-20 (year-month-day).")
    today = now.astimezone(zone).date()
    if day > today:
        raise SheetAssetsError(
            f"{text} has not begun yet: in {time_zone} it is {today}. Ask for a day that was."
        )
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
