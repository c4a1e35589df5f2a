"""The batchUpdate requests of an export: Google applies all of them, or none.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from sheet_assets.clients.sheet_export import lines
from sheet_assets.sheets import encode
from sheet_assets.sheets.a1 import Rectangle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sheet_assets.clients.sheet_export.changes import Changes
    from sheet_assets.clients.sheet_export.result import Result
    from sheet_assets.clients.spreadsheet import Worksheet

_VALUES = "userEnteredValue"


def add_sheet(worksheet: Worksheet, *, hidden: bool = False) -> dict[str, Any]:
    """A new tab, of this gid and size."""
    grid = {"rowCount": worksheet.rows, "columnCount": worksheet.columns}
    properties = {
        "sheetId": worksheet.sheet_id,
        "title": worksheet.title,
        "gridProperties": grid,
        "hidden": hidden,
    }
    return {"addSheet": {"properties": properties}}


def delete_sheet(sheet_id: int) -> dict[str, Any]:
    """The tab with this gid goes."""
    return {"deleteSheet": {"sheetId": sheet_id}}


def grow(worksheet: Worksheet, rows: int, columns: int) -> list[dict[str, Any]]:
    """The grid gets this size, where it has another one."""
    if (rows, columns) == (worksheet.rows, worksheet.columns):
        return []
    grid = {"rowCount": rows, "columnCount": columns}
    properties = {"sheetId": worksheet.sheet_id, "gridProperties": grid}
    fields = "gridProperties(rowCount,columnCount)"
    return [{"updateSheetProperties": {"properties": properties, "fields": fields}}]


def clear(sheet_id: int, changes: Changes) -> Iterator[dict[str, Any]]:
    """What the export owned and does not any more; formats stay, as only values are named."""
    old, new = changes.old, changes.new
    if old.height and old.width and new.union(old) != new:
        yield _clear(old, sheet_id)
    for row, rows in _runs(changes.cleared):
        yield _clear(Rectangle(row, new.column, row + rows, new.end_column), sheet_id)


def _clear(cells: Rectangle, sheet_id: int) -> dict[str, Any]:
    # Rows that are not given clear the range.
    return {
        "updateCells": {"range": cells.grid_range(sheet_id), "rows": [], "fields": _VALUES},
    }


def write(sheet_id: int, changes: Changes) -> Iterator[dict[str, Any]]:
    """The written rows themselves, as typed values."""
    written = iter(changes.written)
    for block in changes.blocks:
        cells = changes.new._replace(row=block.row, end_row=block.row + block.rows)
        rows = [
            {"values": [_cell_data(cell) for cell in lines.cells(text)]}
            for text in islice(written, block.rows)
        ]
        yield {
            "updateCells": {"range": cells.grid_range(sheet_id), "rows": rows, "fields": _VALUES}
        }


def paste(sheet_id: int, staging_id: int, changes: Changes) -> Iterator[dict[str, Any]]:
    """The written rows from a staging tab, where they stand one block below the other."""
    row = 0
    for block in changes.blocks:
        source = Rectangle(row, 0, row + block.rows, changes.new.width)
        cells = changes.new._replace(row=block.row, end_row=block.row + block.rows)
        yield {
            "copyPaste": {
                "source": source.grid_range(staging_id),
                "destination": cells.grid_range(sheet_id),
                "pasteType": "PASTE_VALUES",
                "pasteOrientation": "NORMAL",
            }
        }
        row += block.rows


def delete_rows(sheet_id: int, changes: Changes) -> Iterator[dict[str, Any]]:
    """The deleted rows, from below, so that none moves before its turn."""
    for row, rows in reversed(list(_runs(changes.deleted))):
        where = {"sheetId": sheet_id, "dimension": "ROWS"}
        yield {"deleteDimension": {"range": {**where, "startIndex": row, "endIndex": row + rows}}}


def number_formats(
    sheet_id: int,
    result: Result,
    changes: Changes,
    standing: Sequence[Mapping[str, str] | None],
) -> Iterator[dict[str, Any]]:
    """Declared formats; else a format a person chose is carried on to new rows; dates get one.

    Args:
        sheet_id: The tab's gid.
        result: What is written.
        changes: Where.
        standing: The format of each column's first cell below the header.
    """
    old, new = changes.old, changes.new
    for place, needed in enumerate(result.formats):
        declared = result.declared_formats[place]
        chosen = None if declared else standing[place]
        # Rows that were written before keep what they have.
        below = old.end_row if chosen and old.row == new.row else 0
        first_row = max(new.row + 1, below)
        number_format = chosen or needed
        if number_format is None or first_row >= new.end_row:
            continue
        column = new.column + place
        cells = Rectangle(first_row, column, new.end_row, column + 1)
        yield {
            "repeatCell": {
                "range": cells.grid_range(sheet_id),
                "cell": {"userEnteredFormat": {"numberFormat": dict(number_format)}},
                "fields": "userEnteredFormat.numberFormat",
            }
        }


def stamp(sheet_id: int, where: Rectangle, text: str) -> dict[str, Any]:
    """A note on the first header."""
    cell = where._replace(end_row=where.row + 1, end_column=where.column + 1)
    return {
        "updateCells": {
            "range": cell.grid_range(sheet_id),
            "rows": [{"values": [{"note": text}]}],
            "fields": "note",
        }
    }


def _cell_data(cell: encode.CellValue) -> dict[str, Any]:
    extended = encode.extended_value(cell)
    return {_VALUES: extended} if extended else {}


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Rows in ascending order as (first, how many follow one another)."""
    start = count = 0
    for row in rows:
        if count and row == start + count:
            count += 1
            continue
        if count:
            yield start, count
        start, count = row, 1
    if count:
        yield start, count
