"""A spreadsheet as CSV: its first worksheet written, or a file read into it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.sheets.cell import TypedText
from sheet_assets.sandbox.google.sheets.formatting import formatted
from sheet_assets.sandbox.google.sheets.typed_block import write_typed

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.cell import Cell, Old
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

DELIMITERS = {"text/csv": ",", "text/tab-separated-values": "\t"}

# A file that Drive converts is in this time zone, whatever it was in before.
CONVERTED_TIME_ZONE = "America/Los_Angeles"


def written(workbook: Workbook, delimiter: str) -> bytes:
    """The first worksheet as displayed, all rows as wide as the widest; no line ends the last."""
    worksheet = workbook.worksheets[0]
    rows = formatted(worksheet, worksheet.grid, worksheet.effective(worksheet.grid))
    width = max(map(len, rows), default=0)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([*row, *[""] * (width - len(row))] for row in rows)
    return text.getvalue().removesuffix("\r\n").encode()


def read_into(workbook: Workbook, content: bytes, *, by: str) -> None:
    """Make a CSV the only worksheet of a spreadsheet, its values read as if typed.

    Raises:
        GoogleError: a value cannot be read, or there are too many.
    """
    rows = csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""))
    block: list[list[Cell | Old]] = [[TypedText(text) for text in row] for row in rows]
    with workbook.edited_by(by):
        workbook.remove_all(workbook.worksheets)
        worksheet = workbook.create_worksheet(
            workbook.title,
            max(len(block), 1000),
            max(26, *map(len, block)) if block else 26,
        )
        write_typed(worksheet, 0, 0, block)
        workbook.time_zone = CONVERTED_TIME_ZONE
        workbook.touch(by)
