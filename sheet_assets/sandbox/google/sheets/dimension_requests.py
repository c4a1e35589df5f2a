"""The batchUpdate requests about rows and columns: append, insert and delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets import dimensions
from sheet_assets.sandbox.google.sheets.grid_range import read_dimension, read_dimension_range

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook


def append_dimension(request: Message, workbook: Workbook) -> None:
    """Request appendDimension."""
    request.allow(("sheetId", "dimension", "length"), lacking=("tableId",))
    worksheet = workbook.worksheet_by_id(request.integer("sheetId") or 0)
    length = request.count("length")
    if not length:
        raise InvalidArgumentError("length must be greater than 0: 0")
    if read_dimension(request) == "ROWS":
        dimensions.resize(worksheet, worksheet.row_count + length, worksheet.column_count)
    else:
        dimensions.resize(worksheet, worksheet.row_count, worksheet.column_count + length)


def insert_dimension(request: Message, workbook: Workbook) -> None:
    """Request insertDimension."""
    request.allow(("range", "inheritFromBefore"))
    span = read_dimension_range(request.message("range"), workbook)
    before = request.boolean("inheritFromBefore")
    dimensions.insert(span.worksheet, span.dimension, span.start, span.end, before=before)


def delete_dimension(request: Message, workbook: Workbook) -> None:
    """Request deleteDimension."""
    request.allow(("range",))
    span = read_dimension_range(request.message("range"), workbook)
    dimensions.delete(span.worksheet, span.dimension, span.start, span.end)
