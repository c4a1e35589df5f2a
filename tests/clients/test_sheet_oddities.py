"""What people do to sheets that changes how they look, and not what is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from client_readings import HEADER

from sheet_assets.errors import CellError
from sheet_assets.sheets.contract import Column

if TYPE_CHECKING:
    from client_readings import Readings

ROWS = [[1, 9, "good"], [2, 3, "late"], [3, 5, "so so"]]
READ = [tuple(row) for row in ROWS]


@pytest.fixture(autouse=True)
def _rows(readings: Readings) -> None:
    readings.sheet.set_values([HEADER, *ROWS])


def rows_of(start: int, end: int) -> dict[str, Any]:
    """A DimensionRange of rows."""
    return {"sheetId": 0, "dimension": "ROWS", "startIndex": start, "endIndex": end}


def test_hidden_rows_are_rows(readings: Readings) -> None:
    """Rows that somebody has hidden are loaded like the others."""
    hidden = {"range": rows_of(1, 3), "properties": {"hiddenByUser": True}}
    readings.change(updateDimensionProperties={**hidden, "fields": "hiddenByUser"})
    assert readings.read().preview == READ


def test_filtered_rows_are_rows(readings: Readings) -> None:
    """A filter that somebody has left on takes no row away."""
    spec = {"columnIndex": 2, "filterCriteria": {"hiddenValues": ["late", "good"]}}
    cells = {"startRowIndex": 0, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 3}
    readings.change(setBasicFilter={"filter": {"range": cells, "filterSpecs": [spec]}})
    assert readings.read().preview == READ


def test_merged_cells_have_their_value_in_the_first(readings: Readings) -> None:
    """The other cells of a merge are blank: NULL, or wrong where the column is required."""
    cells = {"startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 1, "endColumnIndex": 2}
    readings.change(mergeCells={"range": cells})
    assert readings.read().preview == [READ[0], (2, None, "late"), READ[2]]
    required = Column(name="score", type="smallint", required=True)
    with pytest.raises(CellError, match='Sheet1!B3 "score": is blank, but the column is required'):
        readings.read(columns=(required, Column(name="id", type="integer")))


def test_a_merged_title_above_the_header_is_no_column(readings: Readings) -> None:
    """A title across the columns stands above the header row that is declared."""
    readings.insert_rows(0, 2)
    readings.sheet.set_values([["Answers of November"]])
    cells = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 3}
    readings.change(mergeCells={"range": cells})
    assert readings.read(header_row=3).preview == READ


def test_number_formats_change_nothing(readings: Readings) -> None:
    """Percent, currency and dates are how a cell looks; the number is what it holds."""
    for kind, pattern in (("PERCENT", "0%"), ("CURRENCY", '"$"#,##0.00'), ("DATE", "dd.mm.yy")):
        readings.sheet.set_number_format("A2:B4", kind, pattern)
        assert readings.read().preview == READ


def test_the_locale_changes_nothing(readings: Readings) -> None:
    """A German spreadsheet holds the same numbers and dates as an American one."""
    readings.sheet.set_values(
        [["id", "at", "amount"], [1, 45688.5, 1234.5], [None] * 3, [None] * 3]
    )
    readings.sheet.set_number_format("B2", "DATE_TIME", "dd.mm.yyyy hh:mm")
    contract = (
        Column(name="id", type="integer"),
        Column(name="at", type="timestamp"),
        Column(name="amount", type="decimal(9,2)"),
    )
    before = readings.read(columns=contract)
    readings.workbook.locale = "de_DE"
    assert readings.read(columns=contract).version.snapshot == before.version.snapshot


def test_blank_rows_and_columns_end_nothing(readings: Readings) -> None:
    """Rows after a gap are rows; columns are found behind blank ones."""
    readings.sheet.set_values([[None] * 3] * 4)
    body = [[None, 1, None, "good", None, 9], [], [], [None, 2, None, "late", "junk", 3]]
    readings.sheet.set_values([[None, "id", "", "comment", None, "score"], *body, []])
    assert readings.read().preview == READ[:2]


def test_headers_with_line_breaks(readings: Readings) -> None:
    """A header that was broken into lines, or pasted with NBSP, is the header still."""
    readings.sheet.set_values([["\xa0id ", "sco\u200bre", "com\nment"]])
    contract = (
        Column(name="id", type="integer"),
        Column(name="score", type="smallint", header="sco\u200bre"),
        Column(name="comment", type="varchar(60)", header="com ment"),
    )
    assert readings.read(columns=contract).preview == READ


def test_digits_that_a_cell_has_lost_are_not_loaded(readings: Readings) -> None:
    """An order number of 17 digits has been rounded when it was typed; as a text it is whole."""
    contract = (Column(name="id", type="bigint"),)
    readings.sheet.set_values([["id", None, None], [12345678901234567, None, None]])
    with pytest.raises(CellError, match="has more digits than a number cell keeps"):
        readings.read(columns=contract)
    readings.sheet.set_values([["12345678901234567"]], row=1)
    assert readings.read(columns=contract).preview[0] == (12345678901234567,)


def test_bytes_are_counted_not_characters(readings: Readings) -> None:
    """Hangul has three bytes a character, as Redshift counts."""
    readings.sheet.set_values([["추천합니다"]], row=1, column=2)
    narrow = (Column(name="comment", type="varchar(14)"),)
    with pytest.raises(CellError, match=r"C2 .* has 15 bytes, more than varchar\(14\) holds"):
        readings.read(columns=narrow)
    assert readings.read(columns=(Column(name="comment", type="varchar(15)"),)).preview[0] == (
        "추천합니다",
    )
