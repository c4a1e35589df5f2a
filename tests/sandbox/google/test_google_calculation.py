from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import gspread
    from conftest import Client

    from sheet_assets.sandbox.google import GoogleServer
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


@pytest.fixture
def tab(client: Client, workbook: Workbook) -> gspread.Worksheet:
    """The first worksheet, through gspread."""
    return client.gspread.open_by_key(workbook.spreadsheet_id).worksheet("Sheet1")


def cells(client: Client, address: str, range_: str, fields: str) -> list[Any]:
    """These fields of the CellData of a range of one row."""
    mask = f"sheets.data.rowData.values({fields})"
    answer = client.get(address, ranges=range_, fields=mask).json()
    return answer["sheets"][0]["data"][0]["rowData"][0]["values"]


def test_what_is_typed_is_computed_and_displayed(tab: gspread.Worksheet) -> None:
    """Each render option tells typed dates, amounts and formulas in its way."""
    typed = [["2020-01-01", "$1,234.5", "12%", "=B1*C1", "=A1+1", "=1/0", '=""', "=B1&C1"]]
    tab.update(typed, "A1", value_input_option="USER_ENTERED")
    assert tab.get("A1:H1") == [
        ["2020-01-01", "$1,234.50", "12%", "$148.14", "2020-01-02", "#DIV/0!", "", "1234.50.12"]
    ]
    numbers = [43831, 1234.5, 0.12]
    unformatted = tab.get("A1:H1", value_render_option="UNFORMATTED_VALUE")
    assert unformatted == [[*numbers, 148.14, 43832, "#DIV/0!", "", "1234.50.12"]]
    as_text = tab.get(
        "A1:E1",
        value_render_option="UNFORMATTED_VALUE",
        date_time_render_option="FORMATTED_STRING",
    )
    assert as_text == [["2020-01-01", *numbers[1:], 148.14, "2020-01-02"]]
    formulas = tab.get("A1:H1", value_render_option="FORMULA")
    assert formulas == [[*numbers, *typed[0][3:]]]


def test_cell_data_tells_formula_result_and_format(
    client: Client, tab: gspread.Worksheet, address: str
) -> None:
    """UserEntered is what was typed, effective what it comes to; an error has type and message.

    As the real API was seen to answer: the empty text has no effectiveValue, and a reference
    to a date has its format in effectiveFormat alone.
    """
    typed = [["1/2/2020", "=A1", "=1/0", '=""']]
    tab.update(typed, "A1", value_input_option="USER_ENTERED")
    day = {"numberFormat": {"type": "DATE", "pattern": "m/d/yyyy"}}
    values = "userEnteredValue,effectiveValue,formattedValue,userEnteredFormat,effectiveFormat"
    assert cells(client, address, "Sheet1!A1:D1", values) == [
        {
            "userEnteredValue": {"numberValue": 43832},
            "effectiveValue": {"numberValue": 43832},
            "formattedValue": "1/2/2020",
            "userEnteredFormat": day,
            "effectiveFormat": day,
        },
        {
            "userEnteredValue": {"formulaValue": "=A1"},
            "effectiveValue": {"numberValue": 43832},
            "formattedValue": "1/2/2020",
            "effectiveFormat": day,
        },
        {
            "userEnteredValue": {"formulaValue": "=1/0"},
            "effectiveValue": {
                "errorValue": {
                    "type": "DIVIDE_BY_ZERO",
                    "message": "Function DIVIDE parameter 2 cannot be zero.",
                }
            },
            "formattedValue": "#DIV/0!",
        },
        {"userEnteredValue": {"formulaValue": '=""'}},
    ]


def test_a_korean_spreadsheet_is_typed_into(
    client: Client, workbook: Workbook, tab: gspread.Worksheet, address: str
) -> None:
    """The spreadsheet's locale parses and displays, not the client's."""
    workbook.locale = "ko_KR"
    typed = [["₩1,000", "2026. 11. 26", "오후 3:30", "=A1*2"]]
    tab.update(typed, "A1", value_input_option="USER_ENTERED")
    assert tab.get("A1:D1") == [["₩1,000", "2026. 11. 26", "오후 3:30", "₩2,000"]]
    formats = cells(client, address, "Sheet1!A1:C1", "userEnteredFormat.numberFormat.type")
    types = [each["userEnteredFormat"]["numberFormat"]["type"] for each in formats]
    assert types == ["CURRENCY", "DATE", "TIME"]


def test_formulas_are_written_with_update_cells_and_repeated(
    change: Callable[..., list[Any]], refused: Callable[..., str], sheet: Worksheet
) -> None:
    """A formulaValue is a formula; repeatCell copies it on from cell to cell.

    https://developers.google.com/workspace/sheets/api/samples/formulas
    """
    sheet.set_values([[1], [2], [3]])
    data = {"userEnteredValue": {"formulaValue": "=A1*10"}}
    where = {"startRowIndex": 0, "endRowIndex": 3, "startColumnIndex": 1, "endColumnIndex": 2}
    change({"repeatCell": {"range": where, "cell": data, "fields": "userEnteredValue"}})
    assert [row[1] for row in sheet.values()] == [10, 20, 30]
    plain = {"userEnteredValue": {"formulaValue": "A1"}}
    message = refused({"repeatCell": {"range": where, "cell": plain, "fields": "userEnteredValue"}})
    assert "does not begin with '='" in message


