"""What a spreadsheet's locale decides: default patterns, the order of dates, the words in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.errors import UnimplementedError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Locale:
    """One locale. Both that are known write 1,234.5 and TRUE."""

    name: str
    currency: str
    # The pattern that stands for a type without one.
    patterns: Mapping[str, str]
    year_first: bool
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    days: tuple[str, ...]
    short_days: tuple[str, ...]
    half_days: tuple[str, str]


_ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_KOREAN_MONTHS = tuple(f"{month}월" for month in range(1, 13))
_KOREAN_DAYS = ("월", "화", "수", "목", "금", "토", "일")

_LOCALES = (
    Locale(
        "en_US",
        "$",
        {
            "NUMBER": "#,##0.00",
            "PERCENT": "0.00%",
            "SCIENTIFIC": "0.00E+00",
            "CURRENCY": '"$"#,##0.00',
            "DATE": "m/d/yyyy",
            "TIME": "h:mm:ss am/pm",
            "DATE_TIME": "m/d/yyyy h:mm:ss",
        },
        year_first=False,
        months=_ENGLISH_MONTHS,
        short_months=tuple(month[:3] for month in _ENGLISH_MONTHS),
        days=_ENGLISH_DAYS,
        short_days=tuple(day[:3] for day in _ENGLISH_DAYS),
        half_days=("AM", "PM"),
    ),
    Locale(
        "ko_KR",
        "₩",
        {
            "NUMBER": "#,##0.00",
            "PERCENT": "0.00%",
            "SCIENTIFIC": "0.00E+00",
            "CURRENCY": '"₩"#,##0',
            "DATE": "yyyy. m. d",
            "TIME": "am/pm h:mm:ss",
            "DATE_TIME": "yyyy. m. d am/pm h:mm:ss",
        },
        year_first=True,
        months=_KOREAN_MONTHS,
        short_months=_KOREAN_MONTHS,
        days=tuple(f"{day}요일" for day in _KOREAN_DAYS),
        short_days=_KOREAN_DAYS,
        half_days=("오전", "오후"),
    ),
)
_BY_NAME = {locale.name: locale for locale in _LOCALES}


def known(name: str, wanted: str) -> Locale:
    """The locale with this name; `wanted` says in the error what it was needed for.

    Raises:
        UnimplementedError: it is not known.
    """
    if name not in _BY_NAME:
        raise UnimplementedError(f"{wanted} in the locale {name}")
    return _BY_NAME[name]
