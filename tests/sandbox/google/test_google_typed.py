from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError
from sheet_assets.sandbox.google.sheets.cell import Formula, TypedText
from sheet_assets.sandbox.google.sheets.display import displayed
from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat
from sheet_assets.sandbox.google.sheets.typed_block import write_typed
from sheet_assets.sandbox.google.sheets.user_entered import entered
from sheet_assets.sandbox.google.sheets.workbook import Workbook

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("0042", 42),
        ("-1.50", -1.5),
        ("+7", 7),
        (" 5 ", 5),
        (".5", 0.5),
        ("5.", 5),
        ("(5)", -5),
        ("- 5", -5),
        ("true", True),
        ("FALSE", False),
        ("'007", "007"),
        ("'=1+1", "=1+1"),
        ("=1+1", Formula("=1+1")),
        ("+A1", Formula("=+A1")),
        ("=", "="),
        ("-x", "-x"),
        ("plain text", "plain text"),
        (" spaced ", " spaced "),
        ("item 12", "item 12"),
        ("10 apples", "10 apples"),
        ("Артур", "Артур"),
        ("1,23", "1,23"),
        ("1,2345", "1,2345"),
        ("$5%", "$5%"),
        ("(-5)", "(-5)"),
        ("1e999", "1e999"),
        ("5 EUR", "5 EUR"),
        ("1.2.3", "1.2.3"),
        ("555-1234", "555-1234"),
        ("13/13/2020", "13/13/2020"),
        ("2021-02-29", "2021-02-29"),
        ("12:60", "12:60"),
        ("13:00 PM", "13:00 PM"),
        ("٣", "٣"),
    ],
)
def test_typed_texts_become_values_without_a_format(text: str, expected: Any) -> None:
    """Plain numbers, booleans, formulas and texts bring no number format along."""
    value, number_format = entered(text, "en_US", TODAY)
    assert (value, type(value), number_format) == (expected, type(expected), None)


@pytest.mark.parametrize(
    ("text", "value", "kind", "pattern", "shown"),
    [
        ("1,234.5", 1234.5, "NUMBER", "#,##0.00", "1,234.50"),
        ("2,000,000.01", 2000000.01, "NUMBER", "#,##0.00", "2,000,000.01"),
        ("1,234", 1234, "NUMBER", "#,##0", "1,234"),
        ("12%", 0.12, "PERCENT", "0%", "12%"),
        ("12.3%", 0.123, "PERCENT", "0.00%", "12.30%"),
        ("1e3", 1000, "SCIENTIFIC", "0.00E+00", "1.00E+03"),
        ("$1", 1, "CURRENCY", '"$"#,##0', "$1"),
        ("-$1,234.5", -1234.5, "CURRENCY", '"$"#,##0.00', "-$1,234.50"),
        ("($5)", -5, "CURRENCY", '"$"#,##0', "-$5"),
        ("€5", 5, "CURRENCY", "[$€]#,##0", "€5"),
        ("2020-01-01", 43831, "DATE", "yyyy-mm-dd", "2020-01-01"),
        ("1/2/2020", 43832, "DATE", "m/d/yyyy", "1/2/2020"),
        ("01/02/2020", 43832, "DATE", "mm/dd/yyyy", "01/02/2020"),
        ("1/2/20", 43832, "DATE", "m/d/yy", "1/2/20"),
        ("1-2", 46024, "DATE", "m-d", "1-2"),
        ("Mar 1 2016", 42430, "DATE", "mmm d yyyy", "Mar 1 2016"),
        ("Tuesday, April 5, 2016", 42465, "DATE", "dddd, mmmm d, yyyy", "Tuesday, April 5, 2016"),
        ("26-Nov-26", 46352, "DATE", "d-mmm-yy", "26-Nov-26"),
        ("10:30", 0.4375, "TIME", "h:mm", "10:30"),
        ("3:00 pm", 0.625, "TIME", "h:mm am/pm", "3:00 PM"),
        ("25:30:00", 1.0625, "TIME", "[h]:mm:ss", "25:30:00"),
        ("2020-01-01 10:30", 43831.4375, "DATE_TIME", "yyyy-mm-dd h:mm", "2020-01-01 10:30"),
        (
            *("Nov 26, 2026 3:30 PM", 46352 + 15.5 / 24, "DATE_TIME"),
            *("mmm d, yyyy h:mm am/pm", "Nov 26, 2026 3:30 PM"),
        ),
    ],
)
def test_typed_texts_bring_a_format_along(
    text: str, value: float, kind: str, pattern: str, shown: str
) -> None:
    """A number that looks like more than one keeps its look: a date its form, $1 its sign."""
    typed = entered(text, "en_US", TODAY)
    assert typed.value == pytest.approx(value, rel=1e-12)
    assert typed.number_format == NumberFormat(kind, pattern)
    assert displayed(typed.value, typed.number_format, "en_US") == shown


