"""Cells that are no dates or times of their column."""

from __future__ import annotations

from bench import wrong

DATE = "is not a date (a date cell, or text like 2026-11-20)"
YEARS = "between the years 1 and 9999"

DATES = [
    wrong("a date with dots", "day", "31.01.2025", f"'31.01.2025' {DATE}"),
    wrong("a date that is two different days", "day", "01/02/2025", f"'01/02/2025' {DATE}"),
    wrong("a date without dashes", "day", "20250131", f"'20250131' {DATE}"),
    wrong("the 30th of February", "day", "2025-02-30", f"'2025-02-30' {DATE}"),
    wrong("a date in words", "day", "next Friday", f"'next Friday' {DATE}"),
    wrong(
        "a date in full-width digits",
        "day",
        "\uff12\uff10\uff12\uff15-01-31",
        f"'\uff12\uff10\uff12\uff15-01-31' {DATE}",
    ),
    wrong(
        "a date and a time as text in a date",
        "day",
        "2025-01-31 09:30",
        f"'2025-01-31 09:30' {DATE}",
    ),
    wrong(
        "a date with a time in a date",
        "day",
        46346.5,
        "46346.5 (2026-11-20 12:00:00) is a date with a time, not a date",
    ),
    wrong("a time in a date", "day", 0.25, "0.25 (06:00:00) is a date with a time, not a date"),
    wrong("the first day of the year 10000", "day", 2958466, f"2958466 is not a date {YEARS}"),
    wrong("a day before the year 1", "day", -693594, f"-693594 is not a date {YEARS}"),
    wrong("a ticked checkbox in a date", "day", True, "TRUE is not a date"),
    wrong("an empty checkbox in a date", "day", False, "FALSE is not a date"),
    wrong(
        "an ISO date in a column with a format",
        "day",
        "2025-01-31",
        "'2025-01-31' is not written as %d.%m.%Y",
        rules={"format": "%d.%m.%Y"},
    ),
    wrong(
        "a day that does not exist, in its format",
        "day",
        "31.02.2025",
        "'31.02.2025' is not written as %d.%m.%Y",
        rules={"format": "%d.%m.%Y"},
    ),
]

TIME = "is not a time (a time cell, or text like 09:30:00)"

TIMES = [
    wrong("24 hours as a time", "clock", 1, f"1 {TIME}"),
    wrong("a duration of a day and a half", "clock", 1.5, f"1.5 {TIME}"),
    wrong("a time before midnight", "clock", -0.25, f"-0.25 {TIME}"),
    wrong("24:00 as text", "clock", "24:00", f"'24:00' {TIME}"),
    wrong("a duration as text", "clock", "26:15:00", f"'26:15:00' {TIME}"),
    wrong("a time with a dot", "clock", "9.30", f"'9.30' {TIME}"),
    wrong("a time of twelve hours", "clock", "9:30 AM", f"'9:30 AM' {TIME}"),
    wrong("the sixtieth minute", "clock", "09:60", f"'09:60' {TIME}"),
    wrong("a checkbox in a time", "clock", True, f"TRUE {TIME}"),
    wrong(
        "a time in another format",
        "clock",
        "21:30",
        "'21:30' is not written as %I:%M %p",
        rules={"format": "%I:%M %p"},
    ),
]

MOMENT = "is not a date and time (a date cell, or text like 2026-11-20 09:30:00)"
HAS_ZONE = "has a zone, which a timestamp does not keep; use timestamptz"

TIMESTAMPS = [
    wrong("a moment in words", "at", "yesterday", f"'yesterday' {MOMENT}"),
    wrong("a moment with dots", "at", "31.01.2025 09:30", f"'31.01.2025 09:30' {MOMENT}"),
    wrong("a moment without dashes", "at", "20250131T0930", f"'20250131T0930' {MOMENT}"),
    wrong("a Unix time as text", "at", "1763602200", f"'1763602200' {MOMENT}"),
    wrong(
        "a zone in a timestamp",
        "at",
        "2025-01-31T09:30:00+02:00",
        f"'2025-01-31T09:30:00+02:00' {HAS_ZONE}",
    ),
    wrong("UTC in a timestamp", "at", "2025-01-31 09:30Z", f"'2025-01-31 09:30Z' {HAS_ZONE}"),
    wrong(
        "a Unix time as a number", "at", 1763602200, f"1763602200 is not a date and time {YEARS}"
    ),
    wrong("1E+300 in a timestamp", "at", 1e300, f"1e+300 is not a date and time {YEARS}"),
    wrong(
        "a timestamp before the year 1",
        "at",
        -1000000.5,
        f"-1000000.5 is not a date and time {YEARS}",
    ),
    wrong("a checkbox in a timestamp", "at", True, "TRUE is not a date and time"),
    wrong(
        "a moment without seconds in a format with seconds",
        "at",
        "31.01.2025 09:30",
        "'31.01.2025 09:30' is not written as %d.%m.%Y %H:%M:%S",
        rules={"format": "%d.%m.%Y %H:%M:%S"},
    ),
    wrong(
        "a zone by its name", "moment", "2025-01-31 09:30 KST", f"'2025-01-31 09:30 KST' {MOMENT}"
    ),
    wrong("a time alone in a timestamptz", "moment", "09:30", f"'09:30' {MOMENT}"),
    wrong(
        "a zone of 99 minutes",
        "moment",
        "2025-01-31 09:30+01:99",
        f"'2025-01-31 09:30+01:99' {MOMENT}",
    ),
    wrong("a checkbox in a timestamptz", "moment", False, "FALSE is not a date and time"),
    wrong(
        "the year 10000 in a timestamptz",
        "moment",
        2958466,
        f"2958466 is not a date and time {YEARS}",
    ),
    wrong(
        "the first hour of the year 1 in Seoul",
        "moment",
        "0001-01-01 00:00",
        "'0001-01-01 00:00' is out of range for timestamptz",
    ),
    wrong(
        "the last hour of 9999 in New York",
        "moment",
        "9999-12-31 23:00-05:00",
        "'9999-12-31 23:00-05:00' is out of range for timestamptz",
    ),
]

CASES = [*DATES, *TIMES, *TIMESTAMPS]
