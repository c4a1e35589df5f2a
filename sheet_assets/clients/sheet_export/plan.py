"""What an export is going to do: found by reading alone, and shown before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from sheet_assets.clients.sheet_export import adding, replacing, standing
from sheet_assets.clients.sheet_export.changes import adopted
from sheet_assets.errors import SheetError, SheetTooLargeError
from sheet_assets.sheets.a1 import Cell, Rectangle, in_worksheet

if TYPE_CHECKING:
    import datetime as dt

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.sheet_export.changes import Changes
    from sheet_assets.clients.sheet_export.record import ExportRecord
    from sheet_assets.clients.sheet_export.result import Result
    from sheet_assets.clients.sheet_export.standing import SheetRows, Standing
    from sheet_assets.clients.sheet_export.target import ExportTarget
    from sheet_assets.clients.spreadsheet import Worksheet
    from sheet_assets.sheets.diff import Difference

Outcome = Literal["written", "unchanged", "superseded"]

# https://support.google.com/drive/answer/37603
MAX_CELLS = 10_000_000
# Google advises 2 MB a request; what is larger goes by a staging tab.
_MOST_REQUEST_BYTES = 2_000_000
_BYTES_A_CELL = 42
# What a tab has that people add in the browser.
_USUAL_ROWS, _USUAL_COLUMNS = 1000, 26


@dataclass(frozen=True)
class Plan:
    """An export that is not written yet.

    Args:
        outcome: How it will end. `unchanged`: the sheet holds these values already.
            `superseded`: a result that was queried later stands there.
        found: What stands in the spreadsheet.
        changes: What is to be written; None where an older result changes nothing.
        grid: The tab with the size that it needs.
        staged: Whether the rows go by a staging tab.
    """

    target: ExportTarget
    outcome: Outcome
    found: Standing
    changes: Changes | None
    grid: Worksheet
    staged: bool

    @property
    def rectangle(self) -> Rectangle:
        """What the export owns afterwards."""
        if self.changes is not None:
            return self.changes.final
        assert self.found.record is not None  # noqa: S101 - only a record supersedes or repeats
        return self.found.record.rectangle

    @property
    def where(self) -> str:
        """The same in A1 notation."""
        return in_worksheet(self.found.worksheet.title, self.rectangle)

    @property
    def difference(self) -> Difference | None:
        """What changes, as people read it."""
        return self.changes.difference if self.changes and self.outcome == "written" else None


def plan(
    google: GoogleClient,
    target: ExportTarget,
    result: Result,
    *,
    queried_at: dt.datetime,
    run_id: str | None = None,
    force: bool = False,
    listed_rows: int = 20,
) -> Plan:
    """Compare the result with what stands in the worksheet; nothing is written.

    Two reads, and one more for every 200,000 cells that stand there.

    Args:
        google: Where the worksheet is.
        target: Which, and how it is written.
        result: What it shall show.
        queried_at: When its query ran.
        run_id: The run that asks: its second try appends nothing.
        force: Write also what stands there already.
        listed_rows: How many rows that differ are listed; they are always counted.

    Raises:
        SheetError: the worksheet is missing or may not be written, somebody's cells are in the
            way, the export was edited by hand and that is to be refused, or a limit is met.
    """
    found = standing.look(google, target)
    record = found.record
    if record and record.queried_at > queried_at:
        return Plan(target, "superseded", found, None, found.worksheet, staged=False)
    if target.mode == "append" and record and not force and _is_appended(record, result, run_id):
        return Plan(target, "unchanged", found, None, found.worksheet, staged=False)
    changes = _changes(google, target, result, found, listed_rows)
    if not force:
        _check_edits(target, found, changes)
    nothing = not (changes.cells_changed or changes.deleted or force)
    if nothing and record and record.rectangle == changes.final:
        return Plan(target, "unchanged", found, changes, found.worksheet, staged=False)
    found.check_writable(changes.new.union(changes.old) if changes.old.height else changes.new)
    large = changes.size_bytes + changes.cells * _BYTES_A_CELL > _MOST_REQUEST_BYTES
    # An update that deletes rows would delete others when it is sent again, after its answer was
    # lost. One that deletes its staging tab as well is refused then, as a whole.
    staged = large or bool(changes.deleted)
    grid = _grid(found, changes, staged=staged)
    return Plan(target, "written", found, changes, grid, staged)


def _is_appended(record: ExportRecord, result: Result, run_id: str | None) -> bool:
    """Whether the last append was this result: of the same run, or the very same rows."""
    return record.result == result.fingerprint or (run_id is not None and record.run_id == run_id)


def _changes(
    google: GoogleClient, target: ExportTarget, result: Result, found: Standing, limit: int
) -> Changes:
    anchor, title = target.anchor, found.worksheet.title
    new = Rectangle(
        anchor.row, anchor.column, anchor.row + 1 + result.rows, anchor.column + result.width
    )
    if found.record:
        old, sheet = _recorded(google, target, found, found.record, new)
    else:
        rest = new._replace(end_row=max(found.worksheet.rows, new.end_row))
        sheet = found.rows(google, rest)
        old = adopted(sheet, anchor, result)
    if target.mode == "replace":
        return replacing.replaced(result, sheet, title, old=old, new=new, limit=limit)
    if old.height and (old.row, old.column) != anchor:
        raise SheetError(
            f"The export stands at {Cell(old.row, old.column)} of {title}, and its `anchor` is "
            f"{anchor}. Rows that stay cannot be moved: set the anchor back, or move them by hand. "
            "The sheet is as it was."
        )
    if target.mode == "append":
        return adding.appended(result, sheet, title, old=old, limit=limit)
    return adding.upserted(
        result, sheet, title, old=old, missing_rows=target.missing_rows, limit=limit
    )


def _recorded(
    google: GoogleClient,
    target: ExportTarget,
    found: Standing,
    record: ExportRecord,
    new: Rectangle,
) -> tuple[Rectangle, SheetRows]:
    """What the export owns, as far as people have left it, and the rows of that and of `new`.

    The rectangle goes with its headers.

    Raises:
        SheetError: rows or columns were inserted, and it stands elsewhere now.
    """
    grid, recorded = found.worksheet, record.rectangle
    corner, anchor = Cell(recorded.row, recorded.column), Cell(new.row, new.column)
    old = recorded.clipped(grid.rows, grid.columns)
    sheet = found.rows(google, _area(target, old, new))
    header = sheet.row(recorded.row) if old.height else None
    start = recorded.column - sheet.area.column
    there = [str(cell) for cell in (header or [])[start : start + recorded.width]]
    if header is None or record.headers is None or there == list(record.headers):
        return old, sheet
    now = standing.find_headers(google, found, record.headers, corner)
    if now is None or now == corner:
        return old, sheet
    if now != anchor:
        raise SheetError(
            f"The export stands in {in_worksheet(grid.title, now)} now, not in {corner}: somebody "
            f"inserted or deleted rows or columns before it. Set `anchor: {now}` in the defs.yaml, "
            "or move it back. The sheet is as it was."
        )
    moved = Rectangle(now.row, now.column, now.row + recorded.height, now.column + recorded.width)
    old = moved.clipped(grid.rows, grid.columns)
    return old, found.rows(google, _area(target, old, new))


def _area(target: ExportTarget, old: Rectangle, new: Rectangle) -> Rectangle:
    """The cells that may change: added rows go below those that stand there."""
    if not (old.height and old.width):
        return new
    area = new.union(old)
    return area if target.mode == "replace" else area._replace(end_row=old.end_row + new.height - 1)


def _check_edits(target: ExportTarget, found: Standing, changes: Changes) -> None:
    record = found.record
    if target.on_manual_edit == "overwrite" or record is None or record.fingerprint is None:
        return
    if changes.found != record.fingerprint:
        where = in_worksheet(found.worksheet.title, record.rectangle)
        raise SheetError(
            f"Somebody edited {where} since the export of "
            f"{record.queried_at:%Y-%m-%d %H:%M} UTC, and `on_manual_edit` is `reject`. Put the "
            "values back or into the tables that are exported, or run once with --force to "
            "overwrite them. The sheet is as it was."
        )


def _grid(found: Standing, changes: Changes, *, staged: bool) -> Worksheet:
    """The tab with the size that it needs.

    Raises:
        SheetTooLargeError: the spreadsheet would have more than 10 million cells.
    """
    tab, new = found.worksheet, changes.new
    # Google does not delete all rows that are not frozen.
    rows = max(tab.rows, new.end_row, len(changes.deleted) + found.frozen_rows + 1)
    columns = max(tab.columns, new.end_column)
    if found.is_new and not staged:
        rows, columns = max(rows, _USUAL_ROWS), max(columns, _USUAL_COLUMNS)
    staging = changes.cells if staged else 0
    cells = found.other_cells + rows * columns + staging
    if (cells > MAX_CELLS) and (staged or (rows, columns) != (tab.rows, tab.columns)):
        narrower = (
            f" The tab has {columns - new.end_column:,} columns to the right of the result: "
            "deleting those that are blank helps most."
            if columns > new.end_column
            else ""
        )
        holding = f", {staging:,} of them in a hidden tab meanwhile" if staged else ""
        raise SheetTooLargeError(
            f"The result would make the spreadsheet {cells:,} cells large{holding}"
            f"; Google allows {MAX_CELLS:,}. Select fewer rows, or delete unused rows, columns and "
            f"tabs.{narrower} The sheet is as it was."
        )
    return replace(tab, rows=rows, columns=columns)
