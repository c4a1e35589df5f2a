"""Rows and columns of a worksheet: appended, inserted, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets import moves
from sheet_assets.sandbox.google.sheets.a1 import MOST_COLUMNS, Rectangle
from sheet_assets.sandbox.google.sheets.cell import trim_rows, trimmed

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


def resize(worksheet: Worksheet, row_count: int, column_count: int) -> None:
    """Give the grid this size; what lies beyond it is lost.

    Raises:
        InvalidArgumentError: nothing but frozen rows or columns would be left, or the workbook
            would have too many cells.
    """
    # Google changes the rows first, with the old width: a resize that ends within the limit
    # can fail on the way.
    if row_count != worksheet.row_count:
        _check_remaining(worksheet, "ROWS", row_count)
        if row_count < worksheet.row_count:
            _delete_rows(worksheet, row_count, worksheet.row_count)
        worksheet.row_count = row_count
        worksheet.workbook.check_cell_count()
    if column_count != worksheet.column_count:
        _check_remaining(worksheet, "COLUMNS", column_count)
        if column_count < worksheet.column_count:
            _delete_columns(worksheet, column_count, worksheet.column_count)
        worksheet.column_count = column_count
        worksheet.workbook.check_cell_count()


def insert(worksheet: Worksheet, dimension: str, start: int, end: int, *, before: bool) -> None:
    """Insert rows or columns; they take the formats of the one before, or of the one after.

    Raises:
        InvalidArgumentError: `start` is beyond the grid, or `before` is asked for at the start.
    """
    size = worksheet.row_count if dimension == "ROWS" else worksheet.column_count
    if start > size:
        raise InvalidArgumentError(f"range.startIndex[{start}] must not be beyond the grid: {size}")
    if before and start == 0:
        raise InvalidArgumentError("inheritFromBefore cannot be true when startIndex is 0")
    count = end - start
    like = start - 1 if before else start
    if dimension == "ROWS":
        resize(worksheet, worksheet.row_count + count, worksheet.column_count)
        if start < len(worksheet.rows):
            worksheet.rows[start:start] = [()] * count
        for layer in worksheet.layers:
            layer.insert_rows(start, count, like if like < size else None)
        worksheet.notes = {
            (row + count if row >= start else row, column): note
            for (row, column), note in worksheet.notes.items()
        }
    else:
        resize(worksheet, worksheet.row_count, worksheet.column_count + count)
        gap = (None,) * count
        worksheet.rows = [
            row[:start] + gap + row[start:] if len(row) > start else row for row in worksheet.rows
        ]
        for layer in worksheet.layers:
            layer.insert_columns(start, count, like if like < size else None)
        worksheet.notes = {
            (row, column + count if column >= start else column): note
            for (row, column), note in worksheet.notes.items()
        }
    moves.after_insert(worksheet, dimension, start, count, before=before)


def delete(worksheet: Worksheet, dimension: str, start: int, end: int) -> None:
    """Delete rows or columns.

    Raises:
        InvalidArgumentError: they do not exist, or none but frozen ones would be left.
    """
    size = worksheet.row_count if dimension == "ROWS" else worksheet.column_count
    word = "row" if dimension == "ROWS" else "column"
    if end > size:
        raise InvalidArgumentError(
            f"Cannot delete a {word} that doesn't exist. Tried to delete {word} index "
            f"{max(start, size)} but there are only {size} {word}s."
        )
    _check_remaining(worksheet, dimension, size - (end - start))
    if dimension == "ROWS":
        _delete_rows(worksheet, start, end)
        worksheet.row_count -= end - start
    else:
        _delete_columns(worksheet, start, end)
        worksheet.column_count -= end - start


def _check_remaining(worksheet: Worksheet, dimension: str, remaining: int) -> None:
    word, frozen = (
        ("rows", worksheet.frozen_row_count)
        if dimension == "ROWS"
        else ("columns", worksheet.frozen_column_count)
    )
    if remaining < 1:
        raise InvalidArgumentError(f"You can't delete all the {word} on the sheet.")
    if dimension == "COLUMNS" and remaining > MOST_COLUMNS:
        raise InvalidArgumentError(
            f"This action would increase the number of columns above the limit of {MOST_COLUMNS}."
        )
    if frozen and remaining <= frozen:
        raise InvalidArgumentError(f"Sorry, it is not possible to delete all non-frozen {word}.")


def _delete_rows(worksheet: Worksheet, start: int, end: int) -> None:
    worksheet.check_editable(Rectangle(start, end, 0, worksheet.column_count))
    del worksheet.rows[start:end]
    trim_rows(worksheet.rows)
    for layer in worksheet.layers:
        layer.delete_rows(start, end)
    count = end - start
    worksheet.notes = {
        (row - count if row >= end else row, column): note
        for (row, column), note in worksheet.notes.items()
        if not start <= row < end
    }
    moves.after_delete(worksheet, "ROWS", start, end)
    worksheet.frozen_row_count -= max(min(end, worksheet.frozen_row_count) - start, 0)


def _delete_columns(worksheet: Worksheet, start: int, end: int) -> None:
    worksheet.check_editable(Rectangle(0, worksheet.row_count, start, end))
    worksheet.rows = [
        trimmed(row[:start] + row[end:]) if len(row) > start else row for row in worksheet.rows
    ]
    trim_rows(worksheet.rows)
    for layer in worksheet.layers:
        layer.delete_columns(start, end)
    count = end - start
    worksheet.notes = {
        (row, column - count if column >= end else column): note
        for (row, column), note in worksheet.notes.items()
        if not start <= column < end
    }
    moves.after_delete(worksheet, "COLUMNS", start, end)
    worksheet.frozen_column_count -= max(min(end, worksheet.frozen_column_count) - start, 0)
