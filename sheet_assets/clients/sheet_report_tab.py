"""The report as a tab that lists the wrong cells, told from people's tabs by its record."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from sheet_assets.clients import sheet_report_record as record
from sheet_assets.clients.sheet_report_record import Change
from sheet_assets.sheets import report
from sheet_assets.sheets.a1 import Rectangle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.sheet_report_record import Place
    from sheet_assets.clients.spreadsheet import Worksheet
    from sheet_assets.errors import WrongCell

_WIDTH = len(report.TABLE_HEADER)
_RED = {"red": 0.8}
_Rows = list[list[str]]


def change(google: GoogleClient, place: Place, cells: Sequence[WrongCell]) -> Change:
    """What makes the report's tab list these cells of the worksheet; without cells, no tab.

    Whether the tab must be written again is told by the hash in its record, not by reading it:
    a text that Google gives back in another spelling would be written for ever. What it lists
    is read only to count what changes.

    Raises:
        SheetError: what the tab lists now cannot be read.
    """
    key, found = place.key("tab"), place.recorded("tab")
    spreadsheet, worksheet = place.spreadsheet, place.worksheet
    tab = next((each for each in spreadsheet.worksheets if _is_ours(each, found)), None)
    if worksheet is None or not cells:
        if tab is None:
            return Change()
        if _another_is_visible(place.answer, tab):
            listed = int(found[tab.sheet_id].split()[1])
            return Change(({"deleteSheet": {"sheetId": tab.sheet_id}},), 0, listed)
        # Google keeps at least one tab in sight.
        rows = report.table((), place.name, str)
    else:
        address = f"https://docs.google.com/spreadsheets/d/{spreadsheet.spreadsheet_id}/edit"
        at = f"{address}#gid={worksheet.sheet_id}&range="
        rows = report.table(cells, place.name, lambda cell: at + cell)
        if tab is None:
            requests = _new_tab(key, worksheet, spreadsheet.worksheets, rows)
            return Change(requests, len(report.listed(rows)), 0)
    value = _recorded(tab.sheet_id, rows)
    if found[tab.sheet_id] == value:
        return Change()
    was = report.listed(google.values(spreadsheet.spreadsheet_id, tab.title))
    now = report.listed(rows)
    gone = {cell for cell, _ in was} - {cell for cell, _ in now}
    requests = (
        *_growth(tab, len(rows)),
        _write(tab.sheet_id, max(tab.rows, len(rows)), rows),
        record.updated(key, tab.sheet_id, value),
    )
    return Change(requests, len(now - was), len(gone))


def _is_ours(tab: Worksheet, found: Mapping[int, str]) -> bool:
    """Whether the record on the tab is of this tab; that of a copy names the one copied."""
    value = found.get(tab.sheet_id, "")
    return re.fullmatch(f"{tab.sheet_id} [0-9]+ [0-9a-f]+", value) is not None


def _recorded(sheet_id: int, rows: _Rows) -> str:
    """The tab's gid, how many cells it lists, and the hash of what it says."""
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    return f"{sheet_id} {len(report.listed(rows))} {digest}"


def _another_is_visible(answer: Mapping[str, Any], tab: Worksheet) -> bool:
    return any(
        not properties.get("hidden") and properties.get("sheetId", 0) != tab.sheet_id
        for properties in (sheet["properties"] for sheet in answer["sheets"])
    )


def _new_tab(
    key: str, worksheet: Worksheet, tabs: Sequence[Worksheet], rows: _Rows
) -> tuple[dict[str, Any], ...]:
    """The tab goes to the end, so that no other tab's position changes."""
    sheet_id = _free_id(key, {tab.sheet_id for tab in tabs})
    height = max(len(rows), report.FROZEN_ROWS + 1)
    properties = {
        "sheetId": sheet_id,
        "title": report.tab_title(worksheet.title, [tab.title for tab in tabs]),
        "gridProperties": {
            "rowCount": height,
            "columnCount": _WIDTH,
            "frozenRowCount": report.FROZEN_ROWS,
        },
        "tabColorStyle": {"rgbColor": _RED},
    }
    return (
        {"addSheet": {"properties": properties}},
        _write(sheet_id, height, rows),
        record.created(key, sheet_id, _recorded(sheet_id, rows)),
    )


def _free_id(key: str, taken: set[int]) -> int:
    """A gid from the key: an addSheet that is sent twice is refused the second time."""
    sheet_id = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) & 0x7FFFFFFF
    while sheet_id in taken:
        sheet_id = (sheet_id + 1) & 0x7FFFFFFF
    return sheet_id


def _growth(tab: Worksheet, height: int) -> list[dict[str, Any]]:
    rows, columns = max(tab.rows, height), max(tab.columns, _WIDTH)
    if (rows, columns) == (tab.rows, tab.columns):
        return []
    grid = {"rowCount": rows, "columnCount": columns}
    return [
        {
            "updateSheetProperties": {
                "properties": {"sheetId": tab.sheet_id, "gridProperties": grid},
                "fields": "gridProperties(rowCount,columnCount)",
            }
        }
    ]


def _write(sheet_id: int, height: int, rows: _Rows) -> dict[str, Any]:
    """Everything as text, whatever it begins with; rows of an earlier report are cleared."""
    return {
        "updateCells": {
            "range": Rectangle(0, 0, height, _WIDTH).grid_range(sheet_id),
            "rows": [
                {
                    "values": [
                        {"userEnteredValue": {"stringValue": text}} if text else {} for text in row
                    ]
                }
                for row in rows
            ],
            "fields": "userEnteredValue",
        }
    }
