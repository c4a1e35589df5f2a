from __future__ import annotations

from typing import Any

import pytest

from sheet_assets.sandbox.google.errors import UnimplementedError
from sheet_assets.sandbox.google.sheets.cell import ErrorValue
from sheet_assets.sandbox.google.sheets.display import displayed
from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat

# Tuesday, April 5, 2016, 4:08:53.528 PM, and 3 hours, 13 minutes, 41.255 seconds.
MOMENT = 42465 + (16 * 3600 + 8 * 60 + 53.528) / 86_400
ELAPSED = (3 * 3600 + 13 * 60 + 41.255) / 86_400
CONDITIONS = '[>1000]"HIGH";[Color43][<=200]"LOW";0000'
COLOURS = "[Blue]#,##0;[Red]#,##0;[Green]0.0;[Magenta]_(@_)"
ACCOUNTING = r'_("$"* #,##0.00_);_("$"* \(#,##0.00\);_("$"* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("value", "pattern", "expected"),
    [
        (12345.125, "####.#", "12345.1"),
        (12.34, "000.0000", "012.3400"),
        (12, "#.0#", "12.0"),
        (5.125, "# ???/???", "5   1/8  "),
        (12000, "#,###", "12,000"),
        (1230000, '0.0,,"M"', "1.2M"),
        (1234500000, "0.00e+00", "1.23e+09"),
        (123114.15115, '###0.000;"TEXT: "_(@_)', "123114.151"),
        ("MyText", '###0.000;"TEXT: "_(@_)', "TEXT:  MyText "),
        (1234, COLOURS, "1,234"),
        (-1234, COLOURS, "1,234"),
        (0, COLOURS, "0.0"),
        ("MyText", COLOURS, " MyText "),
        (1005, CONDITIONS, "HIGH"),
        (32, CONDITIONS, "LOW"),
        (527, CONDITIONS, "0527"),
        (3, "00.0", "03.0"),
        (12.4, "???.???", " 12.4  "),
        (3, "#0.#", "3."),
        (0.25, "#%", "25%"),
        (12200000, "#0.0,,", "12.2"),
        (0.0000001, "##0.00#E+##", "100.00E-9"),
        (23.25, "0 #/#", "23 1/4"),
        (23.25, "0 #/8", "23 2/8"),
        (23.1, "0 #/3", "23"),
        (10, r"\#0", "#10"),
        (MOMENT, "h:mm:ss.00 a/p", "4:08:53.53 p"),
        (MOMENT, 'hh:mm A/P".M."', "04:08 P.M."),
        (MOMENT, "yyyy-mm-dd", "2016-04-05"),
        (MOMENT, r"mmmm d \[dddd\]", "April 5 [Tuesday]"),
        (MOMENT, "h PM, ddd mmm dd", "4 PM, Tue Apr 05"),
        (MOMENT, "dddd, m/d/yy at h:mm", "Tuesday, 4/5/16 at 16:08"),
        (ELAPSED, "[hh]", "03"),
        (ELAPSED, "[mmmm]", "0193"),
        (ELAPSED, "[ss]", "11621"),
    ],
)
def test_patterns_display_as_in_googles_guide(value: Any, pattern: str, expected: str) -> None:
    """The examples of the guide to number formats come out as it prints them.

    https://developers.google.com/workspace/sheets/api/guides/formats; the guide's page runs
    several spaces together, and a section decides by its pattern whatever the type.
    """
    assert displayed(value, NumberFormat("NUMBER", pattern), "en_US") == expected


