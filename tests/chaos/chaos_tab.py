"""The exported tab of a case: what it may show, and whether it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chaos_broken import BrokenError
from chaos_sheet import HEADER

if TYPE_CHECKING:
    import datetime as dt

    from sheet_assets.clients.sheet_export.export import Exported
    from sheet_assets.clients.sheet_export.target import ExportTarget
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

Lines = tuple[tuple[Any, ...], ...]

TAB = "Summary"
# In these rows somebody has typed something beside the export.
_NEIGHBOURS = (0, 2, 9, 40)
_NEIGHBOURS_COLUMN = len(HEADER) + 1
_BLANK = ("",) * len(HEADER)


@dataclass(frozen=True)
class Showing:
    """A result on its way into the tab."""

    rows: Lines
    queried_at: dt.datetime
    run_id: str


class ChaosTab:
    """What the tab shows, by the rules of the export's mode."""

    def __init__(self, workbook: Workbook, target: ExportTarget) -> None:
        self.target = target
        # What the export of this step has said.
        self.exported: Exported | None = None
        self._workbook = workbook
        self._lines: Lines = ()
        self._last: Showing | None = None
        self._showing: Showing | None = None
        self._whole: set[Lines] = {()}
        # What stands in which row of theirs.
        self._neighbours: dict[int, str] = {}
        if not target.create_worksheet:
            tab = workbook.add_worksheet(TAB, 10, len(HEADER) + 3)
            for row in _NEIGHBOURS:
                self._neighbours[row] = f"mine {row}"
                mine = [[self._neighbours[row]]]
                tab.set_values(mine, row=row, column=_NEIGHBOURS_COLUMN, grow=True)

    def begin(self, showing: Showing) -> None:
        """From now on the tab may become this."""
        self._showing = showing
        self._whole = {self._lines, self._after(showing)}

    def look(self) -> None:
        """What a reader sees in the middle of things.

        Raises:
            BrokenError: it is no whole result.
        """
        if (seen := self._read()) not in self._whole:
            raise BrokenError(
                f"a reader saw {len(seen)} lines in the exported tab that are no whole result; "
                f"before it was {len(self._lines)}"
            )

    def settle(self) -> str:
        """Compare everything after a step, and with what it said, if it did; what became of it.

        Raises:
            BrokenError: something is not as it must be.
        """
        before, showing, exported = self._lines, self._showing, self.exported
        now = self._read()
        after = self._after(showing) if showing else None
        if now not in {before, after}:
            raise BrokenError(
                f"the exported tab went from {len(before)} lines to {len(now)}, which is neither "
                "what it was nor the result"
            )
        last = self._last
        old = last is not None and showing is not None and showing.queried_at < last.queried_at
        became = now == after
        if became and now != before and old:
            raise BrokenError("an older result took the place of a newer one")
        if exported is not None:
            holds = {
                "written": became,
                "unchanged": now == before and (became or self.target.mode == "append"),
                "superseded": now == before and old,
            }[exported.outcome]
            if not holds:
                raise BrokenError(f"an export said {exported.outcome}, and that is not so")
        if became and (now != before or (exported is not None and exported.outcome == "written")):
            self._last = showing
        if showing and became and now != before:
            self._move_neighbours(self._deleted(showing))
        self._check_neighbours()
        self._lines, self._showing, self.exported, self._whole = now, None, None, {now}
        return "became" if became and now != before else "stayed"

    def staging_tabs(self) -> list[str]:
        """The titles of hidden tabs that an export has left."""
        with self._workbook.lock:
            return [each.title for each in self._workbook.worksheets if "staging" in each.title]

    def wanted(self, rows: Lines) -> bool:
        """Whether the tab is what it must be while the query has these rows."""
        lines = self._lines
        if self.target.mode == "replace":
            return lines == (tuple(HEADER), *rows)
        if self.target.mode == "append":
            return lines[len(lines) - len(rows) :] == rows
        kept = set(lines[1:]) - {_BLANK}
        return set(rows) <= kept and (self.target.missing_rows == "keep" or set(rows) == kept)

    def refuses(self, rows: Lines) -> bool:
        """Whether an upsert cannot tell which of these rows to show.

        The same rows under two contracts are two versions, which a table of mode append holds.
        """
        keys = [HEADER.index(name) for name in self.target.key]
        return bool(keys) and len({tuple(row[key] for key in keys) for row in rows}) < len(rows)

    def _after(self, showing: Showing) -> Lines:
        header, there = tuple(HEADER), self._lines
        if self.target.mode == "replace" or not there:
            return _trimmed((header, *showing.rows))
        if self.target.mode == "append":
            last = self._last
            if last and (last.rows == showing.rows or last.run_id == showing.run_id):
                return there
            return _trimmed((*there, *showing.rows))
        keys = [HEADER.index(name) for name in self.target.key]
        pending = {tuple(row[key] for key in keys): row for row in showing.rows}
        lines: list[tuple[Any, ...]] = []
        for row in there[1:]:
            new = pending.pop(tuple(row[key] for key in keys), None)
            if new is not None or self.target.missing_rows == "keep" or row == _BLANK:
                lines.append(new or row)
            elif self.target.missing_rows == "clear":
                lines.append(_BLANK)
        return _trimmed((header, *lines, *pending.values()))

    def _deleted(self, showing: Showing) -> list[int]:
        """The rows of the worksheet that go as a whole, other people's cells in them included."""
        if self.target.mode != "upsert" or self.target.missing_rows != "delete":
            return []
        keys = [HEADER.index(name) for name in self.target.key]
        there = {tuple(row[key] for key in keys) for row in showing.rows}
        return [
            number
            for number, row in enumerate(self._lines)
            if number and row != _BLANK and tuple(row[key] for key in keys) not in there
        ]

    def _move_neighbours(self, deleted: list[int]) -> None:
        self._neighbours = {
            row - sum(each < row for each in deleted): text
            for row, text in self._neighbours.items()
            if row not in deleted
        }

    def _check_neighbours(self) -> None:
        if self.target.create_worksheet:
            return
        seen = {
            number: cells[_NEIGHBOURS_COLUMN]
            for number, cells in enumerate(self._workbook.worksheet(TAB).values())
            if len(cells) > _NEIGHBOURS_COLUMN and cells[_NEIGHBOURS_COLUMN] is not None
        }
        if seen != self._neighbours:
            raise BrokenError(
                f"beside the export stands {seen}, where {self._neighbours} was typed"
            )

    def _read(self) -> Lines:
        with self._workbook.lock:
            if not any(each.title == TAB for each in self._workbook.worksheets):
                return ()
            values = self._workbook.worksheet(TAB).values()
        return _trimmed(
            tuple(
                tuple("" if cell is None else cell for cell in [*row, *_BLANK][: len(HEADER)])
                for row in values
            )
        )


def shown(rows: Lines) -> Lines:
    """A query's rows as the cells that show them."""
    return tuple(tuple("" if value is None else value for value in row) for row in rows)


def _trimmed(lines: Lines) -> Lines:
    """Without the blank lines at the end, which nobody sees."""
    end = len(lines)
    while end and lines[end - 1] == _BLANK:
        end -= 1
    return lines[:end]
