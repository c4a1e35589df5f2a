# ruff: noqa: DTZ001 - a cell has no time zone
from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.sheets import iso

OFFSETS = st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))


@given(st.datetimes(timezones=st.none() | st.just(dt.UTC) | OFFSETS))
def test_moment_reads_back(moment):
    """What Python writes as ISO 8601 is read as the same moment, with T and with a blank."""
    assert iso.to_datetime(moment.isoformat()) == moment
    assert iso.to_datetime(f" {moment.isoformat(sep=' ')}\n") == moment
    assert iso.to_datetime(moment.isoformat()).tzinfo == moment.tzinfo


@given(st.dates(), st.times())
def test_date_and_time_read_back(day, time):
    """A date and a time of day are read as Python writes them."""
    assert iso.to_date(day.isoformat()) == day
    assert iso.to_time(time.isoformat()) == time


@given(st.text(alphabet="0123456789-:.TZ+ W\u0663/", max_size=30) | st.text())
def test_any_other_text_is_refused(text):
    """Any text is read, or is a ValueError: nothing else."""
    for read in (iso.to_date, iso.to_time, iso.to_datetime):
        try:
            read(text)
        except ValueError:
            continue


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20", dt.datetime(2026, 11, 20)),
        ("2026-3-1", dt.datetime(2026, 3, 1)),
        ("2026-11-20 9:05", dt.datetime(2026, 11, 20, 9, 5)),
        ("2026-11-20T09:30:00.25", dt.datetime(2026, 11, 20, 9, 30, 0, 250_000)),
        ("2026-11-20 09:30 +09", dt.datetime(2026, 11, 20, 0, 30, tzinfo=dt.UTC)),
        ("2026-11-20 09:30:00-0330", dt.datetime(2026, 11, 20, 13, 0, tzinfo=dt.UTC)),
        ("2026-11-20 09:30Z", dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)),
    ],
)
def test_moments_as_people_write_them(text, moment):
    """Digits may be left out where no doubt arises; an offset has a sign."""
    assert iso.to_datetime(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        *("20261120", "2026-W01-1", "2026-324", "26-11-20", "2026/11/20", "20.11.2026", "2026-11"),
        *(
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "0000-01-01",
            "\uff12\uff10\uff12\uff16-11-20",
            "2026-11-2\u0660",
        ),
        *("2026-11-20 24:00", "2026-11-20 09", "2026-11-20 09:60", "2026-11-20 09:30:60"),
        *("2026-11-20 09:30:00.1234567", "2026-11-20 09:30:00,5", "2026-11-20  09:30"),
        *(
            "2026-11-20 09:30+24:00",
            "2026-11-20 09:30+05:99",
            "2026-11-20 09:30 CET",
            "2026-11-20Z",
            "",
        ),
    ],
)
def test_doubtful_text_is_no_moment(text):
    """The basic form, week dates, 24:00, other scripts' digits and names of zones are refused."""
    with pytest.raises(ValueError, match=r"."):
        iso.to_datetime(text)


@pytest.mark.parametrize(
    "text",
    [
        "24:00",
        "24:00:00",
        "0930",
        "9",
        "09:3",
        "-09:30",
        "09:30Z",
        "09:30+01:00",
        "\u0660\u0669:30",
        "9:30 PM",
    ],
)
def test_doubtful_text_is_no_time(text):
    """24:00 is no time of day, and a time of day has no zone."""
    with pytest.raises(ValueError, match=r"."):
        iso.to_time(text)
