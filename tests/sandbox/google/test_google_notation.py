from __future__ import annotations

from typing import Any

import pytest

from sheet_assets.sandbox.google.errors import InvalidArgumentError
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
from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat, NumberFormats
from sheet_assets.sandbox.google.sheets.runs import Run


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
