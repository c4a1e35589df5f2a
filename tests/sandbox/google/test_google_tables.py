"""Tables: made of cells, told with their columns, and moved with their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

CELLS = {"startRowIndex": 2, "endRowIndex": 5, "startColumnIndex": 1, "endColumnIndex": 4}
DROPDOWN = {
    "condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "open"}]},
}


def table(name: str = "Orders", **more: Any) -> dict[str, Any]:
    """An addTable."""
    return {"addTable": {"table": {"name": name, "range": CELLS, **more}}}


def dimension(kind: str, dimension_: str, start: int, end: int, **more: bool) -> dict[str, Any]:
    """An insertDimension or deleteDimension."""
    cells = {"sheetId": 0, "dimension": dimension_, "startIndex": start, "endIndex": end}
    return {kind: {"range": cells, **more}}


@pytest.fixture
def tables(client: Client, address: str) -> Callable[[], list[dict[str, Any]]]:
    """The tables of the first worksheet, as spreadsheets.get tells them."""

    def told() -> list[dict[str, Any]]:
        body = client.get(address, fields="sheets.tables").json()
        found: list[dict[str, Any]] = body["sheets"][0].get("tables", []) if body else []
        return found

    return told


@pytest.fixture(autouse=True)
def _rows(sheet: Worksheet) -> None:
    sheet.set_values([["id", "amount"], [1, 9.5], [2, 3]], 2, 1)


def test_a_table_is_told_with_all_its_columns(
    change: Callable[..., list[Any]],
    tables: Callable[[], list[dict[str, Any]]],
    sheet: Worksheet,
) -> None:
    """Columns are named by the header cells; a blank one is given a name by its place."""
    columns = [
        {"columnName": "id", "columnType": "DOUBLE"},
        {"columnIndex": 1, "columnName": "Amount", "columnType": "CURRENCY"},
    ]
    (reply,) = change(table(tableId="orders", columnProperties=columns))
    (told,) = tables()
    assert told == reply["addTable"]["table"]
    assert (told["tableId"], told["name"], told["range"]) == ("orders", "Orders", CELLS)
    assert told["columnProperties"] == [*columns, {"columnIndex": 2, "columnName": "Column 3"}]
    assert sheet.values()[2] == [None, "id", "Amount", "Column 3"]


@pytest.mark.parametrize(
    ("request_", "rows", "names"),
    [
        (dimension("insertDimension", "ROWS", 0, 2), (4, 7), ["id", "amount", "Column 3"]),
        (dimension("insertDimension", "ROWS", 3, 4), (2, 6), ["id", "amount", "Column 3"]),
        (dimension("insertDimension", "ROWS", 5, 6), (2, 5), ["id", "amount", "Column 3"]),
        (
            dimension("insertDimension", "ROWS", 5, 6, inheritFromBefore=True),
            (2, 6),
            ["id", "amount", "Column 3"],
        ),
        (dimension("deleteDimension", "ROWS", 3, 4), (2, 4), ["id", "amount", "Column 3"]),
        (
            dimension("insertDimension", "COLUMNS", 2, 3),
            (2, 5),
            ["id", "Column 2", "amount", "Column 3"],
        ),
        (dimension("insertDimension", "COLUMNS", 0, 1), (2, 5), ["id", "amount", "Column 3"]),
        (dimension("deleteDimension", "COLUMNS", 1, 2), (2, 5), ["amount", "Column 3"]),
    ],
)
def test_it_moves_with_its_cells(
    change: Callable[..., list[Any]],
    tables: Callable[[], list[dict[str, Any]]],
    request_: dict[str, Any],
    rows: tuple[int, int],
    names: list[str],
) -> None:
    """It grows by what is inserted within it, at its end only where that inherits; types move."""
    typed = {"columnIndex": 1, "columnName": "amount", "columnType": "CURRENCY"}
    change(table(columnProperties=[typed]), request_)
    (told,) = tables()
    assert (told["range"]["startRowIndex"], told["range"]["endRowIndex"]) == rows
    columns = told["columnProperties"]
    assert [column["columnName"] for column in columns] == names
    assert [column["columnName"] for column in columns if "columnType" in column] == ["amount"]


def test_it_goes_with_its_cells(
    change: Callable[..., list[Any]],
    tables: Callable[[], list[dict[str, Any]]],
    refused: Callable[..., str],
) -> None:
    """Deleting all its rows deletes it; what deleting its header alone does is not known."""
    change(table())
    delete = dimension("deleteDimension", "ROWS", 2, 3)
    assert "deleting the header row of a table" in refused(delete, status=501)
    change(dimension("deleteDimension", "ROWS", 1, 6))
    assert tables() == []


def test_it_is_changed(
    change: Callable[..., list[Any]],
    tables: Callable[[], list[dict[str, Any]]],
    sheet: Worksheet,
) -> None:
    """Name, range and columns; a list of columns replaces the types of all of them."""
    typed = {"columnName": "id", "columnType": "DOUBLE"}
    change(table(tableId="t", columnProperties=[typed]))
    smaller = {**CELLS, "endColumnIndex": 3}
    new = {"tableId": "t", "name": "Sales", "range": smaller}
    change({"updateTable": {"table": new, "fields": "name,range"}})
    (told,) = tables()
    assert (told["name"], told["range"]) == ("Sales", smaller)
    assert told["columnProperties"] == [typed, {"columnIndex": 1, "columnName": "amount"}]
    status = {
        "columnIndex": 1,
        "columnName": "status",
        "columnType": "DROPDOWN",
        "dataValidationRule": DROPDOWN,
    }
    changed = {"tableId": "t", "columnProperties": [status]}
    change({"updateTable": {"table": changed, "fields": "columnProperties"}})
    assert tables()[0]["columnProperties"] == [{"columnName": "id"}, status]
    assert sheet.values()[2][:3] == [None, "id", "status"]


def test_it_is_deleted_with_what_stands_in_it(
    change: Callable[..., list[Any]],
    tables: Callable[[], list[dict[str, Any]]],
    sheet: Worksheet,
) -> None:
    """DeleteTable takes the cells' values, too; deleting its sheet takes the table."""
    sheet.set_values([["stays"]])
    change(table(tableId="t"), {"deleteTable": {"tableId": "t"}})
    assert tables() == []
    assert sheet.values() == [["stays"]]
    grid_range = {**CELLS, "sheetId": 7}
    change(
        {"addSheet": {"properties": {"sheetId": 7}}},
        table(range=grid_range),
        {"deleteSheet": {"sheetId": 7}},
    )
    change(table())


