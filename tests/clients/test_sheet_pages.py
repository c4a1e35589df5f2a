"""Large sheets, read by columns and in pages: the cells, the errors and the parts of a small one."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pytest
from client_readings import HEADER, NPS
from client_tables import columns

from sheet_assets.clients import sheet_reading, sheet_snapshot
from sheet_assets.clients.sheet_pages import all_rows
from sheet_assets.errors import CellError, SheetHeaderError, TooFewRowsError
from sheet_assets.sheets.contract import Column

if TYPE_CHECKING:
    from client_readings import Readings

    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

SHAPES: dict[str, list[list[Any]]] = {
    "nothing": [],
    "one cell": [[1]],
    "one row": [["a", "", "c"]],
    "one column": [["a"], [], ["c"]],
    "stairs": [[1], [1, 2], [1, 2, 3], [1, 2], [1]],
    "stairs to the right": [["", "", 3], ["", 2], [1]],
    "blank first column and row": [[], ["", "x"], ["", "", "y"]],
    "a gap": [["a", "b"], [], [], ["", "b"], [], ["a"]],
    "empty texts and blanks": [["a", ""], ["", " "], ["", ""], [0, False]],
    "a last row alone": [*[[]] * 9, ["", "", "", "z"]],
}


def filled(rows: list[list[Any]], height: int = 10, width: int = 5) -> list[list[Any]]:
    """The whole rectangle, blank cells as the empty text."""
    return [
        [row[place] if place < len(row) else "" for place in range(width)]
        for row in [*rows, *([] for _ in range(height - len(rows)))]
    ]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_columns_are_the_cells_that_rows_tell(readings: Readings, shape: list[list[Any]]) -> None:
    """Google leaves out other blank cells when it lists columns, and none that holds something."""
    tab = readings.workbook.add_worksheet("Shape", rows=10, columns=5)
    tab.set_values([[None if cell == "" else cell for cell in row] for row in shape])
    spreadsheet_id = readings.workbook.spreadsheet_id
    for asked in (["Shape!A1:E10"], ["Shape!B2:D4", "Shape!A9:E10"]):
        by_rows = readings.google.batch_values(spreadsheet_id, asked)
        by_columns = readings.google.batch_values(spreadsheet_id, asked, by_columns=True)
        for rows, found in zip(by_rows, by_columns, strict=True):
            turned = [list(row) for row in zip_longest(*found, fillvalue="")]
            assert filled(turned) == filled(rows)


ORDERS = columns(id="integer!", score="smallint", comment="varchar(60)", at="timestamptz")
CODES = (
    Column(name="id", type="integer", unique=True),
    Column(name="zip", type="varchar(12)", header="ZIP", as_displayed=True),
)


# Of a tab of five columns: seven rows.
PAGE_CELLS = 35


def make_tab(readings: Readings, grid: list[list[Any]], row: int = 0, column: int = 0) -> Worksheet:
    """The tab Large of 70 rows, ten pages."""
    tab = readings.workbook.add_worksheet("Large", rows=70, columns=5)
    tab.set_values([[None if cell == "" else cell for cell in line] for line in grid], row, column)
    return tab


def both_ways(
    readings: Readings, monkeypatch: pytest.MonkeyPatch, **source: Any
) -> tuple[Any, Any]:
    """What comes of it cell by cell, and in pages: a snapshot, or an error."""

    def read() -> Any:
        try:
            found = readings.read(worksheet="Large", **source)
        except CellError as error:
            return str(error), error.cells
        return found.version.snapshot, found.version.reading.origin, found.preview

    whole = read()
    monkeypatch.setattr(sheet_reading, "PAGE_CELLS", PAGE_CELLS)
    return whole, read()


def files(readings: Readings) -> list[str]:
    """What lies in the folders of parts."""
    return [
        path.name for path in readings.folder.rglob("*") if {".zst", ".partial"} & {path.suffix}
    ]


def test_a_large_sheet_is_the_same_version(
    readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with parts whose borders lie within pages: the hash of each, and what is previewed."""
    monkeypatch.setattr(sheet_snapshot, "ROWS_A_PART", 4)
    rows = [[n, n % 7, f"a,{n}" if n % 3 else "", 45000 + n / 7] for n in range(30)]
    make_tab(readings, [["id", "score", "comment", "at"], *rows[:9], [], [], *rows[9:]])
    whole, paged = both_ways(readings, monkeypatch, columns=ORDERS)
    assert paged == whole
    assert [part.rows for part in whole[0].parts] == [4] * 7 + [2]
    monkeypatch.setattr(sheet_reading, "PAGE_CELLS", 10**6)
    monkeypatch.setattr(sheet_snapshot, "FEW_CELLS", 0)
    assert readings.read(worksheet="Large", columns=ORDERS).version.snapshot == whole[0]


