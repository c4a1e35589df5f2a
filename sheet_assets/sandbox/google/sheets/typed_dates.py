"""Dates and times as a person types them, and the pattern each brings along: its own form."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.locales import Locale

_EPOCH = date(1899, 12, 30).toordinal()
_MONTH_NAMES = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_MONTH = (
    r"(?P<month>(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?)"
)
_WEEKDAY = r"(?:(?P<weekday>(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?),? )?"
_DAY, _YEAR = r"(?P<day>[0-9]{1,2})", r"(?P<year>[0-9]{4}|[0-9]{2})"
_NUMBER = r"(?P<month>[0-9]{1,2})"

_ANYWHERE = (rf"(?P<year>[0-9]{{4}})([-/.]){_NUMBER}\2{_DAY}",)
_MONTH_FIRST = (
    rf"{_NUMBER}([-/]){_DAY}\2{_YEAR}",
    rf"{_NUMBER}[-/]{_DAY}",
    rf"{_WEEKDAY}{_MONTH} {_DAY}(?:,? (?P<year>[0-9]{{4}}))?",
    rf"{_WEEKDAY}{_DAY}[ -]{_MONTH}(?:,?[ -]{_YEAR})?",
    rf"{_MONTH} (?P<year>[0-9]{{4}})",
)
_YEAR_FIRST = (
    rf"{_YEAR}\. ?{_NUMBER}\. ?{_DAY}\.?",
    rf"{_YEAR}년 ?{_NUMBER}월 ?{_DAY}일",
    rf"{_NUMBER}월 ?{_DAY}일",
    rf"(?P<year>[0-9]{{2}})([-/]){_NUMBER}\2{_DAY}",
    rf"{_NUMBER}[-/]{_DAY}",
)
_DATES = {
    year_first: [re.compile(each, re.IGNORECASE) for each in (*_ANYWHERE, *others)]
    for year_first, others in ((False, _MONTH_FIRST), (True, _YEAR_FIRST))
}
_SECONDS = r"(?P<hour>[0-9]{1,3}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}(?:\.[0-9]{1,3})?))?"
_TIMES = {
    False: [
        re.compile(rf"{_SECONDS}(?: ?(?P<half>[ap]m))?", re.IGNORECASE),
        re.compile(r"(?P<hour>[0-9]{1,2}) ?(?P<half>[ap]m)", re.IGNORECASE),
    ],
    True: [
        re.compile(rf"(?:(?P<half>오전|오후) ?)?{_SECONDS}"),
        re.compile(
            r"(?:(?P<half>오전|오후) ?)?(?P<hour>[0-9]{1,2})시(?: ?(?P<minute>[0-9]{1,2})분"
            r"(?: ?(?P<second>[0-9]{1,2})초)?)?"
        ),
    ],
}


class _Part(NamedTuple):
    serial: float
    pattern: str
    is_duration: bool = False


def typed_moment(text: str, locale: Locale, today: date) -> tuple[float, NumberFormat] | None:
    """The serial number of a typed date, time or both, and its format; None when it is none.

    A date without a year is in the year of `today`; years of two digits are 1930 to 2029.
    """
    day = _date(text, locale, today)
    if day is not None:
        return day.serial, NumberFormat("DATE", day.pattern)
    time = _time(text, locale)
    if time is not None:
        return time.serial, NumberFormat("TIME", time.pattern)
    for gap in re.finditer(r",? +", text):
        day, time = _date(text[: gap.start()], locale, today), _time(text[gap.end() :], locale)
        if day is not None and time is not None and not time.is_duration:
            pattern = f"{day.pattern}{gap.group()}{time.pattern}"
            return day.serial + time.serial, NumberFormat("DATE_TIME", pattern)
    return None


def _date(text: str, locale: Locale, today: date) -> _Part | None:
    for form in _DATES[locale.year_first]:
        match = form.fullmatch(text)
        if match is not None:
            return _dated(match, today)
    return None


def _dated(match: re.Match[str], today: date) -> _Part | None:
    words = match.groupdict()
    month, year = words["month"], words.get("year")
    number = int(month) if month[0].isdecimal() else _MONTH_NAMES.index(month[:3].lower()) + 1
    try:
        when = date(_year(year) if year else today.year, number, int(words.get("day") or 1))
    except ValueError:
        return None
    return _Part(when.toordinal() - _EPOCH, _date_pattern(match))


def _year(text: str) -> int:
    number = int(text)
    return number if len(text) == 4 else number + (2000 if number < 30 else 1900)


def _date_pattern(match: re.Match[str]) -> str:
    """The text with its parts replaced by tokens, as wide as they were typed."""
    letters = {"year": "y", "month": "m", "day": "d", "weekday": "d"}
    # In 2020-11-26 two digits are a width, in 11/26/2020 they are what the number needs.
    is_iso = (
        match["year"] is not None and "-" in match.string if "year" in match.groupdict() else False
    )
    is_iso = is_iso and match.start("year") == 0
    spans = sorted((match.span(name), name) for name, part in match.groupdict().items() if part)
    pattern, end = "", 0
    for (start, stop), name in spans:
        part = match.string[start:stop]
        pattern += _quoted(match.string[end:start]) + letters[name] * _width(
            part, name, is_iso=is_iso
        )
        pattern += "." if part.endswith(".") else ""
        end = stop
    return pattern + _quoted(match.string[end:])


def _width(part: str, name: str, *, is_iso: bool) -> int:
    if name == "year":
        return len(part)
    if not part[0].isdecimal():
        # May is both its name and its abbreviation.
        return 3 if len(part.rstrip(".")) <= 4 and part.lower() not in {"june", "july"} else 4
    return len(part) if is_iso or part[0] == "0" else 1


def _quoted(text: str) -> str:
    """Text between tokens as it stands in a pattern."""
    return re.sub(r"[년월일시분초]", r'"\g<0>"', text)


def _time(text: str, locale: Locale) -> _Part | None:
    for form in _TIMES[locale.year_first]:
        match = form.fullmatch(text)
        if match is not None:
            return _timed(match)
    return None


def _timed(match: re.Match[str]) -> _Part | None:
    words = {name: part for name, part in match.groupdict().items() if part}
    hour, half = int(words["hour"]), words.get("half")
    minute, second = int(words.get("minute", "0")), float(words.get("second", "0"))
    if minute > 59 or second >= 60 or (half and not 1 <= hour <= 12):
        return None
    is_duration = not half and hour > 23
    letters = "h" * (len(words["hour"]) if words["hour"][0] == "0" else 1)
    pattern = _time_pattern(match, f"[{letters}]" if is_duration else letters)
    if half:
        hour = hour % 12 + (12 if half.lower() in {"pm", "오후"} else 0)
    return _Part((hour * 3600 + minute * 60 + second) / 86_400, pattern, is_duration)


def _time_pattern(match: re.Match[str], hours: str) -> str:
    pattern, end = "", 0
    spans = sorted((match.span(name), name) for name, part in match.groupdict().items() if part)
    for (start, stop), name in spans:
        part = match.string[start:stop]
        whole, point, fraction = part.partition(".")
        token = {
            "hour": hours,
            "half": "am/pm",
            "minute": "m" * len(part),
            "second": "s" * len(whole),
        }
        pattern += _quoted(match.string[end:start]) + token[name]
        pattern += "." + "0" * len(fraction) if point else ""
        end = stop
    return pattern + _quoted(match.string[end:])
