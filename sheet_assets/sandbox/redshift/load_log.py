"""What is recorded of loads: stl_load_errors, sys_load_error_detail, sys_load_history and more.

It is written on a connection of the server's own, so that it outlives a client's rollback.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sheet_assets.sandbox.redshift.load import LoadedFile, RejectedRow

# Who is connected as what, at the time of writing; nobody if the client is gone meanwhile.
_INSERT = """
WITH session AS (
  SELECT usesysid::bigint::integer AS user_id, datname AS database_name
  FROM pg_catalog.pg_stat_activity WHERE pid = %(session_id)s
), history AS (
  INSERT INTO pg_catalog.sandbox_loads
  SELECT user_id, %(query_id)s, %(transaction_id)s, %(session_id)s, database_name, %(status)s,
         %(table_name)s, %(start_time)s, %(end_time)s, %(data_source)s, %(file_format)s,
         %(rows)s, %(table_id)s
  FROM session
), files AS (
  INSERT INTO pg_catalog.sandbox_load_files
  SELECT %(query_id)s, file.* FROM session,
    unnest(%(urls)s::text[], %(sizes)s::bigint[], %(lines)s::bigint[], %(rejected)s::bigint[])
      AS file
)
INSERT INTO pg_catalog.sandbox_load_errors
SELECT %(query_id)s, error.* FROM session,
  unnest(%(files)s::text[], %(line_numbers)s::bigint[], %(column_names)s::text[],
         %(types)s::text[], %(lengths)s::text[], %(positions)s::integer[], %(raw_lines)s::text[],
         %(raw_fields)s::text[], %(codes)s::integer[], %(reasons)s::text[]) AS error
"""
_RECOGNISE = {
    "date": "SELECT CAST(%(text)s AS date)::text",
    "timestamp": "SELECT CAST(%(text)s AS timestamp)::text",
    "timestamptz": "SELECT CAST(%(text)s AS timestamptz)::text",
}


@dataclass(frozen=True)
class LoadOutcome:
    """A COPY that is over; `status` is completed or aborted."""

    query_id: int
    transaction_id: int
    session_id: int
    table_id: int
    table_name: str
    status: str
    start_time: datetime
    end_time: datetime
    data_source: str
    file_format: str
    rows: int
    files: Sequence[LoadedFile]
    rejected: Sequence[RejectedRow]


def insert_outcome(outcome: LoadOutcome) -> tuple[str, dict[str, Any]]:
    """The statement that records it, and its parameters."""
    errors, files = outcome.rejected, outcome.files
    simple = {
        name: value for name, value in vars(outcome).items() if name not in {"files", "rejected"}
    }
    return _INSERT, {
        **simple,
        "urls": [file.url for file in files],
        "sizes": [file.size for file in files],
        "lines": [file.lines for file in files],
        "rejected": [file.rejected for file in files],
        "files": [error.file for error in errors],
        "line_numbers": [error.line for error in errors],
        "column_names": [error.column.name if error.column else "" for error in errors],
        "types": [error.column.type if error.column else "" for error in errors],
        "lengths": [error.column.length if error.column else "" for error in errors],
        "positions": [error.position for error in errors],
        "raw_lines": [_readable(error.raw_line, 1024) for error in errors],
        "raw_fields": [_readable(error.raw_field, 1024) for error in errors],
        "codes": [error.error_code for error in errors],
        "reasons": [_readable(error.reason, 512) for error in errors],
    }


def recognise(type_name: str, text: str) -> tuple[str, dict[str, Any]]:
    """The query for what PostgreSQL takes a text for, in ISO 8601, and its parameters.

    It fails if the text is nothing to PostgreSQL.
    """
    return _RECOGNISE[type_name], {"text": _readable(text, 1024)}


def _readable(text: str, length: int) -> str:
    # It may hold what neither the wire nor a text of PostgreSQL can carry.
    encodable = text[:length].encode("utf-8", "backslashreplace").decode()
    return encodable.replace("\0", "\\0")[:length]
