"""The batchUpdate requests about rows and columns: append, insert, delete, hide and size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError
from sheet_assets.sandbox.google.sheets import dimensions
from sheet_assets.sandbox.google.sheets.a1 import Rectangle
from sheet_assets.sandbox.google.sheets.formatting import formatted
from sheet_assets.sandbox.google.sheets.grid_range import read_dimension, read_dimension_range

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.grid_range import Span
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook


ROW_PIXELS = 21
LETTER_PIXELS = 7
MARGIN_PIXELS = 6


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


def update_dimension_properties(request: Message, workbook: Workbook) -> None:
    """Request updateDimensionProperties: rows or columns are hidden, shown again, or sized."""
    request.allow(("range", "properties", "fields"), lacking=("dataSourceSheetRange",))
    span = read_dimension_range(request.message("range"), workbook)
    properties = request.message("properties").allow(
        ("hiddenByUser", "hiddenByFilter", "pixelSize", "developerMetadata")
    )
    worksheet, dimension = span.worksheet, span.dimension
    for name in request.mask().children:
        if name == "pixelSize":
            _size(span, dict.fromkeys(range(span.start, span.end), properties.count(name)))
        elif name == "hiddenByUser":
            old = worksheet.out_of_sight[dimension]
            places = frozenset(range(span.start, span.end))
            new = old | places if properties.boolean(name) else old - places
            worksheet.out_of_sight = {**worksheet.out_of_sight, dimension: new}
        else:
            raise UnimplementedError(f"updateDimensionProperties of the field {name}")


def auto_resize_dimensions(request: Message, workbook: Workbook) -> None:
    """Request autoResizeDimensions: as wide as the longest text, in letters of one width."""
    request.allow(("dimensions",), lacking=("dataSourceSheetDimensions",))
    span = read_dimension_range(request.message("dimensions"), workbook)
    if span.dimension == "ROWS":
        # Every row is as high as its one line of text.
        _size(span, dict.fromkeys(range(span.start, span.end), ROW_PIXELS))
        return
    worksheet = span.worksheet
    cells = Rectangle(0, worksheet.row_count, span.start, span.end)
    longest = dict.fromkeys(range(span.start, span.end), 0)
    for row in formatted(worksheet, cells, worksheet.effective(cells)):
        for column, text in enumerate(row, span.start):
            longest[column] = max(longest[column], len(text))
    sizes = {
        column: length * LETTER_PIXELS + MARGIN_PIXELS
        for column, length in longest.items()
        if length
    }
    _size(span, sizes)


def _size(span: Span, sizes: dict[int, int]) -> None:
    pixels = {**span.worksheet.pixel_sizes[span.dimension], **sizes}
    span.worksheet.pixel_sizes = {**span.worksheet.pixel_sizes, span.dimension: pixels}
