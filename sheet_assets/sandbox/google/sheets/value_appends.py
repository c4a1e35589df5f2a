"""spreadsheets.values.append: rows added after a table that is found among the values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.sheets import dimensions
from sheet_assets.sandbox.google.sheets.a1 import Rectangle, spelled
from sheet_assets.sandbox.google.sheets.message import Message
from sheet_assets.sandbox.google.sheets.values import (
    Update,
    block_of,
    echoed,
    input_option,
    write_updates,
)

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.call import Call
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


def append(call: Call, workbook: Workbook) -> dict[str, Any]:
    """values.append: below the last table in the range, or at its start when it has none."""
    option = input_option(call.parameter("valueInputOption"))
    inserts = call.choice("insertDataOption", ("OVERWRITE", "INSERT_ROWS"), "InsertDataOption")
    body = Message(call.json(), "data").allow(("range", "majorDimension", "values"))
    with workbook.edited_by(call.email):
        block = block_of(body, option)
        worksheet, wanted = workbook.find_range(call.path["range"])
        area = worksheet.clipped(wanted)
        table = find_table(worksheet, area)
        row, column = (table.end_row, table.start_column) if table else (area[0], area[2])
        width = max(map(len, block), default=0)
        cells = Rectangle(row, row + max(len(block), 1), column, column + max(width, 1))
        if inserts == "INSERT_ROWS" and block and row < worksheet.row_count:
            dimensions.insert(worksheet, "ROWS", row, cells.end_row, before=row > 0)
        if cells.end_row > worksheet.row_count:
            dimensions.resize(worksheet, cells.end_row, worksheet.column_count)
        worksheet.check_within_grid(cells)
        update = Update(worksheet, cells, block)
        write_updates(workbook, [update])
    answer: dict[str, Any] = {"spreadsheetId": workbook.spreadsheet_id}
    if table is not None:
        answer["tableRange"] = spelled(worksheet.title, table)
    return answer | {"updates": echoed(update, call, body, workbook)}


def find_table(worksheet: Worksheet, area: Rectangle) -> Rectangle | None:
    """The last table in an area: the cells around its last value up to blank rows and columns.

    A blank cell is in a table when it lies within the cells around a neighbour's value.
    """
    last = _last_value(worksheet, area)
    if last is not None:
        return _around(worksheet, *last)
    if area.is_cell:
        row, column = area.start_row, area.start_column
        for near_row in (row - 1, row, row + 1):
            for near_column in (column - 1, column, column + 1):
                if _has_value(worksheet, near_row, near_column):
                    found = _around(worksheet, near_row, near_column)
                    if found.has(row, column):
                        return found
    return None


def _last_value(worksheet: Worksheet, area: Rectangle) -> tuple[int, int] | None:
    for row in range(min(area.end_row, len(worksheet.rows)) - 1, area.start_row - 1, -1):
        values = worksheet.rows[row]
        for column in range(min(area.end_column, len(values)) - 1, area.start_column - 1, -1):
            if values[column] is not None:
                return row, column
    return None


def _has_value(worksheet: Worksheet, row: int, column: int) -> bool:
    if row < 0 or column < 0 or row >= len(worksheet.rows):
        return False
    values = worksheet.rows[row]
    return column < len(values) and values[column] is not None


def _around(worksheet: Worksheet, row: int, column: int) -> Rectangle:
    """The smallest rectangle with this cell whose surroundings are blank."""
    cells = Rectangle(row, row + 1, column, column + 1)
    while True:
        grown = cells
        wide = (max(grown.start_column - 1, 0), grown.end_column + 1)
        if _row_has_value(worksheet, grown.start_row - 1, *wide):
            grown = grown._replace(start_row=grown.start_row - 1)
        if _row_has_value(worksheet, grown.end_row, *wide):
            grown = grown._replace(end_row=grown.end_row + 1)
        if grown == cells:
            # Rows are cheap to look at, columns are not: last.
            if _column_has_value(worksheet, grown, grown.start_column - 1):
                grown = grown._replace(start_column=grown.start_column - 1)
            if _column_has_value(worksheet, grown, grown.end_column):
                grown = grown._replace(end_column=grown.end_column + 1)
        if grown == cells:
            return cells
        cells = grown


def _row_has_value(worksheet: Worksheet, row: int, start: int, end: int) -> bool:
    if not 0 <= row < len(worksheet.rows):
        return False
    return any(value is not None for value in worksheet.rows[row][start:end])


def _column_has_value(worksheet: Worksheet, cells: Rectangle, column: int) -> bool:
    rows = range(max(cells.start_row - 1, 0), cells.end_row + 1)
    return any(_has_value(worksheet, row, column) for row in rows)
