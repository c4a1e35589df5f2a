"""The formats of dates and times that are typed as text."""

from __future__ import annotations

import datetime as dt

import pytest

from sheet_assets.errors import CellError
from sheet_assets.sheets import strptime
from sheet_assets.sheets.contract import Column
from sheet_assets.sheets.decode import decode


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("date", "%d.%m.%Y"),
        ("date", "%d/%m/%y"),
        ("date", "%m/%d/%Y"),
        ("date", "%Y년 %m월 %d일"),
        ("date", "%d %b %Y"),
        ("date", "%A, %d %B %Y"),
        ("date", "%Y-%j"),
        ("date", "%G-W%V-%u"),
        ("date", "%%Z %Y%m%d"),
        ("time", "%H:%M"),
        ("time", "%H"),
        ("time", "%I.%M %p"),
        ("time", "%H:%M:%S.%f"),
        ("timestamp", "%d.%m.%Y %H:%M"),
        ("timestamp", "%d.%m.%Y"),
        ("timestamptz", "%d.%m.%Y %I:%M:%S %p"),
        ("timestamptz", "%Y-%m-%dT%H:%M:%S%z"),
    ],
)
def test_formats_that_say_all(kind, written):
    """A format is taken when a moment written in it can be read back as far as the type goes."""
    strptime.check(written, kind)


@pytest.mark.parametrize(
    ("kind", "written", "problem"),
    [
        ("date", "%Q", "is not a format of Python's strptime: 'Q' is a bad directive"),
        ("date", "%", "is not a format of Python's strptime: stray %"),
        ("date", "%-d.%m.%Y", "is not a format of Python's strptime"),
        ("date", "%d.%d.%Y", "is not a format of Python's strptime: redefinition of group"),
        ("date", "", "does not say the whole date"),
        ("date", "DD.MM.YYYY", "does not say the whole date"),
        ("date", "%d.%m.", "does not say the whole date"),
        ("date", "%B %Y", "does not say the whole date"),
        ("date", "%d.%m.%Y %H:%M", "and a date does not keep both; use a timestamp"),
        ("timestamp", "%H:%M", "does not say the whole date"),
        ("timestamp", "%d.%m.%Y %M", "does not say the hour of the day"),
        ("timestamp", "%d.%m.%Y %I:%M", "does not say the hour of the day"),
        ("timestamp", "%d.%m.%Y %H:%M%z", "has a zone, which a timestamp does not keep"),
        ("timestamptz", "%d.%m.%Y %H:%M %Z", "names of zones are ambiguous; use %z"),
        ("time", "%I:%M", "does not say the hour of the day"),
        ("time", "%d.%m.%Y", "does not say the hour of the day"),
        ("time", "%d.%m.%Y %H:%M", "and a time does not keep both; use a timestamp"),
        ("integer", "%d", "needs a date, time, timestamp or timestamptz, not integer"),
    ],
)
def test_formats_that_are_refused(kind, written, problem):
    """What strptime does not know, and what would be lost or guessed, is refused by name."""
    with pytest.raises(ValueError, match=f"column 'at': `format` .*{problem}"):
        Column(name="at", type=kind, format=written)


def read(cell, **column):
    contract = [Column(name="at", **column)]
    decoded = decode(contract, [["at"], [cell]], worksheet="R", time_zone="Asia/Seoul")
    return decoded.columns[0][0]


@pytest.mark.parametrize(
    ("kind", "written", "cell", "value"),
    [
        ("date", "%d.%m.%Y", "31.01.2025", dt.date(2025, 1, 31)),
        ("date", "%d.%m.%Y", " 1.2.2025\n", dt.date(2025, 2, 1)),
        ("date", "%d.%m.%Y", 45688, dt.date(2025, 1, 31)),
        ("date", "%m/%d/%y", "01/02/03", dt.date(2003, 1, 2)),
        ("date", "%d/%m/%y", "01/02/69", dt.date(1969, 2, 1)),
        ("time", "%I:%M %p", "9:30 pm", dt.time(21, 30)),
        ("time", "%I:%M %p", 0.5, dt.time(12)),
        ("timestamp", "%d.%m.%Y", "31.01.2025", dt.datetime.fromisoformat("2025-01-31")),
        (
            "timestamp",
            "%d.%m.%Y %H:%M",
            "31.01.2025 09:30",
            dt.datetime.fromisoformat("2025-01-31T09:30"),
        ),
        (
            "timestamptz",
            "%d.%m.%Y %H:%M",
            "31.01.2025 09:30",
            dt.datetime(2025, 1, 31, 0, 30, tzinfo=dt.UTC),
        ),
        (
            "timestamptz",
            "%d.%m.%Y %H:%M %z",
            "31.01.2025 09:30 +02:00",
            dt.datetime(2025, 1, 31, 7, 30, tzinfo=dt.UTC),
        ),
    ],
)
def test_text_in_its_format(kind, written, cell, value):
    """A text is read by the format, a real date as it is, and without %z it is local time."""
    assert read(cell, type=kind, format=written) == value


@pytest.mark.parametrize(
    ("kind", "written", "cell", "reason"),
    [
        ("date", "%d.%m.%Y", "31.02.2025", "is not written as %d.%m.%Y"),
        ("date", "%d.%m.%Y", "2025-01-31", "is not written as %d.%m.%Y"),
        ("date", "%d.%m.%Y", "31.01.2025 09:30", "is not written as %d.%m.%Y"),
        ("date", "%d.%m.%Y", "45688", "is not written as %d.%m.%Y"),
        ("date", "%d.%m.%Y", 45688.5, "is a date with a time, not a date"),
        ("date", "%d.%m.%Y", True, "is not a date"),
        ("time", "%H:%M", "24:00", "is not written as %H:%M"),
        ("time", "%H:%M", 1.5, "is not a time (a time cell, or text like 09:30:00)"),
        ("timestamp", "%d.%m.%Y %H:%M", "31.01.2025", "is not written as %d.%m.%Y %H:%M"),
        ("timestamptz", "%d.%m.%Y %H:%M", "31.01.2025T09:30", "is not written as %d.%m.%Y %H:%M"),
        ("timestamptz", "%d.%m.%Y", "01.01.0001", "is out of range for timestamptz"),
    ],
)
def test_text_in_another_format(kind, written, cell, reason):
    """Another form is refused, ISO 8601 too: which of the two 01/02 is must not be guessed."""
    with pytest.raises(CellError) as wrong:
        read(cell, type=kind, format=written)
    assert [(each.reason, each.rule) for each in wrong.value.cells] == [(reason, "type")]


def test_limits_are_iso_whatever_the_format():
    """`min` and `max` stand in the contract, not in the sheet."""
    column = Column(name="at", type="date", format="%d.%m.%Y", min="2025-01-01")
    with pytest.raises(CellError, match="is less than 2025-01-01"):
        decode([column], [["at"], ["31.12.2024"]], worksheet="R")
