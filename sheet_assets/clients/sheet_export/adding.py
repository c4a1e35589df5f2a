"""Modes `append` and `upsert`: rows of an export stay, others are added below or replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.clients.sheet_export import lines
from sheet_assets.clients.sheet_export.changes import Block, Changes, Strangers, differ
from sheet_assets.clients.sheet_export.difference import Differences
from sheet_assets.errors import SheetError
from sheet_assets.sheets.a1 import Cell, Rectangle, in_worksheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.clients.sheet_export.result import Result
    from sheet_assets.clients.sheet_export.standing import SheetRows
    from sheet_assets.clients.sheet_export.target import MissingRows


class _Pass:
    """One pass over the rows that stand there, which collects what is written."""

    def __init__(
        self, result: Result, sheet: SheetRows, title: str, old: Rectangle, limit: int
    ) -> None:
        self.result = result
        self.title = title
        self.old = old
        self.sheet = sheet
        self.differences = Differences(result, limit)
        self.found, self.after = lines.Fingerprint(), lines.Fingerprint()
        self.written = result.new_lines()
        self.cells_changed = 0
        self._blocks: list[Block] = []
        self._in_the_way = Strangers()

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """The rows below the header, each padded to the result's width.

        Raises:
            SheetError: the header is not the result's, or a neighbour's cells are in the way.
        """
        start = self.old.column - self.sheet.area.column
        for number, row in enumerate(self.sheet, self.sheet.area.row):
            cells = row[start : start + self.result.width]
            if number == self.old.row:
                self._header(number, cells)
                continue
            for place, cell in enumerate(cells):
                inside = number < self.old.end_row and self.old.column + place < self.old.end_column
                if cell != "" and not inside:
                    self._in_the_way.cells.append(Cell(number, self.old.column + place))
            if number < self.old.end_row:
                self.found.update(lines.line(cells[: self.old.width]))
                yield number, cells

    def write(self, number: int, text: bytes, before: list[Any] | None) -> None:
        """Write this line into the row with this number, below the ones that were written."""
        self.written.append(text)
        last = self._blocks[-1] if self._blocks else None
        if last and last.row + last.rows == number:
            self._blocks[-1] = Block(last.row, last.rows + 1)
        else:
            self._blocks.append(Block(number, 1))
        cells = lines.cells(text)
        was = before or [""] * len(cells)
        self.cells_changed += sum(map(differ, was, cells))
        if number > self.old.row:
            self.differences.note(before, cells)

    def changes(
        self, end_row: int, *, cleared: tuple[int, ...] = (), deleted: tuple[int, ...] = ()
    ) -> Changes:
        """What was collected, for a rectangle that ends above `end_row`."""
        new = Rectangle(self.old.row, self.old.column, end_row, self.old.column + self.result.width)
        self._in_the_way.refuse(self.title, new)
        rows_before = max(0, self.old.height - 1)
        return Changes(
            old=self.old,
            new=new,
            blocks=tuple(self._blocks),
            written=self.written,
            size_bytes=self.written.size_bytes,
            cells_changed=self.cells_changed,
            fingerprint=self.after.hexdigest(),
            found=self.found.hexdigest(),
            difference=self.differences.by_place(
                rows_before, new.height - 1 - len(deleted), self.result.key
            ),
            cleared=cleared,
            deleted=deleted,
        )

    def _header(self, number: int, cells: list[Any]) -> None:
        if self.old.height:
            self.found.update(lines.line(cells[: self.old.width]))
        self.after.update(self.result.header)
        stands = [str(cell) for cell in cells[: self.old.width]]
        if stands != list(self.result.headers[: self.old.width]):
            where = in_worksheet(self.title, Cell(number, self.old.column))
            raise SheetError(
                f"The headers from {where} on are {', '.join(stands)}, and the export's are "
                f"{', '.join(self.result.headers)}. Rows that stay would be under wrong headers: "
                "rename them in the sheet, or set `columns` with their `header`; new columns come "
                "last. The sheet is as it was."
            )
        for place, cell in enumerate(cells[self.old.width :], self.old.width):
            if cell != "":
                self._in_the_way.cells.append(Cell(number, self.old.column + place))
        if self.old.width < self.result.width or not self.old.height:
            self.write(number, self.result.header, cells if self.old.height else None)


def appended(
    result: Result, sheet: SheetRows, title: str, *, old: Rectangle, limit: int
) -> Changes:
    """Add the result's rows below those that stand there.

    Raises:
        SheetError: the headers differ, or cells that are not the export's stand in the way.
    """
    made = _Pass(result, sheet, title, old, limit)
    for _, cells in made.rows():
        made.after.update(lines.line(cells))
    end = max(old.end_row, old.row + 1)
    for text in result:
        made.write(end, text, None)
        made.after.update(text)
        end += 1
    return made.changes(end)


def upserted(
    result: Result,
    sheet: SheetRows,
    title: str,
    *,
    old: Rectangle,
    missing_rows: MissingRows,
    limit: int,
) -> Changes:
    """Replace rows by their key, in the order they stand in, and add new ones below.

    Memory grows with the result's rows: their keys, not their values.

    Raises:
        QueryError: the result's keys are not unique.
        SheetError: those of the sheet are not, the headers differ, or cells that are not the
            export's stand in the way.
    """
    pending, places = result.by_key(), result.key_places
    seen: dict[bytes, int] = {}
    gone: list[int] = []
    made = _Pass(result, sheet, title, old, limit)
    for number, cells in made.rows():
        key = lines.line([cells[place] for place in places])
        if key in seen:
            raise _twice(title, old, seen[key], number, result)
        start = pending.pop(key, None)
        if start is not None:
            seen[key] = number
        here = lines.line(cells)
        text = here if start is None else result.at(start)
        if text != here:
            made.write(number, text, cells)
        elif start is None and missing_rows != "keep" and any(cell != "" for cell in cells):
            gone.append(number)
            made.cells_changed += sum(cell != "" for cell in cells)
            made.differences.note(cells, None)
            if missing_rows == "delete":
                continue
            text = lines.line([""] * result.width)
        made.after.update(text)
    end = max(old.end_row, old.row + 1)
    for start in pending.values():
        text = result.at(start)
        made.write(end, text, None)
        made.after.update(text)
        end += 1
    rows = tuple(gone)
    return made.changes(
        end,
        cleared=rows if missing_rows == "clear" else (),
        deleted=rows if missing_rows == "delete" else (),
    )


def _twice(title: str, old: Rectangle, first: int, second: int, result: Result) -> SheetError:
    column = old.column + result.key_places[0]
    one, other = (in_worksheet(title, Cell(number, column)) for number in (first, second))
    return SheetError(
        f"The rows of {one} and {other} have the same key ({', '.join(result.key)}), so an upsert "
        "cannot tell which to replace. Remove one of them. The sheet is as it was."
    )
