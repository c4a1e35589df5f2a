from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from client_tables import minutes

from sheet_assets.errors import (
    SheetError,
    SheetNotFoundError,
    SheetPermissionError,
    SheetTooLargeError,
)
from sheet_assets.sandbox import SERVICE_ACCOUNT

if TYPE_CHECKING:
    from client_sheets import Export

    from sheet_assets.sandbox import Sandbox

NAMES = ["a", "b"]
ROWS = [(1, 2), (3, 4)]


def test_cells_below_are_not_overwritten(export: Export) -> None:
    """A result that grew into somebody's cells is refused with the first of them."""
    export(NAMES, ROWS, minutes(0))
    export.sheet.set_values([["total", 6]], row=4)
    said = export.refused(NAMES, ROWS * 2, minutes(1))
    assert "The result needs Sheet1!A1:B5, where 2 cells hold something" in said
    assert "the first is Sheet1!A5" in said
    assert "Move or clear them" in said


def test_columns_beside_are_not_overwritten(export: Export) -> None:
    """A result with one more column than before does not take a neighbour's."""
    export(NAMES, ROWS, minutes(0))
    export.sheet.set_values([["notes"], [], ["mine"]], column=2)
    said = export.refused([*NAMES, "c"], [(1, 2, 3), (4, 5, 6)], minutes(1))
    assert "2 cells" in said
    assert "Sheet1!C1" in said


def test_first_export_takes_no_column_with_another_header(export: Export) -> None:
    """Beside a block with the result's own headers, a neighbour's column is nobody's to take."""
    export.sheet.set_values([["a", "b", "notes"], [1, 2, "mine"]])
    said = export.refused([*NAMES, "c"], [(1, 2, 3)], minutes(0))
    assert "Sheet1!C1" in said


def test_first_export_takes_nothing_that_has_not_its_headers(export: Export) -> None:
    """Cells under the anchor that no export wrote are left alone, and named."""
    export.sheet.set_values([["budget"], [100]])
    assert "Sheet1!A1" in export.refused(NAMES, ROWS, minutes(0))


def test_first_export_stops_at_unrelated_cells_below(export: Export) -> None:
    """Under a block with its headers and a blank row, cells are somebody else's."""
    export.sheet.set_values([["a", "b"], [1, 2], [], ["footnote"]])
    assert "Sheet1!A4" in export.refused(NAMES, ROWS * 3, minutes(0))


def test_moved_anchor_does_not_overwrite(export: Export) -> None:
    """A new anchor over somebody's cells is refused, and the old rectangle stays whole."""
    export(NAMES, ROWS, minutes(0))
    export.sheet.set_values([["mine"]], row=1, column=6)
    assert "Sheet1!G2" in export.refused(NAMES, ROWS, minutes(1), anchor="F1")


def test_reader_is_told_to_become_an_editor(export: Export, sandbox: Sandbox) -> None:
    """Shared for reading only: the sentence names the e-mail and the right that is missing."""
    sandbox.google.drive.share(export.workbook.spreadsheet_id, SERVICE_ACCOUNT, role="reader")
    said = export.refused(NAMES, ROWS, minutes(0), kind=SheetPermissionError)
    assert f"not shared with {SERVICE_ACCOUNT} as editor" in said


def test_stranger_is_told_to_become_an_editor_at_once(export: Export, sandbox: Sandbox) -> None:
    """Not shared at all: the right asked for is the one that the write will need."""
    sandbox.google.drive.unshare(export.workbook.spreadsheet_id, SERVICE_ACCOUNT)
    said = export.failed(NAMES, ROWS, minutes(0), kind=SheetPermissionError)
    assert f"not shared with {SERVICE_ACCOUNT} as editor" in said


def test_missing_worksheet_lists_what_there_is(export: Export) -> None:
    """A worksheet that is not there is not created."""
    said = export.refused(NAMES, ROWS, minutes(0), worksheet="Report", kind=SheetNotFoundError)
    assert "has no worksheet 'Report'; it has \"Sheet1\"" in said


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_value_that_no_cell_holds(export: Export, value: float) -> None:
    """NaN and infinity are refused by the column's name, before anything is written."""
    export(NAMES, ROWS, minutes(0))
    assert 'column "b"' in export.refused(NAMES, [(1, value)], minutes(1))


def test_text_longer_than_a_cell(export: Export) -> None:
    """A text of more than 50,000 characters is refused by the column's name."""
    export(NAMES, [("x" * 50_000, 1)], minutes(0))
    rows = [("x" * 50_001, 1)]
    said = export.refused(NAMES, rows, minutes(1), kind=SheetTooLargeError)
    assert 'column "a"' in said
    assert "50,001 characters" in said
    assert "xxx" not in said


def test_more_cells_than_a_spreadsheet_has(export: Export) -> None:
    """A result that would make the grid larger than 10 million cells, all tabs together."""
    export(NAMES, ROWS, minutes(0))
    export.workbook.add_worksheet("large", rows=99_700, columns=100)
    said = export.refused(NAMES, ROWS * 600, minutes(1), kind=SheetTooLargeError)
    assert "Google allows 10,000,000" in said


def test_other_metadata_under_the_key(export: Export) -> None:
    """A record that this package did not write is told, not guessed at."""
    entry = {
        "metadataKey": "sheet_assets/export/nps_summary",
        "metadataValue": '{"rectangle": "everything"}',
        "location": {"sheetId": 0},
        "visibility": "DOCUMENT",
    }
    request = {"createDeveloperMetadata": {"developerMetadata": entry}}
    export.client.batch_update(export.workbook.spreadsheet_id, [request])
    assert "not what this package writes" in export.refused(NAMES, ROWS, minutes(0))


def test_refusal_of_google_is_whole(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    """When Google refuses one request of a batch, none of the others is applied."""
    from sheet_assets.clients.sheet_export import record as export_record

    export(NAMES, ROWS, minutes(0))
    beyond = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 99_999}
    request = {"updateCells": {"range": beyond, "rows": [], "fields": "userEnteredValue"}}
    monkeypatch.setattr(export_record, "requests", lambda *_, **__: [request])
    assert "refused the request (400)" in export.refused(NAMES, ROWS * 2, minutes(1))


def test_unrelated_error_is_a_sheet_error(export: Export) -> None:
    """Each refusal of an export is an error of the tree, so that an asset can tell it."""
    export.sheet.set_values([["x"]])
    with pytest.raises(SheetError) as refused:
        export(NAMES, ROWS, minutes(0))
    assert not refused.value.transient
