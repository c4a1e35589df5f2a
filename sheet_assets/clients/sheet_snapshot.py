"""The snapshot of a sheet: read, decoded, and written as compressed CSV parts."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from sheet_assets.clients.sheet_pages import in_pages
from sheet_assets.clients.sheet_reading import fetch
from sheet_assets.clients.snapshot_parts import SnapshotParts
from sheet_assets.errors import TooFewRowsError
from sheet_assets.sheets.decode import decode
from sheet_assets.warehouse import rows as csv_rows
from sheet_assets.warehouse.manifest import Reading, SheetVersion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.sheet_reading import Fetched
    from sheet_assets.sheets.contract import SheetSource
    from sheet_assets.sheets.page import Page
    from sheet_assets.warehouse.manifest import Origin, Snapshot

ROWS_A_PART = 250_000
# So many cells are decoded one by one before a columnar engine has been imported.
FEW_CELLS = 50_000
_PREVIEW_ROWS = 10


@dataclass(frozen=True)
class SheetRead:
    """A version whose parts lie in its folder, its first rows, and what reading it cost.

    `api_calls`, and the seconds of the fetch, are those of all sheets that were read together.
    """

    version: SheetVersion
    preview: list[tuple[Any, ...]]
    api_calls: int
    seconds: Mapping[str, float]


def read_sheet(google: GoogleClient, source: SheetSource, folder: Path) -> SheetRead:
    """Read a sheet and write its snapshot's parts into `folder`.

    One Drive call and two Sheets reads; more where `sheet_reading.fetch` says so. The Drive
    version is asked for first: an edit made while the sheet is read then counts as not read yet.

    Raises:
        SheetError: the sheet cannot be read, or does not satisfy the contract (CellError,
            SheetHeaderError, TooFewRowsError).
    """
    return snapshot_of(fetch(google, [source])[source.name], folder)


def snapshot_of(fetched: Fetched, folder: Path) -> SheetRead:
    """Decode what was fetched and write its snapshot's parts into `folder`.

    A large sheet is read meanwhile; of a sheet that fails no part stays.

    Raises:
        SheetNotFoundError: the spreadsheet has no such worksheet, named range or table.
        SheetHeaderError, CellError, TooFewRowsError: it does not satisfy the contract.
        SheetError: the pages of a large sheet cannot be read.
    """
    if not fetched.is_large and fetched.page.filled <= FEW_CELLS:
        return _of_few(fetched, folder)
    calls = fetched.google.api_calls
    read = in_pages(fetched, lambda each, pages: _of_many(each, pages, folder))
    return replace(read, api_calls=read.api_calls + fetched.google.api_calls - calls)


def _of_few(fetched: Fetched, folder: Path) -> SheetRead:
    """Cell by cell, all in memory."""
    started = time.perf_counter()
    decoded = decode(fetched.source.columns, fetched.page.by_rows(), **_where(fetched))
    _check_rows(len(decoded), fetched)
    read = time.perf_counter()
    snapshot = write_snapshot(fetched.source, decoded.rows(), folder)
    seconds = {
        "fetch": fetched.seconds,
        "decode": read - started,
        "write": time.perf_counter() - read,
    }
    version = SheetVersion(
        snapshot=snapshot, reading=_reading(fetched, decoded.origin), folder=folder
    )
    head = _preview(fetched.source, islice(decoded.rows(), _PREVIEW_ROWS))
    return SheetRead(version, head, fetched.api_calls, seconds)


def _of_many(fetched: Fetched, pages: Iterator[Page], folder: Path) -> SheetRead:
    """Column by column, a page at a time."""
    # Polars: 0.2 s of CPU that a small sheet does not need.
    from sheet_assets.sheets.paged import PagedDecoding  # noqa: PLC0415
    from sheet_assets.warehouse import csv_columns  # noqa: PLC0415

    source = fetched.source
    seconds = {"fetch": fetched.seconds, "decode": 0.0, "write": 0.0}
    decoding = PagedDecoding(source.columns, head=_PREVIEW_ROWS, **_where(fetched))
    with SnapshotParts(source, folder, rows_a_part=ROWS_A_PART) as parts:
        for page in _timed(pages, seconds):
            started = time.perf_counter()
            lines = decoding.add(page)
            read = time.perf_counter()
            seconds["decode"] += read - started
            if lines is not None and not decoding.is_wrong:
                for some in csv_columns.cut(lines, parts.room, ROWS_A_PART):
                    parts.add(csv_columns.lines(some), some.height)
            seconds["write"] += time.perf_counter() - read
        decoding.finish()
        _check_rows(len(decoding), fetched)
        snapshot = parts.finish()
    version = SheetVersion(
        snapshot=snapshot, reading=_reading(fetched, decoding.origin), folder=folder
    )
    return SheetRead(version, _preview(source, decoding.head), fetched.api_calls, seconds)


def _where(fetched: Fetched) -> dict[str, Any]:
    """What both ways of decoding must know of the sheet."""
    place, source = fetched.place, fetched.source
    return {
        "worksheet": place.worksheet.title,
        "time_zone": fetched.spreadsheet.time_zone,
        "top_left": place.top_left,
        "header_row": place.header_row,
        "reject_extra": source.extra_columns == "reject",
    }


def _timed(pages: Iterator[Page], seconds: dict[str, float]) -> Iterator[Page]:
    """Pages, and how long they were waited for."""
    while True:
        started = time.perf_counter()
        page = next(pages, None)
        seconds["fetch"] += time.perf_counter() - started
        if page is None:
            return
        yield page


def _reading(fetched: Fetched, origin: Origin) -> Reading:
    return Reading(
        read_at=fetched.read_at,
        drive_version=fetched.file.version,
        modified_by=fetched.file.modified_by,
        spreadsheet_id=fetched.source.spreadsheet_id,
        worksheet=fetched.place.worksheet.title,
        origin=origin,
    )


def _preview(source: SheetSource, rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    return [
        tuple(
            "hidden" if column.sensitive else value
            for column, value in zip(source.columns, row, strict=True)
        )
        for row in rows
    ]


def _check_rows(rows: int, fetched: Fetched) -> None:
    source = fetched.source
    where = f'The {fetched.place.said} of "{fetched.spreadsheet.title}" has'
    if rows == 0 and not source.allow_empty:
        raise TooFewRowsError(
            f"{where} a header and no rows; the table keeps its last version. If it may be "
            "empty, set `allow_empty: true`."
        )
    if rows < source.min_rows:
        raise TooFewRowsError(
            f"{where} {rows} row{'' if rows == 1 else 's'}, fewer than the {source.min_rows} of "
            "`min_rows`; the table keeps its last version. Bring back what was deleted, or "
            "lower `min_rows` in the defs.yaml."
        )


def write_snapshot(source: SheetSource, rows: Iterable[Sequence[Any]], folder: Path) -> Snapshot:
    """Write rows as parts named by the hash of their bytes, and say what they are."""
    remaining = iter(rows)
    with SnapshotParts(source, folder, rows_a_part=ROWS_A_PART) as parts:
        while some := list(islice(remaining, min(parts.room, csv_rows.LINES_A_CHUNK))):
            parts.add("".join(csv_rows.lines(some)).encode(), len(some))
        return parts.finish()
