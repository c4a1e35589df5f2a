"""Merged cells, and rows out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


def cells(rows: tuple[int, int], columns: tuple[int, int]) -> dict[str, int]:
    """A GridRange of the first worksheet."""
    return {
        "startRowIndex": rows[0],
        "endRowIndex": rows[1],
        "startColumnIndex": columns[0],
        "endColumnIndex": columns[1],
    }


def hide(start: int, end: int, *, hidden: bool = True) -> dict[str, Any]:
    """An updateDimensionProperties of rows."""
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": start, "endIndex": end}
    return {
        "updateDimensionProperties": {
            "range": rows,
            "properties": {"hiddenByUser": hidden},
            "fields": "hiddenByUser",
        }
    }


@pytest.fixture
def flags(client: Client, address: str) -> Callable[[], list[str]]:
    """What the first six rows are hidden by."""

    def told() -> list[str]:
        fields = "sheets.data.rowMetadata(hiddenByUser,hiddenByFilter)"
        body = client.get(address, fields=fields, ranges="Sheet1!A1:A6").json()
        rows = body["sheets"][0]["data"][0]["rowMetadata"]
        return [" ".join(row) for row in rows]

    return told


def test_only_the_first_of_merged_cells_keeps_its_value(
    change: Callable[..., list[Any]], sheet: Worksheet
) -> None:
    """The others are blank, for good."""
    sheet.set_values([["a", "b", "c"], ["d", "e", "f"]])
    merged = cells((0, 2), (0, 2))
    change({"mergeCells": {"range": merged}}, {"unmergeCells": {"range": merged}})
    assert sheet.values() == [["a", None, "c"], [None, None, "f"]]


def test_merges_move_with_their_cells(
    client: Client, address: str, change: Callable[..., list[Any]]
) -> None:
    """They grow, shrink, and end with their last but one cell."""
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    change({"mergeCells": {"range": cells((0, 2), (0, 1))}}, {"insertDimension": {"range": rows}})
    told = client.get(address, fields="sheets.merges").json()
    assert told == {"sheets": [{"merges": [cells((0, 3), (0, 1))]}]}
    change({"deleteDimension": {"range": rows}}, {"deleteDimension": {"range": rows}})
    assert client.get(address, fields="sheets.merges").json() == {"sheets": [{}]}


def test_a_part_of_a_merge_is_refused(refused: Callable[..., str]) -> None:
    """All of a merge is merged again or unmerged, or nothing."""
    merge = {"mergeCells": {"range": cells((0, 2), (0, 2))}}
    for request in (
        {"unmergeCells": {"range": cells((0, 1), (0, 2))}},
        {"mergeCells": {"range": cells((1, 3), (0, 2))}},
    ):
        assert "You must select all cells in a merged range" in refused(merge, request)
    assert "merge_cells.merge_type' (" in refused(
        {"mergeCells": {"range": cells((0, 2), (0, 2)), "mergeType": "MERGE_SOME"}}
    )


def test_hidden_rows_are_told_and_read(
    client: Client,
    address: str,
    change: Callable[..., list[Any]],
    sheet: Worksheet,
    flags: Callable[[], list[str]],
) -> None:
    """Rows that a person has hidden have values as all others have, and stay hidden moved."""
    sheet.set_values([["a"], ["b"], ["c"]])
    change(hide(1, 3), hide(2, 3, hidden=False))
    assert flags() == ["", "hiddenByUser", "", "", "", ""]
    assert client.get(f"{address}/values/Sheet1").json()["values"] == [["a"], ["b"], ["c"]]
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 2}
    change({"insertDimension": {"range": rows}})
    assert flags() == ["", "", "", "hiddenByUser", "", ""]


def test_filtered_rows_are_told_and_read(
    client: Client,
    address: str,
    change: Callable[..., list[Any]],
    sheet: Worksheet,
    flags: Callable[[], list[str]],
) -> None:
    """A filter hides rows by what they show, not its header, and moves with its cells."""
    sheet.set_values([["open"], [1, "open"], [2, "done"], [3, "open"]])
    spec = {"columnIndex": 1, "filterCriteria": {"hiddenValues": ["open"]}}
    told = {"range": cells((0, 4), (0, 2)), "filterSpecs": [spec]}
    change({"setBasicFilter": {"filter": told}})
    assert client.get(address, fields="sheets.basicFilter").json() == {
        "sheets": [{"basicFilter": told}]
    }
    assert flags() == ["", "hiddenByFilter", "", "hiddenByFilter", "", ""]
    assert len(client.get(f"{address}/values/Sheet1").json()["values"]) == 4
    columns = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    change({"insertDimension": {"range": columns}})
    assert flags() == ["", "hiddenByFilter", "", "hiddenByFilter", "", ""]
    change({"clearBasicFilter": {"sheetId": 0}})
    assert flags() == [""] * 6
