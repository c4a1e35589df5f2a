"""The data of one COPY on its way from S3 to PostgreSQL."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.blocks import Block, read_blocks
from sheet_assets.sandbox.redshift.copy_files import find_files
from sheet_assets.sandbox.redshift.notation import Notation
from sheet_assets.sandbox.redshift.plain_rows import Encoded, PlainRows
from sheet_assets.sandbox.redshift.records import Record, read_records
from sheet_assets.sandbox.redshift.values import WrongValueError, converter

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from sheet_assets.sandbox.redshift.column import Column
    from sheet_assets.sandbox.redshift.copy import CopyCommand
    from sheet_assets.sandbox.redshift.objects import Objects


# What stl_load_errors keeps of a line, and as many rows as MAXERROR may let go.
_MOST_CHARACTERS = 1024
_MOST_RECORDED = 100_000


@dataclass(frozen=True)
class RejectedRow:
    """A row that does not fit its table; `column` is None where no single one is meant."""

    file: str
    line: int
    column: Column | None
    error_code: int
    reason: str
    position: int
    raw_line: str
    raw_field: str


@dataclass
class LoadedFile:
    """A file as far as it was read."""

    url: str
    size: int = 0
    """Bytes of the object in S3."""
    lines: int = 0
    rejected: int = 0


class RowsRejectedError(Exception):
    """As many rows were rejected as fail the load."""


class _WrongRowError(Exception):
    def __init__(self, why: WrongValueError, column: Column | None = None, field: str = "") -> None:
        super().__init__(why.message)
        self.why = why
        self.column = column
        self.field = field


class Load:
    """Rows for PostgreSQL, made from the files of a COPY block by block.

    `rejected` are the rows that were left out, as many of them as are recorded. A thread at a time
    may call its methods.
    """

    def __init__(
        self,
        command: CopyCommand,
        columns: Sequence[Column | None],
        objects: Objects,
        recognise: Callable[[str, str], str | None],
    ) -> None:
        """`columns` has None where a column's default is to stand."""
        self.rows = 0
        self.rejected_rows = 0
        self.rejected: list[RejectedRow] = []
        self.files: list[LoadedFile] = []
        self._command = command
        self._options = command.options
        self._columns = columns
        self._notation = Notation.of(command.options)
        self._filled = [column for column in columns if column is not None]
        self._objects = objects
        self._converters = [
            converter(column, command.options, recognise) for column in self._filled
        ]
        self._chunks = self._read()
        self._lock = threading.Lock()

    def next_chunk(self) -> bytes:
        """The next bytes for PostgreSQL, none at the end.

        Raises:
            RefusedError: S3 refuses, or a file is not what the COPY says.
            RowsRejectedError: too many rows do not fit the table.
        """
        with self._lock:
            return next(self._chunks, b"")

    def close(self) -> None:
        """Close what is open in S3, once a chunk that is being read is complete."""
        with self._lock:
            self._chunks.close()

    def _read(self) -> Generator[bytes, None, None]:
        plain = PlainRows(self._options, self._columns)
        for found in find_files(self._command, self._objects):
            file = LoadedFile(str(found.url), found.size)
            self.files.append(file)
            if self._options.file_format == "PARQUET":
                # Arrow takes 60 MB; a sandbox without Parquet does without it.
                from sheet_assets.sandbox.redshift.parquet import read_parquet  # noqa: PLC0415

                for encoded in read_parquet(self._objects, found, self._columns, self._options):
                    file.lines += encoded.rows
                    yield from self._count(encoded)
                continue
            with closing(self._objects.chunks(found.url, self._options.compression)) as chunks:
                for block in read_blocks(chunks, self._options):
                    encoded = plain.encode(block.data) or self._encode(block, file)
                    file.lines = block.first_line - 1 + block.data.count(b"\n")
                    yield from self._count(encoded)

    def _count(self, encoded: Encoded) -> Iterator[bytes]:
        self.rows += encoded.rows
        if encoded.data and not self._options.no_load:
            yield encoded.data

    def _encode(self, block: Block, file: LoadedFile) -> Encoded:
        rows: list[str] = []
        text = block.data.decode("utf-8", "surrogateescape")
        for record in read_records(text, self._options, block.first_line):
            if record.raw or not self._options.ignore_blank_lines:
                try:
                    rows.append(self._row(record))
                except _WrongRowError as error:
                    self._reject(record, file, error)
        # What is not UTF-8 was rejected or replaced.
        return Encoded("".join(rows).encode(), len(rows))

    def _row(self, record: Record) -> str:
        if record.fields is None:
            raise _WrongRowError(WrongValueError(record.reason, record.error_code))
        fields, width = record.fields, len(self._filled)
        if width > 1 and not record.raw:
            raise _WrongRowError(WrongValueError("Input line contained no data", 1211))
        if len(fields) == width + 1 and not fields[-1]:
            fields = fields[:-1]  # a delimiter may end the last field, too
        if len(fields) > width:
            raise _WrongRowError(WrongValueError("Extra column(s) found", 1202))
        if len(fields) < width and not self._options.fill_record:
            missing = self._filled[len(fields)]
            raise _WrongRowError(WrongValueError("Delimiter not found", 1214), missing)
        values: list[str] = []
        for index, convert in enumerate(self._converters):
            text = fields[index] if index < len(fields) else self._missing(self._filled[index])
            try:
                value = convert(text)
            except WrongValueError as error:
                raise _WrongRowError(error, self._filled[index], text) from error
            values.append(self._notation.field(value))
        given, default = iter(values), self._notation.default
        return self._notation.row(
            [default if column is None else next(given) for column in self._columns]
        )

    def _missing(self, column: Column) -> str:
        """What FILLRECORD fills in: an empty text in a VARCHAR, NULL elsewhere."""
        return self._options.null_as if column.type == "bpchar" else ""

    def _reject(self, record: Record, file: LoadedFile, error: _WrongRowError) -> None:
        why = error.why
        if self.rejected_rows < _MOST_RECORDED:
            self.rejected.append(
                RejectedRow(
                    file.url,
                    record.line,
                    error.column,
                    why.error_code,
                    why.message,
                    why.position,
                    record.raw[:_MOST_CHARACTERS],
                    error.field[:_MOST_CHARACTERS],
                )
            )
        self.rejected_rows += 1
        file.rejected += 1
        limit = self._options.errors_that_fail
        if limit is not None and self.rejected_rows >= limit:
            raise RowsRejectedError
