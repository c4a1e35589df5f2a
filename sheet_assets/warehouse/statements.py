"""The SQL that is sent to Redshift, as text; names are always quoted, values are parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.warehouse.rows import COPY_FORMAT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.warehouse.types import ColumnType, TableColumn

CONTROL_SCHEMA = "sheet_assets"
LOADS = '"sheet_assets"."loads"'

# Every load that happened, and of each table which one is current. `first_read_at` is when a
# version was read for the load; `read_at` and `drive_version` of the current row move on when
# the same rows are read again.
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
    first_read_at timestamptz  NOT NULL,
    read_at       timestamptz  NOT NULL,
    drive_version bigint,
    modified_by   varchar(320),
    manifest      varchar(1300),
    run_id        varchar(64),
    is_current    boolean      NOT NULL,
    pinned        boolean      NOT NULL
)
"""

# Of a control table that an earlier release made. Redshift adds a column that refuses NULL only
# with a default, and what is filled in afterwards is when the version was last read.
ADD_FIRST_READ_AT = f"""
ALTER TABLE {LOADS} ADD COLUMN first_read_at timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00+00'
"""
FILL_FIRST_READ_AT = f"UPDATE {LOADS} SET first_read_at = read_at"

CURRENT_LOAD = f"""
SELECT version, contract_hash, mode, rows_loaded, rows_in_table, loaded_at, first_read_at, read_at,
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

# The sheet was looked at, and holds other rows than the current ones.
ADVANCE_DRIVE_VERSION = f"""
UPDATE {LOADS} SET drive_version = GREATEST(drive_version, %(drive_version)s)
WHERE table_schema = %(schema)s AND table_name = %(table)s AND is_current
"""

PIN_CURRENT = f"""
UPDATE {LOADS} SET pinned = %(pinned)s
WHERE table_schema = %(schema)s AND table_name = %(table)s AND is_current
"""

# An older reading was appended after the current one: what the table holds has changed.
COUNT_CURRENT = f"""
UPDATE {LOADS} SET rows_in_table = %(rows_in_table)s,
    drive_version = GREATEST(drive_version, %(drive_version)s)
WHERE table_schema = %(schema)s AND table_name = %(table)s AND is_current
"""

# How often a version is among the rows of the table, and how often by this run. When a load left
# its own rows only (a replace, a first load), those of the loads before it are gone. In whole
# seconds, as GETDATE counts: a version is rather taken for being there than appended twice.
LOADS_IN_TABLE = f"""
SELECT count(*), count(CASE WHEN run_id = %(run_id)s THEN 1 END)
FROM {LOADS}
WHERE table_schema = %(schema)s AND table_name = %(table)s AND version = %(version)s
  AND loaded_at >= (
    SELECT COALESCE(MAX(loaded_at), '1970-01-01 00:00:00+00') FROM {LOADS}
    WHERE table_schema = %(schema)s AND table_name = %(table)s AND rows_in_table = rows_loaded)
"""

RETIRE_CURRENT = f"""
UPDATE {LOADS} SET is_current = false
WHERE table_schema = %(schema)s AND table_name = %(table)s AND is_current
"""

RECORD_LOAD = f"""
INSERT INTO {LOADS} (table_schema, table_name, version, contract_hash, mode, rows_loaded,
    rows_in_table, loaded_at, first_read_at, read_at, drive_version, modified_by, manifest, run_id,
    is_current, pinned)
VALUES (%(schema)s, %(table)s, %(version)s, %(contract_hash)s, %(mode)s, %(rows_loaded)s,
    %(rows_in_table)s, GETDATE(), %(read_at)s, %(read_at)s, %(drive_version)s, %(modified_by)s,
    %(manifest)s, %(run_id)s, %(is_current)s, %(pinned)s)
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
       is_nullable, column_default
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


def insert_staged(
    schema: str,
    table: str,
    staging: str,
    columns: Sequence[TableColumn],
    *,
    distinct: bool = False,
) -> str:
    """Every row of the staging table, equal ones once if they are to be distinct."""
    names = column_list(columns)
    return (
        f"INSERT INTO {qualified(schema, table)} ({names})\n"
        f"SELECT {'DISTINCT ' if distinct else ''}{names} FROM {identifier(staging)}"
    )


def count_keys(staging: str, columns: Sequence[TableColumn], key: Sequence[str]) -> str:
    """How many different rows the staging table has, and how many different keys."""
    names = ", ".join(identifier(name) for name in key)
    return (
        "SELECT COALESCE(SUM(n), 0), COUNT(*) FROM (\n"
        f"SELECT COUNT(*) AS n FROM (SELECT DISTINCT {column_list(columns)} "
        f"FROM {identifier(staging)}) AS d GROUP BY {names}\n) AS k"
    )


def count_matches(schema: str, table: str, staging: str, key: Sequence[str]) -> str:
    """How many keys of the staging table the table has, too."""
    names = ", ".join(identifier(name) for name in key)
    return (
        f"SELECT COUNT(*) FROM (SELECT DISTINCT {names} FROM {identifier(staging)}) AS s\n"
        f"WHERE EXISTS (SELECT 1 FROM {qualified(schema, table)} AS t "
        f"WHERE {_same_key('s', 't', key)})"
    )


def delete_matches(schema: str, table: str, staging: str, key: Sequence[str]) -> str:
    """The rows whose key is in the staging table."""
    target = qualified(schema, table)
    return (
        f"DELETE FROM {target} USING {identifier(staging)} "
        f"WHERE {_same_key(identifier(staging), target, key)}"
    )


def delete_missing(schema: str, table: str, staging: str, key: Sequence[str]) -> str:
    """The rows whose key is not in the staging table."""
    target = qualified(schema, table)
    return (
        f"DELETE FROM {target} WHERE NOT EXISTS (SELECT 1 FROM {identifier(staging)} AS s "
        f"WHERE {_same_key('s', target, key)})"
    )


def _same_key(one: str, other: str, key: Sequence[str]) -> str:
    names = [identifier(name) for name in key]
    return " AND ".join(f"{one}.{name} = {other}.{name}" for name in names)


def carry_over(schema: str, table: str, name: str, into: str, kind: ColumnType) -> str:
    """A column's values, as another type that has room for them, into another column."""
    return (
        f"UPDATE {qualified(schema, table)} "
        f"SET {identifier(into)} = CAST({identifier(name)} AS {kind})"
    )


def count(source: str) -> str:
    """How many rows a (quoted) table has."""
    return f"SELECT count(*) FROM {source}"


def first(source: str, rows: int) -> str:
    """Some rows of a (quoted) table."""
    return f"SELECT * FROM {source} LIMIT {rows}"


def ordered_rows(staging: str, columns: Sequence[TableColumn]) -> str:
    """Every row in an order that only depends on the rows."""
    names = column_list(columns)
    return f"SELECT {names} FROM {identifier(staging)} ORDER BY {names}"


def select_table(schema: str, table: str, columns: Sequence[str] = ()) -> str:
    """All rows of a table: these columns, in their order; without any all, by the first."""
    names = ", ".join(map(identifier, columns))
    return f"SELECT {names or '*'} FROM {qualified(schema, table)} ORDER BY {names or 1}"
