from __future__ import annotations

from typing import Any

import pytest

from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError
from sheet_assets.sandbox.google.fields import FieldMask
from sheet_assets.sandbox.google.sheets.a1 import (
    GridRange,
    Rectangle,
    column_index,
    column_letters,
    parse_cells,
    quoted_title,
    spelled,
    split_title,
)
from sheet_assets.sandbox.google.sheets.cell import number
from sheet_assets.sandbox.google.sheets.display import displayed
from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat, NumberFormats
from sheet_assets.sandbox.google.sheets.runs import Run
from sheet_assets.sandbox.google.sheets.user_entered import entered


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A1", (0, 1, 0, 1)),
        ("$b$3", (2, 3, 1, 2)),
        ("A1:B2", (0, 2, 0, 2)),
        ("D4:A1", (0, 4, 0, 4)),
        ("A:B", (0, None, 0, 2)),
        ("2:2", (1, 2, 0, None)),
        ("A2:B", (1, None, 0, 2)),
        ("A5:A", (4, None, 0, 1)),
        ("A2:2", (1, 2, 0, None)),
        ("ZZZ10", (9, 10, 18277, 18278)),
    ],
)
def test_cells_are_read_in_every_form(text: str, expected: Any) -> None:
    """Each form of A1 notation names its rectangle, ends left open where none is given."""
    assert parse_cells(text) == GridRange(*expected)


@pytest.mark.parametrize(
    "text", ["", "A", "7", "A0", "AAAA1", "A1:", ":B2", "A:5", "A1:B2:C3", "1A"]
)
def test_what_is_no_range_is_not_read(text: str) -> None:
    """A text that is not A1 notation is no rectangle."""
    assert parse_cells(text) is None


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_have_letters(index: int, letters: str) -> None:
    """Columns and letters are each other's inverse."""
    assert (column_letters(index), column_index(letters)) == (letters, index)


@pytest.mark.parametrize(
    ("title", "quoted"),
    [
        ("Sheet1", "Sheet1"),
        ("D3", "'D3'"),
        ("R1C1", "'R1C1'"),
        ("My tab", "'My tab'"),
        ("it's", "'it''s'"),
        ("2024", "'2024'"),
        ("Página1", "'Página1'"),
        ("a!b", "'a!b'"),
    ],
)
def test_titles_are_quoted_when_they_must_be(title: str, quoted: str) -> None:
    """An answered range quotes a title that could be misread, and can be parted again."""
    range_ = spelled(title, Rectangle(0, 2, 0, 3))
    assert quoted_title(title) == quoted
    assert range_ == ("Sheet1!A1:C2" if title == "Sheet1" else f"{quoted}!A1:C2")
    assert split_title(range_) == (title, "A1:C2")


def test_a_mask_selects_what_it_names() -> None:
    """Commas, dots, slashes, parentheses and stars are read; the rest is left out."""
    body = {"a": 1, "b": {"c": 2, "d": 3}, "e": [{"f": {"g": 4, "h": 5}}, {"f": {}}], "i": {"j": 6}}
    mask = FieldMask.parse("a, b/c,e(f.g),i.*")
    assert mask.select(body) == {
        "a": 1,
        "b": {"c": 2},
        "e": [{"f": {"g": 4}}, {"f": {}}],
        "i": {"j": 6},
    }
    assert FieldMask.parse("b,b.c").select(body) == {"b": {"c": 2, "d": 3}}
    assert FieldMask.parse("*").select(body) == body
    assert FieldMask.parse("a,x(y,z)").unknown(FieldMask.parse("a,x(y)")) == ["x.z"]


@pytest.mark.parametrize("text", ["", "a,", "a(b", "a)", "a..b", "a b", "a;b", "(a)"])
def test_a_malformed_mask_is_refused(text: str) -> None:
    """What is no field mask is an error, not an empty selection."""
    with pytest.raises(ValueError, match="is no field mask"):
        FieldMask.parse(text)