def test_renaming_a_tab_renames_it_in_formulas(
    change: Callable[..., list[Any]], workbook: Workbook, sheet: Worksheet, tab: gspread.Worksheet
) -> None:
    """A formula goes on meaning a tab that is called something else, within the batch, too."""
    other = workbook.add_worksheet("Data")
    other.set_values([[7]])
    tab.update([["=Data!A1", "=data!A:A"]], "A1", value_input_option="USER_ENTERED")
    change(
        {
            "updateSheetProperties": {
                "properties": {"sheetId": other.sheet_id, "title": "It's new"},
                "fields": "title",
            }
        }
    )
    assert tab.get("A1:B1", value_render_option="FORMULA") == [
        ["='It''s new'!A1", "='It''s new'!A:A"]
    ]
    assert sheet.values() == [[7, 7]]
    change({"deleteSheet": {"sheetId": other.sheet_id}})
    assert sheet.values() == [["#REF!", "#REF!"]]


def range_of(rows: tuple[int, int], columns: tuple[int, int]) -> dict[str, int]:
    """A GridRange on the first worksheet."""
    ends = {"endRowIndex": rows[1], "endColumnIndex": columns[1]}
    return {"startRowIndex": rows[0], "startColumnIndex": columns[0], **ends}


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (
            {"copyPaste": {"source": range_of((0, 2), (1, 2)), "destination": range_of((3, 5), (2, 3))}},
            ("C4:C5", [["=B4*$A$1"], ["=SUM(B$1:B5)"]]),
        ),
        (
            {"copyPaste": {"source": range_of((0, 2), (1, 2)), "destination": range_of((3, 4), (2, 4)), "pasteOrientation": "TRANSPOSE"}},
            ("C4:D4", [["=B4*$A$1", "=SUM(C$1:C4)"]]),
        ),
        (
            {"copyPaste": {"source": range_of((0, 2), (1, 2)), "destination": range_of((3, 5), (2, 3)), "pasteType": "PASTE_VALUES"}},
            ("C4:C5", [[9], [5]]),
        ),
        (
            {"cutPaste": {"source": range_of((0, 2), (0, 2)), "destination": {"rowIndex": 4, "columnIndex": 2}}},
            ("C5:D6", [[3, "=C5*$C$5"], [2, "=SUM(C$5:C6)"]]),
        ),
        (
            {"insertRange": {"range": range_of((0, 1), (0, 1)), "shiftDimension": "ROWS"}},
            ("A1:B3", [["", "=A2*$A$2"], [3, "=SUM(A$2:A3)"], [2]]),
        ),
        (
            {"deleteRange": {"range": range_of((0, 1), (0, 1)), "shiftDimension": "ROWS"}},
            ("A1:B2", [[2, "=#REF!*#REF!"], ["", "=SUM(A$1:A1)"]]),
        ),
        (
            {"insertDimension": {"range": {"dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}}},
            ("B1:C2", [[3, "=B1*$B$1"], [2, "=SUM(B$1:B2)"]]),
        ),
    ],
)  # fmt: skip
def test_requests_take_formulas_along(
    change: Callable[..., list[Any]],
    sheet: Worksheet,
    tab: gspread.Worksheet,
    request_: dict[str, Any],
    told: tuple[str, list[Any]],
) -> None:
    """Copied formulas shift, cut and pushed ones go on meaning the same cells; values are plain."""
    sheet.set_values([[3], [2]])
    tab.update([["=A1*$A$1"], ["=SUM(A$1:A2)"]], "B1", value_input_option="USER_ENTERED")
    change(request_)
    assert tab.get(told[0], value_render_option="FORMULA") == told[1]


def test_sorted_rows_keep_their_sums(
    change: Callable[..., list[Any]], sheet: Worksheet, tab: gspread.Worksheet
) -> None:
    """Rows are sorted by results, and a formula goes on adding up the row it is in."""
    rows = [["c", 1, "=B1*10"], ["a", 3, "=B2*10"], ["b", 2, "=B3*10"]]
    tab.update(rows, "A1", value_input_option="USER_ENTERED")
    by_result = {"dimensionIndex": 2, "sortOrder": "DESCENDING"}
    change({"sortRange": {"range": range_of((0, 3), (0, 3)), "sortSpecs": [by_result]}})
    assert sheet.values() == [["a", 3, 30], ["b", 2, 20], ["c", 1, 10]]
    formulas = tab.get("C1:C3", value_render_option="FORMULA")
    assert formulas == [["=B1*10"], ["=B2*10"], ["=B3*10"]]


def test_recalculation_is_no_change(
    server: GoogleServer,
    workbook: Workbook,
    sheet: Worksheet,
    tab: gspread.Worksheet,
    refused: Callable[..., str],
) -> None:
    """Reading computes without a new version; a refused batch leaves results as they were."""
    sheet.set_values([[1, 2]])
    tab.update([["=A1+B1"]], "C1", value_input_option="USER_ENTERED")
    file = server.drive.file(workbook.spreadsheet_id)
    before = (file.version, file.modified_time)
    assert tab.acell("C1").value == "3"
    assert (file.version, file.modified_time) == before
    sheet.set_values([[10]])
    assert tab.acell("C1").value == "12"
    row = {"values": [{"userEnteredValue": {"numberValue": 100}}]}
    update = {"updateCells": {"start": {}, "rows": [row], "fields": "userEnteredValue"}}
    refused(update, {"deleteSheet": {"sheetId": 99}})
    assert sheet.values() == [[10, 2, 12]]
