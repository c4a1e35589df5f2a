from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import gspread
import pytest

if TYPE_CHECKING:
    import requests
    from conftest import Client

    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


def put(client: Client, address: str, range_: str, values: Any, **body: Any) -> requests.Response:
    """Write values with values.update."""
    return client.session.put(
        f"{address}/values/{range_}",
        params={"valueInputOption": body.pop("option", "RAW")},
        json={"values": values, **body},
    )


def message(response: requests.Response) -> str:
    """Google's sentence in a refusal that must be a 400."""
    assert response.status_code == 400, response.text
    assert response.json()["error"]["status"] == "INVALID_ARGUMENT"
    return response.json()["error"]["message"]


def test_blank_ends_are_left_out(client: Client, sheet: Worksheet, address: str) -> None:
    """Blank rows and cells at the ends are not told; those between are."""
    sheet.set_values([["a", None, "c", None], [], [None, "b"], [None]])
    answer = client.get(f"{address}/values/Sheet1").json()
    assert answer == {
        "range": "Sheet1!A1:Z1000",
        "majorDimension": "ROWS",
        "values": [["a", "", "c"], [], ["", "b"]],
    }
    assert client.get(f"{address}/values/Sheet1!B2:D2").json() == {
        "range": "Sheet1!B2:D2",
        "majorDimension": "ROWS",
    }
    assert client.get(f"{address}/values/Sheet1!B1:C3").json()["values"] == [["", "c"], [], ["b"]]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("Sheet1", "Sheet1!A1:E10"),
        ("'Sheet1'", "Sheet1!A1:E10"),
        ("sheet1!b2", "Sheet1!B2"),
        ("B2:C3", "Sheet1!B2:C3"),
        ("Sheet1!A:B", "Sheet1!A1:B10"),
        ("Sheet1!2:2", "Sheet1!A2:E2"),
        ("Sheet1!A2:B", "Sheet1!A2:B10"),
        ("Sheet1!A5:A", "Sheet1!A5:A10"),
        ("Sheet1!C3:A1", "Sheet1!A1:C3"),
        ("Sheet1!D9:ZZ99", "Sheet1!D9:E10"),
    ],
)
def test_ranges_are_answered_as_google_spells_them(
    client: Client, workbook: Workbook, address: str, asked: str, answered: str
) -> None:
    """The answered range is the one asked for, bounded by the grid."""
    client.batch_update(
        workbook.spreadsheet_id,
        {"updateSheetProperties": {"properties": {"sheetId": 0, "gridProperties": {"rowCount": 10, "columnCount": 5}}, "fields": "gridProperties(rowCount,columnCount)"}},
    )  # fmt: skip
    assert client.get(f"{address}/values/{asked}").json()["range"] == answered


@pytest.mark.parametrize(
    "title", ["a/b", "10:30", "it's", "a!b", "D3", "a:append", "50% & more?", "#1", "é+ü"]
)
def test_any_title_can_be_read_and_written(client: Client, workbook: Workbook, title: str) -> None:
    """A worksheet is found whatever stands in its title, through gspread's own encoding."""
    workbook.add_worksheet(title).set_values([["here"]])
    worksheet = client.gspread.open_by_key(workbook.spreadsheet_id).worksheet(title)
    assert worksheet.get_all_values() == [["here"]]
    worksheet.update([["there", 2]], "B2")
    assert workbook.worksheet(title).values() == [["here"], [None, "there", 2]]


def test_a_title_like_a_cell_means_the_worksheet(
    client: Client, workbook: Workbook, address: str
) -> None:
    """A bare range that is a title is the whole worksheet, in quotes in the answer."""
    workbook.add_worksheet("D3", rows=2, columns=2)
    assert client.get(f"{address}/values/D3").json()["range"] == "'D3'!A1:B2"


