"""The atomic export: a rectangle of a worksheet is always one whole result.

One `spreadsheets.batchUpdate` grows the grid, clears what is left of the old rectangle, writes
the new rows and records them in the tab's developer metadata; Google applies all of it or
nothing. Rows beyond 2 MB are put into a hidden staging tab before, and pasted by that update.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from itertools import islice, repeat
from typing import TYPE_CHECKING, Any

from sheet_assets.clients.sheet_export import chart, lines, record, requests, staging
from sheet_assets.clients.sheet_export.plan import Outcome, Plan, plan
from sheet_assets.clients.sheet_export.record import ExportRecord
from sheet_assets.clients.sheet_export.standing import SheetRows, look
from sheet_assets.errors import SheetChangedError, SheetError
from sheet_assets.sheets.a1 import Cell, Rectangle, in_worksheet

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.sheet_export.changes import Changes
    from sheet_assets.clients.sheet_export.result import Result
    from sheet_assets.clients.sheet_export.target import ExportTarget
    from sheet_assets.sheets.diff import Difference

_FORMAT_FIELDS = "sheets.data.rowData.values.userEnteredFormat.numberFormat"


@dataclass(frozen=True)
class Exported:
    """How an export ended; `rectangle` is what it owns now, in A1 notation.

    `unchanged`: the sheet holds these values already, and nothing was written. `superseded`: a
    result that was queried later stands there. `difference` is None where nothing was written.
    """

    outcome: Outcome
    rectangle: str
    rows: int
    cells_changed: int
    api_calls: int
    difference: Difference | None = None
    staged: bool = False


def export_result(
    google: GoogleClient,
    target: ExportTarget,
    result: Result,
    *,
    queried_at: dt.datetime,
    run_id: str | None = None,
    force: bool = False,
) -> Exported:
    """Make the worksheet show this result, in the mode of the target.

    Three reads, one write, and one read to look whether it stands there; two reads and no write
    when nothing changed. Large results take more of each.

    Raises:
        SheetError: as `plan` says; the sheet is as it was.
        SheetChangedError: the sheet does not hold what was written.
    """
    calls = google.api_calls
    planned = plan(google, target, result, queried_at=queried_at, run_id=run_id, force=force)
    if planned.outcome == "written":
        _Writing(google, planned, result, queried_at, run_id).write()
    elif planned.found.leftovers:
        google.batch_update(
            target.spreadsheet_id,
            [requests.delete_sheet(gid) for gid in planned.found.leftovers],
            applied=lambda: not look(google, target).leftovers,
        )
    written = planned.outcome == "written"
    return Exported(
        planned.outcome,
        planned.where,
        planned.rectangle.height - 1,
        planned.changes.cells_changed if planned.changes and written else 0,
        google.api_calls - calls,
        planned.difference,
        planned.staged,
    )


class _Writing:
    """One plan that is carried out."""

    def __init__(
        self,
        google: GoogleClient,
        planned: Plan,
        result: Result,
        queried_at: dt.datetime,
        run_id: str | None,
    ) -> None:
        assert planned.changes is not None  # noqa: S101 - the outcome says that there are some
        self._google = google
        self._plan = planned
        self._target = planned.target
        self._changes: Changes = planned.changes
        self._result = result
        self._queried_at = queried_at
        self._run_id = run_id

    def write(self) -> None:
        """The one update, and what goes before and after it."""
        formats = self._standing_formats()
        if self._plan.staged:
            token = f"{self._queried_at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
            tab = staging.filled(self._google, self._target, self._plan.found, self._changes, token)
            try:
                self._commit(formats, tab.sheet_id)
            except BaseException:
                staging.remove(self._google, self._target.spreadsheet_id, tab)
                raise
        else:
            self._commit(formats, None)
        self._verify()
        self._add_chart()

    def _commit(self, formats: list[Mapping[str, str] | None], staging_id: int | None) -> None:
        plan_, changes = self._plan, self._changes
        found, gid = plan_.found, plan_.grid.sheet_id
        rows = (
            requests.write(gid, changes)
            if staging_id is None
            else requests.paste(gid, staging_id, changes)
        )
        leftovers = found.leftovers if staging_id is None else (staging_id,)
        self._google.batch_update(
            self._target.spreadsheet_id,
            [
                *(
                    [requests.add_sheet(plan_.grid)]
                    if found.is_new
                    else requests.grow(found.worksheet, plan_.grid.rows, plan_.grid.columns)
                ),
                *requests.clear(gid, changes),
                *rows,
                *requests.number_formats(gid, self._result, changes, formats),
                *([requests.stamp(gid, changes.new, self._stamp())] if self._target.stamp else []),
                *record.requests(
                    self._target.metadata_key,
                    gid,
                    self._record(),
                    replaces=found.record is not None,
                ),
                *requests.delete_rows(gid, changes),
                *(requests.delete_sheet(each) for each in leftovers),
            ],
            # A try whose answer was lost cannot be told again: its tab is there, or gone, by now.
            applied=self._is_applied,
        )

    def _record(self) -> ExportRecord:
        return ExportRecord(
            self._changes.final,
            self._queried_at,
            headers=self._result.headers,
            fingerprint=self._changes.fingerprint,
            result=self._result.fingerprint,
            run_id=self._run_id,
        )

    def _is_applied(self) -> bool:
        there = look(self._google, self._target).record
        return there is not None and there.queried_at == self._queried_at

    def _stamp(self) -> str:
        rows = self._changes.final.height - 1
        by = f", run {self._run_id[:8]}" if self._run_id else ""
        return f"As of {self._queried_at:%Y-%m-%d %H:%M} UTC: {rows:,} rows{by} (sheet_assets)"

    def _standing_formats(self) -> list[Mapping[str, str] | None]:
        """The number format of each column's first cell below the header: one read."""
        found, new = self._plan.found, self._changes.new
        grid, none = found.worksheet, [None] * new.width
        if all(self._result.declared_formats) or new.height < 2:
            return list(none)
        if grid.rows < new.row + 2 or grid.columns <= new.column:
            return list(none)
        end = min(new.end_column, grid.columns)
        first = Rectangle(new.row + 1, new.column, new.row + 2, end)
        answer = self._google.get(
            self._target.spreadsheet_id,
            fields=_FORMAT_FIELDS,
            ranges=[in_worksheet(grid.title, first)],
        )
        data = (answer.get("sheets") or [{}])[0].get("data") or [{}]
        cells = (data[0].get("rowData") or [{}])[0].get("values") or []
        there = [cell.get("userEnteredFormat", {}).get("numberFormat") for cell in cells]
        return [*there, *none[len(there) :]]

    def _verify(self) -> None:
        """Read what was written, and compare it.

        Raises:
            SheetChangedError: it is something else.
            SheetError: it cannot be read.
        """
        try:
            self._compare()
        except SheetChangedError:
            raise
        except SheetError as error:
            # Not in its own words: those say that nothing was changed.
            raise type(error)(
                "The result was written, but could not be read back to be compared with what was "
                "sent. The next run looks again."
            ) from error

    def _compare(self) -> None:
        """Page by page, and only those row by row that are not all alike."""
        changes, expected = self._changes, self._expected()
        blocks = changes.final_blocks()
        if not blocks:
            return
        area = changes.final._replace(row=blocks[0].row, end_row=blocks[-1].row + blocks[-1].rows)
        sheet = SheetRows(self._google, self._target.spreadsheet_id, self._plan.grid, area)
        for rows, values in sheet.pages():
            texts = [*islice(expected, len(rows))]
            if not lines.are_told(values, texts):
                self._compare_rows(zip(rows, sheet.padded(rows, values), texts, strict=True))

    def _compare_rows(self, rows: Iterable[tuple[int, list[Any], bytes | None]]) -> None:
        for number, stands, text in rows:
            if text is None or lines.line(stands) == text:
                continue
            wanted = lines.cells(text)
            place = next((place for place, cell in enumerate(stands) if cell != wanted[place]), 0)
            cell = in_worksheet(
                self._plan.grid.title, Cell(number, self._changes.new.column + place)
            )
            raise SheetChangedError(
                f"{cell} does not hold what was written into it. Does somebody, a formula or "
                "another program write there, too? The next run looks again."
            )

    def _expected(self) -> Iterator[bytes | None]:
        """The line of each row from the first to the last that was written, None between blocks."""
        written = iter(self._changes.written)
        row = None
        for block in self._changes.final_blocks():
            yield from repeat(None, 0 if row is None else block.row - row)
            yield from islice(written, block.rows)
            row = block.row + block.rows

    def _add_chart(self) -> None:
        wanted = self._target.chart
        if wanted is None or self._plan.found.has_chart:
            return
        where = self._changes.final
        self._google.batch_update(
            self._target.spreadsheet_id,
            [chart.add_chart(wanted, self._result.names, where, self._plan.grid)],
            applied=lambda: look(self._google, self._target).has_chart,
        )
