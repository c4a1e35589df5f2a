"""The batchUpdate requests about cells: updateCells, repeatCell, appendCells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets import dimensions
from sheet_assets.sandbox.google.sheets.a1 import Rectangle
from sheet_assets.sandbox.google.sheets.cell_data import (
    CellFields,
    read_cell,
    read_rows,
    repeat,
    write_rows,
)
from sheet_assets.sandbox.google.sheets.grid_range import read_coordinate, read_grid_range

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook


def update_cells(request: Message, workbook: Workbook) -> None:
    """Request updateCells: into a range, the rest of which is cleared, or from a start cell."""
    request.allow(("rows", "fields", "range", "start"))
    fields = CellFields.of(request.mask())
    rows = read_rows(request.messages("rows"), fields)
    width = max(map(len, rows), default=0)
    if "range" in request:
        worksheet, cells = read_grid_range(request.message("range"), workbook)
    elif "start" in request:
        worksheet, row, column = read_coordinate(request.message("start"), workbook)
        cells = Rectangle(row, row + len(rows), column, column + width)
        if cells.end_row > worksheet.row_count:
            raise _beyond("row", worksheet.row_count)
        if cells.end_column > worksheet.column_count:
            raise _beyond("column", worksheet.column_count)
        for offset, datas in enumerate(rows):
            # Without a range only the cells given change, also in ragged rows.
            line = Rectangle(row + offset, row + offset + 1, column, column + len(datas))
            write_rows(worksheet, line, [datas], fields)
        return
    else:
        raise InvalidArgumentError("Either a start or a range must be specified.")
    if len(rows) > cells.end_row - cells.start_row:
        raise _beyond("row", cells.end_row)
    if width > cells.end_column - cells.start_column:
        raise _beyond("column", cells.end_column)
    write_rows(worksheet, cells, rows, fields)


def repeat_cell(request: Message, workbook: Workbook) -> None:
    """Request repeatCell: the same data for every cell of a range."""
    request.allow(("range", "cell", "fields"))
    fields = CellFields.of(request.mask())
    worksheet, cells = read_grid_range(request.message("range"), workbook)
    repeat(worksheet, cells, read_cell(request.message("cell"), fields), fields)


def append_cells(request: Message, workbook: Workbook) -> None:
    """Request appendCells: after the last row with data, in new rows where there are none."""
    request.allow(("sheetId", "rows", "fields"), lacking=("tableId",))
    fields = CellFields.of(request.mask())
    worksheet = workbook.worksheet_by_id(request.integer("sheetId") or 0)
    rows = read_rows(request.messages("rows"), fields)
    start = len(worksheet.rows)
    width = max(map(len, rows), default=0)
    if width > worksheet.column_count:
        raise _beyond("column", worksheet.column_count)
    end = start + len(rows)
    if end > worksheet.row_count:
        dimensions.resize(worksheet, end, worksheet.column_count)
    write_rows(worksheet, Rectangle(start, end, 0, width), rows, fields)


def _beyond(word: str, size: int) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"Attempting to write {word}: {size}, beyond the last requested {word} of: {size - 1}"
    )
