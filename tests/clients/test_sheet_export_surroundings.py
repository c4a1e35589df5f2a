from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from client_tables import minutes

from sheet_assets.clients.sheet_export.chart import Chart
from sheet_assets.errors import SheetChangedError, SheetNotFoundError, SheetPermissionError

if TYPE_CHECKING:
    from client_sheets import Export

NAMES = ["day", "nps", "answers"]
ROWS = [(1, 10, 3), (2, 20, 4)]
LINES = Chart(x="day", y=("nps", "answers"), title="NPS")


def update(export: Export, *requests: dict[str, Any]) -> None:
    """As somebody who owns the spreadsheet."""
    export.as_owner(list(requests))


def grid(row: int, column: int, end_row: int, end_column: int) -> dict[str, int]:
    return {
        "sheetId": 0,
        "startRowIndex": row,
        "startColumnIndex": column,
        "endRowIndex": end_row,
        "endColumnIndex": end_column,
    }


def insert(dimension: str, start: int, count: int = 1) -> dict[str, Any]:
    cells = {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": start + count}
    return {"insertDimension": {"range": cells, "inheritFromBefore": False}}


def test_protected_cells_are_refused_by_name(export: Export) -> None:
    """A protected range that the account may not edit stops the export before it is tried."""
    protected = {"range": grid(0, 0, 1, 5), "description": "the head", "editors": {"users": []}}
    update(export, {"addProtectedRange": {"protectedRange": protected}})
    said = export.failed(NAMES, ROWS, minutes(0), kind=SheetPermissionError)
    assert "A protected range (the head) lies over Sheet1!A1:C3" in said
    assert "Add the account's address to its editors" in said
    # Elsewhere it is in nobody's way.
    export(NAMES, ROWS, minutes(1), anchor="A2")


def test_protection_that_only_warns_is_no_obstacle(export: Export) -> None:
    """A warning is for people in the browser."""
    protected = {"range": grid(0, 0, 5, 5), "warningOnly": True}
    update(export, {"addProtectedRange": {"protectedRange": protected}})
    assert export(NAMES, ROWS, minutes(0)).outcome == "written"


def test_merged_cells_are_refused(export: Export) -> None:
    """Values in merged cells would not be seen."""
    update(export, {"mergeCells": {"range": grid(1, 0, 3, 2), "mergeType": "MERGE_ALL"}})
    assert "Sheet1!A2:B3 are merged" in export.refused(NAMES, ROWS, minutes(0))


def test_worksheet_is_created_where_that_is_asked_for(export: Export) -> None:
    """A tab that is not there is added with the rows in it; without the option it is missed."""
    with pytest.raises(SheetNotFoundError, match="has no worksheet 'Report'; it has \"Sheet1\""):
        export(NAMES, ROWS, minutes(0), worksheet="Report")
    made = export(NAMES, ROWS, minutes(0), worksheet="Report", create_worksheet=True)
    tab = export.workbook.worksheet("Report")
    assert (made.rectangle, tab.values()) == ("Report!A1:C3", [NAMES, *map(list, ROWS)])
    assert (tab.row_count, tab.column_count) == (1000, 26)
    again = export(NAMES, ROWS, minutes(1), worksheet="Report", create_worksheet=True)
    assert again.outcome == "unchanged"


def test_stamp_tells_when_how_many_and_which_run(export: Export) -> None:
    """The first header's note; what people noted elsewhere stays."""
    export(NAMES, ROWS, minutes(0), stamp=True, run_id="0123456789")
    note = {
        "updateCells": {
            "range": grid(0, 1, 1, 2),
            "rows": [{"values": [{"note": "mine"}]}],
            "fields": "note",
        }
    }
    update(export, note)
    export(NAMES, ROWS[:1], minutes(1), stamp=True, run_id="abcdefghij")
    answer = export.client.get(
        export.workbook.spreadsheet_id,
        fields="sheets.data.rowData.values.note",
        ranges=["Sheet1!A1:B1"],
    )
    (cells,) = [row["values"] for row in answer["sheets"][0]["data"][0]["rowData"]]
    assert [cell["note"] for cell in cells] == [
        "As of 2026-11-20 12:01 UTC: 1 rows, run abcdefgh (sheet_assets)",
        "mine",
    ]


def charts(export: Export) -> list[Any]:
    answer = export.client.get(export.workbook.spreadsheet_id, fields="sheets.charts")
    return [chart for sheet in answer["sheets"] for chart in sheet.get("charts", [])]


def test_chart_is_made_once(export: Export) -> None:
    """Of the columns by their names, open downwards; a chart that is there is people's."""
    export(NAMES, ROWS, minutes(0), chart=LINES)
    (chart,) = charts(export)
    basic = chart["spec"]["basicChart"]
    assert (basic["chartType"], chart["spec"]["title"]) == ("LINE", "NPS")
    sources = [
        axis["sourceRange"]["sources"][0]
        for axis in (basic["domains"][0]["domain"], *(each["series"] for each in basic["series"]))
    ]
    assert [source.get("startColumnIndex", 0) for source in sources] == [0, 1, 2]
    assert not any("endRowIndex" in source for source in sources)
    assert chart["position"]["overlayPosition"]["anchorCell"]["columnIndex"] == 4
    export(NAMES, ROWS * 2, minutes(1), chart=LINES)
    assert charts(export) == [chart]


def test_inserted_rows_and_columns_move_the_export(export: Export) -> None:
    """The rectangle goes with its headers: a title above it is not overwritten."""
    export(NAMES, ROWS, minutes(0))
    update(export, insert("ROWS", 0, 2), insert("COLUMNS", 0))
    export.sheet.set_values([["Our title"]])
    said = export.refused(NAMES, ROWS * 2, minutes(1))
    assert "The export stands in Sheet1!B3 now, not in A1" in said
    assert "Set `anchor: B3`" in said
    export(NAMES, [(9, 9, 9)], minutes(2), anchor="B3")
    assert export.sheet.values() == [["Our title"], [], [None, *NAMES], [None, 9, 9, 9]]


def test_column_inserted_into_the_export_is_refused(export: Export) -> None:
    """Somebody's column between the export's would be overwritten: it is named instead."""
    export(NAMES, ROWS, minutes(0))
    update(export, insert("COLUMNS", 1))
    export.sheet.set_values([["mine"], ["x"]], column=1)
    said = export.refused(NAMES, ROWS, minutes(1))
    assert 'The header "nps" of the export stands in Sheet1!C1 instead of B1' in said


def test_header_that_was_typed_over_is_written_again(export: Export) -> None:
    """A renamed header is a manual edit like another."""
    export(NAMES, ROWS, minutes(0))
    export.sheet.set_values([["NPS!"]], column=1)
    assert export(NAMES, ROWS, minutes(1)).cells_changed == 1
    assert export.sheet.values()[0] == NAMES


def test_what_people_built_survives(export: Export) -> None:
    """Formats, named ranges, protections elsewhere, filters, charts and neighbours' formulas stay."""
    export(NAMES, ROWS, minutes(0))
    formulas = [{"values": [{"userEnteredValue": {"formulaValue": f"=B{n}+C{n}"}}]} for n in (2, 3)]
    beside = {"range": grid(1, 5, 3, 6), "rows": formulas, "fields": "userEnteredValue"}
    update(export, {"updateCells": beside})
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    elsewhere = {"range": grid(0, 5, 9, 6), "editors": {"users": []}}
    update(
        export,
        {
            "repeatCell": {
                "range": grid(0, 0, 1, 3),
                "cell": bold,
                "fields": "userEnteredFormat.textFormat.bold",
            }
        },
        {"addNamedRange": {"namedRange": {"name": "scores", "range": grid(1, 1, 3, 2)}}},
        {"addProtectedRange": {"protectedRange": elsewhere}},
        {"setBasicFilter": {"filter": {"range": grid(0, 0, 3, 3)}}},
    )
    fields = "namedRanges,sheets(properties(sheetId,title),protectedRanges,basicFilter)"
    before = export.client.get(export.workbook.spreadsheet_id, fields=fields)
    for number, rows in enumerate((ROWS * 5, ROWS[:1], ROWS * 3), 1):
        export(NAMES, rows, minutes(number))
        assert export.client.get(export.workbook.spreadsheet_id, fields=fields) == before
        answer = export.client.get(
            export.workbook.spreadsheet_id,
            fields="sheets.data.rowData.values(userEnteredValue,userEnteredFormat.textFormat.bold)",
            ranges=["Sheet1!A1:F3"],
        )
        head, first, *_ = answer["sheets"][0]["data"][0]["rowData"]
        assert [bool(cell.get("userEnteredFormat")) for cell in head["values"][:3]] == [True] * 3
        assert first["values"][5]["userEnteredValue"] == {"formulaValue": "=B2+C2"}


def test_what_does_not_stand_there_afterwards_is_told(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program that writes into the same cells is found by reading them back."""
    batch_update = export.client.batch_update

    def followed(spreadsheet_id: str, requests: Any, **more: Any) -> None:
        batch_update(spreadsheet_id, requests, **more)
        export.sheet.set_values([["theirs"]], row=2, column=1)

    monkeypatch.setattr(export.client, "batch_update", followed)
    with pytest.raises(SheetChangedError, match="Sheet1!B3 does not hold what was written into it"):
        export(NAMES, ROWS, minutes(0))


def test_a_tab_of_two_months_holds_the_whole_year(export: Export) -> None:
    """As in the story: January and September stood there, formatted, with a formula beside them."""
    first = dt.date(2025, 1, 1)
    year = [first + dt.timedelta(days=number) for number in range(365)]
    serial = (first - dt.date(1899, 12, 30)).days
    old = [(day - first).days + serial for day in year if day.month in {1, 9}]
    export.sheet.set_values([["date", "nps"], *[[number, 1] for number in old]])
    export.sheet.set_number_format("A2:A62", "DATE", "yyyy. m. d")
    export.sheet.set_number_format("B2:B62", "NUMBER", "0.0")
    beside = [{"values": [{"userEnteredValue": {"formulaValue": "=B2*2"}}]}]
    shaded = {"userEnteredFormat": {"backgroundColor": {"red": 1}}}
    update(
        export,
        {
            "updateCells": {
                "range": grid(1, 3, 2, 4),
                "rows": beside,
                "fields": "userEnteredValue",
            }
        },
        {
            "repeatCell": {
                "range": grid(0, 0, 62, 2),
                "cell": shaded,
                "fields": "userEnteredFormat.backgroundColor",
            }
        },
    )
    made = export(
        ["date", "nps"], [(day, number % 7) for number, day in enumerate(year)], minutes(0)
    )
    assert (made.outcome, made.rows, made.rectangle) == ("written", 365, "Sheet1!A1:B366")
    values = export.client.values(export.workbook.spreadsheet_id, "Sheet1")
    assert values[1] == [serial, 0, "", 0]
    assert [row[0] for row in values[1:]] == [serial + number for number in range(365)]
    assert export.formats("A2:A366") == ["yyyy. m. d"] * 365
    assert export.formats("B2:B366") == ["0.0"] * 365
    answer = export.client.get(
        export.workbook.spreadsheet_id,
        fields="sheets.data.rowData.values(userEnteredValue,userEnteredFormat.backgroundColor)",
        ranges=["Sheet1!A2:D2"],
    )
    (row,) = answer["sheets"][0]["data"][0]["rowData"]
    assert row["values"][0]["userEnteredFormat"] == {"backgroundColor": {"red": 1}}
    assert row["values"][3]["userEnteredValue"] == {"formulaValue": "=B2*2"}
