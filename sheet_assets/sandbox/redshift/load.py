"""The data of one COPY on its way from S3 to PostgreSQL."""

from __future__ import annotations

import csv
import io
import re
import threading
from bisect import bisect_right
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.refusal import RejectedRowError
from sheet_assets.sandbox.redshift.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from sheet_assets.sandbox.redshift.copy import CopyCommand, S3Url
    from sheet_assets.sandbox.redshift.objects import Objects
    from sheet_assets.sandbox.redshift.rows import Column

_CHUNK_CHARACTERS = 1 << 16
_WRONG_BYTE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class _File:
    url: S3Url
    first_line: int
    """The number of its first row's line in what PostgreSQL is sent, from 1."""


class Load:
    """CSV for PostgreSQL, made from the files of a COPY chunk by chunk.

    A field's line breaks are sent as they are, so a line of what PostgreSQL is sent is a line
    of a file: `locate` turns the one into the other without remembering any row. A thread at a
    time may call its methods.
    """

    def __init__(
        self, command: CopyCommand, columns: Sequence[Column], objects: Objects, null_marker: str
    ) -> None:
        self.rows = 0
        self._command = command
        self._columns = columns
        self._objects = objects
        self._null_marker = null_marker
        self._files: list[_File] = []
        self._chunks = self._read()
        self._lock = threading.Lock()

    def next_chunk(self) -> bytes:
        """The next bytes for PostgreSQL, none at the end.

        Raises:
            RefusedError: S3 refuses, or a file is not what the COPY says.
            RejectedRowError: a row does not fit the table.
        """
        with self._lock:
            return next(self._chunks, b"")

    def close(self) -> None:
        """Close what is open in S3, once a chunk that is being read is complete."""
        with self._lock:
            self._chunks.close()

    def locate(self, sent_line: int) -> tuple[str, int]:
        """The file and the line in it of a line of what PostgreSQL was sent, both from 1."""
        index = bisect_right([file.first_line for file in self._files], sent_line) - 1
        if index < 0:
            return "", sent_line
        file = self._files[index]
        return str(file.url), self._command.ignore_header + sent_line - file.first_line + 1

    @property
    def current_file(self) -> str:
        """The file that is being read, empty before the first."""
        return str(self._files[-1].url) if self._files else ""

    def _read(self) -> Generator[bytes, None, None]:
        # PostgreSQL learns from the first line what ends a line, and counts a field's own line
        # breaks only then: a header of ours comes before any row.
        yield b"header\n"
        sent_lines = 1
        for url in self._objects.find(self._command):
            self._files.append(_File(url, sent_lines + 1))
            with closing(self._objects.lines(url, self._command.compression)) as lines:
                rows = Rows(lines, self._command, self._columns, self._null_marker)
                yield from self._encode(rows)
            sent_lines += max(0, rows.line - self._command.ignore_header)

    def _encode(self, rows: Rows) -> Iterator[bytes]:
        buffer = io.StringIO()
        write = csv.writer(buffer, lineterminator="\n").writerow
        for row in rows:
            write(row)
            self.rows += 1
            if buffer.tell() >= _CHUNK_CHARACTERS:
                yield self._bytes(buffer.getvalue(), rows)
                buffer.seek(0)
                buffer.truncate()
        if buffer.tell():
            yield self._bytes(buffer.getvalue(), rows)

    def _bytes(self, text: str, rows: Rows) -> bytes:
        try:
            return text.encode()
        except UnicodeEncodeError as error:
            wrong = error
        # The wrong byte stands somewhere in this chunk, whose last line is the rows' last.
        line = rows.line - text.count("\n") + text.count("\n", 0, wrong.start) + 1
        fields = next(
            row
            for row in csv.reader(io.StringIO(text, newline=""))
            if any(_WRONG_BYTE.search(field) for field in row)
        )
        index = next(index for index, field in enumerate(fields) if _WRONG_BYTE.search(field))
        shown = text[wrong.start : wrong.end][:4].encode("utf-8", "surrogateescape").hex(" ")
        raise RejectedRowError(
            "String contains invalid or unsupported UTF-8 codepoints. "
            f"Bad UTF-8 hex sequence: {shown}",
            line=line,
            column=self._columns[index].name,
            error_code=1220,
        ) from None
