from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Client

    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


def test_a_spreadsheet_tells_its_properties(
    client: Client, workbook: Workbook, address: str
) -> None:
    """Without a mask all but grid data is told, merges and the like left out when there are none."""
    assert client.get(address).json() == {
        "spreadsheetId": workbook.spreadsheet_id,
        "properties": {
            "title": "NPS",
            "locale": "en_US",
            "autoRecalc": "ON_CHANGE",
            "timeZone": "Etc/GMT",
        },
        "sheets": [
            {
                "properties": {
                    "sheetId": 0,
                    "title": "Sheet1",
                    "index": 0,
                    "sheetType": "GRID",
                    "gridProperties": {"rowCount": 1000, "columnCount": 26},
                }
            }
        ],
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{workbook.spreadsheet_id}/edit",
    }


@pytest.mark.parametrize(
    "mask",
    [
        "sheets(properties(title,gridProperties(rowCount)))",
        "sheets.properties(title,gridProperties.rowCount)",
        "sheets/properties/title,sheets/properties/gridProperties/rowCount",
    ],
)
def test_masks_of_any_spelling_select_the_same(client: Client, address: str, mask: str) -> None:
    """Dots, slashes and parentheses name the same fields."""
    assert client.get(address, fields=mask).json() == {
        "sheets": [{"properties": {"title": "Sheet1", "gridProperties": {"rowCount": 1000}}}]
    }


def test_a_mask_that_names_no_field_of_google_is_refused(client: Client, address: str) -> None:
    """A misspelt field is a 400 that names its path, as is a mask that cannot be read."""
    response = client.get(address, fields="sheets.propertys.title")
    assert response.status_code == 400
    violation = response.json()["error"]["details"][0]["fieldViolations"][0]
    assert violation["field"] == "sheets.propertys"
    assert client.get(address, fields="sheets(").status_code == 400
    assert client.get(f"{address}/values/A1", fields="valuez").status_code == 400
    assert client.get(f"{address}/values/A1", fields="range").json() == {"range": "Sheet1!A1"}


def test_grid_data_has_values_formats_and_notes(
    client: Client, sheet: Worksheet, address: str
) -> None:
    """The rowData tells typed values, their display, formats and notes; blank ends are left out."""
    sheet.set_values([["date", True], [43831, None, 2.5]])
    sheet.set_number_format("A2:A3", "DATE", "yyyy-mm-dd")
    answer = client.get(address, includeGridData="true", ranges="Sheet1!A1:C5").json()
    (data,) = answer["sheets"][0]["data"]
    text = {"stringValue": "date"}
    number_format = {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}
    assert data["rowData"] == [
        {
            "values": [
                {"userEnteredValue": text, "effectiveValue": text, "formattedValue": "date"},
                {
                    "userEnteredValue": {"boolValue": True},
                    "effectiveValue": {"boolValue": True},
                    "formattedValue": "TRUE",
                },
            ]
        },
        {
            "values": [
                {
                    "userEnteredValue": {"numberValue": 43831},
                    "effectiveValue": {"numberValue": 43831},
                    "formattedValue": "2020-01-01",
                    "userEnteredFormat": number_format,
                    "effectiveFormat": number_format,
                },
                {},
                {
                    "userEnteredValue": {"numberValue": 2.5},
                    "effectiveValue": {"numberValue": 2.5},
                    "formattedValue": "2.5",
                },
            ]
        },
        {"values": [{"userEnteredFormat": number_format, "effectiveFormat": number_format}]},
    ]
    assert [len(data[name]) for name in ("rowMetadata", "columnMetadata")] == [5, 3]


def test_a_mask_over_data_asks_for_data(
    client: Client, workbook: Workbook, sheet: Worksheet, address: str
) -> None:
    """Naming sheets.data implies grid data; ranges pick sheets and give a GridData each."""
    workbook.add_worksheet("Other").set_values([["x"]])
    sheet.set_values([[1], [2]])
    mask = "sheets(properties.title,data(startRow,rowData.values.effectiveValue))"
    both = client.get(address, fields=mask).json()["sheets"]
    assert [part["properties"]["title"] for part in both] == ["Sheet1", "Other"]
    only = client.get(address, fields=mask, ranges=["Sheet1!A2", "Sheet1!B1"]).json()["sheets"]
    assert only == [
        {
            "properties": {"title": "Sheet1"},
            "data": [
                {
                    "startRow": 1,
                    "rowData": [{"values": [{"effectiveValue": {"numberValue": 2}}]}],
                },
                {},
            ],
        }
    ]
    assert (
        "data"
        not in client.get(address, fields="sheets.properties", includeGridData="true").json()[
            "sheets"
        ][0]
    )


def test_a_column_format_tells_the_type_of_empty_cells(
    client: Client, sheet: Worksheet, address: str
) -> None:
    """effectiveFormat.numberFormat alone can be asked for, with the default pattern filled in."""
    sheet.set_values([[43831, 1]])
    sheet.set_number_format("A1", "DATE")
    mask = "sheets.data.rowData.values.effectiveFormat.numberFormat"
    (data,) = client.get(address, fields=mask).json()["sheets"][0]["data"]
    assert data == {
        "rowData": [
            {
                "values": [
                    {"effectiveFormat": {"numberFormat": {"type": "DATE", "pattern": "m/d/yyyy"}}},
                    {},
                ]
            }
        ]
    }


