"""The batchUpdate request duplicateSheet."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets.properties import sheet_properties

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook


def duplicate_sheet(request: Message, workbook: Workbook) -> dict[str, Any]:
    """Request duplicateSheet: the cells and what lies on them; the reply has the properties."""
    request.allow(("sourceSheetId", "insertSheetIndex", "newSheetId", "newSheetName"))
    source = workbook.worksheet_by_id(request.integer("sourceSheetId") or 0)
    index = request.count("insertSheetIndex")
    if index > len(workbook.worksheets):
        raise InvalidArgumentError(
            f"Index: {index} is too high. Must be less than or equal to: {len(workbook.worksheets)}"
        )
    title = request.text("newSheetName") or free_title(workbook, source.title)
    # Made to check id and title as for a new one, and replaced by the copy.
    made = workbook.create_worksheet(
        title, source.row_count, source.column_count, sheet_id=request.integer("newSheetId")
    )
    copy = source.copied(workbook, made.sheet_id, title)
    workbook.worksheets.remove(made)
    workbook.worksheets.insert(index, copy)
    for chart in list(workbook.charts.values()):
        if chart.sheet_id == source.sheet_id:
            double = chart.for_sheet(_free(workbook.charts), copy.sheet_id)
            workbook.charts[double.chart_id] = double
    for protected in list(workbook.protected_ranges.values()):
        if protected.sheet_id == source.sheet_id:
            protected_id = _free(workbook.protected_ranges)
            workbook.protected_ranges[protected_id] = replace(
                protected,
                protected_range_id=protected_id,
                sheet_id=copy.sheet_id,
                named_range_id=None,
            )
    return {"duplicateSheet": {"properties": sheet_properties(copy)}}


def free_title(workbook: Workbook, title: str) -> str:
    """What a copy of a worksheet with this title is called."""
    taken = {worksheet.title.casefold() for worksheet in workbook.worksheets}
    new, count = f"Copy of {title}", 1
    while new.casefold() in taken:
        count += 1
        new = f"Copy of {title} {count}"
    return new


def _free(taken: dict[int, Any]) -> int:
    while True:
        new = 1 + secrets.randbelow(2**31 - 1)
        if new not in taken:
            return new
