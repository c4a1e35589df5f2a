from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.warehouse.rows import NULL_MARKER, lines, parsed

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def read(text: str) -> list[tuple[str | None, ...]]:
    """Parsed as from a file whose lines end at newlines only."""
    return list(parsed(io.StringIO(text, newline="\n")))


@given(st.lists(st.tuples(st.none() | TEXT, st.none() | TEXT), max_size=20))
def test_what_was_written_is_read(rows) -> None:
    """Any texts and NULLs come back as they were: quotes, commas, newlines, carriage returns."""
    rows = [row for row in rows if NULL_MARKER not in row]
    assert read("".join(lines(rows))) == rows


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('1,""\n', ("1", "")),
        (f"{NULL_MARKER},x\n", (None, "x")),
        ('"a\nb","c\r"\n', ("a\nb", "c\r")),
        ('"say ""hi""",한글\n', ('say "hi"', "한글")),
    ],
)
def test_each_kind_of_field(text, row) -> None:
    """NULL, the empty text, and what has to be quoted."""
    assert read(text) == [row]


def test_damaged_text_is_refused() -> None:
    """A quote that is not closed is no value."""
    with pytest.raises(csv.Error):
        read('1,"open\n2,3\n')
