from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

    from sheet_assets.sandbox.google.sheets.workbook import Workbook


def source(column: int, end_row: int = 13) -> dict[str, Any]:
    """ChartData of a column from its header on."""
    span = {
        "sheetId": 0,
        "startRowIndex": 0,
        "endRowIndex": end_row,
        "startColumnIndex": column,
        "endColumnIndex": column + 1,
    }
    return {"sourceRange": {"sources": [span]}}


def spec(kind: str = "LINE", title: str = "NPS") -> dict[str, Any]:
    """A ChartSpec of column B over column A."""
    basic = {
        "chartType": kind,
        "legendPosition": "BOTTOM_LEGEND",
        "headerCount": 1,
        "domains": [{"domain": source(0)}],
        "series": [{"series": source(1), "targetAxis": "LEFT_AXIS"}],
    }
    return {"title": title, "basicChart": basic}


def add(**changes: Any) -> dict[str, Any]:
    """An addChart request, the chart anchored to D2."""
    anchor = {"sheetId": 0, "rowIndex": 1, "columnIndex": 3}
    position = {"overlayPosition": {"anchorCell": anchor}}
    return {"addChart": {"chart": {"spec": spec(), "position": position, **changes}}}


@pytest.fixture
def charts(client: Client, address: str) -> Callable[[], list[dict[str, Any]]]:
    """What spreadsheets.get tells of the charts on the first sheet."""

    def listed() -> list[dict[str, Any]]:
        answer = client.get(address, fields="sheets.charts").json()
        return answer["sheets"][0].get("charts", [])

    return listed


def sources(chart: dict[str, Any]) -> list[list[int]]:
    """The rows and columns of domain and series."""
    basic = chart["spec"]["basicChart"]
    parts = [basic["domains"][0]["domain"], basic["series"][0]["series"]]
    names = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
    return [
        [span[name] for name in names] for part in parts for span in part["sourceRange"]["sources"]
    ]


def test_a_chart_is_added_changed_and_deleted(
    change: Callable[..., list[Any]], charts: Callable[[], list[dict[str, Any]]]
) -> None:
    """The reply and spreadsheets.get tell the same chart; a new spec replaces the old one."""
    (reply,) = change(add())
    chart = reply["addChart"]["chart"]
    assert charts() == [chart]
    assert chart["position"] == {
        "overlayPosition": {
            "anchorCell": {"rowIndex": 1, "columnIndex": 3},
            "widthPixels": 600,
            "heightPixels": 371,
        }
    }
    assert chart["spec"]["basicChart"]["series"][0]["targetAxis"] == "LEFT_AXIS"
    change({"updateChartSpec": {"chartId": chart["chartId"], "spec": spec("COLUMN", "Other")}})
    assert charts()[0]["spec"]["basicChart"]["chartType"] == "COLUMN"
    assert charts()[0]["position"] == chart["position"]
    change({"deleteEmbeddedObject": {"objectId": chart["chartId"]}})
    assert charts() == []


def test_a_chart_follows_its_cells(
    change: Callable[..., list[Any]], charts: Callable[[], list[dict[str, Any]]]
) -> None:
    """Source ranges and anchor move with rows and columns; what is deleted is a source no more."""
    change(add())

    def span(dimension: str, start: int, end: int) -> dict[str, Any]:
        return {"range": {"dimension": dimension, "startIndex": start, "endIndex": end}}

    change({"insertDimension": span("ROWS", 5, 8)}, {"insertDimension": span("COLUMNS", 0, 1)})
    assert sources(charts()[0]) == [[0, 16, 1, 2], [0, 16, 2, 3]]
    assert charts()[0]["position"]["overlayPosition"]["anchorCell"]["columnIndex"] == 4
    change({"deleteDimension": span("ROWS", 10, 16)}, {"deleteDimension": span("COLUMNS", 2, 3)})
    assert sources(charts()[0]) == [[0, 10, 1, 2]]


def test_a_chart_goes_with_its_sheet_and_comes_back_with_a_failed_batch(
    workbook: Workbook,
    change: Callable[..., list[Any]],
    refused: Callable[..., str],
    charts: Callable[[], list[dict[str, Any]]],
) -> None:
    """A batch with charts is all or nothing, and a deleted sheet leaves none behind."""
    change(add(chartId=5), {"addSheet": {"properties": {"sheetId": 9}}})
    before = charts()
    refused(
        add(),
        {"updateChartSpec": {"chartId": 5, "spec": spec("COLUMN")}},
        {"deleteSheet": {"sheetId": 0}},
        {"deleteEmbeddedObject": {"objectId": 5}},
    )
    assert charts() == before
    change({"deleteSheet": {"sheetId": 0}})
    assert workbook.charts == {}


@pytest.mark.parametrize(
    ("request_", "status", "message"),
    [
        (add(spec={"title": "x"}), 400, "Chart spec is not set."),
        (add(spec={"pieChart": {}}), 501, "pieChart"),
        (add(spec={"basicChart": {"chartType": "LINE"}}), 400, "At least one series"),
        (add(spec={"basicChart": {"chartType": "SPIRAL", "series": [{}]}}), 400, 'BasicChartType), "SPIRAL"'),
        (add(spec={"basicChart": {"chartType": "LINE", "series": [{"series": source(99)}]}}), 400, "exceeds grid limits"),
        (add(position={}), 400, "A position must be specified."),
        ({"updateChartSpec": {"chartId": 7, "spec": spec()}}, 400, "No embedded object with id: 7"),
        ({"deleteEmbeddedObject": {"objectId": 7}}, 400, "No embedded object with id: 7"),
    ],
)  # fmt: skip
def test_what_is_no_chart_is_refused(
    refused: Callable[..., str], request_: dict[str, Any], status: int, message: str
) -> None:
    """A spec without a chart, sources beyond the grid, and ids of no chart."""
    assert message in refused(request_, status=status)
