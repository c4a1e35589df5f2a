from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


def grid_properties(
    fields: str = "gridProperties(rowCount,columnCount)", sheet_id: int = 0, **grid: Any
) -> dict[str, Any]:
    """An updateSheetProperties request for the size of the grid."""
    properties = {"sheetId": sheet_id, "gridProperties": grid}
    return {"updateSheetProperties": {"properties": properties, "fields": fields}}


def test_dimensions_are_appended_inserted_and_deleted(
    change: Callable[..., list[Any]], sheet: Worksheet
) -> None:
    """Values, formats and notes move with their rows and columns."""
    sheet.set_values([[1, 2, 3], [4, 5, 6]])
    sheet.set_number_format("B2", "NUMBER", "0.0")
    change(
        {
            "updateCells": {
                "rows": [{"values": [{"note": "n"}]}],
                "fields": "note",
                "start": {"rowIndex": 1, "columnIndex": 1},
            }
        }
    )

    def span(dimension: str, start: int, end: int) -> dict[str, Any]:
        return {
            "range": {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}
        }

    change(
        {"insertDimension": span("ROWS", 1, 2)},
        {"insertDimension": span("COLUMNS", 0, 1)},
        {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 5}},
    )
    assert sheet.values() == [[None, 1, 2, 3], [], [None, 4, 5, 6]]
    assert (sheet.notes, sheet.number_formats.at(2, 2)) == ({(2, 2): "n"}, ("NUMBER", "0.0"))
    assert (sheet.row_count, sheet.column_count) == (1006, 27)
    change({"deleteDimension": span("COLUMNS", 0, 2)}, {"deleteDimension": span("ROWS", 0, 2)})
    assert (sheet.values(), sheet.notes) == ([[5, 6]], {(0, 0): "n"})
    assert (sheet.row_count, sheet.column_count) == (1004, 25)


def test_deletions_that_cannot_be_are_refused(
    change: Callable[..., list[Any]], refused: Callable[..., str]
) -> None:
    """Rows that do not exist, all rows, and all rows that are not frozen cannot go."""

    def delete(start: int, end: int) -> dict[str, Any]:
        return {
            "deleteDimension": {
                "range": {"sheetId": 0, "dimension": "ROWS", "startIndex": start, "endIndex": end}
            }
        }

    change(grid_properties("gridProperties(rowCount,frozenRowCount)", rowCount=3, frozenRowCount=1))
    prefix = "Invalid requests[0].deleteDimension: "
    assert refused(delete(3, 4)) == prefix + (
        "Cannot delete a row that doesn't exist. Tried to delete row index 3 but there are only 3 rows."
    )
    assert (
        refused(delete(1, 3)) == prefix + "Sorry, it is not possible to delete all non-frozen rows."
    )
    assert refused(delete(0, 3)) == prefix + "You can't delete all the rows on the sheet."
    assert "non-frozen rows" in refused(grid_properties(rowCount=1, columnCount=26))


def test_worksheets_are_added_changed_and_deleted(
    client: Client, change: Callable[..., list[Any]], workbook: Workbook
) -> None:
    """The reply of addSheet has the properties; index, title, hidden and frozen rows change."""
    grid = {"rowCount": 5, "columnCount": 2, "frozenRowCount": 1}
    (reply,) = change(
        {"addSheet": {"properties": {"title": "New", "sheetId": 42, "gridProperties": grid}}}
    )
    assert reply == {
        "addSheet": {
            "properties": {
                "sheetId": 42,
                "title": "New",
                "index": 1,
                "sheetType": "GRID",
                "gridProperties": grid,
            }
        }
    }
    assert change({"addSheet": {}})[0]["addSheet"]["properties"]["title"] == "Sheet3"
    changes = {"sheetId": 42, "title": "First", "index": 0, "hidden": True}
    change({"updateSheetProperties": {"properties": changes, "fields": "title,index,hidden"}})
    assert [(sheet.title, sheet.hidden) for sheet in workbook.worksheets] == [
        ("First", True),
        ("Sheet1", False),
        ("Sheet3", False),
    ]
    # Indexes are counted before the move.
    change(
        {"updateSheetProperties": {"properties": {"sheetId": 42, "index": 2}, "fields": "index"}}
    )
    assert [sheet.title for sheet in workbook.worksheets] == ["Sheet1", "First", "Sheet3"]
    change({"deleteSheet": {"sheetId": 42}})
    assert [sheet.title for sheet in workbook.worksheets] == ["Sheet1", "Sheet3"]


def test_worksheets_that_cannot_be_are_refused(refused: Callable[..., str]) -> None:
    """Titles are unique in any case, the last sheet stays, ten million cells are the limit."""
    assert refused({"addSheet": {"properties": {"title": "SHEET1"}}}) == (
        'Invalid requests[0].addSheet: A sheet with the name "SHEET1" already exists. Please enter another name.'
    )
    assert refused({"deleteSheet": {"sheetId": 0}}) == (
        "Invalid requests[0].deleteSheet: You can't remove all the sheets in a document."
    )
    assert (
        refused({"deleteSheet": {"sheetId": 9}})
        == "Invalid requests[0].deleteSheet: No sheet with id: 9"
    )
    assert refused(grid_properties(rowCount=1_000_000, columnCount=26)) == (
        "Invalid requests[0].updateSheetProperties: This action would increase the number of cells "
        "in the workbook above the limit of 10000000 cells."
    )


def test_a_resize_changes_the_rows_first(
    refused: Callable[..., str], change: Callable[..., list[Any]], sheet: Worksheet
) -> None:
    """Rows and columns in one request are checked with the old width, as on Google."""
    assert "limit of 10000000 cells" in refused(grid_properties(rowCount=1_000_000, columnCount=5))
    change(
        grid_properties("gridProperties.columnCount", columnCount=5),
        grid_properties("gridProperties.rowCount", rowCount=1_000_000),
    )
    assert (sheet.row_count, sheet.column_count) == (1_000_000, 5)


def test_shrinking_loses_what_lies_beyond(
    change: Callable[..., list[Any]], sheet: Worksheet
) -> None:
    """Values outside the smaller grid are gone when it grows again."""
    sheet.set_values([[1, 2], [3, 4]])
    change(grid_properties(rowCount=1, columnCount=1), grid_properties(rowCount=9, columnCount=9))
    assert sheet.values() == [[1]]


def test_spreadsheet_properties_change(
    client: Client, change: Callable[..., list[Any]], workbook: Workbook, address: str
) -> None:
    """Title, locale and time zone change, and Drive has the new name."""
    properties = {"title": "Renamed", "locale": "de_DE", "timeZone": "Europe/Berlin"}
    change(
        {
            "updateSpreadsheetProperties": {
                "properties": properties,
                "fields": "title,locale,timeZone",
            }
        }
    )
    told = client.get(address, fields="properties(title,locale,timeZone)").json()["properties"]
    assert told == properties
    file = client.get(f"https://www.googleapis.com/drive/v3/files/{workbook.spreadsheet_id}").json()
    assert file["name"] == "Renamed"
