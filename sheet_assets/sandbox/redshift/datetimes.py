"""Dates and times of a file: DATEFORMAT, TIMEFORMAT and what is recognised without them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

from sheet_assets.sandbox.redshift.refusal import RefusedError

AUTO = "auto"
EPOCHS = {"epochsecs": 1, "epochmillisecs": 1000}
DATE = "YYYY-MM-DD"
TIMESTAMP = "YYYY-MM-DD HH:MI:SS"

# https://docs.aws.amazon.com/redshift/latest/dg/r_DATEFORMAT_and_TIMEFORMAT_strings.html
_PARTS = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<short_year>\d{2})",
    "MON": r"(?P<name>[A-Za-z]{3,9})",
    "MM": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{1,2})",
    "HH24": r"(?P<hour>\d{1,2})",
    "HH12": r"(?P<hour>\d{1,2})",
    "HH": r"(?P<hour>\d{1,2})",
    "MI": r"(?P<minute>\d{1,2})",
    "SS": r"(?P<second>\d{1,2})(?:\.(?P<fraction>\d{1,6})\d*)?",
    "AM": r"(?P<half>[AaPp])[Mm]",
    "PM": r"(?P<half>[AaPp])[Mm]",
}
# The letters that ISO 8601 has between and behind its parts stand for themselves.
_PART = re.compile(
    r"YYYY|YY|MON|MM|DD|HH24|HH12|HH|MI|SS(?:\.S+)?|AM|PM|T(?=HH)|Z$|[^A-Za-z]", re.IGNORECASE
)
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_OFFSET = re.compile(r"\s*(?:Z|(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?)$")
_EPOCH = re.compile(r"\s*-?\d{1,18}(?:\.\d*)?\s*")
# YY: of the century that PostgreSQL takes, from which Redshift descends.
_CENTURY = 70


def check_pattern(text: str, option: str) -> str:
    """The pattern of an option, when it is one.

    Raises:
        RefusedError: it is neither 'auto' nor made of what AWS lists.
    """
    if text == AUTO or (text in EPOCHS and option == "TIMEFORMAT"):
        return text
    try:
        _expression(text)
    except ValueError:
        raise RefusedError(
            f"{option} '{text}' is not 'auto' nor made of YYYY, YY, MM, MON, DD, HH, HH24, HH12, "
            "MI, SS, AM, PM and separators",
            sqlstate="22007",
        ) from None
    return text


def read_pattern(text: str, pattern: str) -> datetime | None:
    """The moment that a text tells by a pattern, None if it does not match."""
    match = _expression(pattern).fullmatch(text)
    if match is None:
        return None
    said = {name: value for name, value in match.groupdict().items() if value is not None}
    try:
        return _moment(said)
    except ValueError:
        return None


def read_epoch(text: str, pattern: str) -> datetime | None:
    """The moment that seconds or milliseconds since 1970 stand for."""
    if not _EPOCH.fullmatch(text):
        return None
    try:
        seconds = Decimal(text.strip()) / EPOCHS[pattern]
        return datetime(1970, 1, 1) + timedelta(microseconds=int(seconds * 1_000_000))  # noqa: DTZ001
    except OverflowError:
        return None


def split_offset(text: str) -> tuple[str, timedelta]:
    """A text without the offset from UTC at its end, and that offset, none for UTC."""
    match = _OFFSET.search(text)
    # The day of a date without a time looks like an offset.
    if match is None or ":" not in text[: match.start()]:
        return text, timedelta()
    if match["sign"] is None:
        return text[: match.start()], timedelta()
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    return text[: match.start()], -offset if match["sign"] == "-" else offset


def in_utc(moment: datetime, offset: timedelta) -> str | None:
    """How PostgreSQL reads a moment that was told with an offset."""
    try:
        return (moment - offset).replace(tzinfo=UTC).isoformat(" ")
    except OverflowError:
        return None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    found = _PART.findall(pattern)
    if "".join(found) != pattern or not any(part.upper() in _PARTS for part in found):
        raise ValueError(pattern)
    expression = ""
    for part, following in zip(found, [*found[1:], "."], strict=True):
        known = _PARTS.get(part.upper().partition(".")[0])
        if known is None:
            expression += r"\s+" if part == " " else re.escape(part)
        elif following[0].isalpha() and following.upper() in _PARTS:
            # Nothing stands between this part and the next: all its digits are needed.
            expression += known.replace("{1,2}", "{2}")
        else:
            expression += known
    try:
        return re.compile(expression)
    except re.error:  # a part that stands twice
        raise ValueError(pattern) from None


def _moment(said: dict[str, str]) -> datetime:
    year = int(said.get("year", 0))
    if "short_year" in said:
        short = int(said["short_year"])
        year = short + (1900 if short >= _CENTURY else 2000)
    month = int(said.get("month", 0))
    if "name" in said:
        name = said["name"].lower()
        month = next(
            (
                index
                for index, known in enumerate(_MONTHS, 1)
                if name == known or (name == known[:3])
            ),
            0,
        )
    hour = int(said.get("hour", 0))
    if "half" in said:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if said["half"] in "Pp" else 0)
    return datetime(  # noqa: DTZ001 - a time without a zone
        year,
        month,
        int(said.get("day", 0)),
        hour,
        int(said.get("minute", 0)),
        int(said.get("second", 0)),
        int(said.get("fraction", "0").ljust(6, "0")),
    )
