"""Google's GridRange, DimensionRange and GridCoordinate, read from a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets.a1 import GridRange, Rectangle

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


class Span(NamedTuple):
    """Rows or columns of a worksheet, from 0, the end exclusive."""

    worksheet: Worksheet
    dimension: str
    start: int
    end: int


def grid_range(sheet_id: int, cells: GridRange) -> dict[str, int]:
    """Google's GridRange: without a sheet id of 0, and without what is open."""
    body = {"sheetId": sheet_id} if sheet_id else {}
    for word, start, end in (
        ("Row", cells.start_row, cells.end_row),
        ("Column", cells.start_column, cells.end_column),
    ):
        if start or end is not None:
            body[f"start{word}Index"] = start
        if end is not None:
            body[f"end{word}Index"] = end
    return body


def read_grid_range(message: Message, workbook: Workbook) -> tuple[Worksheet, Rectangle]:
    """The worksheet and the rectangle, open ends at the edge of the grid.

    Raises:
        InvalidArgumentError: no such worksheet, or a rectangle that is empty or beyond the grid.
    """
    worksheet, cells = read_open_grid_range(message, workbook)
    return worksheet, worksheet.bounded(cells)


def read_open_grid_range(message: Message, workbook: Workbook) -> tuple[Worksheet, GridRange]:
    """The worksheet and the rectangle, whose ends may be open.

    Raises:
        InvalidArgumentError: no such worksheet, or a rectangle that is empty or beyond the grid.
    """
    message.allow(("sheetId", "startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex"))
    worksheet = workbook.worksheet_by_id(message.integer("sheetId") or 0)
    cells = GridRange(
        message.count("startRowIndex"),
        message.integer("endRowIndex"),
        message.count("startColumnIndex"),
        message.integer("endColumnIndex"),
    )
    for word, start, end in (
        ("Row", cells.start_row, cells.end_row),
        ("Column", cells.start_column, cells.end_column),
    ):
        if end is not None and end <= start:
            raise InvalidArgumentError(
                f"end{word}Index[{end}] must be greater than start{word}Index[{start}]"
            )
    worksheet.bounded(cells)
    return worksheet, cells


def read_dimension_range(message: Message, workbook: Workbook) -> Span:
    """The rows or columns named; an end not given is the edge of the grid.

    Raises:
        InvalidArgumentError: no such worksheet, no dimension, or an empty span.
    """
    message.allow(("sheetId", "dimension", "startIndex", "endIndex"))
    worksheet = workbook.worksheet_by_id(message.integer("sheetId") or 0)
    dimension = read_dimension(message)
    size = worksheet.row_count if dimension == "ROWS" else worksheet.column_count
    start = message.count("startIndex")
    end = message.integer("endIndex", size) or 0
    if end <= start:
        raise InvalidArgumentError(
            f"range.endIndex[{end}] must be greater than range.startIndex[{start}]"
        )
    return Span(worksheet, dimension, start, end)


def read_dimension(message: Message) -> str:
    """ROWS or COLUMNS."""
    dimension = message.text("dimension")
    if dimension not in {"ROWS", "COLUMNS"}:
        raise InvalidArgumentError("No dimension specified.")
    return dimension


def read_coordinate(message: Message, workbook: Workbook) -> tuple[Worksheet, int, int]:
    """The worksheet, row and column of a GridCoordinate.

    Raises:
        InvalidArgumentError: no such worksheet, or a cell beyond the grid.
    """
    message.allow(("sheetId", "rowIndex", "columnIndex"))
    worksheet = workbook.worksheet_by_id(message.integer("sheetId") or 0)
    row, column = message.count("rowIndex"), message.count("columnIndex")
    for name, index, size, word in (
        ("rowIndex", row, worksheet.row_count, "row"),
        ("columnIndex", column, worksheet.column_count, "column"),
    ):
        if index >= size:
            raise InvalidArgumentError(
                f"GridCoordinate.{name}[{index}] is after last {word} in grid[{worksheet.sheet_id}]"
            )
    return worksheet, row, column
