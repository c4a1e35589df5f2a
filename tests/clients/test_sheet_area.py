"""Where the rows of a sheet stand: a part of a worksheet, a named range, a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from client_readings import HEADER, cells

from sheet_assets.errors import (
    CellError,
    SheetHeaderError,
    SheetNotFoundError,
    TooFewRowsError,
)

if TYPE_CHECKING:
    from client_readings import Readings

# A block at B3: a title above, something left and right of it, and a note below.
BLOCK = [
    ["left", "a title"],
    [],
    [None, *HEADER, None, "id"],
    ["x", 1, 9, "good", "junk", 7],
    [],
    [None, 2, 3, None],
    [],
    [None, "a total of 2"],
]
ROWS = [(1, 9, "good"), (2, 3, None)]


@pytest.fixture(autouse=True)
def _block(readings: Readings) -> None:
    readings.sheet.set_values(BLOCK)


@pytest.mark.parametrize("place", ["B3:D6", "B3:E7", "b3:d6", "$B$3:$D$6", "named range", "table"])
def test_a_part_of_a_worksheet(readings: Readings, place: str) -> None:
    """What stands around the part is not read, and the rows know where they stood."""
    match place:
        case "named range":
            readings.name_range(**cells(2, 6))
            read = readings.read(named_range="nps_answers")
        case "table":
            readings.make_table(cells(2, 6))
            read = readings.read(sheets_table="Answers")
        case _:
            read = readings.read(range=place)
    assert read.preview == ROWS
    reading = read.version.reading
    assert reading.worksheet == "Sheet1"
    assert reading.origin is not None
    assert reading.origin.columns == {"id": 1, "score": 2, "comment": 3}
    assert reading.origin.headers == {"id": "id", "score": "score", "comment": "comment"}
    assert reading.origin.blocks == ((3, 1), (5, 1))


@pytest.mark.parametrize("place", ["B:D", "B1:D", "B2:D", "B3:D", "1:100", "B1:100"])
def test_the_header_stands_where_it_is_said(readings: Readings, place: str) -> None:
    """header_row counts the worksheet's rows, wherever the range begins; open ends are ends."""
    readings.sheet.set_values([[None, None]], row=7)
    if place.endswith("100"):
        readings.sheet.set_values([[None, None]], row=2, column=4)
    assert readings.read(range=place, header_row=3).preview == ROWS


@pytest.mark.parametrize("place", ["range", "named range", "table"])
def test_addresses_are_the_worksheets(readings: Readings, place: str) -> None:
    """A wrong cell has the address it has in the worksheet, wherever the part begins."""
    readings.sheet.set_values([["ten"]], row=5, column=2)
    fields = {"range": "B3:D7"}
    if place == "named range":
        readings.name_range(**cells(2, 6))
        fields = {"named_range": "nps_answers"}
    elif place == "table":
        readings.make_table(cells(2, 6))
        fields = {"sheets_table": "Answers"}
    with pytest.raises(CellError, match="Sheet1!C6 \"score\": 'ten' is not a whole number"):
        readings.read(**fields)


def test_an_open_named_range_grows_and_moves(readings: Readings) -> None:
    """A named range of whole columns has every row; rows inserted above it move it."""
    readings.sheet.set_values([[None, 3]], row=7)
    readings.name_range(startRowIndex=2, startColumnIndex=1, endColumnIndex=4)
    assert readings.read(named_range="nps_answers").version.snapshot.rows == 3
    readings.insert_rows(0, 4)
    readings.sheet.set_values([[None, 4]], row=20)
    reading = readings.read(named_range="nps_answers").version.reading
    assert reading.origin is not None
    assert reading.origin.blocks == ((7, 1), (9, 1), (11, 1), (20, 1))


def test_a_table_moves_and_grows(readings: Readings) -> None:
    """Rows inserted above and within a table leave nothing of it out."""
    readings.make_table(cells(2, 6))
    readings.insert_rows(0, 1)
    readings.insert_rows(5, 6)
    readings.sheet.set_values([[3]], row=5, column=1)
    assert readings.read(sheets_table="Answers").preview == [ROWS[0], (3, None, None), ROWS[1]]


