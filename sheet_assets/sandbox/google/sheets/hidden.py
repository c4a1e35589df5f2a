"""Rows and columns out of sight: hidden by a person, or by the basic filter.

Values are read of them as of all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets.a1 import GridRange
from sheet_assets.sandbox.google.sheets.display import displayed
from sheet_assets.sandbox.google.sheets.grid_range import grid_range, read_grid_range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_assets.sandbox.google.sheets.a1 import Rectangle
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


@dataclass(frozen=True)
class BasicFilter:
    """A filter over cells, header first: by column the displayed values that it hides."""

    cells: Rectangle
    hidden_values: Mapping[int, frozenset[str]]

    def as_json(self, sheet_id: int) -> dict[str, Any]:
        """Google's BasicFilter."""
        body: dict[str, Any] = {"range": grid_range(sheet_id, GridRange(*self.cells))}
        return body | told_hidden_values(self.hidden_values)

    def hides(self, worksheet: Worksheet, row: int) -> bool:
        """Whether it hides a row: the header never."""
        if not self.cells.start_row < row < self.cells.end_row:
            return False
        results = worksheet.workbook.results
        return any(
            displayed(
                results.value(worksheet, row, column),
                results.number_format(worksheet, row, column),
                worksheet.workbook.locale,
            )
            in hidden
            for column, hidden in self.hidden_values.items()
        )


def set_basic_filter(request: Message, workbook: Workbook) -> None:
    """Request setBasicFilter."""
    request.allow(("filter",))
    body = request.message("filter").allow(
        ("range", "filterSpecs"), lacking=("criteria", "sortSpecs", "tableId")
    )
    worksheet, cells = read_grid_range(body.message("range"), workbook)
    worksheet.basic_filter = BasicFilter(cells, read_hidden_values(body, cells))


def read_hidden_values(message: Message, cells: Rectangle) -> dict[int, frozenset[str]]:
    """The filterSpecs of a filter over these cells: by column the displayed values it hides.

    Raises:
        InvalidArgumentError: a column is beside the cells.
        UnimplementedError: values are hidden by a condition or a colour.
    """
    hidden: dict[int, frozenset[str]] = {}
    for spec in message.messages("filterSpecs"):
        spec.allow(("columnIndex", "filterCriteria"), lacking=("dataSourceColumnReference",))
        column = spec.count("columnIndex")
        if not cells.start_column <= column < cells.end_column:
            raise InvalidArgumentError(f"The column {column} is not in the range of the filter.")
        criteria = spec.message("filterCriteria").allow(
            ("hiddenValues",),
            lacking=(
                "condition",
                "visibleBackgroundColor",
                "visibleBackgroundColorStyle",
                "visibleForegroundColor",
                "visibleForegroundColorStyle",
            ),
        )
        hidden[column] = frozenset(criteria.texts("hiddenValues"))
    return hidden


def told_hidden_values(hidden_values: Mapping[int, frozenset[str]]) -> dict[str, Any]:
    """The filterSpecs that tell of them; nothing when there are none."""
    specs = [
        {"columnIndex": column, "filterCriteria": {"hiddenValues": sorted(values)}}
        for column, values in sorted(hidden_values.items())
    ]
    return {"filterSpecs": specs} if specs else {}


def clear_basic_filter(request: Message, workbook: Workbook) -> None:
    """Request clearBasicFilter."""
    request.allow(("sheetId",))
    workbook.worksheet_by_id(request.integer("sheetId") or 0).basic_filter = None


def dimension_flags(worksheet: Worksheet, dimension: str, place: int) -> dict[str, bool]:
    """Google's hiddenByUser and hiddenByFilter of a row or column, where they are true."""
    of_rows = worksheet.basic_filter if dimension == "ROWS" else None
    flags = {
        "hiddenByUser": place in worksheet.out_of_sight[dimension],
        "hiddenByFilter": of_rows is not None and of_rows.hides(worksheet, place),
    }
    return {name: True for name, is_set in flags.items() if is_set}
