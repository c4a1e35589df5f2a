"""Rows of cells in a file of their own, one JSON array a line: memory does not grow with them."""

from __future__ import annotations

import hashlib
import tempfile
from typing import TYPE_CHECKING, Any, Self

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sheet_assets.sheets.encode import CellValue

# Below it nothing is written to the disk.
_IN_MEMORY_BYTES = 4_000_000
# Lines are handed on together: a call for each would cost as much as making it.
_WRITTEN_BYTES = 100_000
_DIGEST_BYTES = 16
_EXACT = 2**53


def line(cells: Sequence[CellValue]) -> bytes:
    """A row as its line. Equal rows have equal lines, since values.get and cell_value agree."""
    return orjson.dumps(cells)


def told(cells: list[Any]) -> list[Any]:
    """A row as Google tells it, with doubles beyond 2^53 as doubles, however they are written."""
    # A plain loop: a generator would take twice as long, and it is each row of each export.
    for cell in cells:
        if type(cell) is int and not -_EXACT < cell < _EXACT:
            return [
                float(cell) if type(cell) is int and abs(cell) >= _EXACT else cell for cell in cells
            ]
    return cells


def are_told(rows: Sequence[Sequence[Any]], texts: Sequence[bytes | None]) -> bool:
    """Whether Google tells these rows, without blanks at their end, where the lines should stand.

    All at once, for a small part of what a comparison row by row takes. It may be False of equal
    ones, with doubles beyond 2^53, or where no line is asked of a row.
    """
    if None in texts:
        return False
    wanted = [_without_blanks_at_end(text) for text in texts if text]
    while wanted and wanted[-1] == b"[]":
        wanted.pop()
    return orjson.dumps(rows) == b"[" + b",".join(wanted) + b"]"


def blanks(text: bytes) -> int:
    """How many cells of a line are blank; within a text a quote has a backslash before it."""
    return text.count(b',""') + text.startswith(b'[""')


def _without_blanks_at_end(text: bytes) -> bytes:
    while text.endswith(b',""]'):
        text = text[:-4] + b"]"
    return b"[]" if text == b'[""]' else text


def cells(text: bytes) -> list[Any]:
    """The row of a line."""
    row: list[Any] = orjson.loads(text)
    return row


class Lines:
    """Lines that are written once and read as often as needed, by one reader at a time.

    The file has no name and goes when it is closed.
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - close() ends it
        self._unwritten = bytearray()
        self.count = 0
        self.size_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def append(self, text: bytes) -> None:
        """Add a line."""
        self._unwritten += text
        self._unwritten += b"\n"
        self.count += 1
        self.size_bytes += len(text) + 1
        if len(self._unwritten) > _WRITTEN_BYTES:
            self._flush()

    def extend(self, texts: Sequence[bytes]) -> None:
        """Add lines."""
        self._unwritten += b"\n".join((*texts, b""))
        self.count += len(texts)
        self.size_bytes += sum(map(len, texts)) + len(texts)
        if len(self._unwritten) > _WRITTEN_BYTES:
            self._flush()

    def _flush(self) -> None:
        self._file.write(self._unwritten)
        self._unwritten.clear()

    def __iter__(self) -> Iterator[bytes]:
        self._flush()
        self._file.seek(0)
        for text in self._file:
            yield text[:-1]
        self._file.seek(0, 2)

    def at(self, start: int) -> bytes:
        """The line that begins there."""
        self._flush()
        self._file.seek(start)
        return self._file.readline()[:-1]


class Fingerprint:
    """A hash of lines in their order."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=_DIGEST_BYTES)

    def update(self, text: bytes) -> None:
        """Add a line."""
        self._hash.update(text)
        self._hash.update(b"\n")

    def extend(self, texts: Sequence[bytes]) -> None:
        """Add lines."""
        self._hash.update(b"\n".join((*texts, b"")))

    def hexdigest(self) -> str:
        """Of the lines so far."""
        return self._hash.hexdigest()
