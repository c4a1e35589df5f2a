"""The staging tab: a hidden one that holds a large result until it is pasted as a whole."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING

from sheet_assets.clients.sheet_export import lines, record, requests, standing
from sheet_assets.clients.spreadsheet import Worksheet
from sheet_assets.errors import SheetChangedError, SheetError
from sheet_assets.sheets.a1 import Rectangle, in_worksheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.sheet_export.changes import Changes
    from sheet_assets.clients.sheet_export.standing import Standing
    from sheet_assets.clients.sheet_export.target import ExportTarget

# Google advises 2 MB a request.
_CHUNK_BYTES = 1_800_000


def filled(
    google: GoogleClient, target: ExportTarget, found: Standing, changes: Changes, token: str
) -> Worksheet:
    """A new hidden tab with the rows that are to be written, one below the other.

    Each chunk is written as it is (RAW: nothing is parsed), and compared with what Google gives
    back of it. Leftovers of crashed runs are removed first.

    Raises:
        SheetError: Google refuses it, or holds something else than was written; the tab is gone.
    """
    tab = Worksheet(
        standing.new_gid(found.spreadsheet),
        f"sheet_assets staging {target.name} {token}",
        # A tab has a row at least, also where rows are only deleted.
        rows=max(1, sum(block.rows for block in changes.blocks)),
        columns=changes.new.width,
    )
    made = dt.datetime.now(dt.UTC).isoformat()
    try:
        google.batch_update(
            target.spreadsheet_id,
            [
                *(requests.delete_sheet(gid) for gid in found.leftovers),
                requests.add_sheet(tab, hidden=True),
                record.create(target.staging_key, tab.sheet_id, made),
            ],
            # The answer to a first try may have been lost.
            applied=lambda: is_there(google, target.spreadsheet_id, tab.sheet_id),
        )
        _fill(google, target.spreadsheet_id, tab, changes.written)
    except BaseException:
        remove(google, target.spreadsheet_id, tab)
        raise
    return tab


def remove(google: GoogleClient, spreadsheet_id: str, tab: Worksheet) -> None:
    """Delete it if Google lets us; what stays is removed by the next run."""
    with suppress(SheetError):
        google.batch_update(spreadsheet_id, [requests.delete_sheet(tab.sheet_id)])


def is_there(google: GoogleClient, spreadsheet_id: str, sheet_id: int) -> bool:
    """Whether a tab with this gid exists."""
    tabs = google.spreadsheet(spreadsheet_id).worksheets
    return any(tab.sheet_id == sheet_id for tab in tabs)


def _fill(google: GoogleClient, spreadsheet_id: str, tab: Worksheet, rows: Iterable[bytes]) -> None:
    row = 0
    for chunk in _chunks(rows):
        cells = Rectangle(row, 0, row + len(chunk), tab.columns)
        written = google.update_values(spreadsheet_id, in_worksheet(tab.title, cells), chunk)
        if lines.are_told(written, chunk):
            row += len(chunk)
            continue
        blank = [""] * tab.columns
        for place, text in enumerate(chunk):
            stands = lines.told(written[place]) if place < len(written) else []
            if lines.line([*stands, *blank[len(stands) :]]) != text:
                raise SheetChangedError(
                    f"Row {row + place + 1:,} of the staging tab is not what was written into it. "
                    "The exported sheet is as it was; the next run tries again."
                )
        row += len(chunk)


def _chunks(rows: Iterable[bytes]) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    size = 0
    for text in rows:
        if chunk and size + len(text) > _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(text)
        size += len(text) + 1
    if chunk:
        yield chunk