@pytest.mark.parametrize(
    ("requests", "sentence"),
    [
        ([table(), table()], 'A table with the name "Orders" already exists'),
        ([table(), table("Other")], 'The range overlaps the table "Orders"'),
        ([table(tableId="t"), table("Other", tableId="t")], "with the ID t already exists"),
        ([table("1st")], "is not valid for a table"),
        ([table("A1")], "is not valid for a table"),
        ([{"addTable": {"table": {"name": "x"}}}], "A range must be specified"),
        ([table(columnProperties=[{"columnIndex": 3, "columnName": "x"}])], "Invalid columnIndex"),
        (
            [table(columnProperties=[{"columnName": "x", "columnType": "MONEY"}])],
            "Invalid value at 'column_type'",
        ),
        (
            [table(columnProperties=[{"columnName": "x", "columnType": "DROPDOWN"}])],
            "Condition must be set for dropdown column type.",
        ),
        (
            [table(columnProperties=[{"columnName": "x", "dataValidationRule": DROPDOWN}])],
            "Cannot set condition for non-dropdown column type.",
        ),
        ([{"deleteTable": {"tableId": "gone"}}], "No table with id: gone"),
        (
            [{"updateTable": {"table": {"tableId": "gone"}, "fields": "name"}}],
            "No table with id: gone",
        ),
    ],
)
def test_tables_that_are_refused(
    refused: Callable[..., str],
    tables: Callable[[], list[dict[str, Any]]],
    requests: list[dict[str, Any]],
    sentence: str,
) -> None:
    """Names, ids and cells twice, and columns that are none; nothing is applied."""
    assert sentence in refused(*requests)
    assert tables() == []
