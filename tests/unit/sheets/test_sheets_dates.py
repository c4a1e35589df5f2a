"""The end of a date, in a time zone."""

from __future__ import annotations

import datetime as dt

import pytest

from sheet_assets.errors import SheetAssetsError
from sheet_assets.sheets.dates import end_of_day

NOW = dt.datetime(2026, 11, 20, 20, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "zone", "ends"),
    [
        ("2026-11-20", "UTC", "2026-11-21T00:00:00+00:00"),
        ("2026-11-20", "Asia/Seoul", "2026-11-20T15:00:00+00:00"),
        ("2026-11-21", "Asia/Seoul", "2026-11-21T15:00:00+00:00"),
        ("2026-10-25", "Europe/Berlin", "2026-10-25T23:00:00+00:00"),
        ("2026-03-28", "Europe/Berlin", "2026-03-28T23:00:00+00:00"),
        ("2024-02-29", "America/New_York", "2024-03-01T05:00:00+00:00"),
    ],
)
def test_a_date_ends_where_the_zone_says(text, zone, ends):
    """The end of a day is the next midnight of that zone, summer time included."""
    assert end_of_day(text, zone, now=NOW) == dt.datetime.fromisoformat(ends)


@pytest.mark.parametrize(
    "text", ["yesterday", "20.11.2026", "2026-13-01", "2026-1-1", "20261120", ""]
)
def test_what_is_no_date_is_refused(text):
    """The sentence quotes it and shows how a date is written."""
    with pytest.raises(SheetAssetsError, match="is no date; write it as 2026-11-20"):
        end_of_day(text, "UTC", now=NOW)


def test_a_day_that_has_not_begun_is_refused_by_the_zone():
    """The 21st has begun in Seoul, and not in London."""
    end_of_day("2026-11-21", "Asia/Seoul", now=NOW)
    with pytest.raises(
        SheetAssetsError, match="2026-11-21 has not begun yet: in Europe/London it is 2026-11-20"
    ):
        end_of_day("2026-11-21", "Europe/London", now=NOW)
