"""The report of wrong cells in the spreadsheet itself: shown, kept up to date, taken away.

Everything goes in one `spreadsheets.batchUpdate`, which Google applies as a whole or not at
all. It names notes, a tab of its own and developer metadata: no value, format or validation
of anybody else's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sheet_assets.clients import sheet_report_notes, sheet_report_tab
from sheet_assets.clients.sheet_report_record import Place
from sheet_assets.clients.spreadsheet import parse_spreadsheet
from sheet_assets.errors import SheetError, SheetPermissionError
from sheet_assets.sheets import report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.sheet_report_record import Change
    from sheet_assets.errors import WrongCell
    from sheet_assets.sheets.contract import SheetSource

# What `spreadsheet` must hold; google.parse_spreadsheet reads it, too.
FIELDS = (
    "properties(title,timeZone),"
    "sheets(properties(sheetId,title,hidden,gridProperties),developerMetadata)"
)
# What Google says, with status 400, in the middle of a longer sentence.
_PROTECTED = "edit a protected cell or object"


@dataclass(frozen=True)
class Reported:
    """How many cells it shows now and did not before, or in other words, and how many no more."""

    added: int
    removed: int
    api_calls: int


def report_cells(
    google: GoogleClient,
    source: SheetSource,
    cells: Sequence[WrongCell],
    how: Literal["notes", "tab", "off"],
    *,
    spreadsheet: Mapping[str, Any] | None = None,
) -> Reported:
    """Make the spreadsheet show exactly these wrong cells of the sheet, in this form.

    What an earlier report left in another form, on another tab or of other cells goes. Two or
    three reads and one write; no write where everything is shown already. Without cells and
    without an earlier report it is one read, of nothing but the tabs' properties.

    Args:
        google: An account that may edit the spreadsheet.
        source: Names the report, so that two sheets on one worksheet keep theirs apart.
        cells: Of one worksheet.
        how: Notes on the cells, a tab that lists them, or nothing.
        spreadsheet: The answer of `google.get` for FIELDS, when the caller has just read it:
            saves that one read.

    Raises:
        SheetPermissionError: the account may not edit the spreadsheet, or a protected part.
        SheetError: Google refuses otherwise, or does not answer.
    """
    calls = google.api_calls
    shown = cells if how != "off" else ()
    answer = spreadsheet or _read(google, source, shown)
    changes = _changes(google, source, answer, shown, how)
    if any(change.requests for change in changes):
        try:
            _write(google, source, changes)
        except SheetError as refused:
            if type(refused) is not SheetError:
                raise
            # Google may have applied an earlier try without an answer, and now refuse a tab
            # that is there already; or someone took a tab or rows away. Look once more.
            again = _changes(google, source, _read(google, source, shown), shown, how)
            if any(change.requests for change in again):
                _write(google, source, again)
                changes = again
    return Reported(
        added=sum(change.added for change in changes),
        removed=sum(change.removed for change in changes),
        api_calls=google.api_calls - calls,
    )


def _read(google: GoogleClient, source: SheetSource, cells: Sequence[WrongCell]) -> Any:
    right: Literal["editor", "viewer"] = "editor" if cells else "viewer"
    return google.get(source.spreadsheet_id, fields=FIELDS, right=right)


def _changes(
    google: GoogleClient,
    source: SheetSource,
    answer: Mapping[str, Any],
    cells: Sequence[WrongCell],
    how: str,
) -> tuple[Change, Change]:
    found = parse_spreadsheet(source.spreadsheet_id, answer)
    worksheet = found.worksheet(cells[0].worksheet) if cells else None
    place = Place(found, answer, source.name, worksheet)
    return (
        sheet_report_notes.change(google, place, report.notes(cells) if how == "notes" else {}),
        sheet_report_tab.change(google, place, cells if how == "tab" else ()),
    )


def _write(google: GoogleClient, source: SheetSource, changes: Sequence[Change]) -> None:
    requests = [request for change in changes for request in change.requests]
    try:
        google.batch_update(source.spreadsheet_id, requests)
    except SheetError as refused:
        if _PROTECTED not in str(refused):
            raise
        raise SheetPermissionError(
            f"{google.email} may not write the report of wrong cells: a part of the spreadsheet "
            "is protected, and none of it was written. Let that address edit it (Data > Protect "
            "sheets and ranges), or choose `report_to_sheet: tab`, which writes to no cell of "
            "the sheet."
        ) from refused
