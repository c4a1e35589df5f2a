"""The proposal: a contract that reads a sheet as it is, column by column, with its doubts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_assets.errors import SheetError
from sheet_assets.sheets.a1 import column_letters
from sheet_assets.sheets.infer.area import columns, left_out
from sheet_assets.sheets.infer.draft import drafts_of, refused_cells
from sheet_assets.sheets.infer.header import header_row

if TYPE_CHECKING:
    from sheet_assets.errors import WrongCell
    from sheet_assets.sheets.contract import Column
    from sheet_assets.sheets.infer.area import SheetArea


@dataclass(frozen=True)
class ProposedColumn:
    """A column of the worksheet, or why it cannot be one of the table; notes are sentences."""

    letters: str
    header: str
    column: Column | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """A contract for `rows` rows below the header, which stands in row `header_row` from zero.

    `wrong` are the cells that it refuses; a note of their column names them.
    """

    columns: tuple[ProposedColumn, ...]
    header_row: int
    rows: int
    wrong: tuple[WrongCell, ...]

    @property
    def contract(self) -> list[Column]:
        """The columns that can be loaded."""
        return [each.column for each in self.columns if each.column is not None]


def find_header(area: SheetArea) -> int:
    """The row of the worksheet, counted from zero, that looks like its header.

    Raises:
        SheetError: the area is empty.
    """
    found = header_row(area.values)
    if found is None:
        raise SheetError(
            f'The worksheet "{area.worksheet}" has no values where it was read. Put the headers '
            "into the first row, and better a few rows below them: types come from values."
        )
    return area.first.row + found


def propose(area: SheetArea, header: int) -> Proposal:
    """A contract for the rows below a header, which stands in that row of the worksheet.

    All rows decide. In the end the decoder is asked: a column of which it refuses more than the
    cells that are plainly wrong becomes a varchar, and what it still refuses a note names.

    Raises:
        SheetError: no column has a header of its own.
    """
    below = columns(area, header) if header - area.first.row < len(area.values) else []
    reasons = left_out(below, header)
    drafts = drafts_of([cells for cells in below if cells.column not in reasons])
    if not drafts:
        raise SheetError(
            f'Row {header + 1} of "{area.worksheet}" has no header that could be bound. Say which '
            "row has the headers (--header-row), or give each column one of its own."
        )
    refused = refused_cells(area, header, drafts)
    doubtful = {
        column for column, draft in drafts.items() if refused[column].keys() - draft.expected
    }
    if doubtful:
        drafts |= {column: drafts[column].as_text() for column in doubtful}
        refused = refused_cells(area, header, drafts)
    key = next((column for column, draft in drafts.items() if draft.tells_rows_apart), None)
    proposed = []
    for cells in below:
        draft = drafts.get(cells.column)
        notes = [*draft.notes(refused[cells.column])] if draft else [reasons[cells.column]]
        if cells.column == key:
            notes.append("All values differ: with `key: true` it tells rows apart.")
        letters, column = column_letters(cells.column), draft.column if draft else None
        proposed.append(ProposedColumn(letters, cells.header, column, tuple(notes)))
    return Proposal(
        tuple(proposed),
        header,
        len(next(iter(drafts.values())).rows),
        tuple(cell for cells in refused.values() for cell in cells.values()),
    )
