from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

    from sheet_assets.sandbox.google import GoogleServer
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


def cell(value: Any) -> dict[str, Any]:
    """CellData with one typed value."""
    name = {bool: "boolValue", str: "stringValue"}.get(type(value), "numberValue")
    return {"userEnteredValue": {name: value}}


def rows(*lists: list[Any]) -> list[dict[str, Any]]:
    """RowData for each list; None is a cell without data."""
    return [
        {"values": [{} if value is None else cell(value) for value in values]} for values in lists
    ]


def update_cells(values: Any, fields: str = "userEnteredValue", **place: Any) -> dict[str, Any]:
    """An updateCells request."""
    return {"updateCells": {"rows": rows(*values), "fields": fields, **place}}


def grid_range(
    rows_: tuple[int, int], columns: tuple[int, int], sheet_id: int = 0
) -> dict[str, int]:
    """A GridRange on a worksheet."""
    return {
        "sheetId": sheet_id,
        "startRowIndex": rows_[0],
        "endRowIndex": rows_[1],
        "startColumnIndex": columns[0],
        "endColumnIndex": columns[1],
    }


def test_update_cells_replaces_a_range(change: Callable[..., list[Any]], sheet: Worksheet) -> None:
    """Typed values are stored unparsed, and what the rows do not cover is cleared."""
    sheet.set_values([["old"] * 4] * 4)
    assert change(
        update_cells([["=1+1", "007", True], [2.5, None]], range=grid_range((0, 3), (0, 3)))
    ) == [{}]
    assert sheet.values() == [
        ["=1+1", "007", True, "old"],
        [2.5, None, None, "old"],
        [None, None, None, "old"],
        ["old"] * 4,
    ]


def test_update_cells_from_a_start_leaves_the_rest(
    change: Callable[..., list[Any]], sheet: Worksheet
) -> None:
    """From a start cell only the cells given change, also when the rows are ragged."""
    sheet.set_values([["old"] * 3] * 2)
    change(
        update_cells([["a"], ["b", None]], start={"sheetId": 0, "rowIndex": 0, "columnIndex": 1})
    )
    assert sheet.values() == [["old", "a", "old"], ["old", "b"]]


def test_update_cells_changes_only_the_fields_of_its_mask(
    change: Callable[..., list[Any]], sheet: Worksheet
) -> None:
    """Values, formats and notes are independent; a format named and not given is removed."""
    sheet.set_values([[43831]])
    number_format = {"type": "DATE", "pattern": "yyyy-mm-dd"}
    place = {"range": grid_range((0, 1), (0, 1))}
    data = [{"values": [{"userEnteredFormat": {"numberFormat": number_format}, "note": "n"}]}]
    change(
        {"updateCells": {"rows": data, "fields": "userEnteredFormat.numberFormat,note", **place}}
    )
    assert sheet.values() == [[43831]]
    assert sheet.number_formats.at(0, 0) == ("DATE", "yyyy-mm-dd")
    assert sheet.notes == {(0, 0): "n"}
    change({"updateCells": {"fields": "userEnteredFormat", **place}})
    assert (sheet.number_formats.at(0, 0), sheet.values()) == (None, [[43831]])
    change({"updateCells": {"fields": "*", **place}})
    assert (sheet.notes, sheet.values()) == ({}, [])


def test_cells_beyond_the_grid_are_refused(refused: Callable[..., str], sheet: Worksheet) -> None:
    """Ranges outside the grid, and rows outside the range, are refused in Google's words."""
    sheet.row_count, sheet.column_count = 2, 3
    assert refused(update_cells([[1]], range=grid_range((2, 3), (0, 3)))) == (
        "Invalid requests[0].updateCells: Range (Sheet1!A3:C3) exceeds grid limits. "
        "Max rows: 2, max columns: 3"
    )
    assert refused(update_cells([[1, 2]], range=grid_range((0, 1), (0, 1)))) == (
        "Invalid requests[0].updateCells: Attempting to write column: 1, beyond the last requested column of: 0"
    )
    assert refused(update_cells([[1, 2]], start={"sheetId": 0, "columnIndex": 2})) == (
        "Invalid requests[0].updateCells: Attempting to write column: 3, beyond the last requested column of: 2"
    )
    assert refused({"repeatCell": {"range": {"sheetId": 7}, "cell": {}, "fields": "note"}}) == (
        "Invalid requests[0].repeatCell: No grid with id: 7"
    )
    assert "At least one field must be listed in 'fields'" in refused(
        update_cells([[1]], fields="", range=grid_range((0, 1), (0, 1)))
    )


def test_repeat_cell_fills_a_range(change: Callable[..., list[Any]], sheet: Worksheet) -> None:
    """Every cell of the range gets the same value, format and note, or loses them."""
    number_format = {"numberFormat": {"type": "NUMBER", "pattern": "0.00"}}
    data = {**cell(1), "userEnteredFormat": number_format, "note": "n"}
    change({"repeatCell": {"range": grid_range((1, 3), (0, 2)), "cell": data, "fields": "*"}})
    assert sheet.values() == [[], [1, 1], [1, 1]]
    assert sheet.number_formats.at(2, 1) == ("NUMBER", "0.00")
    assert len(sheet.notes) == 4
    change(
        {
            "repeatCell": {
                "range": {"sheetId": 0, "startRowIndex": 2},
                "cell": {},
                "fields": "userEnteredValue",
            }
        }
    )
    assert sheet.values() == [[], [1, 1]]


