from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.errors import CellError, SheetError, SheetHeaderError
from sheet_assets.sheets.a1 import Cell
from sheet_assets.sheets.binding import bind
from sheet_assets.sheets.contract import Column
from sheet_assets.sheets.decode import decode
from sheet_assets.warehouse.manifest import Origin

DATE = Column(name="date", type="date", header="Date", required=True)
SCORE = Column(name="score", type="smallint", header="Score")
COMMENT = Column(name="comment", type="varchar(40)", header="Comment")
CONTRACT = [DATE, SCORE, COMMENT]
HEADER = ["Date", "Score", "Comment"]


def rows(values, contract=CONTRACT, **more):
    return list(decode(contract, values, worksheet="Responses", **more).rows())


def wrong(values, contract=CONTRACT, **more):
    with pytest.raises(CellError) as caught:
        decode(contract, values, worksheet="Responses", **more)
    return caught.value


def test_columns_are_bound_by_header():
    """Moved columns, columns of others and rows of any length do not matter."""
    values = [
        ["Other", "Comment", "Date", None, "Score"],
        ["x", "good", 43831, "", 9, "right of it all"],
        [1, "", 43832],
    ]
    assert rows(values) == [
        (dt.date(2020, 1, 1), 9, "good"),
        (dt.date(2020, 1, 2), None, None),
    ]


def test_decoded_knows_where_each_row_stood():
    """Columns are in the contract's order, and every row knows its row of the sheet."""
    decoded = decode(
        CONTRACT,
        [[], HEADER, [], [43831, 9], ["", " ", "\xa0"], [43832]],
        worksheet="R",
        header_row=1,
    )
    assert decoded.names == ("date", "score", "comment")
    assert decoded.sheet_rows == [3, 5]
    assert len(decoded) == 2
    assert decoded.columns[1] == [9, None]


def test_values_may_begin_anywhere():
    """Addresses, rows and columns are the worksheet's, wherever the values begin in it."""
    values = [["a title"], HEADER, [43831, 9], [], [43832, 8, "x"], [43833, 7]]
    decoded = decode(CONTRACT, values, worksheet="R", top_left=Cell(2, 1), header_row=3)
    assert decoded.sheet_rows == [4, 6, 7]
    assert decoded.origin == Origin(
        columns={"date": 1, "score": 2, "comment": 3},
        headers={"date": "Date", "score": "Score", "comment": "Comment"},
        blocks=((4, 1), (6, 2)),
    )
    assert [decoded.origin.sheet_row(row) for row in range(3)] == decoded.sheet_rows
    error = wrong([*values[1:], [43834, "x"]], top_left=Cell(3, 1))
    assert [cell.address for cell in error.cells] == ["C9"]
    with pytest.raises(SheetHeaderError, match='"Score" stands twice, in C4 and D4'):
        decode(CONTRACT, [["Date", "Score", "Score"]], worksheet="R", top_left=Cell(3, 1))


def test_no_rows_have_an_origin():
    """An empty table came from nowhere, under its headers."""
    assert decode(CONTRACT, [HEADER], worksheet="R").origin.blocks == ()


def test_extra_headers_are_refused_where_it_is_asked():
    """A header that no column claims is named with its address; a blank one may have anything."""
    values = [["Note", *HEADER, "", "id"], ["x", 43831, 9, "", "right of it all"]]
    assert len(rows(values)) == 1
    with pytest.raises(SheetHeaderError) as caught:
        rows(values, top_left=Cell(2, 1), reject_extra=True)
    assert str(caught.value) == (
        'Responses: the header "Note" in B3 is not in the contract; "id" in G3 is not in the '
        'contract. Row 3 has "Note", "Date", "Score", "Comment", "id". Rename the header in the '
        "sheet, or declare it in the contract (`header` or `aliases` of the column), or let others "
        "be with `extra_columns: ignore`."
    )
    assert len(rows([[*HEADER, " "], [43831, 9, "", "aside"]], reject_extra=True)) == 1
    with pytest.raises(SheetHeaderError, match='"Date" is missing; "Datum" in A1 is not in the'):
        rows([["Datum", "Score", "Comment"]], reject_extra=True)


@pytest.mark.parametrize("blank", ["", None, " ", "\xa0\u3000\n"])
def test_blank_rows_are_skipped(blank):
    """A row with nothing but blanks in the contract's columns is no row."""
    assert rows([HEADER, [blank, blank, blank, "a note"], [43831]]) == [
        (dt.date(2020, 1, 1), None, None)
    ]