def test_what_is_displayed_is_read_with_each_page(
    readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The texts of a page belong to its rows, also where the header stands in a later page."""
    rows = [[n, "x", 100 + n if n % 4 else ""] for n in range(30)]
    tab = make_tab(readings, [["a title"], *[[]] * 24, ["id", "", "ZIP"], *rows])
    tab.set_number_format("C1:C60", "NUMBER", "00000")
    whole, paged = both_ways(readings, monkeypatch, columns=CODES, header_row=26)
    assert paged == whole
    assert whole[2][:2] == [(0, None), (1, "00101")]


def test_what_is_displayed_is_asked_for_several_pages_at_a_time(
    readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One column of five: its cells of five pages are as many as a page has."""
    tab = make_tab(readings, [["id", "ZIP"], *[[n, n] for n in range(1, 70)]])
    tab.set_number_format("B1:B70", "NUMBER", "00000")
    monkeypatch.setattr(sheet_reading, "PAGE_CELLS", PAGE_CELLS)
    found = readings.read(worksheet="Large", columns=CODES)
    assert found.version.snapshot.rows == 69
    # Drive, the spreadsheet, ten pages, what two times five of them show, and Drive again.
    assert found.api_calls == 1 + 1 + 10 + 2 + 1
    assert found.preview[-1] == (10, "00010")


def test_all_wrong_cells_of_all_pages_are_told(
    readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order and the words of a small sheet, keys that stand twice pages apart included."""
    contract = (
        Column(name="id", type="integer", key=True),
        Column(name="score", type="smallint", key=True, max=10),
        Column(name="comment", type="varchar(9)", unique=True),
    )
    rows: list[list[Any]] = [[n, n % 9, f"answer {n}"] for n in range(60)]
    rows[7][1], rows[31][1], rows[44] = 11, "ten", [None, 3, "far too long"]
    rows[50][:2], rows[52], rows[59][2] = [" 2 ", 2.0], [3, 3, "answer 3"], "answer 7"
    make_tab(readings, [HEADER, *rows], 3, 1)
    whole, paged = both_ways(readings, monkeypatch, columns=contract, range="B4:D")
    assert paged == whole
    assert " ".join(cell.address for cell in whole[1]) == "B49 B55 B57 C12 C36 D49 D57 D64"
    assert files(readings) == []


@pytest.mark.parametrize(
    ("grid", "more", "error"),
    [
        ([HEADER, *[[1, 2, "x"]] * 20], {"min_rows": 21}, TooFewRowsError),
        ([HEADER], {}, TooFewRowsError),
        ([["id", "score"], [1, 2]], {}, SheetHeaderError),
        ([], {"allow_empty": True}, SheetHeaderError),
    ],
)
def test_a_large_sheet_that_fails_leaves_no_part(
    readings: Readings,
    monkeypatch: pytest.MonkeyPatch,
    grid: list[list[Any]],
    more: dict[str, Any],
    error: type[Exception],
) -> None:
    """Whatever was written of its pages is removed."""
    monkeypatch.setattr(sheet_reading, "PAGE_CELLS", PAGE_CELLS)
    make_tab(readings, grid)
    with pytest.raises(error):
        readings.read(worksheet="Large", **more)
    assert files(readings) == []


def test_what_is_wrong_between_two_edits_is_not_told(
    readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that moved from one page to the next while they were read stood twice in neither."""
    contract = (Column(name="id", type="integer", key=True), *NPS[1:])
    tab = make_tab(readings, [HEADER, *([n, n, "x"] for n in range(1, 21))])
    monkeypatch.setattr(sheet_reading, "PAGE_CELLS", PAGE_CELLS)
    get, made = readings.google.batch_values, []

    def edited_meanwhile(spreadsheet_id: str, ranges: Any, **more: Any) -> Any:
        answer = get(spreadsheet_id, ranges, **more)
        if not made:
            made.append(1)
            readings.insert_rows(1, 2, tab.sheet_id)
        return answer

    monkeypatch.setattr(readings.google, "batch_values", edited_meanwhile)
    assert readings.read(worksheet="Large", columns=contract).version.snapshot.rows == 20


def test_all_rows_of_a_large_sheet(readings: Readings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who needs them all gets them glued together, blank pages included."""
    rows = [HEADER, *([n, n, "x"] for n in range(1, 9)), *[[]] * 22, [7, "", "last"]]
    make_tab(readings, rows)
    for cells in (10**6, 100, PAGE_CELLS):
        monkeypatch.setattr(sheet_reading, "PAGE_CELLS", cells)
        fetched = readings.fetch(readings.source(name="large", worksheet="Large"))["large"]
        found = all_rows(fetched)[1]
        assert filled(found, 70) == filled(rows, 70)