def test_append_cells_goes_after_the_data(
    change: Callable[..., list[Any]], sheet: Worksheet
) -> None:
    """Rows are added after the last with data; the grid grows when it must."""
    sheet.set_values([["a"]])
    sheet.row_count, sheet.column_count = 2, 3
    change(
        {
            "appendCells": {
                "sheetId": 0,
                "rows": rows(["b"], [None, "c"]),
                "fields": "userEnteredValue",
            }
        }
    )
    assert (sheet.values(), sheet.row_count) == ([["a"], ["b"], [None, "c"]], 3)


def test_a_batch_is_applied_whole_or_not_at_all(
    client: Client,
    refused: Callable[..., str],
    server: GoogleServer,
    workbook: Workbook,
    sheet: Worksheet,
) -> None:
    """An error in the last request undoes values, formats, notes, sheets, sizes and metadata."""
    sheet.set_values([["old", 1], ["old", 2]])
    sheet.set_number_format("B:B", "NUMBER", "0.0")
    version = server.drive.file(workbook.spreadsheet_id).version
    before = client.get(
        f"https://sheets.googleapis.com/v4/spreadsheets/{workbook.spreadsheet_id}",
        includeGridData="true",
    ).json()
    metadata = {"metadataKey": "k", "location": {"spreadsheet": True}, "visibility": "DOCUMENT"}
    message = refused(
        update_cells([["new"]], range={"sheetId": 0}),
        {
            "repeatCell": {
                "range": {"sheetId": 0},
                "cell": {"note": "n"},
                "fields": "note,userEnteredFormat",
            }
        },
        {
            "deleteDimension": {
                "range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
            }
        },
        {
            "insertDimension": {
                "range": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
            }
        },
        {"addSheet": {"properties": {"title": "New", "index": 0}}},
        {"createDeveloperMetadata": {"developerMetadata": metadata}},
        {"updateSpreadsheetProperties": {"properties": {"title": "Other"}, "fields": "title"}},
        {"deleteSheet": {"sheetId": 99}},
    )
    assert message == "Invalid requests[7].deleteSheet: No sheet with id: 99"
    after = client.get(
        f"https://sheets.googleapis.com/v4/spreadsheets/{workbook.spreadsheet_id}",
        includeGridData="true",
    ).json()
    assert after == before
    assert server.drive.file(workbook.spreadsheet_id).version == version


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        ({"addSlicer": {"slicer": {}}}, "addSlicer"),
        ({"pasteData": {}}, "pasteData"),
        (update_cells([], fields="chipRuns", range=grid_range((0, 1), (0, 1))), "chipRuns"),
        ({"updateSpreadsheetProperties": {"properties": {}, "fields": "autoRecalc"}}, "autoRecalc"),
    ],
)  # fmt: skip
def test_what_is_not_implemented_names_itself(
    refused: Callable[..., str], sheet: Worksheet, request_: dict[str, Any], named: str
) -> None:
    """A request the sandbox lacks is a 501 that names it, and the others are not applied."""
    first = update_cells([["x"]], range=grid_range((0, 1), (0, 1)))
    message = refused(first, request_, status=501)
    assert message.startswith("the sandbox does not implement")
    assert named in message
    assert sheet.values() == []


def test_malformed_requests_are_refused_in_googles_words(refused: Callable[..., str]) -> None:
    """Names Google does not know, wrong types and empty batches are 400."""
    assert refused({"paintCells": {}}) == (
        "Invalid JSON payload received. Unknown name \"paintCells\" at 'requests[0]': Cannot find field."
    )
    assert "Unknown name \"rowz\" at 'requests[0].update_cells'" in refused(
        {"updateCells": {"rowz": [], "fields": "*"}}
    )
    assert refused({"deleteSheet": {"sheetId": "x"}}).startswith(
        "Invalid value at 'requests[0].delete_sheet.sheet_id' (TYPE_INT32)"
    )
    assert refused() == "Must specify at least one request."


def test_the_response_can_carry_the_spreadsheet(client: Client, workbook: Workbook) -> None:
    """includeSpreadsheetInResponse: as spreadsheets.get tells it after the changes."""
    address = f"https://sheets.googleapis.com/v4/spreadsheets/{workbook.spreadsheet_id}"
    response = client.batch_update(
        workbook.spreadsheet_id,
        {"addSheet": {"properties": {"title": "New"}}},
        update_cells([["x"]], range=grid_range((0, 1), (0, 1))),
        includeSpreadsheetInResponse=True,
        responseIncludeGridData=True,
        responseRanges=["Sheet1!A1:B2"],
    )
    told = response.json()["updatedSpreadsheet"]
    assert told == client.get(address, ranges="Sheet1!A1:B2", includeGridData="true").json()
    assert told["sheets"][0]["data"][0]["rowData"][0]["values"][0]["formattedValue"] == "x"


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"requests": "x"},
        {"requests": [5]},
        {"requests": [{"updateCells": {"rows": [5], "fields": "*", "range": {}}}]},
        {"requests": [{"addSheet": {"properties": {"tabColor": {"red": "x"}}}}]},
        {
            "requests": [
                {"repeatCell": {"range": {"endRowIndex": -1}, "cell": {}, "fields": "note"}}
            ]
        },
    ],
)
def test_bodies_of_another_shape_are_refused(client: Client, workbook: Workbook, body: Any) -> None:
    """JSON that is no message of Google's is a 400, not a failure of the server."""
    address = f"https://sheets.googleapis.com/v4/spreadsheets/{workbook.spreadsheet_id}:batchUpdate"
    response = client.session.post(address, json=body)
    assert response.status_code == 400, response.text
    assert response.json()["error"]["message"].startswith("Invalid ")
