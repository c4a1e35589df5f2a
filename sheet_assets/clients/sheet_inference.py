"""Inference of a sheet: which cells are meant, what is read of them, and what is proposed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sheet_assets.clients.sheet_pages import all_rows
from sheet_assets.clients.sheet_reading import fetch
from sheet_assets.errors import SheetNotFoundError
from sheet_assets.sheets.a1 import Rectangle, in_worksheet
from sheet_assets.sheets.infer.area import SheetArea
from sheet_assets.sheets.infer.proposal import Proposal, find_header, propose
from sheet_assets.sheets.infer.survey import FIELDS, Survey, surveyed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.spreadsheet import NamedArea, Spreadsheet, Worksheet
    from sheet_assets.sheets.contract import SheetSource


@dataclass(frozen=True)
class Inferred:
    """A proposal, and where it was read.

    `place` are the fields of a SheetTable that say where; `others` are the tabs that could have
    been meant, where none was named.
    """

    spreadsheet: Spreadsheet
    worksheet: Worksheet
    place: Mapping[str, Any]
    others: tuple[str, ...]
    proposal: Proposal


def infer_sheet(google: GoogleClient, source: SheetSource, worksheet: str | int | None) -> Inferred:
    """Read a sheet and propose its contract: two Sheets reads more than a refresh needs.

    Args:
        google: The client.
        source: Where to read. Its columns are not known yet, and none may be `as_displayed`;
            neither is its worksheet.
        worksheet: A title or a gid in digits, or a gid; None is the first tab.

    Raises:
        SheetError: the sheet cannot be read, is not there, is empty, or has no header.
    """
    spreadsheet = google.spreadsheet(source.spreadsheet_id, named_ranges=True, tables=True)
    if source.named_range is not None:
        _check(spreadsheet, "named range", source.named_range, spreadsheet.named_ranges)
    elif source.sheets_table is not None:
        _check(spreadsheet, "table", source.sheets_table, spreadsheet.tables)
    else:
        tab = _tab(spreadsheet, worksheet)
        source = source.model_copy(update={"worksheet": tab.sheet_id})
    fetched, values = all_rows(fetch(google, [source])[source.name])
    place = fetched.place
    area = SheetArea(place.worksheet.title, values, place.top_left, fetched.spreadsheet.time_zone)
    is_said = source.header_row is not None or source.sheets_table is not None
    header = place.header_row if is_said else find_header(area)
    below = Rectangle(
        header + 1,
        place.top_left.column,
        place.top_left.row + len(values),
        place.top_left.column + max(map(len, values), default=0),
    )
    if below.height > 0 and below.width > 0:
        asked = surveyed(below)
        answer = google.get(
            source.spreadsheet_id,
            fields=FIELDS,
            ranges=[in_worksheet(place.worksheet.title, asked)],
        )
        area = replace(area, survey=Survey.of(answer, asked))
    title = place.worksheet.title
    said = source.model_dump(include={"named_range", "sheets_table"}, exclude_none=True)
    where = said or {"worksheet": title}
    if source.range is not None:
        where["range"] = source.range
    if header != place.top_left.row:
        where["header_row"] = header + 1
    is_open = worksheet is None and not said
    others = tuple(each.title for each in spreadsheet.worksheets if each.title != title)
    return Inferred(
        spreadsheet, place.worksheet, where, others if is_open else (), propose(area, header)
    )


def _tab(spreadsheet: Spreadsheet, worksheet: str | int | None) -> Worksheet:
    """A tab by its title, else by its gid, else the first."""
    tabs = spreadsheet.worksheets
    named = [tab for tab in tabs if tab.title == worksheet]
    numbered = [tab for tab in tabs if str(tab.sheet_id) == str(worksheet)]
    found = tabs[:1] if worksheet is None else (named or numbered)
    if not found:
        there = ", ".join(f'"{tab.title}" (gid {tab.sheet_id})' for tab in tabs)
        raise SheetNotFoundError(
            f'The spreadsheet "{spreadsheet.title}" has no worksheet "{worksheet}"; it has '
            f"{there}. Name one with --worksheet."
        )
    return found[0]


def _check(spreadsheet: Spreadsheet, kind: str, name: str, found: Sequence[NamedArea]) -> None:
    if name not in {each.name for each in found}:
        there = ", ".join(f'"{each.name}"' for each in found) or "none"
        raise SheetNotFoundError(
            f'The spreadsheet "{spreadsheet.title}" has no {kind} "{name}"; it has {there}.'
        )
