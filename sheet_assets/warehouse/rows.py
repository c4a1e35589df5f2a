"""Rows as the CSV text that COPY reads: canonical, so that equal values are equal bytes."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# COPY's NULL AS. Redshift matches it quoted or not, so a text equal to it cannot be loaded.
# Its default, \N, holds a backslash, which Redshift's string literals take for an escape.
NULL_MARKER = "@NULL@"

COPY_FORMAT = f"CSV ZSTD IGNOREHEADER 1 NULL AS '{NULL_MARKER}' DATEFORMAT 'auto' TIMEFORMAT 'auto'"


def field(value: Any) -> str:
    """One value as CSV text, before quoting.

    None is the NULL marker, dates and times are ISO 8601, timestamptz is in UTC.
    """
    if value is None:
        return NULL_MARKER
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return (value.astimezone(dt.UTC) if value.tzinfo else value).isoformat(sep=" ")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Rows as CSV, some thousand lines a chunk; lines end in a bare newline."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for number, row in enumerate(rows, 1):
        writer.writerow([field(value) for value in row])
        if number % 5000 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


class VersionHash:
    """The identity of a version: the contract's hash and the canonical text of its rows."""

    def __init__(self, *what: str) -> None:
        self._hash = hashlib.sha256("\n".join((*what, "")).encode())

    def update(self, text: str) -> None:
        """Add CSV text, in order."""
        self._hash.update(text.encode())

    def hexdigest(self) -> str:
        """64 hexadecimal digits."""
        return self._hash.hexdigest()