def test_no_rows():
    """A header without rows is an empty table, which is not an error here."""
    assert rows([HEADER]) == []
    assert decode(CONTRACT, [HEADER], worksheet="R").columns == ([], [], [])


@pytest.mark.parametrize(
    ("cell", "value"), [("", None), (None, None), (" ", " "), ("\xa0", "\xa0"), ("@", "@")]
)
def test_blanks_that_someone_typed_are_a_text(cell, value):
    """In a varchar only the empty cell is NULL; elsewhere any blanks are."""
    assert rows([HEADER, [43831, "\xa0", cell]]) == [(dt.date(2020, 1, 1), None, value)]


def test_blank_as_empty_text():
    """`blank: empty` makes the empty cell an empty text, which no other cell becomes."""
    comment = Column(name="comment", type="varchar(40)", blank="empty", required=True)
    assert rows(
        [["date", "comment"], [43831], [43832, " "]], [Column(name="date", type="date"), comment]
    ) == [
        (dt.date(2020, 1, 1), ""),
        (dt.date(2020, 1, 2), " "),
    ]


def test_every_wrong_cell_is_reported_at_once():
    """All wrong cells are carried with address, header, value and reason; a few are shown."""
    error = wrong([HEADER, ["", "x", "ok"], [43831.5, 1e300, "가" * 20], [43831, True]])
    assert [(cell.address, cell.header, cell.value, cell.reason) for cell in error.cells] == [
        ("A2", "Date", "is blank,", "but the column is required"),
        ("A3", "Date", "43831.5 (2020-01-01 12:00:00)", "is a date with a time, not a date"),
        ("B2", "Score", "'x'", "is not a whole number"),
        ("B3", "Score", "1e+300", "is out of range for smallint"),
        ("B4", "Score", "TRUE", "is not a whole number"),
        (
            "C3",
            "Comment",
            "'가가가가가가가가가가가가가가가가가가가가'",
            "has 60 bytes, more than varchar(40) holds",
        ),
    ]
    assert str(error).startswith('6 wrong cells (2 in "Date", 3 in "Score", 1 in "Comment"):\n')
    assert 'Responses!A2 "Date": is blank, but the column is required' in str(error)
    assert "… and 1 more" in str(error)
    assert "C3" not in str(error)


def test_one_wrong_cell_is_one_sentence():
    """A single wrong cell is told in full, with what happens to the table."""
    assert str(wrong([HEADER, [43831, 5.5]])) == (
        'Responses!B2 "Score": 5.5 is not a whole number. '
        "Correct the cell; the table keeps its last version."
    )


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("x" * 40, "'" + "x" * 40 + "'"),
        ("x" * 41, "'" + "x" * 39 + "…'"),
        ("two\nlines", "'two⏎lines'"),
        ("\x1b[31mred", "'\\x1b[31mred'"),
        ("5\xa0%", "'5\\xa0%'"),
        ("half \ud800", "'half \\ud800'"),
        (10**30, "1" + "0" * 30),
        (1.23456789012345678, "1.23456789012346"),
        ([1], "[1]"),
    ],
)
def test_value_is_shown_short_and_safe(cell, shown):
    """At most 40 characters, in one line, without what a terminal would obey or not encode."""
    error = wrong([HEADER, [43831, cell]])
    assert error.cells[0].value == shown
    str(error).encode()


def test_sensitive_value_is_hidden():
    """No character of a sensitive cell is in the message."""
    secret = Column(name="score", type="smallint", header="Score", sensitive=True)
    error = wrong([HEADER, [43831, "s3cret"]], [DATE, secret])
    assert "s3cret" not in str(error)
    assert "hidden" in error.cells[0].value


@pytest.mark.parametrize("kind", ["smallint", "varchar(40)", "date"])
def test_formula_errors_fit_no_column(kind):
    """#N/A is not loaded as a text."""
    error = wrong([["a"], ["#N/A"]], [Column(name="a", type=kind)])
    assert error.cells[0].reason == "is a formula's error"


def test_header_is_compared_without_its_blanks():
    """NBSP, newlines and runs of blanks in a header do not matter, nor how Hangul was typed."""
    contract = [
        Column(name="a", type="integer", header="How likely?"),
        Column(name="b", type="integer", header="점수"),
    ]
    values = [["\xa0How \n likely? ", unicodedata.normalize("NFD", "점수")], [1, 2]]
    assert rows(values, contract) == [(1, 2)]


