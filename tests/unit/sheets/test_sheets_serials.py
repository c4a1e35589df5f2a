# ruff: noqa: DTZ001, DTZ901 - a cell has no time zone
from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.sheets import serials

MILLISECOND = dt.timedelta(milliseconds=1)


@given(st.datetimes())
def test_moment_reads_back_to_the_millisecond(moment):
    """A date and time survives the way into a cell and out, whole milliseconds exactly."""
    whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert serials.to_datetime(serials.from_datetime(whole)) == whole
    try:
        found = serials.to_datetime(serials.from_datetime(moment))
    except OverflowError:
        assert dt.datetime.max - moment < MILLISECOND
    else:
        assert abs(found - moment) < MILLISECOND
        assert found.microsecond % 1000 == 0


@given(st.dates())
def test_date_reads_back(day):
    """A date is a whole number, before 1899-12-30 a negative one, and reads back."""
    serial = serials.from_date(day)
    assert isinstance(serial, int)
    assert serials.to_datetime(serial) == dt.datetime.combine(day, dt.time())


@given(st.times())
def test_time_reads_back_to_the_millisecond(time):
    """A time of day is below one day, and reads back without ever becoming midnight."""
    serial = serials.from_time(time)
    assert 0 <= serial < 1
    found = serials.to_time(serial)
    apart = dt.datetime.combine(dt.date.min, found) - dt.datetime.combine(dt.date.min, time)
    assert abs(apart) < MILLISECOND


@pytest.mark.parametrize(
    ("serial", "moment"),
    [
        (0, "1899-12-30"),
        (1, "1899-12-31"),
        (36162, "1999-01-02"),  # both of Google's own answers
        (43831, "2020-01-01"),
        (60, "1900-02-28"),  # in Excel 1900-02-29, a day that never was
        (61, "1900-03-01"),
        (-1, "1899-12-29"),
        (-0.25, "1899-12-29 18:00:00"),
        (46000.5, "2025-12-09 12:00:00"),
        (45000 + (86399.9996 / 86400), "2023-03-16"),  # 23:59:59.9996 is the next midnight
        (45000 + (86399.9994 / 86400), "2023-03-15 23:59:59.999"),
        (-693593, "0001-01-01"),
        (2958465, "9999-12-31"),
    ],
)
def test_known_serials(serial, moment):
    """Serials count days from 1899-12-30, in a calendar where 1900 is no leap year."""
    assert serials.to_datetime(serial) == dt.datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "serial", [-693594, 2958466, 2958465.9999999999, 1e300, -1e300, float("inf")]
)
def test_beyond_the_calendar(serial):
    """Before the year 1 and after 9999 there is no date."""
    with pytest.raises(OverflowError):
        serials.to_datetime(serial)


@pytest.mark.parametrize(
    ("fraction", "time"),
    [
        (0, "00:00"),
        (0.5, "12:00"),
        (0.3958333333333333, "09:30"),
        (86399.9994 / 86400, "23:59:59.999"),
        (86399.9996 / 86400, "23:59:59.999"),
        (0.9999999999999999, "23:59:59.999"),
        (1e-12, "00:00"),
    ],
)
def test_known_times(fraction, time):
    """A fraction of a day is a time; the last half millisecond does not wrap to 00:00."""
    assert serials.to_time(fraction) == dt.time.fromisoformat(time)


def test_zone_is_left_out():
    """The serial of a moment is of its own clock, in whatever zone."""
    moment = dt.datetime(2026, 11, 20, 9, 30)
    seoul = dt.timezone(dt.timedelta(hours=9))
    assert serials.from_datetime(moment.replace(tzinfo=seoul)) == serials.from_datetime(moment)
    assert serials.from_time(dt.time(9, 30, tzinfo=seoul)) == serials.from_time(dt.time(9, 30))