@pytest.mark.parametrize(
    ("value", "kind", "pattern", "expected"),
    [
        (5, None, "", "5"),
        (0.1 + 0.2, None, "", "0.3"),
        (1 / 3, None, "", "0.3333333333"),
        (1 / 1024, None, "", "0.0009765625"),
        (123456.789012, None, "", "123456.789"),
        (12345678901.5, None, "", "12345678902"),
        (123456789012345, None, "", "123456789012345"),
        (1234567890123456, None, "", "1.23457E+15"),
        (-1e15, None, "", "-1E+15"),
        (1.5e-10, None, "", "1.5E-10"),
        (True, None, "", "TRUE"),
        ("007", None, "", "007"),
        (ErrorValue("#REF!"), "TEXT", "@", "#REF!"),
        (7, "TEXT", "", "7"),
        (7, "NUMBER", "@", "7"),
        (7, "NUMBER", "General", "7"),
        (1234.5, "NUMBER", "", "1,234.50"),
        (1234.5, "CURRENCY", "", "$1,234.50"),
        (-1.99, "CURRENCY", '"$"#,##0', "-$2"),
        (0.125, "PERCENT", "", "12.50%"),
        (0.00321, "SCIENTIFIC", "", "3.21E-03"),
        (9.999, "SCIENTIFIC", "", "1.00E+01"),
        (99.95, "NUMBER", ACCOUNTING, " $ 99.95 "),
        (-23.45, "NUMBER", ACCOUNTING, " $ (23.45)"),
        (-1.23, "NUMBER", "#,##0.00;(#,##0.00)", "(1.23)"),
        (12345.6789, "NUMBER", "# ??/??", "12345 55/81"),
        (0.999, "NUMBER", "# ?/?", "1"),
        (1.5, "NUMBER", "?/?", "3/2"),
        (-1.5, "NUMBER", "# ?/?", "-1 1/2"),
        (2.5, "NUMBER", "0", "3"),
        (-0.4, "NUMBER", "0", "0"),
        (5, "NUMBER", "0,000", "0,005"),
        (123456, "NUMBER", "00000", "123456"),
        (-7, "NUMBER", "000-0", "-000-7"),
        (99123456789, "NUMBER", "000-00-0000", "99123-45-6789"),
        (42, "NUMBER", '"KR-"0000', "KR-0042"),
        (821012345678, "NUMBER", "(000) 0000-0000", "(8210) 1234-5678"),
        (1234567.891, "CURRENCY", "[$₩]#,##0", "₩1,234,568"),
        (500, "NUMBER", '[<100]"Low";[>1000]"High"', "###"),
        (43831, "DATE", "", "1/1/2020"),
        (43831.75, "DATE_TIME", "", "1/1/2020 18:00:00"),
        (0.75, "TIME", "", "6:00:00 PM"),
        (43831.75, "DATE_TIME", 'd mmm yy "at" h:mm am/pm', "1 Jan 20 at 6:00 PM"),
        (43831, "DATE", "mmmmm", "J"),
        (1.000023148148148, "TIME", "[h]:mm:ss", "24:00:02"),
        (-0.5, "TIME", "[h]:mm", "-12:00"),
        (0.2661689814814815, "TIME", "hh:mm:ss", "06:23:17"),
        (1e12, "DATE", "yyyy-mm-dd", "1000000000000"),
    ],
)
def test_values_are_displayed_by_their_format(
    value: Any, kind: str | None, pattern: str, expected: str
) -> None:
    """FORMATTED_VALUE shows numbers, dates and booleans as the English interface does."""
    number_format = NumberFormat(kind, pattern) if kind else None
    assert displayed(value, number_format, "en_US") == expected


@pytest.mark.parametrize(
    ("value", "kind", "pattern", "expected"),
    [
        (1.5, None, "", "1.5"),
        (False, None, "", "FALSE"),
        (1234.5, "CURRENCY", "", "₩1,235"),
        (MOMENT, "DATE", "", "2016. 4. 5"),
        (MOMENT, "TIME", "", "오후 4:08:53"),
        (MOMENT, "DATE_TIME", "", "2016. 4. 5 오후 4:08:53"),
        (MOMENT, "DATE", "mmmm d, dddd (ddd)", "4월 5, 화요일 (화)"),
        (MOMENT, "DATE", 'yyyy"년" m"월" d"일"', "2016년 4월 5일"),
    ],
)
def test_korean_spreadsheets_display_korean(
    value: Any, kind: str | None, pattern: str, expected: str
) -> None:
    """In ko_KR the default patterns and the words of dates are Korean."""
    number_format = NumberFormat(kind, pattern) if kind else None
    assert displayed(value, number_format, "ko_KR") == expected


@pytest.mark.parametrize(
    ("value", "kind", "pattern"),
    [
        (1.5, None, ""),
        (True, None, ""),
        (1234, "NUMBER", "#,##0"),
        (43831, "DATE", ""),
        (43831, "DATE", "mmmm"),
        (0.5, "TIME", "h:mm am/pm"),
    ],
)
def test_a_display_in_an_unknown_locale_is_refused(
    value: Any, kind: str | None, pattern: str
) -> None:
    """What depends on a locale that is not known is named; the rest is displayed."""
    with pytest.raises(UnimplementedError, match="in the locale de_DE"):
        displayed(value, NumberFormat(kind, pattern) if kind else None, "de_DE")
    assert displayed(1234, None, "de_DE") == "1234"
    assert displayed(43831, NumberFormat("DATE", "yyyy-mm-dd"), "de_DE") == "2020-01-01"
