"""Where in a spreadsheet the rows of a sheet stand: which cells of which worksheet are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_assets.errors import SheetHeaderError, SheetNotFoundError
from sheet_assets.sheets.a1 import Cell, in_worksheet, quoted
from sheet_assets.sheets.area import WHOLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.clients.spreadsheet import NamedArea, Spreadsheet, Worksheet
    from sheet_assets.sheets.a1 import Rectangle
    from sheet_assets.sheets.area import Area
    from sheet_assets.sheets.contract import SheetSource


@dataclass(frozen=True)
class Place:
    """Cells of a worksheet.

    `rectangle` is what the grid has of the area, None where it has nothing; `said` names the
    cells in a sentence. `header_row` counts the worksheet's rows from zero.
    """

    worksheet: Worksheet
    area: Area
    rectangle: Rectangle | None
    header_row: int
    said: str

    @property
    def top_left(self) -> Cell:
        """The first of the cells."""
        return Cell(self.area.row, self.area.column)

    @property
    def range(self) -> str:
        """The cells in A1 notation; rows that are added while it is read belong to it, too."""
        if self.area == WHOLE:
            # Quoted: a bare title could also be the name of a named range.
            return quoted(self.worksheet.title)
        has_end = self.area.end_row is not None or self.area.end_column is not None
        cells = str(self.area if has_end or self.rectangle is None else self.rectangle)
        return in_worksheet(self.worksheet.title, cells)


def find(spreadsheet: Spreadsheet, source: SheetSource) -> Place:
    """The cells that a source names; a gid is found under any title.

    Raises:
        SheetNotFoundError: there is no such worksheet, named range or table, or its range is
            not in the grid; lists what there is.
        SheetHeaderError: the header row lies outside of a named range.
    """
    if source.named_range is not None:
        found = _named(spreadsheet, "named range", source.named_range, spreadsheet.named_ranges)
        worksheet, area = spreadsheet.worksheet(found.sheet_id), found.area
        said = f'named range "{found.name}"'
    elif source.sheets_table is not None:
        found = _named(spreadsheet, "table", source.sheets_table, spreadsheet.tables)
        worksheet, area = spreadsheet.worksheet(found.sheet_id), found.area
        said = f'table "{found.name}"'
    else:
        worksheet = spreadsheet.worksheet(0 if source.worksheet is None else source.worksheet)
        area, said = source.area, f'worksheet "{worksheet.title}"'
    rectangle = area.within(worksheet.rows, worksheet.columns)
    if rectangle is None and source.range is not None:
        raise SheetNotFoundError(
            f'The worksheet "{worksheet.title}" has {worksheet.rows} rows and {worksheet.columns} '
            f"columns, and the range {source.range} lies beyond them. Correct `range` in the "
            "defs.yaml."
        )
    header_row = area.row if source.header_row is None else source.header_row - 1
    if not area.has_row(header_row):
        where = in_worksheet(worksheet.title, rectangle or str(area))
        raise SheetHeaderError(
            f"The {said} is {where}, and row {source.header_row} is not in it. Correct "
            "`header_row` in the defs.yaml: it counts the worksheet's rows."
        )
    return Place(worksheet, area, rectangle, header_row, said)


def _named(spreadsheet: Spreadsheet, kind: str, name: str, found: Sequence[NamedArea]) -> NamedArea:
    for each in found:
        if each.name == name:
            return each
    there = ", ".join(f'"{each.name}"' for each in found) or "none"
    raise SheetNotFoundError(
        f'The spreadsheet "{spreadsheet.title}" has no {kind} "{name}"; it has {there}. Correct '
        f"`{'named_range' if kind == 'named range' else 'sheets_table'}` in the defs.yaml, or "
        f"{'define it (Data > Named ranges)' if kind == 'named range' else 'rename the table'}."
    )
