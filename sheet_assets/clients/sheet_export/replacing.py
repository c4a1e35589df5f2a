"""Mode `replace`: the rectangle of an export becomes its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.clients.sheet_export import lines
from sheet_assets.clients.sheet_export.changes import (
    Block,
    Changes,
    Strangers,
    differ,
)
from sheet_assets.clients.sheet_export.difference import MOST_ALIGNED_ROWS, Differences
from sheet_assets.sheets.a1 import Cell, Rectangle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.clients.sheet_export.result import Result
    from sheet_assets.clients.sheet_export.standing import SheetRows
    from sheet_assets.sheets.diff import Difference

_NONE = range(0)


def replaced(
    result: Result,
    sheet: SheetRows,
    title: str,
    *,
    old: Rectangle,
    new: Rectangle,
    limit: int,
) -> Changes:
    """Compare the result with what stands there, in one pass from top to bottom.

    Raises:
        SheetError: cells that are not the export's stand in the way.
    """
    before, in_the_way = _Before(old), Strangers()
    differences = Differences(result, limit)
    wanted = result.with_header()
    cells_changed = 0
    blank = [""] * sheet.area.width
    for number, row in enumerate(sheet, sheet.area.row):
        text = next(wanted) if new.row <= number < new.end_row else None
        if row == blank and not old.row <= number < old.end_row:
            # Nobody's row, as nearly all are of a first export.
            filled = result.width - lines.blanks(text) if text is not None else 0
            cells_changed += filled
            if text is not None and filled and number not in (new.row, old.row):
                differences.added(text)
            continue
        mine = before.columns(number, row, sheet.area)
        whole = mine == range(new.column, new.end_column) and len(mine) == len(row)
        if whole and text is not None and lines.line(row) == text:
            continue
        shall = lines.cells(text) if text is not None else []
        changed = 0
        for column, cell in enumerate(row, sheet.area.column):
            is_new = new.column <= column < new.end_column and text is not None
            if is_new or column in mine:
                changed += differ(cell, shall[column - new.column] if is_new else "")
                if is_new and column not in mine and cell != "":
                    in_the_way.cells.append(Cell(number, column))
        cells_changed += changed
        if changed and number not in (new.row, old.row):
            here = _part(row, sheet.area, mine) if mine else None
            differences.note(here, shall if text is not None else None)
    in_the_way.refuse(title, new)
    return Changes(
        old=old,
        new=new,
        blocks=(Block(new.row, new.height),),
        written=_WithHeader(result),
        size_bytes=result.size_bytes,
        cells_changed=cells_changed,
        fingerprint=result.fingerprint,
        found=before.fingerprint.hexdigest(),
        difference=before.difference(result, differences),
    )


class _Before:
    """What the export owned, as the pass comes by it."""

    def __init__(self, old: Rectangle) -> None:
        self.fingerprint = lines.Fingerprint()
        self._old = old
        self._headers: list[str] = []
        self._rows: list[list[Any]] = []

    def columns(self, number: int, row: list[Any], area: Rectangle) -> range:
        """Which columns of the row were its own."""
        if not self._old.row <= number < self._old.end_row:
            return _NONE
        columns = range(self._old.column, self._old.end_column)
        cells = _part(row, area, columns)
        self.fingerprint.update(lines.line(cells))
        if number == self._old.row:
            self._headers = [str(cell) for cell in cells]
        elif self._old.height <= MOST_ALIGNED_ROWS:
            self._rows.append(cells)
        return columns

    def difference(self, result: Result, noted: Differences) -> Difference:
        """Row by row as they became one another, or by place where they are too many."""
        if max(self._old.height, result.rows) <= MOST_ALIGNED_ROWS:
            return noted.aligned(self._headers, self._rows, result.key)
        return noted.by_place(self._old.height - 1, result.rows)


class _WithHeader:
    """The header's line and the rows', as often as they are asked for."""

    def __init__(self, result: Result) -> None:
        self._result = result

    def __iter__(self) -> Iterator[bytes]:
        return self._result.with_header()


def _part(row: list[Any], area: Rectangle, columns: range) -> list[Any]:
    return row[columns.start - area.column : columns.stop - area.column]
