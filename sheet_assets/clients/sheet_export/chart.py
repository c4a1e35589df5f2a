"""The chart of an export: made once, when its worksheet has none, and people's from then on."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.clients.spreadsheet import Worksheet
    from sheet_assets.sheets.a1 import Rectangle

# Columns that the chart stays away from the rectangle.
_GAP_COLUMNS = 1
_MOST_ID = 2**30


class Chart(BaseModel):
    """One line or column chart of the exported columns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["line", "column"] = Field(default="line", description="Lines, or columns.")
    x: str = Field(description="The query's column along the bottom, for example a date.")
    y: tuple[str, ...] = Field(min_length=1, description="The query's columns that are drawn.")
    title: str | None = Field(default=None, description="What stands above it.")

    @property
    def columns(self) -> tuple[str, ...]:
        """All that it shows."""
        return (self.x, *self.y)


def add_chart(
    chart: Chart, names: Sequence[str], where: Rectangle, grid: Worksheet
) -> dict[str, Any]:
    """The batchUpdate request that adds it to the right of the rectangle, as far as the grid goes.

    It has an id of ours, so that a request that is sent twice does not add two. Its ranges are
    open downwards, so that it shows the rows that are added later.
    https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/charts
    """

    def source(name: str) -> dict[str, Any]:
        column = where.column + list(names).index(name)
        cells = {
            "sheetId": grid.sheet_id,
            "startRowIndex": where.row,
            "startColumnIndex": column,
            "endColumnIndex": column + 1,
        }
        return {"sourceRange": {"sources": [cells]}}

    spec = {
        "title": chart.title or "",
        "basicChart": {
            "chartType": chart.type.upper(),
            "legendPosition": "BOTTOM_LEGEND",
            "headerCount": 1,
            "axis": [{"position": "BOTTOM_AXIS", "title": chart.x}, {"position": "LEFT_AXIS"}],
            "domains": [{"domain": source(chart.x)}],
            "series": [{"series": source(name), "targetAxis": "LEFT_AXIS"} for name in chart.y],
        },
    }
    beside = {
        "sheetId": grid.sheet_id,
        "rowIndex": where.row,
        "columnIndex": min(where.end_column + _GAP_COLUMNS, grid.columns - 1),
    }
    return {
        "addChart": {
            "chart": {
                "chartId": secrets.randbelow(_MOST_ID) + 1,
                "spec": spec,
                "position": {"overlayPosition": {"anchorCell": beside}},
            }
        }
    }
