from __future__ import annotations

from typing import TYPE_CHECKING, Any

from test_google_charts import add as add_chart

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


def span(start: int, end: int, dimension: str = "ROWS") -> dict[str, Any]:
    """A DimensionRange on the first sheet."""
    return {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}


def sort(*specs: tuple[int, str], rows: int = 9) -> dict[str, Any]:
    """A sortRange request for A1:C and that many rows."""
    cells = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": rows, "endColumnIndex": 3}
    orders = [{"dimensionIndex": column, "sortOrder": order} for column, order in specs]
    return {"sortRange": {"range": cells, "sortSpecs": orders}}


def test_rows_are_sorted_with_all_they_have(
    sheet: Worksheet, change: Callable[..., list[Any]]
) -> None:
    """Numbers, texts, booleans, and blank cells last in either order; ties by the next spec."""
    sheet.set_values([["b", 2, "x"], [None, 1, "y"], [3, 1], ["A", 2], [True, 1]])
    sheet.put_note(0, 0, "b's")
    sheet.set_number_format("C2", "TEXT")
    sheet.set_values([["aside"]], column=4)
    change(sort((0, "ASCENDING")))
    assert [row[0] for row in sheet.values()] == [3, "A", "b", True, None]
    assert (sheet.notes, sheet.number_formats.at(4, 2)) == ({(2, 0): "b's"}, ("TEXT", ""))
    assert sheet.values()[0][4] == "aside"
    change(sort((1, "DESCENDING"), (0, "DESCENDING")))
    assert [row[0] for row in sheet.values()] == ["b", "A", True, 3, None]


def test_what_cannot_be_sorted_is_refused(sheet: Worksheet, refused: Callable[..., str]) -> None:
    """Merged cells, and a column beside the range."""
    assert "is not in the range" in refused(sort((3, "ASCENDING")))
    merge = {"mergeCells": {"range": {"endRowIndex": 2, "endColumnIndex": 1}}}
    assert "merged cells" in refused(merge, sort((0, "ASCENDING")))
    assert sheet.merges == ()


def test_groups_lie_within_one_another(
    client: Client, address: str, change: Callable[..., list[Any]], refused: Callable[..., str]
) -> None:
    """As in Google's reference: a group around another goes under it, overlaps become deeper."""
    change({"addDimensionGroup": {"range": span(2, 4)}})
    (reply,) = change({"addDimensionGroup": {"range": span(1, 5)}})
    outer = {"range": {**span(1, 5)}, "depth": 1}
    inner = {"range": {**span(2, 4)}, "depth": 2}
    for group in (outer, inner):
        del group["range"]["sheetId"]
    assert reply == {"addDimensionGroup": {"dimensionGroups": [outer, inner]}}
    collapse = {"dimensionGroup": {**inner, "collapsed": True}, "fields": "collapsed"}
    change({"updateDimensionGroup": collapse})
    told = client.get(address, fields="sheets(rowGroups,data.rowMetadata)").json()["sheets"][0]
    assert told["rowGroups"] == [outer, {**inner, "collapsed": True}]
    hidden = [row for row, told in enumerate(told["data"][0]["rowMetadata"]) if len(told) > 1]
    assert hidden == [2, 3]
    change({"insertDimension": {"range": span(0, 1)}})
    change({"deleteDimensionGroup": {"range": span(2, 6)}})
    told = client.get(address, fields="sheets.rowGroups").json()["sheets"][0]["rowGroups"]
    assert [(group["range"]["startIndex"], group["depth"]) for group in told] == [(3, 1)]
    assert "no group" in refused({"deleteDimensionGroup": {"range": span(20, 21)}})


def test_sizes_are_kept_and_move(
    client: Client, address: str, sheet: Worksheet, change: Callable[..., list[Any]]
) -> None:
    """Rows and columns have the size given, or one that holds their longest text."""
    sheet.set_values([["x" * 50]])
    size = {"range": span(1, 2, "COLUMNS"), "properties": {"pixelSize": 250}, "fields": "pixelSize"}
    change(
        {"updateDimensionProperties": size},
        {"autoResizeDimensions": {"dimensions": span(0, 3, "COLUMNS")}},
        {"insertDimension": {"range": span(0, 1, "COLUMNS")}},
    )
    told = client.get(address, fields="sheets.data.columnMetadata").json()
    sizes = [each["pixelSize"] for each in told["sheets"][0]["data"][0]["columnMetadata"]]
    assert sizes[0] == sizes[3] == 100
    assert sizes[1] > 300
    assert sizes[2] == 250


