"""The batchUpdate requests that shift cells: insertRange and deleteRange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError
from sheet_assets.sandbox.google.sheets import dimensions, moves
from sheet_assets.sandbox.google.sheets.blocks import Block, wipe
from sheet_assets.sandbox.google.sheets.grid_range import read_grid_range
from sheet_assets.sandbox.google.sheets.spans import deleted, inserted

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.google.sheets.a1 import GridRange, Rectangle
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.spans import Span
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


def insert_range(request: Message, workbook: Workbook) -> None:
    """Request insertRange: what stands there moves down or right; the grid grows when it must."""
    worksheet, cells, rows = _read(request, workbook)
    behind = _behind(worksheet, cells, rows=rows, past=False)
    block = Block.of(worksheet, behind)
    if rows:
        count = cells.end_row - cells.start_row
        size = max(worksheet.row_count, behind.end_row + count)
        dimensions.resize(worksheet, size, worksheet.column_count)
        at = cells.start_row
    else:
        count = cells.end_column - cells.start_column
        size = max(worksheet.column_count, behind.end_column + count)
        dimensions.resize(worksheet, worksheet.row_count, size)
        at = cells.start_column
    wipe(worksheet, behind)
    block.put(
        worksheet,
        behind.start_row + (count if rows else 0),
        behind.start_column + (0 if rows else count),
    )
    _move(worksheet, cells, lambda span: inserted(span, at, count), rows=rows)


def delete_range(request: Message, workbook: Workbook) -> None:
    """Request deleteRange: what stands behind the cells moves up or left; the grid stays."""
    worksheet, cells, rows = _read(request, workbook)
    behind = _behind(worksheet, cells, rows=rows, past=True)
    block = Block.of(worksheet, behind)
    wipe(worksheet, cells)
    wipe(worksheet, behind)
    block.put(worksheet, cells.start_row, cells.start_column)
    first, end = (
        (cells.start_row, cells.end_row) if rows else (cells.start_column, cells.end_column)
    )
    _move(worksheet, cells, lambda span: deleted(span, first, end), rows=rows)


def _read(request: Message, workbook: Workbook) -> tuple[Worksheet, Rectangle, bool]:
    """The cells, and whether others move up or down instead of left or right."""
    request.allow(("range", "shiftDimension"))
    worksheet, cells = read_grid_range(request.message("range"), workbook)
    dimension = request.enum("shiftDimension", ("", "ROWS", "COLUMNS"), "Dimension")
    if not dimension:
        raise InvalidArgumentError("No shiftDimension specified.")
    rows = dimension == "ROWS"
    moving = (
        cells._replace(end_row=worksheet.row_count)
        if rows
        else cells._replace(end_column=worksheet.column_count)
    )
    for table in workbook.tables.values():
        if table.sheet_id == worksheet.sheet_id and table.cells.meets(moving):
            raise UnimplementedError("insertRange and deleteRange through a table")
    for merge in worksheet.merges:
        if merge.meets(moving) and not moving.contains(merge):
            raise InvalidArgumentError("You can't shift only a part of merged cells.")
    return worksheet, cells, rows


def _behind(worksheet: Worksheet, cells: Rectangle, *, rows: bool, past: bool) -> Rectangle:
    """The cells that move: from these on, or past them, to the last that has anything."""
    end_row, end_column = worksheet.extent()
    if rows:
        start = cells.end_row if past else cells.start_row
        return cells._replace(start_row=start, end_row=max(start, end_row))
    start = cells.end_column if past else cells.start_column
    return cells._replace(start_column=start, end_column=max(start, end_column))


def _move(
    worksheet: Worksheet, cells: Rectangle, move: Callable[[Span], Span | None], *, rows: bool
) -> None:
    """Move what lies wholly within the rows or columns that shift."""

    def moved(place: GridRange) -> GridRange | None:
        across = (
            (cells.start_column, cells.end_column, place.start_column, place.end_column)
            if rows
            else (cells.start_row, cells.end_row, place.start_row, place.end_row)
        )
        start, end, place_start, place_end = across
        if place_end is None or place_start < start or place_end > end:
            return place
        span = move(
            (place.start_row, place.end_row) if rows else (place.start_column, place.end_column)
        )
        if span is None:
            return None
        if rows:
            return place._replace(start_row=span[0], end_row=span[1])
        return place._replace(start_column=span[0], end_column=span[1])

    moves.move_rectangles(worksheet, moved)
