from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

# Two tables as in Google's guide to appending: A1:C2, and B4:D6.
TWO_TABLES = [
    ["x", "y", "z"],
    ["x", "y", "z"],
    [],
    [None, "x", "y"],
    [None, None, "y", "z"],
    [None, "x", "y", "z"],
]


@pytest.fixture
def append(client: Client, address: str) -> Callable[..., Any]:
    """Appends one row with one value to a range and returns the answer."""

    def appended(a1: str, values: Any = (("new",),), **parameters: str) -> Any:
        query = {"valueInputOption": "RAW", **parameters}
        url = f"{address}/values/{a1}:append"
        return client.session.post(url, params=query, json={"values": values}).json()

    return appended


@pytest.mark.parametrize(
    ("a1", "table", "written"),
    [
        ("Sheet1", "B4:D6", "B7"),
        ("B4", "B4:D6", "B7"),
        ("C5:D5", "B4:D6", "B7"),
        ("B2:D4", "B4:D6", "B7"),
        ("A3:G10", "B4:D6", "B7"),
        ("A1", "A1:C2", "A3"),
        ("B5", "B4:D6", "B7"),
        ("E4", None, "E4"),
        ("A4", None, "A4"),
        ("F9:G9", None, "F9"),
    ],
)
def test_values_are_appended_to_the_table_of_the_range(
    sheet: Worksheet, append: Callable[..., Any], a1: str, table: str | None, written: str
) -> None:
    """The last table that the range has or lies in; without one they go where the range begins."""
    sheet.set_values(TWO_TABLES)
    answer = append(a1)
    assert answer.get("tableRange") == (table and f"Sheet1!{table}")
    assert answer["updates"]["updatedRange"] == f"Sheet1!{written}"
    assert answer["updates"]["updatedCells"] == 1


def test_the_grid_grows_and_rows_can_be_inserted(
    sheet: Worksheet, append: Callable[..., Any]
) -> None:
    """OVERWRITE writes over what is below; INSERT_ROWS moves it down; neither lacks rows."""
    sheet.set_values([["a"], ["b"], [], ["below"]])
    sheet.row_count = 4
    append("A1", [["c"], ["d"]])
    assert sheet.values() == [["a"], ["b"], ["c"], ["d"]]
    assert append("A1", [["e", 1]])["updates"]["updatedRange"] == "Sheet1!A5:B5"
    assert (sheet.row_count, sheet.values()[4]) == (5, ["e", 1])
    sheet.set_values([["x"]], column=4)
    answer = append("E1", [["y"]], insertDataOption="INSERT_ROWS", includeValuesInResponse="true")
    assert answer["updates"]["updatedData"]["values"] == [["y"]]
    assert [row[:1] for row in sheet.values()] == [["a"], [None], ["b"], ["c"], ["d"], ["e"]]


def test_what_is_wrong_appends_nothing(sheet: Worksheet, append: Callable[..., Any]) -> None:
    """A missing input option, an unknown tab and a row wider than the grid are refused."""
    sheet.set_values([["a"]])
    assert "value_input_option" in append("A1", valueInputOption="TYPED")["error"]["message"]
    assert append("Other!A1")["error"]["message"] == "Unable to parse range: Other!A1"
    wide = append("A1", [["x"] * 27])["error"]["message"]
    assert wide == "Range (Sheet1!A2:AA2) exceeds grid limits. Max rows: 1000, max columns: 26"
    assert sheet.values() == [["a"]]
