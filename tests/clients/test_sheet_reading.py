"""Reading sheets together and in pages: how many requests, and that what they answer fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from client_readings import HEADER, cells

from sheet_assets.clients import sheet_reading
from sheet_assets.clients.sheet_snapshot import snapshot_of
from sheet_assets.errors import (
    CellError,
    SheetChangedError,
    SheetHeaderError,
    SheetNotFoundError,
    SheetPermissionError,
)
from sheet_assets.sandbox import SERVICE_ACCOUNT

if TYPE_CHECKING:
    from client_readings import Readings


def test_sheets_of_a_spreadsheet_are_read_together(readings: Readings) -> None:
    """One Drive call and two reads for all of them; a sheet that is wrong fails none of them."""
    workbook = readings.workbook
    workbook.worksheet("Sheet1").set_values([["a title"], HEADER, [2, 3, "late"]])
    workbook.add_worksheet("Good").set_values([HEADER, [1, 9, "good"]])
    workbook.add_worksheet("Bad").set_values([HEADER, [1, "nine", "good"]])
    workbook.add_worksheet("No header").set_values([["ID", "score"]])
    readings.google.drive_file(workbook.spreadsheet_id)
    fetched = readings.fetch(
        readings.source(name="block", range="A2:C"),
        readings.source(name="good", worksheet="Good"),
        readings.source(name="bad", worksheet="Bad"),
        readings.source(name="headless", worksheet="No header"),
        readings.source(name="gone", worksheet="Gone"),
    )
    log = readings.sandbox.google.requests
    assert [entry.path.rpartition("/")[2] for entry in log] == [
        *(workbook.spreadsheet_id, workbook.spreadsheet_id, "values:batchGet")
    ]
    assert {each.api_calls for each in fetched.values()} == {3}
    good = snapshot_of(fetched["good"], readings.folder)
    assert (good.preview, good.version.snapshot.name) == ([(1, 9, "good")], "good")
    assert snapshot_of(fetched["block"], readings.folder).preview == [(2, 3, "late")]
    for name, error in (
        ("bad", CellError),
        ("headless", SheetHeaderError),
        ("gone", SheetNotFoundError),
    ):
        with pytest.raises(error):
            snapshot_of(fetched[name], readings.folder / name)
        assert not (readings.folder / name).exists()


def test_a_spreadsheet_that_is_not_shared_fails_all_its_sheets(readings: Readings) -> None:
    """What is wrong with the spreadsheet is told by the fetch itself."""
    readings.sandbox.google.drive.unshare(readings.workbook.spreadsheet_id, SERVICE_ACCOUNT)
    with pytest.raises(SheetPermissionError):
        readings.fetch(readings.source(name="one"), readings.source(name="two"))


@pytest.mark.parametrize("page_cells", [1, 30, 31, 60, 90, 119, 120])
def test_a_large_worksheet_is_read_in_pages(
    readings: Readings, monkeypatch: pytest.MonkeyPatch, page_cells: int
) -> None:
    """Pages of any size give the same rows, also where whole pages in the middle are blank."""
    tab = readings.workbook.add_worksheet("Large", rows=40, columns=3)
    body: list[list[Any]] = [[n, n % 10, f"answer {n}"] for n in range(1, 8)]
    tab.set_values([HEADER, *body, *([[]] * 22), [8, None, "after a gap"]])
    whole = readings.read(worksheet="Large")
    monkeypatch.setattr(sheet_reading, "PAGE_CELLS", page_cells)
    readings.sandbox.google.requests.clear()
    read = readings.read(worksheet="Large")
    assert read.version.snapshot == whole.version.snapshot
    assert read.version.reading.origin == whole.version.reading.origin
    pages = -(-40 // max(page_cells // 3, 1))
    assert len(readings.value_queries()) == pages
    # Drive before and, where there are pages, after them; the properties; the pages.
    assert read.api_calls == pages + 2 + (pages > 1)


def test_pages_are_fewer_than_the_quota() -> None:
    """The 10 million cells that a spreadsheet may have take fewer than the 60 reads a minute."""
    assert -(-10_000_000 // sheet_reading.PAGE_CELLS) <= 50


def test_small_sheets_share_requests(readings: Readings, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as they are not too many cells together; nothing is left out."""
    monkeypatch.setattr(sheet_reading, "REQUEST_CELLS", 30)
    for n in range(5):
        tab = readings.workbook.add_worksheet(f"Tab {n}", rows=4, columns=3)
        tab.set_values([HEADER, [n, n, f"answer {n}"]])
    names = {f"tab_{n}": f"Tab {n}" for n in range(5)}
    fetched = readings.fetch(
        *(readings.source(name=name, worksheet=title) for name, title in names.items())
    )
    assert [query.count("ranges=") for query in readings.value_queries()] == [2, 2, 1]
    assert [fetched[name].columns[0][1] for name in names] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("edits", [1, 2, 3])
def test_a_sheet_that_changes_between_pages_is_read_again(
    readings: Readings, monkeypatch: pytest.MonkeyPatch, edits: int
) -> None:
    """A row inserted between two pages would be there twice or not at all; three tries in all."""
    tab = readings.workbook.add_worksheet("Large", rows=40, columns=3)
    tab.set_values([HEADER, *([n, n, "x"] for n in range(1, 21))])
    monkeypatch.setattr(sheet_reading, "PAGE_CELLS", 30)
    get, made = readings.google.batch_values, []

    def edited_meanwhile(spreadsheet_id: str, ranges: Any, **more: Any) -> Any:
        answer = get(spreadsheet_id, ranges, **more)
        if ranges[0].endswith("A1:C10") and len(made) < edits:
            made.append(1)
            readings.insert_rows(1, 2, tab.sheet_id)
            tab.set_values([[100 + len(made), 0, "new"]], row=1)
        return answer

    monkeypatch.setattr(readings.google, "batch_values", edited_meanwhile)
    if edits == sheet_reading.TRIES:
        with pytest.raises(SheetChangedError, match="edited again and again while it was read"):
            readings.read(worksheet="Large")
        return
    read = readings.read(worksheet="Large")
    assert read.version.snapshot.rows == 20 + edits
    version = readings.google.drive_file(readings.workbook.spreadsheet_id).version
    assert read.version.reading.drive_version == version


def test_a_named_range_that_moves_before_it_is_read(
    readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking up where it is and reading it a row is inserted: it is looked up again."""
    readings.sheet.set_values([HEADER, [1, 9, "good"], [2, 3, "late"]], 2, 1)
    readings.name_range(**cells(2, 5))
    get, made = readings.google.batch_values, []

    def edited_before(*args: Any, **more: Any) -> Any:
        if not made:
            made.append(1)
            readings.insert_rows(0, 1)
        return get(*args, **more)

    monkeypatch.setattr(readings.google, "batch_values", edited_before)
    read = readings.read(named_range="nps_answers")
    assert read.preview == [(1, 9, "good"), (2, 3, "late")]
