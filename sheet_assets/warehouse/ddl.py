"""What creates and changes tables in Redshift, as text; names are always quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.warehouse.statements import identifier, qualified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.warehouse.types import ColumnType, TableColumn

SCHEMA = "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = %(schema)s"

# The views that are bound to columns of a table: those columns cannot be dropped.
BOUND_VIEWS = """
SELECT DISTINCT vn.nspname, v.relname, a.attname
FROM pg_catalog.pg_depend AS d
JOIN pg_catalog.pg_rewrite AS r ON r.oid = d.objid
JOIN pg_catalog.pg_class AS v ON v.oid = r.ev_class
JOIN pg_catalog.pg_namespace AS vn ON vn.oid = v.relnamespace
JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE tn.nspname = %(schema)s AND t.relname = %(table)s AND v.oid <> t.oid
ORDER BY 1, 2, 3
"""


def create_schema(schema: str) -> str:
    """A schema, unless it is there."""
    return f"CREATE SCHEMA IF NOT EXISTS {identifier(schema)}"


def create_table(
    schema: str,
    table: str,
    columns: Sequence[TableColumn],
    *,
    diststyle: str | None = None,
    distkey: str | None = None,
    sortkey: Sequence[str] = (),
) -> str:
    """The table that the contract describes, unless it is there."""
    attributes = ""
    if distkey:
        attributes += f"\nDISTSTYLE KEY DISTKEY ({identifier(distkey)})"
    elif diststyle:
        attributes += f"\nDISTSTYLE {diststyle.upper()}"
    if sortkey:
        attributes += f"\nSORTKEY ({', '.join(identifier(name) for name in sortkey)})"
    return (
        f"CREATE TABLE IF NOT EXISTS {qualified(schema, table)} (\n{_lines(columns)}\n){attributes}"
    )


def create_staging(
    staging: str,
    columns: Sequence[TableColumn],
    key: Sequence[str] = (),
    *,
    nullable: bool = False,
) -> str:
    """A temporary table of the contract's columns: gone with the session, whatever happens.

    Not LIKE the target, where a column that was added later takes NULL, also when it is required.
    """
    lines = _lines(columns, key, nullable=nullable)
    return f"CREATE TEMP TABLE {identifier(staging)} (\n{lines}\n)"


def _lines(
    columns: Sequence[TableColumn], key: Sequence[str] = (), *, nullable: bool = False
) -> str:
    return ",\n".join(
        f"    {identifier(column.name)} {column.type}"
        f"{' NOT NULL' if not nullable and (column.required or column.name in key) else ''}"
        for column in columns
    )


def grant(schema: str, table: str, privilege: str, grantees: Sequence[str]) -> str:
    """A right to a table; granted twice it is granted once."""
    to = ", ".join(grantee(name) for name in grantees)
    return f"GRANT {privilege.upper()} ON TABLE {qualified(schema, table)} TO {to}"


def grantee(name: str) -> str:
    """`group analysts`, `role bi` or `public` as GRANT writes it; any other name is a user's.

    Raises:
        ValueError: it names nobody.
    """
    kind, _, rest = name.strip().partition(" ")
    if name.strip().lower() == "public":
        return "PUBLIC"
    if kind.lower() not in {"group", "role"}:
        return identifier(name.strip())
    if not rest.strip():
        raise ValueError(f"{name!r} names no {kind.lower()}: write `{kind.lower()} its_name`")
    return f"{kind.upper()} {identifier(rest.strip())}"


def add_column(schema: str, table: str, name: str, kind: ColumnType) -> str:
    """A column that takes NULL, since Redshift adds no other without a default."""
    return f"ALTER TABLE {qualified(schema, table)} ADD COLUMN {identifier(name)} {kind}"


def drop_column(schema: str, table: str, name: str) -> str:
    """Without CASCADE: no view goes with it."""
    return f"ALTER TABLE {qualified(schema, table)} DROP COLUMN {identifier(name)}"


def rename_column(schema: str, table: str, name: str, new: str) -> str:
    """Another name for a column."""
    return (
        f"ALTER TABLE {qualified(schema, table)} "
        f"RENAME COLUMN {identifier(name)} TO {identifier(new)}"
    )


def alter_type(schema: str, table: str, name: str, kind: ColumnType) -> str:
    """Another length for a varchar, the only type that Redshift changes; not in a transaction.

    https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html
    """
    return f"ALTER TABLE {qualified(schema, table)} ALTER COLUMN {identifier(name)} TYPE {kind}"


def lock(schema: str, table: str) -> str:
    """ACCESS EXCLUSIVE, as ALTER TABLE takes it: readers wait until the transaction ends."""
    return f"LOCK {qualified(schema, table)}"