def test_the_footer_of_a_table_is_no_row(readings: Readings) -> None:
    """The last row of a table with a footer sums up the others."""
    readings.sheet.set_values([[2, 12, "all"]], row=6, column=1)
    color = {"footerColorStyle": {"rgbColor": {"red": 1}}}
    readings.make_table(cells(2, 7), rowsProperties=color)
    assert readings.read(sheets_table="Answers").preview == ROWS


def test_a_named_range_of_another_tab(readings: Readings) -> None:
    """The tab need not be named; messages name it."""
    tab = readings.workbook.add_worksheet("Autumn", sheet_id=77)
    tab.set_values([HEADER, [1, "nine", "good"]])
    readings.name_range(sheetId=77)
    with pytest.raises(CellError, match="Autumn!B2 \"score\": 'nine' is not a whole number"):
        readings.read(named_range="nps_answers")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"named_range": "NPS"}, 'no named range "NPS"; it has "nps_answers". Correct `named_ran'),
        ({"sheets_table": "NPS"}, 'no table "NPS"; it has none. Correct `sheets_table` in the'),
        ({"worksheet": "NPS"}, "no worksheet 'NPS'; it has \"Sheet1\""),
        (
            {"range": "AB3:AC"},
            'The worksheet "Sheet1" has 1000 rows and 26 columns, and the range AB3:AC lies bey',
        ),
        ({"range": "2000:3000"}, "the range 2000:3000 lies beyond them. Correct `range`"),
    ],
)
def test_what_is_not_there(readings: Readings, fields: dict[str, Any], sentence: str) -> None:
    """The sentence names the field, and lists what there is."""
    readings.name_range(**cells(2, 6))
    with pytest.raises(SheetNotFoundError, match=re.escape(sentence)):
        readings.read(**fields)


def test_header_row_outside_of_a_named_range(readings: Readings) -> None:
    """Only Google knows where a named range is, so that is told when it is read."""
    readings.name_range(**cells(2, 6))
    with pytest.raises(SheetHeaderError, match='nps_answers" is Sheet1!B3:D6, and row 2 is not'):
        readings.read(named_range="nps_answers", header_row=2)


def test_a_worksheet_wins_over_a_named_range_of_its_title(readings: Readings) -> None:
    """Somebody may call a named range as the worksheet is called; the worksheet is meant."""
    readings.workbook.add_worksheet("nps_answers").set_values([HEADER, [1, 9, "good"]])
    readings.name_range(**cells(0, 1, 0, 1))
    assert readings.read(worksheet="nps_answers").preview == ROWS[:1]


def test_min_rows(readings: Readings) -> None:
    """A sheet that lost rows is not loaded."""
    assert readings.read(range="B3:D6", min_rows=2).preview == ROWS
    with pytest.raises(TooFewRowsError) as few:
        readings.read(range="B3:D6", min_rows=3)
    assert str(few.value) == (
        'The worksheet "Sheet1" of "NPS answers" has 2 rows, fewer than the 3 of `min_rows`; the '
        "table keeps its last version. Bring back what was deleted, or lower `min_rows` in the "
        "defs.yaml."
    )
    readings.sheet.set_values([[None] * 4] * 3, row=3)
    with pytest.raises(TooFewRowsError, match="has a header and no rows"):
        readings.read(range="B3:D6", min_rows=3)


def test_extra_columns(readings: Readings) -> None:
    """Headers that nobody declared are refused where that is asked, in the range only."""
    readings.read(range="B3:E6", extra_columns="reject")
    readings.sheet.set_values([["Note"]], row=2, column=4)
    readings.read(range="B3:E6")
    with pytest.raises(SheetHeaderError, match='the header "Note" in E3 is not in the contract'):
        readings.read(range="B3:E6", extra_columns="reject")
