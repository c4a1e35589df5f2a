from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.sheets import a1
from sheet_assets.sheets.a1 import Cell, Rectangle

CELLS = st.builds(Cell, st.integers(0, 9_999_998), st.integers(0, 18_277))


@given(CELLS)
def test_address_reads_back(cell):
    """A cell is the same after it was written as an address, whatever the case and dollars."""
    address = str(cell)
    assert a1.parse_cell(address) == cell
    assert a1.parse_cell(f" {address.lower()} ") == cell
    letters = a1.column_letters(cell.column)
    assert a1.parse_cell(f"${letters}${cell.row + 1}") == cell
    assert a1.column_index(letters) == cell.column


@given(CELLS, CELLS)
def test_rectangle_reads_back(one, other):
    """A rectangle is the same after it was written in A1 notation."""
    rectangle = Rectangle(
        min(one.row, other.row),
        min(one.column, other.column),
        max(one.row, other.row) + 1,
        max(one.column, other.column) + 1,
    )
    assert a1.parse_rectangle(str(rectangle)) == rectangle
    assert rectangle.union(rectangle) == rectangle


@pytest.mark.parametrize(
    ("column", "letters"),
    [
        (0, "A"),
        (25, "Z"),
        (26, "AA"),
        (51, "AZ"),
        (52, "BA"),
        (701, "ZZ"),
        (702, "AAA"),
        (18_277, "ZZZ"),
    ],
)
def test_column_letters(column, letters):
    """Columns count A to Z, AA to ZZ, AAA to ZZZ."""
    assert a1.column_letters(column) == letters


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "1",
        "A0",
        "A01",
        "AAAA1",
        "A1:B2",
        "A-1",
        "\uff21\uff11",
        "A\u0663",
        "A1 B1",
        "Sheet1!A1",
    ],
)
def test_what_is_no_address_is_refused(text):
    """Only an address of one cell is read as one."""
    with pytest.raises(ValueError, match="is not the address of a cell"):
        a1.parse_cell(text)


@pytest.mark.parametrize("text", ["A1:", ":A1", "A:B", "1:2", "A1:B", "A1:B2:C3", ":"])
def test_what_is_no_rectangle_is_refused(text):
    """Half a range, whole columns and two colons are refused."""
    with pytest.raises(ValueError, match="is not the address of a cell"):
        a1.parse_rectangle(text)


@pytest.mark.parametrize("text", ["C5:A1", "A5:C1", "C1:A5"])
def test_backward_rectangle_is_refused(text):
    """A rectangle of a negative size never comes into being."""
    with pytest.raises(ValueError, match="ends before it starts"):
        a1.parse_rectangle(text)


def test_one_cell_is_a_rectangle():
    """`B3` alone is the rectangle of that cell."""
    assert a1.parse_rectangle("B3") == Rectangle(2, 1, 3, 2)
    assert Rectangle(2, 1, 3, 2).height == Rectangle(2, 1, 3, 2).width == 1


def test_grid_range_is_half_open():
    """A1:C5 is rows 0 to 5 and columns 0 to 3 in Google's GridRange."""
    assert a1.parse_rectangle("A1:C5").grid_range(7) == {
        "sheetId": 7,
        "startRowIndex": 0,
        "endRowIndex": 5,
        "startColumnIndex": 0,
        "endColumnIndex": 3,
    }


@pytest.mark.parametrize(
    ("title", "quoted"),
    [
        ("Responses", "Responses"),
        ("nps_2026", "nps_2026"),
        ("Form Responses 1", "'Form Responses 1'"),
        ("응답", "'응답'"),
        ("it's", "'it''s'"),
        ("'", "''''"),
        ("D3", "'D3'"),
        ("r1c1", "'r1c1'"),
        ("RC", "'RC'"),
        ("2026", "'2026'"),
        ("Data\n", "'Data\n'"),
        ("D3\n", "'D3\n'"),
        ("", "''"),
    ],
)
def test_title_is_quoted_where_it_would_be_misread(title, quoted):
    """A title that is no plain word, or looks like a cell, stands in quotes."""
    assert a1.quote_title(title) == quoted
    assert a1.in_worksheet(title, Cell(0, 0)) == f"{quoted}!A1"


@given(st.text())
def test_quoted_title_reads_back(title):
    """A quoted title holds the title, every quote doubled."""
    quoted = a1.quoted(title)
    assert quoted[0] == quoted[-1] == "'"
    assert quoted[1:-1].replace("''", "'") == title
    assert quoted[1:-1].count("'") == 2 * title.count("'")
