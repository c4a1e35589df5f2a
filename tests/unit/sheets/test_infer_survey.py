"""What Google says of cells besides their values, read from its answers."""

from __future__ import annotations

import pytest

from sheet_assets.sheets.a1 import Rectangle
from sheet_assets.sheets.infer.cells import NumberFormat
from sheet_assets.sheets.infer.survey import Survey, surveyed

DATE = {"effectiveFormat": {"numberFormat": {"type": "DATE", "pattern": "yyyy"}}}
CHOICES = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "a"}, {"userEnteredValue": "b"}]}


def test_formats_are_told_for_every_cell_that_was_asked_for():
    """Rows and cells that Google leaves out have no format, which is not the same as unknown."""
    data = {"startRow": 3, "startColumn": 1, "rowData": [{"values": [{}, DATE]}, {}]}
    found = Survey.of({"sheets": [{"data": [data]}]}, Rectangle(3, 1, 6, 3))
    plain = NumberFormat()
    assert found.formats == {
        1: {3: plain, 4: plain, 5: plain},
        2: {3: NumberFormat("DATE", "yyyy"), 4: plain, 5: plain},
    }
    assert Survey.of({}, Rectangle(1, 0, 2, 1)).formats == {0: {1: plain}}


def test_only_the_table_of_this_header_counts():
    """Of the tables in a worksheet, that whose header stands above; zeros are left out by Google."""
    columns = [
        {"columnName": "a", "columnType": "DATE"},
        {"columnIndex": 2, "columnType": "DROPDOWN", "dataValidationRule": {"condition": CHOICES}},
        {"columnIndex": 3},
    ]
    tables = [
        {"range": {"startRowIndex": 4, "startColumnIndex": 1}, "columnProperties": columns},
        {"range": {"startRowIndex": 9}, "columnProperties": [{"columnType": "TEXT"}]},
    ]
    found = Survey.of({"sheets": [{"tables": tables}]}, Rectangle(5, 1, 6, 5))
    assert found.column_types == {1: "DATE", 3: "DROPDOWN", 4: ""}
    assert found.choices == {3: ("a", "b")}


@pytest.mark.parametrize(
    ("below", "rows"),
    [
        (Rectangle(1, 0, 11, 26), 10),
        (Rectangle(1, 0, 5001, 26), 1000),
        (Rectangle(1, 0, 5001, 1), 5000),
        (Rectangle(1, 0, 100_001, 1), 26_000),
        (Rectangle(1, 0, 11, 18_278), 1),
        (Rectangle(1, 0, 11, 30_000), 1),
    ],
)
def test_an_answer_has_a_bounded_size(below, rows):
    """At most 26,000 cells are asked for, and at least one row."""
    asked = surveyed(below)
    assert asked.height == rows
    assert asked._replace(end_row=below.end_row) == below


@pytest.mark.parametrize(
    ("pattern", "is_code", "decimals"),
    [
        ("00000", True, 0),
        ("000-0000", True, 0),
        ('"No "00', True, 0),
        (r"00\.00", True, 0),
        ("0", False, 0),
        ('"00"0', False, 0),
        ("", False, 0),
        ("0.00", False, 2),
        ("#,##0.000", False, 3),
        ("0.##", False, 0),
        ("yyyy-mm-dd", False, 0),
        ("00.00%", False, 2),
    ],
)
def test_patterns(pattern, is_code, decimals):
    """A pattern of zeros alone is a code's; zeros behind a point are decimal places."""
    found = NumberFormat("NUMBER", pattern)
    assert (found.is_code, found.decimals) == (is_code, decimals)
