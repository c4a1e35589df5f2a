"""Rows as the CSV text that COPY reads: canonical, so that equal values are equal bytes."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# COPY's NULL AS. Redshift matches it quoted or not, so a text equal to it cannot be loaded.
# Its default, \N, holds a backslash, which Redshift's string literals take for an escape.
NULL_MARKER = "@NULL@"

COPY_FORMAT = f"CSV ZSTD IGNOREHEADER 1 NULL AS '{NULL_MARKER}' DATEFORMAT 'auto' TIMEFORMAT 'auto'"


LINES_A_CHUNK = 5000
_QUOTED = re.compile(r'[",\r\n]')


def field(value: Any) -> str:
    """One value as CSV text, before quoting.

    None is the NULL marker, dates and times are ISO 8601, timestamptz is in UTC, and zero has
    no sign.
    """
    if value is None:
        return NULL_MARKER
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value or 0.0)
    if isinstance(value, Decimal):
        return format(value or value.copy_abs(), "f")
    if isinstance(value, dt.datetime):
        return (value.astimezone(dt.UTC) if value.tzinfo else value).isoformat(sep=" ")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Rows as CSV, some thousand lines a chunk; lines end in a bare newline.

    Not by the csv module: which fields it quotes differs between versions of Python (a lone
    carriage return stands bare in 3.11), and a version is the hash of these bytes.
    """
    buffer: list[str] = []
    for row in rows:
        buffer.append(",".join([_quoted(field(value)) for value in row]))
        if len(buffer) == LINES_A_CHUNK:
            yield "\n".join((*buffer, ""))
            buffer.clear()
    if buffer:
        yield "\n".join((*buffer, ""))


def parsed(text: Iterable[str]) -> Iterator[tuple[str | None, ...]]:
    """The rows that `lines` wrote, given with their newlines; None for NULL.

    Raises:
        csv.Error: it is not what `lines` writes.
    """
    for row in csv.reader(text, strict=True):
        yield tuple([None if value == NULL_MARKER else value for value in row])


def _quoted(text: str) -> str:
    """The empty text in quotes too, so that no row is an empty line."""
    if text and not _QUOTED.search(text):
        return text
    return '"' + text.replace('"', '""') + '"'


class VersionHash:
    """The identity of a version: what it was made by, an empty line, and its rows' CSV text.

    No row is an empty line, so nothing can stand on the other side of the border.
    """

    def __init__(self, *what: str) -> None:
        self._hash = hashlib.sha256("\n".join((*what, "", "")).encode())

    def update(self, text: str | bytes) -> None:
        """Add CSV text, in order."""
        self._hash.update(text.encode() if isinstance(text, str) else text)

    def hexdigest(self) -> str:
        """64 hexadecimal digits."""
        return self._hash.hexdigest()
