"""The area of a worksheet that was read: its values, and what is known of their formats."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheet_assets.sheets.a1 import TOP_LEFT, Cell
from sheet_assets.sheets.contract import normalise_header
from sheet_assets.sheets.infer.cells import Cells, sorted_cells
from sheet_assets.sheets.infer.survey import Survey
from sheet_assets.sheets.values import FORMULA_ERRORS

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class SheetArea:
    """What was read of a worksheet.

    Args:
        worksheet: Its title.
        values: Rows as values.get answers: unformatted, dates as serial numbers, ragged.
        first: The cell of the worksheet where they begin.
        time_zone: The spreadsheet's.
        survey: What is known of the cells besides.
    """

    worksheet: str
    values: Sequence[Sequence[Any]]
    first: Cell = TOP_LEFT
    time_zone: str = "Etc/GMT"
    survey: Survey = field(default_factory=Survey)


def columns(area: SheetArea, header: int) -> list[Cells]:
    """The columns with a header, or with values, in the sheet's order."""
    begin = header - area.first.row
    headers, body = area.values[begin], area.values[begin + 1 :]
    found = []
    for index in range(max(map(len, area.values[begin:]))):
        column = area.first.column + index
        cells = sorted_cells(
            normalise_header(headers[index]) if index < len(headers) else "",
            column,
            ((row, each[index]) for row, each in enumerate(body, header + 1) if index < len(each)),
            formats=area.survey.formats.get(column, {}),
            column_type=area.survey.column_types.get(column, ""),
            choices=area.survey.choices.get(column, ()),
        )
        if cells.header or cells.filled:
            found.append(cells)
    return found


def left_out(below: Sequence[Cells], header: int) -> dict[int, str]:
    """Why columns cannot be bound by their header."""
    places = defaultdict(list)
    for cells in below:
        places[cells.header].append(str(Cell(header, cells.column)))
    reasons = {}
    for cells in below:
        if not cells.header:
            reasons[cells.column] = "It has values and no header: give it one in the sheet."
        elif cells.header in FORMULA_ERRORS:
            reasons[cells.column] = "Its header is a formula's error: correct it in the sheet."
        elif len(places[cells.header]) > 1:
            where = " and ".join(places[cells.header])
            reasons[cells.column] = f"This header stands in {where}: rename all but one."
    return reasons
