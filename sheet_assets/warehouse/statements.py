"""The SQL that is sent to Redshift, as text; names are always quoted, values are parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.warehouse.rows import COPY_FORMAT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.warehouse.types import TableColumn

CONTROL_SCHEMA = "sheet_assets"
LOADS = '"sheet_assets"."loads"'

# Every load that happened, and of each table which one is current. `read_at` and
# `drive_version` of the current row move on when the same rows are read again.
CREATE_LOADS = f"""
CREATE TABLE IF NOT EXISTS {LOADS} (
    table_schema  varchar(127) NOT NULL,
    table_name    varchar(127) NOT NULL,
    version       varchar(64)  NOT NULL,
    contract_hash varchar(64)  NOT NULL,
    mode          varchar(16)  NOT NULL,
    rows_loaded   bigint       NOT NULL,
    rows_in_table bigint       NOT NULL,
    loaded_at     timestamptz  NOT NULL,
    read_at       timestamptz  NOT NULL,
    drive_version bigint,
    modified_by   varchar(320),
    manifest      varchar(1300),
    run_id        varchar(64),
    is_current    boolean      NOT NULL,
    pinned        boolean      NOT NULL
)
"""

CURRENT_LOAD = f"""
SELECT version, contract_hash, mode, rows_loaded, rows_in_table, loaded_at, read_at,
       drive_version, modified_by, manifest, run_id, pinned
FROM {LOADS} WHERE table_schema = %(schema)s AND table_name = %(table)s AND is_current
"""

# A later reading of the same rows: the greater of both, since runs may overtake one another.
ADVANCE_CURRENT = f"""
UPDATE {LOADS}
SET read_at = GREATEST(read_at, %(read_at)s),
    drive_version = GREATEST(drive_version, %(drive_version)s)
WHERE table_schema = %(schema)s AND table_name = %(table)s AND is_current
"""

RETIRE_CURRENT = f"""
UPDATE {LOADS} SET is_current = false
WHERE table_schema = %(schema)s AND table_name = %(table)s AND is_current
"""

RECORD_LOAD = f"""
INSERT INTO {LOADS} (table_schema, table_name, version, contract_hash, mode, rows_loaded,
    rows_in_table, loaded_at, read_at, drive_version, modified_by, manifest, run_id,
    is_current, pinned)
VALUES (%(schema)s, %(table)s, %(version)s, %(contract_hash)s, %(mode)s, %(rows_loaded)s,
    %(rows_in_table)s, GETDATE(), %(read_at)s, %(drive_version)s, %(modified_by)s,
    %(manifest)s, %(run_id)s, true, false)
"""

# LOCK is ACCESS EXCLUSIVE: on the control table it makes other loads wait, and no reader of
# the target (docs/decisions/0004-lock.md).
LOCK_LOADS = f"LOCK {LOADS}"

# Of all watched tables at once: the newest Drive version that each has taken in.
PROCESSED_VERSIONS = f"""
SELECT table_schema, table_name, drive_version FROM {LOADS} WHERE is_current
"""

TABLE_COLUMNS = """
SELECT column_name, data_type, character_maximum_length, numeric_precision, numeric_scale,
       is_nullable
FROM information_schema.columns
WHERE table_schema = %(schema)s AND table_name = %(table)s ORDER BY ordinal_position
"""


def identifier(name: str) -> str:
    """A quoted name.

    Raises:
        ValueError: it is empty or holds a NUL.
    """
    if not name or "\0" in name:
        raise ValueError("a name cannot be empty or hold a NUL character")
    return '"' + name.replace('"', '""') + '"'


def qualified(schema: str, table: str) -> str:
    """`"schema"."table"`."""
    return f"{identifier(schema)}.{identifier(table)}"


def literal(text: str) -> str:
    """A quoted text, for the places that take no parameter (COPY).

    Raises:
        ValueError: it holds a backslash, which Redshift may take for an escape, or a NUL.
    """
    if "\\" in text or "\0" in text:
        raise ValueError(f"{text!r} cannot stand in a COPY: it holds a backslash or a NUL")
    return "'" + text.replace("'", "''") + "'"


def column_list(columns: Sequence[TableColumn]) -> str:
    """`"a", "b"`: COPY and INSERT always name their columns."""
    return ", ".join(identifier(column.name) for column in columns)


def create_schema(schema: str) -> str:
    """A schema, unless it is there."""
    return f"CREATE SCHEMA IF NOT EXISTS {identifier(schema)}"


def create_table(schema: str, table: str, columns: Sequence[TableColumn]) -> str:
    """The table that the contract describes, unless it is there."""
    lines = ",\n".join(
        f"    {identifier(column.name)} {column.type}{' NOT NULL' if column.required else ''}"
        for column in columns
    )
    return f"CREATE TABLE IF NOT EXISTS {qualified(schema, table)} (\n{lines}\n)"


def create_staging(staging: str, schema: str, table: str) -> str:
    """A temporary table like the target: it is gone with the session, whatever happens."""
    return (
        f"CREATE TEMP TABLE {identifier(staging)} "
        f"(LIKE {qualified(schema, table)} INCLUDING DEFAULTS)"
    )


def copy(staging: str, columns: Sequence[TableColumn], manifest_url: str, iam_role: str) -> str:
    """COPY of a manifest's parts.

    Statistics and encodings are left alone: the staging table lives for seconds.
    """
    role = "default" if iam_role == "default" else literal(iam_role)
    return (
        f"COPY {identifier(staging)} ({column_list(columns)})\n"
        f"FROM {literal(manifest_url)}\nIAM_ROLE {role}\nMANIFEST {COPY_FORMAT}\n"
        "COMPUPDATE OFF STATUPDATE OFF"
    )


def fill_staging(staging: str, columns: Sequence[TableColumn], query: str) -> str:
    """The rows of a query, bound by the names of its columns."""
    names = column_list(columns)
    inner = query.strip().rstrip("; \t\r\n")
    return f"INSERT INTO {identifier(staging)} ({names})\nSELECT {names} FROM (\n{inner}\n) AS q"


def delete_all(schema: str, table: str) -> str:
    """DELETE, since TRUNCATE commits."""
    return f"DELETE FROM {qualified(schema, table)}"


def insert_staged(schema: str, table: str, staging: str, columns: Sequence[TableColumn]) -> str:
    """Every row of the staging table."""
    names = column_list(columns)
    return (
        f"INSERT INTO {qualified(schema, table)} ({names})\n"
        f"SELECT {names} FROM {identifier(staging)}"
    )


def count(source: str) -> str:
    """How many rows a (quoted) table has."""
    return f"SELECT count(*) FROM {source}"


def ordered_rows(staging: str, columns: Sequence[TableColumn]) -> str:
    """Every row in an order that only depends on the rows."""
    names = column_list(columns)
    return f"SELECT {names} FROM {identifier(staging)} ORDER BY {names}"
