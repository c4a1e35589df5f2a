"""The snapshot of a sheet: read, decoded, and written as compressed CSV parts."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import zstandard

from sheet_assets import private_file
from sheet_assets.clients.sheet_reading import fetch
from sheet_assets.errors import TooFewRowsError
from sheet_assets.sheets.contract import contract_hash
from sheet_assets.sheets.decode import decode
from sheet_assets.warehouse import rows as csv_rows
from sheet_assets.warehouse.manifest import Part, Reading, SheetVersion, Snapshot
from sheet_assets.warehouse.types import TableColumn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.sheet_reading import Fetched
    from sheet_assets.sheets.contract import SheetSource

ROWS_A_PART = 250_000
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

    Raises:
        SheetNotFoundError: the spreadsheet has no such worksheet, named range or table.
        SheetHeaderError, CellError, TooFewRowsError: it does not satisfy the contract.
    """
    source, place = fetched.source, fetched.place
    started = time.perf_counter()
    decoded = decode(
        source.columns,
        fetched.values,
        worksheet=place.worksheet.title,
        time_zone=fetched.spreadsheet.time_zone,
        top_left=place.top_left,
        header_row=place.header_row,
        reject_extra=source.extra_columns == "reject",
    )
    _check_rows(len(decoded), fetched)
    read = time.perf_counter()
    snapshot = write_snapshot(source, decoded.rows(), folder)
    reading = Reading(
        read_at=fetched.read_at,
        drive_version=fetched.file.version,
        modified_by=fetched.file.modified_by,
        spreadsheet_id=source.spreadsheet_id,
        worksheet=place.worksheet.title,
        origin=decoded.origin,
    )
    return SheetRead(
        SheetVersion(snapshot=snapshot, reading=reading, folder=folder),
        [
            tuple(
                "hidden" if column.sensitive else value
                for column, value in zip(source.columns, row, strict=True)
            )
            for row in islice(decoded.rows(), _PREVIEW_ROWS)
        ],
        fetched.api_calls,
        {
            "fetch": fetched.seconds,
            "decode": read - started,
            "write": time.perf_counter() - read,
        },
    )


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
    contract = contract_hash(source.columns)
    version = csv_rows.VersionHash(contract)
    header = next(csv_rows.lines([[column.name for column in source.columns]]))
    parts = [_write_part(header, chunk, version, folder) for chunk in _chunks(rows)]
    return Snapshot(
        name=source.name,
        version=version.hexdigest(),
        contract_hash=contract,
        columns=tuple(
            TableColumn(name=column.name, type=column.type, required=column.required)
            for column in source.columns
        ),
        rows=sum(part.rows for part in parts),
        parts=tuple(parts),
    )


def _chunks(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    """At least one chunk, also of no rows: COPY refuses a manifest without entries."""
    remaining = iter(rows)
    yield list(islice(remaining, ROWS_A_PART))
    while chunk := list(islice(remaining, ROWS_A_PART)):
        yield chunk


def _write_part(
    header: str, rows: Sequence[Sequence[Any]], version: csv_rows.VersionHash, folder: Path
) -> Part:
    private_file.make_folder(folder)
    digest = hashlib.sha256()
    descriptor, name = tempfile.mkstemp(dir=folder, suffix=".partial")
    compressor = zstandard.ZstdCompressor().compressobj()
    with os.fdopen(descriptor, "wb") as file:

        def write(data: bytes) -> None:
            digest.update(data)
            file.write(data)

        write(compressor.compress(header.encode()))
        for text in _hashed(rows, version):
            write(compressor.compress(text.encode()))
        write(compressor.flush())
        size_bytes = file.tell()
    part = Part(sha256=digest.hexdigest(), size_bytes=size_bytes, rows=len(rows))
    Path(name).replace(folder / part.file_name)
    return part


def _hashed(rows: Sequence[Sequence[Any]], version: csv_rows.VersionHash) -> Iterator[str]:
    for text in csv_rows.lines(rows):
        version.update(text)
        yield text
