from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from client_tables import columns

from sheet_assets.clients.sheet_snapshot import read_sheet
from sheet_assets.errors import (
    CellError,
    SheetError,
    SheetHeaderError,
    SheetNotFoundError,
    SheetPermissionError,
)
from sheet_assets.sandbox import PERSON, SERVICE_ACCOUNT
from sheet_assets.sheets.contract import Column, SheetSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from client_tables import Table

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

NPS = columns(id="integer!", score="smallint", comment="varchar(60)")
HEADER = ["id", "score", "comment"]


@pytest.fixture
def source(workbook: Workbook) -> Callable[..., SheetSource]:
    """A contract for the workbook's first worksheet."""

    def made(contract: tuple[Column, ...] = NPS, **more: Any) -> SheetSource:
        return SheetSource(
            **{
                "name": "nps",
                "spreadsheet_id": workbook.spreadsheet_id,
                "worksheet": "Sheet1",
                "columns": contract,
                **more,
            }
        )

    return made


def test_reading_is_recorded_beside_the_rows(
    google: GoogleClient, workbook: Workbook, source: Callable[..., SheetSource], tmp_path: Path
) -> None:
    """When, at which Drive version and by whom changed: one Drive call and two Sheets reads."""
    workbook.worksheet("Sheet1").set_values(
        [HEADER, [1, 9, "good"], [], [2, None, None]], by=PERSON
    )
    before = dt.datetime.now(dt.UTC)
    read = read_sheet(google, source(), tmp_path)
    reading = read.version.reading
    assert before <= reading.read_at <= dt.datetime.now(dt.UTC)
    assert reading.drive_version == google.drive_file(workbook.spreadsheet_id).version
    assert (reading.modified_by, reading.worksheet) == (PERSON, "Sheet1")
    assert read.version.snapshot.rows == 2
    assert read.preview == [(1, 9, "good"), (2, None, None)]
    assert read.api_calls == 3


