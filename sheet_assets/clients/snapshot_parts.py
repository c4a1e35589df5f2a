"""The parts of a snapshot: compressed CSV files, named by the hash of their bytes."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

import zstandard

from sheet_assets import private_file
from sheet_assets.sheets.contract import contract_hash
from sheet_assets.warehouse import rows as csv_rows
from sheet_assets.warehouse.manifest import Part, Snapshot
from sheet_assets.warehouse.types import TableColumn

if TYPE_CHECKING:
    from types import TracebackType

    from sheet_assets.sheets.contract import SheetSource

# The fastest. On a sheet of mixed types it takes 0.6 of the CPU of zstd's own choice, 3, and
# leaves as few bytes.
_LEVEL = 1


class SnapshotParts:
    """Writes the rows of a version as parts into `folder`; used with `with`.

    When anything is raised inside, what was written is removed.
    """

    def __init__(self, source: SheetSource, folder: Path, *, rows_a_part: int) -> None:
        self._source = source
        self._folder = folder
        self._rows_a_part = rows_a_part
        self._contract = contract_hash(source.columns)
        self._version = csv_rows.VersionHash(self._contract)
        (header,) = csv_rows.lines([[column.name for column in source.columns]])
        self._header = header.encode()
        self._open: _OpenPart | None = None
        self._parts: list[Part] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._open is not None:
            self._open.discard()
        if error is not None:
            for part in self._parts:
                (self._folder / part.file_name).unlink(missing_ok=True)

    @property
    def room(self) -> int:
        """How many rows the part takes that the next rows go into."""
        rows = self._open.rows if self._open is not None else 0
        return self._rows_a_part - rows

    def add(self, text: bytes, rows: int) -> None:
        """Add rows, at most as many as there is room for, as CSV text."""
        self._version.update(text)
        if self._open is None:
            self._open = _OpenPart(self._folder, self._header)
        self._open.add(text, rows)
        if not self.room:
            self._parts.append(self._open.close())
            self._open = None

    def finish(self) -> Snapshot:
        """What was written. There is a part of no rows, too: COPY refuses an empty manifest."""
        if self._open is None and not self._parts:
            self._open = _OpenPart(self._folder, self._header)
        if self._open is not None:
            self._parts.append(self._open.close())
            self._open = None
        return Snapshot(
            name=self._source.name,
            version=self._version.hexdigest(),
            contract_hash=self._contract,
            columns=tuple(
                TableColumn(name=column.name, type=column.type, required=column.required)
                for column in self._source.columns
            ),
            rows=sum(part.rows for part in self._parts),
            parts=tuple(self._parts),
        )


class _OpenPart:
    """A part that is being written, under a name of its own."""

    def __init__(self, folder: Path, header: bytes) -> None:
        private_file.make_folder(folder)
        self._folder = folder
        self._file = tempfile.NamedTemporaryFile(  # noqa: SIM115 - `close` and `discard` close it
            dir=folder, suffix=".partial", delete=False
        )
        self._digest = hashlib.sha256()
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL).compressobj()
        self.rows = 0
        self.add(header, 0)

    def add(self, text: bytes, rows: int) -> None:
        self._write(self._compressor.compress(text))
        self.rows += rows

    def close(self) -> Part:
        with self._file:
            self._write(self._compressor.flush())
            size_bytes = self._file.tell()
        part = Part(sha256=self._digest.hexdigest(), size_bytes=size_bytes, rows=self.rows)
        Path(self._file.name).replace(self._folder / part.file_name)
        return part

    def discard(self) -> None:
        self._file.close()
        Path(self._file.name).unlink(missing_ok=True)

    def _write(self, data: bytes) -> None:
        self._digest.update(data)
        self._file.write(data)
