"""The rows that PostgreSQL gives, in the format that an UNLOAD asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from sheet_assets.sandbox.redshift.compression import compressor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sheet_assets.sandbox.redshift.unload import UnloadCommand
    from sheet_assets.sandbox.redshift.unload_columns import UnloadColumn
    from sheet_assets.sandbox.redshift.upload import Upload

_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_ESCAPED = {
    b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b"\\": b"\\"
}  # fmt: skip
_NULL = rb"\N"


class RowWriter(Protocol):
    """Writes rows into one file."""

    @property
    def size(self) -> int:
        """Bytes of the file so far."""
        ...

    def write(self, row: bytes) -> None:
        """Take a row of PostgreSQL's text format."""
        ...

    def flush(self) -> None:
        """Send on what was taken."""
        ...

    def close(self) -> None:
        """Write what ends the file."""
        ...


def row_writer(
    command: UnloadCommand, columns: Sequence[UnloadColumn], upload: Upload
) -> RowWriter:
    """What writes one of the command's files."""
    if command.file_format == "PARQUET":
        # Arrow takes 60 MB; a sandbox without Parquet does without it.
        from sheet_assets.sandbox.redshift.unload_parquet import ParquetRows  # noqa: PLC0415

        return ParquetRows(columns, upload)
    return _TextRows(command, columns, upload)


def fields(row: bytes) -> list[bytes | None]:
    """The values of a row of PostgreSQL's text format."""
    texts = row[:-1].split(b"\t")
    if b"\\" not in row:
        return list(texts)
    return [
        None if field == _NULL else _ESCAPE.sub(lambda found: _ESCAPED[found[1]], field)
        for field in texts
    ]


class _TextRows:
    def __init__(
        self, command: UnloadCommand, columns: Sequence[UnloadColumn], upload: Upload
    ) -> None:
        self._upload = upload
        self._delimiter = command.delimiter.encode()
        self._null = command.null_as.encode()
        self._shown = [_shown(command, column) for column in columns]
        self._compressor = compressor(command.compression)
        self._lines: list[bytes] = []
        self._pending = 0
        if command.header:
            names = [column.name.encode() for column in columns]
            self._add([_text(command)(name) for name in names])

    @property
    def size(self) -> int:
        return self._upload.size + self._pending

    def write(self, row: bytes) -> None:
        self._add(
            [
                self._null if field is None else shown(field)
                for field, shown in zip(fields(row), self._shown, strict=True)
            ]
        )

    def _add(self, shown: list[bytes]) -> None:
        line = self._delimiter.join(shown) + b"\n"
        self._lines.append(line)
        self._pending += len(line)

    def flush(self) -> None:
        self._upload.write(self._compressor.compress(b"".join(self._lines)))
        self._lines.clear()
        self._pending = 0

    def close(self) -> None:
        self.flush()
        self._upload.write(self._compressor.flush())


def _shown(command: UnloadCommand, column: UnloadColumn) -> Callable[[bytes], bytes]:
    if column.is_text or command.file_format == "CSV":
        return _text(command)
    return (lambda field: b'"%b"' % field) if command.add_quotes else (lambda field: field)


def _text(command: UnloadCommand) -> Callable[[bytes], bytes]:
    delimiter = re.escape(command.delimiter.encode())
    if command.file_format == "CSV":
        special = re.compile(b'["\r\n' + delimiter + b"]")
        # An empty text is told from NULL by its quotes.
        return lambda field: (
            b'"%b"' % field.replace(b'"', b'""') if not field or special.search(field) else field
        )
    quotes = b"\"'" if command.add_quotes else b""
    special = re.compile(rb"[\\\r\n" + delimiter + quotes + b"]")

    def shown(field: bytes) -> bytes:
        if command.escape:
            field = special.sub(lambda found: b"\\" + found[0], field)
        return b'"%b"' % field if command.add_quotes else field

    return shown