def test_a_sheet_is_doubled(
    workbook: Workbook,
    sheet: Worksheet,
    change: Callable[..., list[Any]],
    refused: Callable[..., str],
) -> None:
    """The copy has cells, notes and charts of its own, over its own cells."""
    sheet.set_values([["a", 1]])
    sheet.put_note(0, 0, "n")
    double = {"duplicateSheet": {"sourceSheetId": 0, "insertSheetIndex": 1, "newSheetId": 9}}
    _, reply = change(add_chart(), double)
    assert reply["duplicateSheet"]["properties"]["title"] == "Copy of Sheet1"
    copy = workbook.worksheet_by_id(9)
    copy.set_values([["b"]])
    assert (sheet.values(), copy.values()) == ([["a", 1]], [["b", 1]])
    assert copy.notes == {(0, 0): "n"}
    charts = [chart for chart in workbook.charts.values() if chart.sheet_id == 9]
    sources = charts[0].spec["basicChart"]["series"][0]["series"]["sourceRange"]["sources"]
    assert sources[0]["sheetId"] == 9
    assert "already exists" in refused(double)


def test_formats_are_told_as_google_tells_them(
    client: Client, address: str, change: Callable[..., list[Any]]
) -> None:
    """A mask changes only what it names; colours are told in both ways; a rule stays a rule."""
    cell = {"range": {"sheetId": 0, "endRowIndex": 1, "endColumnIndex": 1}}
    red = {"textFormat": {"bold": True, "foregroundColorStyle": {"rgbColor": {"red": 1}}}}
    rule = {"condition": {"type": "BOOLEAN"}, "strict": True}
    change(
        {"repeatCell": {**cell, "cell": {"userEnteredFormat": red}, "fields": "userEnteredFormat"}},
        {"setDataValidation": {**cell, "rule": rule}},
        {
            "repeatCell": {
                **cell,
                "cell": {
                    "userEnteredFormat": {
                        "textFormat": {"italic": True},
                        "backgroundColor": {"blue": 0.1},
                    }
                },
                "fields": "userEnteredFormat(backgroundColor,textFormat.italic)",
            }
        },
    )
    told = client.get(address, includeGridData="true", ranges="A1").json()
    (data,) = told["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert data == {
        "userEnteredFormat": data["effectiveFormat"],
        "effectiveFormat": {
            "textFormat": {
                "bold": True,
                "italic": True,
                "foregroundColor": {"red": 1},
                "foregroundColorStyle": {"rgbColor": {"red": 1}},
            },
            "backgroundColor": {"blue": 0.1},
            "backgroundColorStyle": {"rgbColor": {"blue": 0.1}},
        },
        "dataValidation": rule,
    }


def test_filter_views_are_kept_and_move(
    client: Client, address: str, change: Callable[..., list[Any]], refused: Callable[..., str]
) -> None:
    """Added, changed, doubled and deleted; their columns move; no row is hidden by one."""
    cells = {"startRowIndex": 0, "endRowIndex": 9, "startColumnIndex": 0, "endColumnIndex": 3}
    specs = [{"columnIndex": 1, "filterCriteria": {"hiddenValues": ["x"]}}]
    (reply,) = change({"addFilterView": {"filter": {"range": cells, "filterSpecs": specs}}})
    view = reply["addFilterView"]["filter"]
    assert view == {**view, "title": "Filter 1", "range": cells, "filterSpecs": specs}
    rename = {"filterViewId": view["filterViewId"], "title": "Mine"}
    change({"updateFilterView": {"filter": rename, "fields": "title"}})
    change({"insertDimension": {"range": span(0, 1, "COLUMNS")}})
    (reply,) = change({"duplicateFilterView": {"filterId": view["filterViewId"]}})
    copy = reply["duplicateFilterView"]["filter"]
    told = client.get(address, fields="sheets(filterViews,data.rowMetadata)").json()["sheets"][0]
    assert [each["title"] for each in told["filterViews"]] == ["Mine", "Copy of Mine"]
    assert copy["filterSpecs"][0]["columnIndex"] == 2
    assert copy["range"] == {**cells, "startColumnIndex": 1, "endColumnIndex": 4}
    assert all(list(row) == ["pixelSize"] for row in told["data"][0]["rowMetadata"])
    change({"deleteFilterView": {"filterId": view["filterViewId"]}})
    assert "No filter view with id" in refused(
        {"deleteFilterView": {"filterId": view["filterViewId"]}}
    )
