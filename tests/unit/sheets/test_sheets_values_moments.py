# ruff: noqa: DTZ001 - a cell has no time zone
from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from sheet_assets.sheets.values import NotThatType, reader
from sheet_assets.warehouse.types import ColumnType

BERLIN = ZoneInfo("Europe/Berlin")


def read(kind, cell):
    return reader(ColumnType.parse(kind), BERLIN)(cell)


def refused(kind, cell):
    with pytest.raises(NotThatType) as caught:
        read(kind, cell)
    return str(caught.value)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (43831, "2020-01-01"),
        (0, "1899-12-30"),
        (-693593, "0001-01-01"),
        (2958465.0, "9999-12-31"),
        ("2026-11-20", "2026-11-20"),
        (" 2026-3-1 ", "2026-03-01"),
    ],
)
def test_dates(cell, day):
    """A serial or ISO text is a date."""
    assert read("date", cell) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (43831.5, "is a date with a time, not a date"),
        (-693594, "is not a date between the years 1 and 9999"),
        (2958466, "is not a date between the years 1 and 9999"),
        (1e300, "is not a date between the years 1 and 9999"),
        ("20.11.2026", "is not a date (a date cell, or text like 2026-11-20)"),
        ("20261120", "is not a date (a date cell, or text like 2026-11-20)"),
        ("2026-02-30", "is not a date (a date cell, or text like 2026-11-20)"),
        ("\uff12\uff10\uff12\uff16-11-20", "is not a date (a date cell, or text like 2026-11-20)"),
    ],
)
def test_what_is_no_date(cell, reason):
    """A moment is no date, and neither is a day that the calendar has not."""
    assert refused("date", cell) == reason


@pytest.mark.parametrize(
    "cell", [1, 1.5, -0.25, 1e300, "24:00", "24:00:00", "25:00", "20261120", "noon", "09:30Z"]
)
def test_what_is_no_time(cell):
    """A duration of a day or more is no time of day, and 24:00 is none."""
    assert refused("time", cell) == "is not a time (a time cell, or text like 09:30:00)"


def test_times():
    """A fraction of a day is a time, and just before midnight stays before midnight."""
    assert read("time", 0) == dt.time()
    assert read("time", 0.75) == dt.time(18)
    assert read("time", 86399.9996 / 86400) == dt.time(23, 59, 59, 999_000)
    assert read("time", "9:30:00.000001") == dt.time(9, 30, 0, 1)


def test_timestamps():
    """A serial is the sheet's own clock; a text with a zone is refused, not converted."""
    assert read("timestamp", 43831.5) == dt.datetime(2020, 1, 1, 12)
    assert read("timestamp", "2026-11-20 09:30") == dt.datetime(2026, 11, 20, 9, 30)
    assert read("timestamp", 45000 + 86399.9996 / 86400) == dt.datetime(2023, 3, 16)
    assert refused("timestamp", "2026-11-20 09:30Z").startswith("has a zone")
    assert refused("timestamp", "20261120").startswith("is not a date and time")
    assert refused("timestamp", 1e300).endswith("between the years 1 and 9999")


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2026-01-15 12:00", "2026-01-15 11:00"),
        ("2026-07-15 12:00", "2026-07-15 10:00"),
        ("2026-07-15 12:00+09:00", "2026-07-15 03:00"),
        ("2026-03-29 01:59", "2026-03-29 00:59"),
        ("2026-03-29 02:30", "2026-03-29 01:30"),  # skipped: what 03:30 is after the change
        ("2026-03-29 03:00", "2026-03-29 01:00"),
        ("2026-10-25 02:30", "2026-10-25 00:30"),  # twice: the first
        ("2026-10-25 03:00", "2026-10-25 02:00"),
        (46037.5, "2026-01-15 11:00"),
    ],
)
def test_timestamptz_is_local_time_of_the_spreadsheet(cell, utc):
    """Local times become UTC, also those that the clocks skip or repeat; a zone counts as it stands."""
    assert read("timestamptz", cell) == dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize("cell", [-693593, "0001-01-01 00:00+14:00", "9999-12-31 23:00-02:00"])
def test_timestamptz_beyond_the_calendar(cell):
    """A moment that is before the year 1 or after 9999 in UTC is out of range."""
    assert refused("timestamptz", cell) == "is out of range for timestamptz"
