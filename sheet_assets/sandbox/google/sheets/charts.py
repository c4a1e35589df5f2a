"""Charts that lie over the cells of a worksheet, and the batchUpdate requests about them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets.a1 import GridRange
from sheet_assets.sandbox.google.sheets.grid_range import (
    grid_range,
    read_coordinate,
    read_grid_range,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

# Google's documented defaults.
WIDTH_PIXELS = 600
HEIGHT_PIXELS = 371

_KINDS = ("BAR", "LINE", "AREA", "COLUMN", "SCATTER", "COMBO", "STEPPED_AREA")
_SPEC_FIELDS = (
    "title",
    "subtitle",
    "altText",
    "titleTextFormat",
    "titleTextPosition",
    "subtitleTextFormat",
    "subtitleTextPosition",
    "fontName",
    "maximized",
    "backgroundColor",
    "backgroundColorStyle",
    "hiddenDimensionStrategy",
    "basicChart",
)
_LACKING_SPECS = (
    "bubbleChart",
    "candlestickChart",
    "dataSourceChartProperties",
    "filterSpecs",
    "histogramChart",
    "orgChart",
    "pieChart",
    "scorecardChart",
    "sortSpecs",
    "treemapChart",
    "waterfallChart",
)
_BASIC_FIELDS = (
    "chartType",
    "legendPosition",
    "axis",
    "domains",
    "series",
    "headerCount",
    "threeDimensional",
    "interpolateNulls",
    "stackedType",
    "lineSmoothing",
    "compareMode",
    "totalDataLabel",
)


@dataclass(frozen=True)
class Chart:
    """A chart, anchored to a cell of a worksheet; `spec` is Google's ChartSpec."""

    chart_id: int
    sheet_id: int
    row: int
    column: int
    pixels: Mapping[str, int]
    spec: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Google's EmbeddedChart."""
        anchor = {"sheetId": self.sheet_id, "rowIndex": self.row, "columnIndex": self.column}
        return {
            "chartId": self.chart_id,
            "spec": self.spec,
            "position": {
                "overlayPosition": {
                    "anchorCell": {name: place for name, place in anchor.items() if place},
                    **self.pixels,
                }
            },
        }

    def for_sheet(self, chart_id: int, sheet_id: int) -> Chart:
        """A copy on another worksheet, over the same cells there."""
        spec = _on_sheet(self.spec, self.sheet_id, sheet_id)
        return replace(self, chart_id=chart_id, sheet_id=sheet_id, spec=spec)

    def moved(self, sheet_id: int, move: Callable[[GridRange], GridRange | None]) -> Chart:
        """The chart after rows or columns of a worksheet moved: its sources and its anchor."""
        row, column = self.row, self.column
        if self.sheet_id == sheet_id:
            anchor = move(GridRange(row, row + 1, column, column + 1))
            # The anchor's own row is gone: the chart stays where it is.
            row, column = (anchor.start_row, anchor.start_column) if anchor else (row, column)
        return replace(self, row=row, column=column, spec=_with_sources(self.spec, sheet_id, move))


def add(request: Message, workbook: Workbook) -> dict[str, Any]:
    """Request addChart: the reply has the new chart."""
    request.allow(("chart",))
    body = request.message("chart").allow(("chartId", "spec", "position"), lacking=("border",))
    chart_id = body.integer("chartId") or _free_id(workbook)
    if chart_id in workbook.charts:
        raise InvalidArgumentError(f"An embedded object with the ID {chart_id} already exists.")
    position = body.message("position").allow(("overlayPosition",), lacking=("newSheet", "sheetId"))
    if "overlayPosition" not in position:
        raise InvalidArgumentError("A position must be specified.")
    overlay = position.message("overlayPosition").allow(
        ("anchorCell", "offsetXPixels", "offsetYPixels", "widthPixels", "heightPixels")
    )
    worksheet, row, column = read_coordinate(overlay.message("anchorCell"), workbook)
    offsets = {name: overlay.count(name) for name in ("offsetXPixels", "offsetYPixels")}
    pixels = {name: count for name, count in offsets.items() if count}
    pixels["widthPixels"] = overlay.count("widthPixels") or WIDTH_PIXELS
    pixels["heightPixels"] = overlay.count("heightPixels") or HEIGHT_PIXELS
    spec = _read_spec(body.message("spec"), workbook)
    new = Chart(chart_id, worksheet.sheet_id, row, column, pixels, spec)
    workbook.charts[chart_id] = new
    return {"addChart": {"chart": new.as_json()}}


