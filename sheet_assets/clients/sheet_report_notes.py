"""The report as notes on the wrong cells, below what people have noted there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.clients import sheet_report_record as record
from sheet_assets.clients.sheet_report_record import Change
from sheet_assets.sheets import report
from sheet_assets.sheets.a1 import Cell, quoted
from sheet_assets.sheets.encode import MAX_CELL_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.sheet_report_record import Place
    from sheet_assets.clients.spreadsheet import Worksheet

_NOTE_FIELDS = "sheets(properties.sheetId,data(startRow,startColumn,rowData.values.note))"
_Notes = dict[Cell, str]


def change(google: GoogleClient, place: Place, wanted: Mapping[Cell, Sequence[str]]) -> Change:
    """What makes the worksheet's notes say this, and no other tab's say anything of ours.

    Reads the notes of the worksheet, if something is to be said there, and of the tabs where
    an earlier report is recorded: one read, or none. Notes move with their rows, so they are
    looked for everywhere on a tab.

    Raises:
        SheetError: the notes cannot be read.
    """
    key, recorded = place.key("notes"), place.recorded("notes")
    tabs = [
        tab
        for tab in place.spreadsheet.worksheets
        if tab.sheet_id in recorded or (wanted and tab == place.worksheet)
    ]
    if not tabs:
        return Change()
    standing = _standing(google, place.spreadsheet.spreadsheet_id, tabs)
    requests: list[dict[str, Any]] = []
    added = removed = 0
    for tab in tabs:
        notes = standing.get(tab.sheet_id, {})
        said = wanted if tab == place.worksheet else {}
        shall_be = dict(_shall_be(notes, said, place.name, tab))
        changed = {cell: text for cell, text in shall_be.items() if text != notes.get(cell, "")}
        gone = {cell for cell, text in changed.items() if not report.is_reported(text, place.name)}
        added += len(changed) - len(gone)
        removed += len(gone)
        requests += _writes(tab.sheet_id, changed)
        remains = any(report.is_reported(text, place.name) for text in shall_be.values())
        if remains and tab.sheet_id not in recorded:
            requests.append(record.created(key, tab.sheet_id, "notes"))
        elif not remains and tab.sheet_id in recorded:
            requests.append(record.deleted(key, tab.sheet_id))
    return Change(tuple(requests), added, removed)


def _standing(
    google: GoogleClient, spreadsheet_id: str, tabs: Sequence[Worksheet]
) -> dict[int, _Notes]:
    """Every note of these tabs, by gid."""
    ranges = [quoted(tab.title) for tab in tabs]
    answer = google.get(spreadsheet_id, fields=_NOTE_FIELDS, ranges=ranges)
    return {
        sheet["properties"].get("sheetId", 0): {
            Cell(row, column): cell["note"]
            for data in sheet.get("data", [])
            for row, cells in enumerate(data.get("rowData", []), data.get("startRow", 0))
            for column, cell in enumerate(cells.get("values", []), data.get("startColumn", 0))
            if cell.get("note")
        }
        for sheet in answer.get("sheets", [])
    }


def _shall_be(
    notes: _Notes, said: Mapping[Cell, Sequence[str]], name: str, tab: Worksheet
) -> Iterator[tuple[Cell, str]]:
    for cell in notes.keys() | said.keys():
        # Rows that were deleted since the sheet was read have no cell to write to.
        if cell.row < tab.rows and cell.column < tab.columns:
            standing = notes.get(cell, "")
            text = report.with_report(standing, name, said.get(cell, ()))
            # A note holds as much as a cell; where no room is left, the person's own goes first.
            fits = len(text) <= MAX_CELL_CHARACTERS
            yield cell, text if fits else report.with_report(standing, name, ())


def _writes(sheet_id: int, changed: Mapping[Cell, str]) -> Iterator[dict[str, Any]]:
    """One updateCells for each run of cells below one another; formats and values stay."""
    runs: list[tuple[Cell, list[str]]] = []
    for cell in sorted(changed, key=lambda cell: (cell.column, cell.row)):
        if runs:
            first, texts = runs[-1]
            if cell == (first.row + len(texts), first.column):
                texts.append(changed[cell])
                continue
        runs.append((cell, [changed[cell]]))
    for first, texts in runs:
        yield {
            "updateCells": {
                "start": {
                    "sheetId": sheet_id,
                    "rowIndex": first.row,
                    "columnIndex": first.column,
                },
                "rows": [{"values": [{"note": text} if text else {}]} for text in texts],
                "fields": "note",
            }
        }