def lookup(**by: Any) -> dict[str, Any]:
    """A DataFilter with a developerMetadataLookup."""
    return {"developerMetadataLookup": by}


def metadata(key: str, value: str | None = None, **location: Any) -> dict[str, Any]:
    """The body of a createDeveloperMetadata request."""
    body = {"metadataKey": key, "location": location, "visibility": "DOCUMENT"}
    return {"developerMetadata": body | ({"metadataValue": value} if value else {})}


def test_developer_metadata_lives_at_its_place(
    client: Client, workbook: Workbook, address: str
) -> None:
    """Entries are created, told where they belong, found, changed and deleted."""

    def change(**request: Any) -> dict[str, Any]:
        response = client.batch_update(workbook.spreadsheet_id, request)
        assert response.status_code == 200, response.text
        return response.json()["replies"][0]

    row = {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}
    made = change(createDeveloperMetadata=metadata("whole", "a", spreadsheet=True))
    entry = made["createDeveloperMetadata"]["developerMetadata"]
    assert entry["location"] == {"locationType": "SPREADSHEET", "spreadsheet": True}
    assert (entry["metadataValue"], entry["metadataId"] > 0) == ("a", True)
    change(createDeveloperMetadata=metadata("tab", sheetId=0))
    change(createDeveloperMetadata=metadata("line", dimensionRange=row))
    mask = "developerMetadata.metadataKey,sheets(developerMetadata(metadataKey,location),data.rowMetadata)"
    told = client.get(address, fields=mask, ranges="Sheet1!A2:A4").json()
    assert told["developerMetadata"] == [{"metadataKey": "whole"}]
    assert told["sheets"][0]["developerMetadata"] == [
        {"metadataKey": "tab", "location": {"locationType": "SHEET", "sheetId": 0}}
    ]
    (line,) = told["sheets"][0]["data"][0]["rowMetadata"][1]["developerMetadata"]
    assert line["location"]["dimensionRange"] == {
        "dimension": "ROWS",
        "startIndex": 2,
        "endIndex": 3,
    }

    def keys(**by: Any) -> set[str]:
        found = client.session.post(
            f"{address}/developerMetadata:search", json={"dataFilters": [lookup(**by)]}
        ).json()
        return {
            match["developerMetadata"]["metadataKey"]
            for match in found.get("matchedDeveloperMetadata", [])
        }

    assert keys(metadataKey="tab") == {"tab"}
    assert keys(locationType="ROW") == {"line"}
    assert keys(metadataLocation={"sheetId": 0}, locationMatchingStrategy="EXACT_LOCATION") == {
        "tab"
    }
    assert keys(metadataLocation={"sheetId": 0}) == {"whole", "tab", "line"}
    assert keys(metadataKey="none") == set()
    changed = change(
        updateDeveloperMetadata={
            "dataFilters": [lookup(metadataKey="tab")],
            "developerMetadata": {"metadataValue": "new"},
            "fields": "metadataValue",
        }
    )
    (after,) = changed["updateDeveloperMetadata"]["developerMetadata"]
    assert (after["metadataKey"], after["metadataValue"]) == ("tab", "new")
    assert client.get(f"{address}/developerMetadata/{entry['metadataId']}").json() == entry
    deleted = change(deleteDeveloperMetadata={"dataFilter": lookup(metadataKey="whole")})
    assert deleted["deleteDeveloperMetadata"]["deletedDeveloperMetadata"] == [entry]
    assert client.get(f"{address}/developerMetadata/{entry['metadataId']}").status_code == 404


def test_developer_metadata_moves_and_goes_with_its_row(client: Client, workbook: Workbook) -> None:
    """A row's entry moves when rows are inserted above and goes when the row is deleted."""
    place = {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}

    def rows(start: int, end: int) -> dict[str, Any]:
        return {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": start, "endIndex": end}}

    created = {"createDeveloperMetadata": metadata("line", dimensionRange=place)}
    client.batch_update(
        workbook.spreadsheet_id,
        created,
        {"insertDimension": rows(0, 3)},
        {"deleteDimension": rows(0, 1)},
    )
    assert [entry.location.start for entry in workbook.developer_metadata.values()] == [4]
    client.batch_update(workbook.spreadsheet_id, {"deleteDimension": rows(4, 5)})
    assert workbook.developer_metadata == {}


@pytest.mark.parametrize(
    "body",
    [
        {"location": {"spreadsheet": True}, "visibility": "DOCUMENT"},
        {"metadataKey": "k", "visibility": "DOCUMENT"},
        {"metadataKey": "k", "location": {"spreadsheet": True}},
        {"metadataKey": "k", "location": {"sheetId": 9}, "visibility": "DOCUMENT"},
    ],
)
def test_incomplete_developer_metadata_is_refused(
    client: Client, workbook: Workbook, body: dict[str, Any]
) -> None:
    """Key, place and visibility are required, and the place must exist."""
    response = client.batch_update(
        workbook.spreadsheet_id, {"createDeveloperMetadata": {"developerMetadata": body}}
    )
    assert response.status_code == 400
    assert response.json()["error"]["message"].startswith(
        "Invalid requests[0].createDeveloperMetadata: "
    )
    assert workbook.developer_metadata == {}