def test_drive_version_is_asked_for_before_the_rows(
    google: GoogleClient,
    workbook: Workbook,
    source: Callable[..., SheetSource],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An edit made while the sheet is read counts as not read yet, so it is read again."""
    sheet = workbook.worksheet("Sheet1")
    sheet.set_values([HEADER, [1, 9, "good"]])
    version = google.drive_file(workbook.spreadsheet_id).version
    spreadsheet = google.spreadsheet

    def edited_meanwhile(spreadsheet_id: str, **more: Any) -> Any:
        sheet.set_values([[1, 3, "edited"]], row=1)
        return spreadsheet(spreadsheet_id, **more)

    monkeypatch.setattr(google, "spreadsheet", edited_meanwhile)
    read = read_sheet(google, source(), tmp_path)
    assert read.version.reading.drive_version == version
    assert google.drive_file(workbook.spreadsheet_id).version > version


def test_equal_rows_are_an_equal_version(
    google: GoogleClient, workbook: Workbook, source: Callable[..., SheetSource], tmp_path: Path
) -> None:
    """Another reading, another column order, blank rows and formats: the same version and bytes."""
    sheet = workbook.worksheet("Sheet1")
    sheet.set_values([HEADER, [1, 9, "good"], [2, 3, "late"]])
    first = read_sheet(google, source(), tmp_path / "one").version.snapshot
    blank = [None] * 4
    moved = [
        ["comment", "notes", "id", "score"],
        blank,
        ["good", "x", 1, 9],
        ["late", None, 2.0, 3],
    ]
    sheet.set_values(moved)
    sheet.set_number_format("D2:D9", "PERCENT")
    second = read_sheet(google, source(), tmp_path / "two").version.snapshot
    assert second == first
    (part,) = first.parts
    assert [(tmp_path / run / part.file_name).is_file() for run in ("one", "two")] == [True, True]


@pytest.mark.parametrize(
    "edited",
    [
        [[1, 9, "good"], [2, 3, "Late"]],
        [[2, 3, "late"], [1, 9, "good"]],
        [[1, 9, "good"], [2, None, "late"]],
        [[1, 9, "good"]],
    ],
)
def test_any_edit_is_another_version(
    google: GoogleClient,
    workbook: Workbook,
    source: Callable[..., SheetSource],
    tmp_path: Path,
    edited: list[list[Any]],
) -> None:
    """Another value, another order, a value cleared, a row gone: another version."""
    sheet = workbook.worksheet("Sheet1")
    sheet.set_values([HEADER, [1, 9, "good"], [2, 3, "late"]])
    first = read_sheet(google, source(), tmp_path).version.snapshot
    sheet.set_values([*edited, [None] * 3], row=1)
    assert read_sheet(google, source(), tmp_path).version.snapshot.version != first.version


def test_header_alone_is_an_error_unless_it_may_be(
    google: GoogleClient, workbook: Workbook, source: Callable[..., SheetSource], tmp_path: Path
) -> None:
    """A sheet without rows keeps the table's last version, unless allow_empty says otherwise."""
    workbook.worksheet("Sheet1").set_values([HEADER])
    with pytest.raises(SheetError, match="allow_empty: true"):
        read_sheet(google, source(), tmp_path / "parts")
    assert not (tmp_path / "parts").exists()
    read = read_sheet(google, source(allow_empty=True), tmp_path)
    assert read.version.snapshot.rows == 0
    assert len(read.version.snapshot.parts) == 1


def test_blank_worksheet_lacks_its_header(
    google: GoogleClient, workbook: Workbook, source: Callable[..., SheetSource], tmp_path: Path
) -> None:
    """A worksheet without anything is not an empty sheet, allow_empty or not."""
    with pytest.raises(SheetHeaderError, match='"id" is missing'):
        read_sheet(google, source(allow_empty=True), tmp_path)


def test_wrong_cells_are_named_all_at_once(
    google: GoogleClient, workbook: Workbook, source: Callable[..., SheetSource], tmp_path: Path
) -> None:
    """Every wrong cell with its address; no part is written."""
    workbook.worksheet("Sheet1").set_values(
        [HEADER, [1, "nine", "good"], [None, 3, "late"], [3, 99999, "한글" * 20]]
    )
    with pytest.raises(CellError) as wrong:
        read_sheet(google, source(), tmp_path / "parts")
    assert {cell.address for cell in wrong.value.cells} == {"B2", "A3", "B4", "C4"}
    assert not (tmp_path / "parts").exists()


def test_text_that_stands_for_null_is_a_wrong_cell(
    google: GoogleClient, workbook: Workbook, source: Callable[..., SheetSource], tmp_path: Path
) -> None:
    """A text equal to the NULL marker would be loaded as NULL: it is refused by its address."""
    workbook.worksheet("Sheet1").set_values([HEADER, [1, 9, "@NULL@"]])
    with pytest.raises(CellError) as wrong:
        read_sheet(google, source(), tmp_path)
    assert [cell.address for cell in wrong.value.cells] == ["C2"]


def test_sensitive_values_are_hidden(
    google: GoogleClient, workbook: Workbook, source: Callable[..., SheetSource], tmp_path: Path
) -> None:
    """A sensitive column shows in no preview and no message, and is in the file all the same."""
    contract = (NPS[0], NPS[1], NPS[2].model_copy(update={"sensitive": True}))
    sheet = workbook.worksheet("Sheet1")
    sheet.set_values([HEADER, [1, 9, "private"]])
    read = read_sheet(google, source(contract), tmp_path)
    assert read.preview == [(1, 9, "hidden")]
    sheet.set_values([[2, 9, "private " * 9]], row=2)
    with pytest.raises(CellError) as wrong:
        read_sheet(google, source(contract), tmp_path)
    assert "private" not in str(wrong.value)


def test_worksheet_by_gid_survives_a_rename(
    google: GoogleClient, workbook: Workbook, source: Callable[..., SheetSource], tmp_path: Path
) -> None:
    """A worksheet named by its gid is found under any title; by title it is not."""
    tab = workbook.add_worksheet("Responses", sheet_id=77)
    tab.set_values([HEADER, [1, 9, "good"]])
    tab.title = "Answers"
    assert read_sheet(google, source(worksheet=77), tmp_path).version.reading.worksheet == "Answers"
    with pytest.raises(SheetNotFoundError, match='it has "Sheet1", "Answers"'):
        read_sheet(google, source(worksheet="Responses"), tmp_path)


@pytest.mark.parametrize("fault", ["unshared", "deleted", "header renamed", "cell"])
def test_failed_read_changes_no_table(
    google: GoogleClient,
    sandbox: Sandbox,
    source: Callable[..., SheetSource],
    table: Callable[..., Table],
    fault: str,
) -> None:
    """A read that fails raises, and gives nothing that could be loaded: the table stays."""
    nps = table(NPS)
    workbook = sandbox.google.drive.workbook(source().spreadsheet_id)
    sheet = workbook.worksheet("Sheet1")
    sheet.set_values([HEADER, [1, 9, "good"]])
    read = read_sheet(google, source(name=nps.source.name), nps.folder).version
    stored = nps.store.put(read.snapshot, nps.folder)
    nps.load_snapshot(read.snapshot, read.reading, manifest_url=stored.manifest_url)
    match fault:
        case "unshared":
            sandbox.google.drive.unshare(workbook.spreadsheet_id, SERVICE_ACCOUNT)
        case "deleted":
            sandbox.google.drive.delete(workbook.spreadsheet_id)
        case "header renamed":
            sheet.set_values([["ID of it"]])
        case "cell":
            sheet.set_values([["x"]], row=1)
    expected = (SheetPermissionError, SheetNotFoundError, SheetHeaderError, CellError)
    with pytest.raises(expected):
        read_sheet(google, source(name=nps.source.name), nps.folder)
    assert nps.rows() == [(1, 9, "good")]
    assert len(nps.records()) == 1