@pytest.mark.parametrize(
    ("cell", "header"), [(2026, "2026"), (2026.0, "2026"), (1.5, "1.5"), (True, "TRUE")]
)
def test_header_cell_that_is_a_number(cell, header):
    """A header that Sheets took for a number or boolean is bound by what it looks like."""
    assert bind([Column(name="a", type="integer", header=header)], ["x", cell], worksheet="R") == [
        1
    ]


def test_alias_is_accepted():
    """A column is found by an older wording too, and twice if both stand there."""
    column = Column(name="score", type="integer", header="Score", aliases=("NPS", "Points"))
    assert bind([column], ["Points"], worksheet="R") == [0]
    with pytest.raises(SheetHeaderError, match='"Score" stands twice, in A3 and C3'):
        bind([column], ["NPS", "", "Score"], worksheet="R", at=Cell(2, 0))


def test_missing_headers_are_told_together():
    """The sentence has every missing header and what stands there instead."""
    with pytest.raises(SheetHeaderError) as caught:
        decode(CONTRACT, [["Datum", "Score", "\ud800"]], worksheet="Responses")
    assert '"Date" is missing; "Comment" is missing' in str(caught.value)
    assert 'Row 1 has "Datum", "Score", "\\ud800"' in str(caught.value)


@pytest.mark.parametrize(("values", "header_row"), [([], 0), ([[]], 0), ([HEADER], 3)])
def test_empty_sheet_has_no_header(values, header_row):
    """Nothing where the header should be is an error, not an empty table."""
    with pytest.raises(SheetHeaderError, match="has nothing"):
        decode(CONTRACT, values, worksheet="Responses", header_row=header_row)


AT = [Column(name="at", type="timestamptz")]


@pytest.mark.parametrize(
    ("zone", "utc"),
    [("Asia/Seoul", 0), ("Etc/GMT", 9), ("GMT+09:00", 0), ("GMT-07:00", 16), ("Europe/Berlin", 8)],
)
def test_timestamptz_in_the_spreadsheets_zone(zone, utc):
    """Named zones and Google's custom ones are known."""
    assert rows([["at"], ["2026-01-15 09:00"]], AT, time_zone=zone) == [
        (dt.datetime(2026, 1, 15, utc, tzinfo=dt.UTC),)
    ]


@pytest.mark.parametrize(
    "zone",
    [
        "Mars/Olympus",
        "",
        "Europe",
        "../etc/passwd",
        "/etc/passwd",
        "GMT+25:00",
        "GMT+9",
        "\0",
        "\ud800",
    ],
)
def test_unknown_zone_is_a_sentence(zone):
    """A zone that is not known is an error of the sheet, and only where it is needed."""
    with pytest.raises(SheetError, match=r"time zone .* is not known here"):
        rows([["at"], [43831]], AT, time_zone=zone)
    assert rows([HEADER, [43831]], time_zone=zone) == [(dt.date(2020, 1, 1), None, None)]


JSON_CELLS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


@given(st.lists(st.lists(JSON_CELLS, max_size=5), max_size=5))
def test_any_values_are_rows_or_wrong_cells(body):
    """Whatever stands below the header is typed rows, or a CellError that can be written."""
    contract = [
        Column(name="a", type="decimal(5,2)"),
        Column(name="b", type="varchar(5)", required=True),
        Column(name="c", type="timestamptz"),
    ]
    try:
        decoded = decode(contract, [["c", "a", "b"], *body], worksheet="Responses")
    except CellError as caught:
        error = caught
    else:
        for decimal, text, moment in decoded.rows():
            assert decimal is None or isinstance(decimal, Decimal)
            assert isinstance(text, str)
            assert moment is None or moment.tzinfo is dt.UTC
        return
    str(error).encode()
    assert all(cell.address[0] in "ABC" for cell in error.cells)
    assert all(len(cell.value) <= 42 for cell in error.cells)


def test_a_row_that_stands_twice_is_told_once():
    """A key of two columns of which one is unique: the repeated row is one wrong cell, not two."""
    contract = [
        Column(name="a", type="integer", key=True),
        Column(name="b", type="integer", key=True, unique=True),
    ]
    with pytest.raises(CellError) as caught:
        decode(contract, [["a", "b"], [1, 5], [1, 5], [2, 5]], worksheet="S")
    assert [(cell.address, cell.rule) for cell in caught.value.cells] == [
        ("A3", "key"),
        ("B4", "unique"),
    ]