def update_spec(request: Message, workbook: Workbook) -> None:
    """Request updateChartSpec: the whole spec is replaced, the chart stays in its place."""
    request.allow(("chartId", "spec"))
    found = _found(workbook, request.integer("chartId"))
    spec = _read_spec(request.message("spec"), workbook)
    workbook.charts[found.chart_id] = replace(found, spec=spec)


def delete_embedded_object(request: Message, workbook: Workbook) -> None:
    """Request deleteEmbeddedObject: charts are the only ones there are."""
    request.allow(("objectId",))
    del workbook.charts[_found(workbook, request.integer("objectId")).chart_id]


def _read_spec(message: Message, workbook: Workbook) -> dict[str, Any]:
    """Check a ChartSpec.

    Raises:
        InvalidArgumentError: it has no chart, or one whose sources are not rows or columns of
            the spreadsheet.
        UnimplementedError: it is no basic chart.
    """
    message.allow(_SPEC_FIELDS, lacking=_LACKING_SPECS)
    if "basicChart" not in message:
        raise InvalidArgumentError("Chart spec is not set.")
    basic = message.message("basicChart").allow(_BASIC_FIELDS)
    if basic.enum("chartType", ("", *_KINDS), "BasicChartType") == "":
        raise InvalidArgumentError("Chart type is not set.")
    for name, inner in (("domains", "domain"), ("series", "series")):
        for part in basic.messages(name):
            data = part.message(inner).allow(
                ("sourceRange",), lacking=("aggregateType", "columnReference", "groupRule")
            )
            source_range = data.message("sourceRange").allow(("sources",))
            for source in source_range.messages("sources"):
                _check_source(source, workbook)
    if not basic.messages("series"):
        raise InvalidArgumentError("At least one series must be specified.")
    told: dict[str, Any] = _told(message.fields)
    return {"hiddenDimensionStrategy": "SKIP_HIDDEN_ROWS_AND_COLUMNS", **told}


def _check_source(source: Message, workbook: Workbook) -> None:
    _, cells = read_grid_range(source, workbook)
    if cells.end_row - cells.start_row != 1 and cells.end_column - cells.start_column != 1:
        raise InvalidArgumentError("Exactly one dimension of a source range must have length 1.")


def _told(value: Any) -> Any:
    """The spec as Google tells it: no nulls, and no sheet id of 0."""
    if isinstance(value, dict):
        return {
            name: _told(item)
            for name, item in value.items()
            if item is not None and (name, item) != ("sheetId", 0)
        }
    return [_told(item) for item in value] if isinstance(value, list) else value


def _with_sources(value: Any, sheet_id: int, move: Callable[[GridRange], GridRange | None]) -> Any:
    """A part of a spec with the source ranges on this worksheet moved."""
    if isinstance(value, list):
        return [_with_sources(item, sheet_id, move) for item in value]
    if not isinstance(value, dict):
        return value
    if "sources" not in value:
        return {name: _with_sources(item, sheet_id, move) for name, item in value.items()}
    sources = []
    for source in value["sources"]:
        if source.get("sheetId", 0) != sheet_id:
            sources.append(source)
            continue
        cells = move(
            GridRange(
                source.get("startRowIndex", 0),
                source.get("endRowIndex"),
                source.get("startColumnIndex", 0),
                source.get("endColumnIndex"),
            )
        )
        if cells is not None:
            sources.append(grid_range(sheet_id, cells))
    return {**value, "sources": sources}


def _on_sheet(value: Any, old: int, new: int) -> Any:
    """A part of a spec with the sources on one worksheet put on another."""
    if isinstance(value, list):
        return [_on_sheet(item, old, new) for item in value]
    if not isinstance(value, dict):
        return value
    told = {name: _on_sheet(item, old, new) for name, item in value.items()}
    if "startRowIndex" in value and value.get("sheetId", 0) == old:
        told["sheetId"] = new
    return told


def _found(workbook: Workbook, chart_id: int | None) -> Chart:
    found = workbook.charts.get(chart_id or 0)
    if found is None:
        raise InvalidArgumentError(f"No embedded object with id: {chart_id or 0}")
    return found


def _free_id(workbook: Workbook) -> int:
    while True:
        chart_id = 1 + secrets.randbelow(2**31 - 1)
        if chart_id not in workbook.charts:
            return chart_id
