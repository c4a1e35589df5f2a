"""The checks of a SqlTable, from what its YAML says of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import dagster as dg
from pydantic import Field

from sheet_assets.assets import redshift_table
from sheet_assets.components.fields import Text, of_field, query_text, target
from sheet_assets.warehouse.known_tables import KnownTables
from sheet_assets.warehouse.lineage import tables_of
from sheet_assets.warehouse.row_checks import (
    ROWS,
    RowCheck,
    finds_no_row,
    has_at_least,
    input_has_at_least,
    of_columns,
)
from sheet_assets.warehouse.types import ResultColumn

# As what the lineage of a check's columns knows the staged rows.
_STAGED = ("sheet_assets", "rows")


class SqlCheck(dg.Model, dg.Resolvable):
    """A query that must find no row."""

    name: Text = Field(description="A sentence that can be false: promoters_and_detractors_add_up.")
    query: str = Field(
        description="The SELECT that finds what is wrong, or the name of a .sql file beside the "
        "defs.yaml."
    )
    description: str | None = Field(default=None, description="What must hold.")


def input_checks(
    context: dg.ComponentLoadContext,
    own: Sequence[SqlCheck],
    *,
    min_rows: Mapping[str, int],
    read: Sequence[dg.AssetKey],
    known: KnownTables,
) -> tuple[RowCheck, ...]:
    """Of what a query reads.

    Raises:
        ValueError: it does not read such a table, or a check's SQL cannot be read.
    """

    def at_least(table: str) -> RowCheck:
        found, rows = target(table, ()), min_rows[table]
        if redshift_table.asset_key(found) not in read:
            tables = ", ".join(".".join(key.path) for key in read)
            raise ValueError(f"the query does not read {found}; it reads {tables or 'no table'}")
        if rows < 1:
            raise ValueError(f"{found} cannot have fewer than {rows} rows")
        return input_has_at_least(found.schema, found.table, rows)

    return (
        *(of_field("input_min_rows", at_least, table) for table in min_rows),
        *_own("input_checks", context, own, known),
    )


def output_checks(
    context: dg.ComponentLoadContext,
    own: Sequence[SqlCheck],
    *,
    min_rows: int,
    columns: Sequence[ResultColumn],
    query: str,
    known: KnownTables,
) -> tuple[RowCheck, ...]:
    """Of a query's rows.

    Raises:
        ValueError: a check's SQL cannot be read.
    """
    shown = known.shown(query)
    names = [column.name for column in columns]
    hidden = {column.name for column in columns if column.sensitive}
    hidden |= set() if shown is None else {*names} - shown
    return (
        *([has_at_least(min_rows)] if min_rows else []),
        *of_columns(columns, hidden),
        *_own("output_checks", context, own, known.with_rows(_STAGED, names, hidden)),
    )


def check_deps(checks: Iterable[RowCheck], own_key: dg.AssetKey) -> list[dg.AssetKey]:
    """The other tables that they look at."""
    found = [
        dg.AssetKey([schema, table])
        for check in checks
        for schema, table in tables_of(check.sql("rows"))
    ]
    return [key for key in found if key != own_key]


def check_names(checks: Iterable[RowCheck]) -> None:
    """Refuse a name that two checks have.

    Raises:
        ValueError: with the field of the second.
    """
    for name, count in Counter(check.name for check in checks).items():
        if count > 1:
            raise ValueError(f"output_checks: the table has {count} checks of the name {name!r}")


def _own(
    field: Literal["input_checks", "output_checks"],
    context: dg.ComponentLoadContext,
    checks: Sequence[SqlCheck],
    known: KnownTables,
) -> list[RowCheck]:
    def read(check: SqlCheck) -> RowCheck:
        query = query_text(context, check.query)
        return finds_no_row(
            check.name,
            query,
            field=field,
            description=check.description,
            shown=known.shown(query.replace(ROWS, ".".join(_STAGED))),
        )

    return [of_field(field, read, check) for check in checks]
