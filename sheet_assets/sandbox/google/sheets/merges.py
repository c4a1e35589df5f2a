"""Merged cells, and the batchUpdate requests that merge and unmerge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets.grid_range import read_grid_range

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.a1 import Rectangle
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

_TYPES = ("MERGE_ALL", "MERGE_COLUMNS", "MERGE_ROWS")


def merge_cells(request: Message, workbook: Workbook) -> None:
    """Request mergeCells: of each merge the upper left cell keeps its value, the others none."""
    request.allow(("range", "mergeType"))
    worksheet, cells = read_grid_range(request.message("range"), workbook)
    kind = request.enum("mergeType", _TYPES, "MergeCellsRequest.MergeType")
    worksheet.check_editable(cells)
    new = [part for part in _parts(cells, kind) if not part.is_cell]
    worksheet.merges = (*_apart_from(worksheet, cells), *new)
    for part in new:
        _blank_all_but_the_first(worksheet, part)


def unmerge_cells(request: Message, workbook: Workbook) -> None:
    """Request unmergeCells."""
    request.allow(("range",))
    worksheet, cells = read_grid_range(request.message("range"), workbook)
    worksheet.check_editable(cells)
    worksheet.merges = _apart_from(worksheet, cells)


def _apart_from(worksheet: Worksheet, cells: Rectangle) -> tuple[Rectangle, ...]:
    """The merges that these cells do not cover.

    Raises:
        InvalidArgumentError: they cover a part of one.
    """
    apart = []
    for merge in worksheet.merges:
        if not merge.meets(cells):
            apart.append(merge)
        elif not cells.contains(merge):
            raise InvalidArgumentError(
                "You must select all cells in a merged range to merge or unmerge them."
            )
    return tuple(apart)


def _parts(cells: Rectangle, kind: str) -> list[Rectangle]:
    if kind == "MERGE_ROWS":
        return [
            cells._replace(start_row=row, end_row=row + 1)
            for row in range(cells.start_row, cells.end_row)
        ]
    if kind == "MERGE_COLUMNS":
        return [
            cells._replace(start_column=column, end_column=column + 1)
            for column in range(cells.start_column, cells.end_column)
        ]
    return [cells]


def _blank_all_but_the_first(worksheet: Worksheet, cells: Rectangle) -> None:
    row = worksheet.rows[cells.start_row] if cells.start_row < len(worksheet.rows) else ()
    first = row[cells.start_column] if cells.start_column < len(row) else None
    worksheet.clear(cells)
    worksheet.write(cells.start_row, cells.start_column, [[first]])
