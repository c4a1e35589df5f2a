"""Which row is the header, and what its columns are called."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.sheets.infer.header import column_names, header_row, snake_case
from sheet_assets.warehouse.types import MAX_IDENTIFIER_BYTES


@pytest.mark.parametrize(
    ("values", "row"),
    [
        ([["id", "score"], [1, 9]], 0),
        ([["id", "score"]], 0),
        ([["id"], [1]], 0),
        ([[], ["id", "score"], [1, 9]], 1),
        ([["Answers of 2026"], [], ["id", "score", "why"], [1, 9, "good"]], 2),
        ([["From", 45000], ["id", "score", "why", "who"], [1, 9, "a", "b"]], 1),
        ([["Region", 2024, 2025], ["EU", "n/a", 2]], 0),
        ([[2024, 2025], [1, 2]], 0),
        ([["id", None, "", "why", " "], [1, 2, 3, "x"]], 0),
        ([["a note"], *[[]] * 60, ["id", "score"]], 0),
        ([], None),
        ([[], ["", " ", None]], None),
    ],
)
def test_header_row(values, row):
    """Titles and notes above a header are narrower than it; an empty sheet has none."""
    assert header_row(values) == row


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("id", "id"),
        ("Submitted at", "submitted_at"),
        ("createdAt", "created_at"),
        ("Größe (m)", "grosse_m"),
        ("NPS %", "nps_percent"),
        ("#", "number"),
        ("R&D", "r_and_d"),
        ("don't know", "dont_know"),
        ("2026", "_2026"),
        ("고객 ID", "id"),
        ("이름", ""),
        ("ctid", "_ctid"),
        ("select", "select"),
        ("😀", ""),
    ],
)
def test_names(header, name):
    """A header is a name in snake_case; of Hangul and emoji nothing is left."""
    assert snake_case(header) == name


def test_names_differ():
    """Headers that would have one name get a number, also where that is taken, or too long."""
    long = "x" * 200
    names = column_names(["a", "A!", "a 2", "이름", long, f"{long}y"], taken=["a_3"])
    assert names[:4] == ["a", "a_2", "a_2_2", None]
    assert names[4] == "x" * MAX_IDENTIFIER_BYTES
    assert names[5] == "x" * (MAX_IDENTIFIER_BYTES - 2) + "_2"


@given(st.lists(st.text() | st.integers() | st.booleans() | st.none()))
def test_every_name_is_one_that_redshift_takes(headers):
    """Whatever the headers are, names are different identifiers of at most 127 bytes."""
    names = [name for name in column_names(headers) if name is not None]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z_][a-z0-9_]{0,126}", name) for name in names)