@pytest.mark.parametrize(
    ("range_", "expected"),
    [
        ("No!A1", "Unable to parse range: No!A1"),
        ("Sheet1!A", "Unable to parse range: Sheet1!A"),
        ("Sheet1!", "Unable to parse range: Sheet1!"),
        ("'Sheet1!A1", "Unable to parse range: 'Sheet1!A1"),
        (
            "Sheet1!ZZ9:ZZ10",
            "Range (Sheet1!ZZ9:ZZ10) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
        (
            "Sheet1!A1001",
            "Range (Sheet1!A1001) exceeds grid limits. Max rows: 1000, max columns: 26",
        ),
    ],
)
def test_wrong_ranges_are_refused_in_googles_words(
    client: Client, address: str, range_: str, expected: Any
) -> None:
    """A range that cannot be read, or lies outside the grid, is a 400 that quotes it."""
    assert message(client.get(f"{address}/values/{range_}")) == expected
    assert message(put(client, address, range_, [["x"]])) == expected


def test_notation_that_is_not_served_names_itself(client: Client, address: str) -> None:
    """R1C1 notation, which Google reads, is not taken for an unreadable range."""
    response = client.get(f"{address}/values/Sheet1!R1C1:R2C2")
    assert response.status_code == 501
    assert "R1C1 notation" in response.json()["error"]["message"]


def test_columns_are_the_transposed_rows(client: Client, sheet: Worksheet, address: str) -> None:
    """The majorDimension COLUMNS lists columns, blank ends left out, in both directions."""
    sheet.set_values([["a", 1], ["b"], [None, 3]])
    answer = client.get(f"{address}/values/Sheet1!A1:C5", majorDimension="COLUMNS").json()
    assert (answer["majorDimension"], answer["values"]) == ("COLUMNS", [["a", "b"], ["1", "", "3"]])
    put(client, address, "Sheet1!D1", [["p", "q"], ["r"]], majorDimension="COLUMNS")
    assert client.get(f"{address}/values/Sheet1!D1:E2").json()["values"] == [["p", "r"], ["q"]]


def test_render_options_tell_the_same_cells_differently(
    client: Client, sheet: Worksheet, address: str
) -> None:
    """Formatted are texts; unformatted are numbers and booleans; dates are serials or texts."""
    sheet.set_values([[43831, 0.5, True, 2.0, "007", None, 12.5]])
    sheet.set_number_format("A1", "DATE", "yyyy-mm-dd")
    sheet.set_number_format("B:B", "PERCENT", "0%")

    def row(**options: Any) -> list[Any]:
        return client.get(f"{address}/values/Sheet1", **options).json()["values"][0]

    assert row() == ["2020-01-01", "50%", "TRUE", "2", "007", "", "12.5"]
    serials = [43831, 0.5, True, 2, "007", "", 12.5]
    assert row(valueRenderOption="UNFORMATTED_VALUE") == serials
    assert row(valueRenderOption="FORMULA") == serials
    assert row(valueRenderOption="UNFORMATTED_VALUE", dateTimeRenderOption="FORMATTED_STRING") == [
        "2020-01-01",
        *serials[1:],
    ]
    assert (
        "2.0"
        not in client.get(f"{address}/values/Sheet1", valueRenderOption="UNFORMATTED_VALUE").text
    )


def test_an_unknown_option_is_refused(client: Client, address: str) -> None:
    """An option Google does not have is a 400 that names field and type."""
    response = client.get(f"{address}/values/Sheet1", valueRenderOption="PLAIN")
    assert message(response) == (
        "Invalid value at 'value_render_option' "
        '(type.googleapis.com/google.apps.sheets.v4.ValueRenderOption), "PLAIN"'
    )
    assert "Cannot bind query parameter" in message(
        client.get(f"{address}/values/Sheet1", render="x")
    )
    assert (
        message(client.session.put(f"{address}/values/A1", json={"values": []}))
        == "'valueInputOption' is required but not specified"
    )


def test_raw_input_is_stored_as_it_is(client: Client, sheet: Worksheet, address: str) -> None:
    """RAW parses nothing: formulas, digits and dates stay texts."""
    values = [["=1+1", "007", "2020-01-01", "'x", "TRUE", True, 3, 2.5]]
    assert put(client, address, "Sheet1!A1", values).json()["updatedCells"] == 8
    assert sheet.values() == values


def test_null_keeps_and_the_empty_text_blanks(
    client: Client, sheet: Worksheet, address: str
) -> None:
    """A null in an update leaves the old value, "" blanks the cell."""
    sheet.set_values([[1, 2, 3], [4, 5, 6]])
    answer = put(client, address, "Sheet1!A1:C1", [[None, "", 9]]).json()
    assert (answer["updatedRange"], answer["updatedCells"]) == ("Sheet1!A1:C1", 2)
    assert sheet.values() == [[1, None, 9], [4, 5, 6]]


def test_numbers_are_doubles(client: Client, address: str) -> None:
    """Digits beyond a double are lost as they are in a sheet; NaN is no JSON."""
    put(client, address, "Sheet1!A1", [[9007199254740993, 2.0, 0.1]])
    values = client.get(f"{address}/values/Sheet1", valueRenderOption="UNFORMATTED_VALUE").json()[
        "values"
    ]
    assert values == [[9007199254740992, 2, 0.1]]
    body = '{"values": [[NaN]]}'
    response = client.session.put(f"{address}/values/A1?valueInputOption=RAW", data=body)
    assert message(response).startswith("Invalid JSON payload received.")


def test_values_must_fit_into_range_and_grid(
    client: Client, sheet: Worksheet, address: str
) -> None:
    """Values beyond the range asked for, or beyond the grid, are refused and nothing is written."""
    within = "Requested writing within range [Sheet1!A1:B2], but tried writing to "
    assert message(put(client, address, "Sheet1!A1:B2", [[1, 2, 3]])) == within + "column [C]"
    assert message(put(client, address, "Sheet1!A1:B2", [[1], [2], [3]])) == within + "row [3]"
    assert message(put(client, address, "Sheet1!Z1000", [[1, 2]])) == (
        "Range (Sheet1!Z1000:AA1000) exceeds grid limits. Max rows: 1000, max columns: 26"
    )
    assert sheet.values() == []


def test_values_must_be_rows_of_scalars(client: Client, address: str) -> None:
    """Something else than lists of lists of values is refused where it stands."""
    assert message(put(client, address, "A1", "X")) == (
        "Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), \"X\""
    )
    assert "'data.values[0]'" in message(put(client, address, "A1", [1]))
    assert message(put(client, address, "A1", [[1, {}]])).startswith(
        "Invalid values[0][1]: struct_value"
    )
    assert "Unknown name \"value\" at 'data'" in message(put(client, address, "A1", [], value=1))
    assert "more than the maximum of 50000 characters" in message(
        put(client, address, "A1", [["x" * 50_001]])
    )


def test_typed_input_is_parsed_or_refused(client: Client, sheet: Worksheet, address: str) -> None:
    """USER_ENTERED parses texts; one that cannot be makes the whole update a 501."""
    typed = [["12", "'12", "true", "word", 5]]
    assert put(client, address, "A1", typed, option="USER_ENTERED").status_code == 200
    assert sheet.values() == [[12, "12", True, "word", 5]]
    refused = put(client, address, "A2", [["x", "#N/A"]], option="USER_ENTERED")
    assert refused.status_code == 501
    assert "#N/A" in refused.json()["error"]["message"]
    assert len(sheet.values()) == 1


def test_an_update_can_tell_what_it_wrote(client: Client, sheet: Worksheet, address: str) -> None:
    """With includeValuesInResponse an update answers the range as it is after the update."""
    sheet.set_values([["old"]])
    response = client.session.put(
        f"{address}/values/Sheet1!A1",
        params={"valueInputOption": "RAW", "includeValuesInResponse": "true", "responseValueRenderOption": "UNFORMATTED_VALUE"},
        json={"values": [[None, 2]]},
    )  # fmt: skip
    assert response.json()["updatedData"] == {
        "range": "Sheet1!A1:B1",
        "majorDimension": "ROWS",
        "values": [["old", 2]],
    }


def test_many_ranges_at_once(
    client: Client, workbook: Workbook, sheet: Worksheet, address: str
) -> None:
    """One batchGet reads and batchUpdate writes several ranges; an error in one writes none."""
    workbook.add_worksheet("Other")
    body = {
        "valueInputOption": "RAW",
        "data": [
            {"range": "Sheet1!A1", "values": [[1, 2]]},
            {"range": "Other!B2", "values": [["x"]]},
        ],
    }
    answer = client.session.post(f"{address}/values:batchUpdate", json=body).json()
    assert {name: value for name, value in answer.items() if name.startswith("total")} == {
        "totalUpdatedRows": 2,
        "totalUpdatedColumns": 3,
        "totalUpdatedCells": 3,
        "totalUpdatedSheets": 2,
    }
    assert [part["updatedRange"] for part in answer["responses"]] == ["Sheet1!A1:B1", "Other!B2"]
    read = client.get(
        f"{address}/values:batchGet",
        ranges=["Other", "Sheet1!A1:B1"],
        valueRenderOption="UNFORMATTED_VALUE",
    ).json()
    assert [part.get("values") for part in read["valueRanges"]] == [[[], ["", "x"]], [[1, 2]]]
    body["data"] = [{"range": "Sheet1!A1", "values": [[9]]}, {"range": "No!A1", "values": [[9]]}]
    refused = client.session.post(f"{address}/values:batchUpdate", json=body)
    assert message(refused) == "Invalid data[1]: Unable to parse range: No!A1"
    assert sheet.values() == [[1, 2]]


def test_clear_takes_the_values_only(client: Client, sheet: Worksheet, address: str) -> None:
    """values.clear blanks a range and leaves formats and what is around it."""
    sheet.set_values([[1, 2, 3], [4, 5, 6]])
    sheet.set_number_format("A:C", "NUMBER", "0.0")
    answer = client.session.post(f"{address}/values/Sheet1!B1:B:clear").json()
    assert answer["clearedRange"] == "Sheet1!B1:B1000"
    assert sheet.values() == [[1, None, 3], [4, None, 6]]
    put(client, address, "B1", [[7]])
    assert client.get(f"{address}/values/B1").json()["values"] == [["7.0"]]


def test_gspread_reads_and_writes_as_ever(client: Client, workbook: Workbook) -> None:
    """The unmodified client's everyday calls work, errors included."""
    spreadsheet = client.gspread.open_by_key(workbook.spreadsheet_id)
    worksheet = spreadsheet.add_worksheet("Data", rows=5, cols=3)
    worksheet.update([["name", "score"], ["a", 1], ["b", 2.5]], "A1")
    assert worksheet.get_all_records() == [{"name": "a", "score": 1}, {"name": "b", "score": 2.5}]
    assert worksheet.acell("B3").value == "2.5"
    worksheet.batch_clear(["A2:B2"])
    assert worksheet.get_all_values() == [["name", "score"], ["", ""], ["b", "2.5"]]
    with pytest.raises(gspread.exceptions.APIError, match="exceeds grid limits"):
        worksheet.update([["x"]], "A6")
    with pytest.raises(gspread.exceptions.SpreadsheetNotFound):
        client.gspread.open_by_key("nothing")


def test_seeding_from_python_keeps_the_rules_of_a_sheet(
    workbook: Workbook, sheet: Worksheet
) -> None:
    """Values that a sheet cannot hold, or that do not fit, are errors; grow makes room."""
    from sheet_assets.errors import SandboxError

    for rows in ([[dt.date(2020, 1, 1)]], [[float("nan")]], [["x" * 50_001]]):
        with pytest.raises(SandboxError):
            sheet.set_values(rows)
    with pytest.raises(SandboxError, match="exceeds grid limits"):
        sheet.set_values([[1]], row=1000)
    sheet.set_values([[1]], row=1000, column=30, grow=True)
    assert (sheet.row_count, sheet.column_count) == (1001, 31)
    with pytest.raises(SandboxError, match="already exists"):
        workbook.add_worksheet("SHEET1")