@pytest.mark.parametrize(
    ("value", "kind", "pattern", "expected"),
    [
        (5, None, "", "5"),
        (0.1 + 0.2, None, "", "0.3"),
        (1 / 3, None, "", "0.3333333333"),
        (True, None, "", "TRUE"),
        ("007", None, "", "007"),
        (1234.5, "NUMBER", "#,##0.00", "1,234.50"),
        (2.5, "NUMBER", "0", "3"),
        (-0.4, "NUMBER", "0", "0"),
        (0.125, "PERCENT", "0.0%", "12.5%"),
        (43831, "DATE", "yyyy-mm-dd", "2020-01-01"),
        (43831, "DATE", "", "1/1/2020"),
        (43831.75, "DATE_TIME", 'd mmm yy "at" h:mm am/pm', "1 Jan 20 at 6:00 PM"),
        (0.5, "TIME", "hh:mm:ss", "12:00:00"),
        (36162, "DATE", "dddd, mmmm d", "Saturday, January 2"),
        (7, "TEXT", "", "7"),
        (7, "NUMBER", "00000", "00007"),
        (123456, "NUMBER", "00000", "123456"),
        (7.5, "NUMBER", "000", "008"),
        (-7, "NUMBER", "000", "-007"),
        (7, "NUMBER", "000.00", "007.00"),
        (123456789, "NUMBER", "000-00-0000", "123-45-6789"),
        (5, "NUMBER", "000-00-0000", "000-00-0005"),
        (99123456789, "NUMBER", "000-00-0000", "99123-45-6789"),
        (42, "NUMBER", '"KR-"0000', "KR-0042"),
        (12, "NUMBER", r"\K00", "K12"),
        (821012345678, "NUMBER", "(000) 0000-0000", "(8210) 1234-5678"),
    ],
)
def test_values_are_displayed_by_their_format(
    value: Any, kind: str | None, pattern: str, expected: Any
) -> None:
    """FORMATTED_VALUE shows numbers, dates and booleans as the English interface does."""
    number_format = NumberFormat(kind, pattern) if kind else None
    assert displayed(value, number_format, "en_US") == expected


@pytest.mark.parametrize(
    ("value", "kind", "pattern", "locale"),
    [
        (1e20, None, "", "en_US"),
        (1.5, None, "", "de_DE"),
        (True, None, "", "fr_FR"),
        (5, "CURRENCY", "", "en_US"),
        (5, "NUMBER", "# ?/?", "en_US"),
        (5, "NUMBER", "0;0", "en_US"),
        (5, "NUMBER", "-", "en_US"),
        (-5, "NUMBER", "000-0", "en_US"),
        (0.5, "TIME", "[h]:mm", "en_US"),
        (43831, "DATE", "", "de_DE"),
        (43831, "DATE", "mmmm", "de_DE"),
    ],
)
def test_an_unknown_display_is_said_to_be_unknown(
    value: Any, kind: str | None, pattern: str, locale: str
) -> None:
    """A pattern or locale that is not known is named; nothing is guessed."""
    with pytest.raises(UnimplementedError, match="the sandbox does not implement"):
        displayed(value, NumberFormat(kind, pattern) if kind else None, locale)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("0042", 42),
        ("-1.50", -1.5),
        ("true", True),
        ("'007", "007"),
        ("'=1+1", "=1+1"),
        ("plain text", "plain text"),
        ("item 12", "item 12"),
        ("Артур", "Артур"),
    ],
)
def test_typed_texts_become_values(text: str, expected: Any) -> None:
    """USER_ENTERED makes numbers, booleans and texts of what can be nothing else."""
    assert entered(text, "en_US") == expected
    assert type(entered(text, "en_US")) is type(expected)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+A1",
        "-x",
        "2020-01-01",
        "1-2",
        "10:30",
        "12%",
        "$5",
        "5 EUR",
        "1,234",
        "1e5",
        "March 5",
        " 7",
        "#N/A",
    ],
)
def test_typed_texts_that_google_would_parse_are_refused(text: str) -> None:
    """What may become a formula, date, time or amount is named, and never stored as text."""
    with pytest.raises(UnimplementedError, match="USER_ENTERED"):
        entered(text, "en_US")


def test_numbers_are_doubles() -> None:
    """Whole numbers lose the fraction, digits beyond a double are lost, infinities refused."""
    assert (number(2.0), type(number(2.0))) == (2, int)
    assert number(9007199254740993) == 9007199254740992
    for value in (float("nan"), float("inf"), 10**400):
        with pytest.raises(InvalidArgumentError, match="finite"):
            number(value)


def test_formats_are_runs_that_move_with_rows_and_columns() -> None:
    """Runs are split, joined and shifted as cells are."""
    day, time = NumberFormat("DATE"), NumberFormat("TIME")
    formats = NumberFormats()
    formats.put(Rectangle(0, 10, 0, 2), day)
    formats.put(Rectangle(4, 6, 0, 1), time)
    assert formats.runs(0) == (Run(0, 4, day), Run(4, 6, time), Run(6, 10, day))
    formats.insert_rows(5, 3, like=4)
    assert formats.runs(0) == (Run(0, 4, day), Run(4, 9, time), Run(9, 13, day))
    formats.delete_rows(3, 10)
    assert formats.runs(0) == (Run(0, 6, day),)
    formats.insert_columns(1, 1, like=None)
    assert (formats.runs(1), formats.at(0, 2)) == ((), day)
    formats.delete_columns(0, 2)
    assert (formats.at(5, 0), formats.at(6, 0)) == (day, None)