@pytest.mark.parametrize(
    ("text", "value", "kind", "pattern"),
    [
        ("₩1,000", 1000, "CURRENCY", '"₩"#,##0'),
        ("$5", 5, "CURRENCY", "[$$]#,##0"),
        ("50%", 0.5, "PERCENT", "0%"),
        ("2026. 11. 26", 46352, "DATE", "yyyy. m. d"),
        ("2026.11.26", 46352, "DATE", "yyyy.m.d"),
        ("26. 11. 26", 46352, "DATE", "yy. m. d"),
        ("2026-11-26", 46352, "DATE", "yyyy-mm-dd"),
        ("2026년 11월 26일", 46352, "DATE", 'yyyy"년" m"월" d"일"'),
        ("11월 26일", 46352, "DATE", 'm"월" d"일"'),
        ("11/26", 46352, "DATE", "m/d"),
        ("오후 3:30", 15.5 / 24, "TIME", "am/pm h:mm"),
        ("오전 12시 30분", 0.5 / 24, "TIME", 'am/pm h"시" mm"분"'),
        ("2026. 11. 26 오후 3:30:00", 46352 + 15.5 / 24, "DATE_TIME", "yyyy. m. d am/pm h:mm:ss"),
    ],
)
def test_korean_spreadsheets_are_typed_into_in_korean(
    text: str, value: float, kind: str, pattern: str
) -> None:
    """In ko_KR the year is first, ₩ is the currency, and what was typed is what is displayed."""
    typed = entered(text, "ko_KR", TODAY)
    assert typed.value == pytest.approx(value, rel=1e-12)
    assert typed.number_format == NumberFormat(kind, pattern)
    assert displayed(typed.value, typed.number_format, "ko_KR") == text


def test_what_cannot_be_parsed_is_refused() -> None:
    """Names of errors, another locale's numbers and texts that are too long are not stored."""
    for text, locale in (("#N/A", "en_US"), ("1,5", "de_DE"), ("=1", "de_DE")):
        with pytest.raises(UnimplementedError, match="USER_ENTERED"):
            entered(text, locale, TODAY)
    assert entered("42", "de_DE", TODAY).value == 42
    for text in ("x" * 50_001, "=" + "1+" * 25_000 + "1"):
        with pytest.raises(InvalidArgumentError, match="50000 characters"):
            entered(text, "en_US", TODAY)


def test_a_cell_keeps_its_format_of_the_same_type() -> None:
    """A typed format replaces another type's only; a cell of plain text takes texts only."""
    sheet = Workbook("id", "Typed").worksheet("Sheet1")
    for cells, kind, pattern in (
        ("A1:A9", "DATE", "d.m.yy"),
        ("B1:B9", "NUMBER", "0.0"),
        ("C1:C9", "TEXT", ""),
    ):
        sheet.set_number_format(cells, kind, pattern)
    texts = [["2020-01-01", "12%", "=1"], ["7", "7", "7"], ["", "$1", ""]]
    write_typed(sheet, 1, 0, [[TypedText(text) for text in row] for row in texts])
    assert sheet.values()[1:] == [[43831, 0.12, "=1"], [7, 7, "7"], [None, 1]]
    assert [run[:2] for run in sheet.number_formats.runs(0)] == [(0, 9)]
    kinds = [sheet.number_formats.at(row, 1).type for row in range(5)]
    assert kinds == ["NUMBER", "PERCENT", "NUMBER", "CURRENCY", "NUMBER"]
