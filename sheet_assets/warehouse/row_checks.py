"""What must hold of the rows that a query reads and gives, as SQL that finds what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sheet_assets.warehouse.statements import identifier, qualified
from sheet_assets.warehouse.types import ResultColumn

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sheet_assets.warehouse.types import TableColumn

# In the SQL of a check: the rows that are about to be loaded.
ROWS = "{rows}"


@dataclass(frozen=True)
class RowCheck:
    """Holds if its query gives no row.

    Args:
        name: A sentence that can be false, of letters, digits and underscores.
        description: What must hold.
        query: Finds what is wrong, one row each; `{rows}` are the rows about to be loaded.
        field: What to correct in the defs.yaml where the query fails.
        broken: What is told of it if not: `{count}` is how many rows it gives, `{first}` what
            stands in the first of them, and `(s)` makes a plural.
        shown: The columns of its rows whose values may be told; None: all of them.
    """

    name: str
    description: str
    query: str
    field: str
    broken: str = "{count} row(s) found, such as {first}"
    shown: frozenset[str] | None = None

    def sql(self, rows: str) -> str:
        """The query over the rows that are staged in this table."""
        return self.query.replace(ROWS, identifier(rows)).strip().rstrip("; \t\r\n")


@dataclass(frozen=True)
class RowChecks:
    """Those of what a query reads, before it is run, and of its rows, before they are seen."""

    input: tuple[RowCheck, ...] = ()
    output: tuple[RowCheck, ...] = ()

    @property
    def all(self) -> tuple[RowCheck, ...]:
        """In the order in which they are looked at."""
        return (*self.input, *self.output)


def input_has_at_least(schema: str, table: str, rows: int) -> RowCheck:
    """Of a table that a query reads."""
    return RowCheck(
        f"{_name(f'{schema}_{table}')}_{_at_least(rows)}",
        f"{schema}.{table}, which the query reads, has not been emptied by mistake.",
        _fewer_than(qualified(schema, table), rows),
        "input_min_rows",
        f"{schema}.{table} has fewer than {_rows(rows)}: {{first}}",
    )


def has_at_least(rows: int) -> RowCheck:
    """Of a query's result."""
    return RowCheck(
        _at_least(rows),
        "The query gives as many rows as it must.",
        _fewer_than(ROWS, rows),
        "min_rows",
        f"the query gives fewer than {_rows(rows)}: {{first}}",
    )


def of_columns(
    columns: Sequence[TableColumn], hidden: Collection[str] = ()
) -> tuple[RowCheck, ...]:
    """The rules of a contract that Redshift does not enforce, or not in words.

    The values of `hidden` columns are never told.
    """
    shown = frozenset({column.name for column in columns} - {*hidden} | {"times"})
    key = [column.name for column in columns if isinstance(column, ResultColumn) and column.key]
    return (
        *([_is_key(key, shown)] if key else []),
        *(
            check
            for column in columns
            if column.name not in key or len(key) > 1
            for check in _of_column(column, key, shown)
        ),
    )


def finds_no_row(
    name: str,
    query: str,
    *,
    field: Literal["input_checks", "output_checks"],
    description: str | None = None,
    shown: frozenset[str] | None = None,
) -> RowCheck:
    """A check of somebody's own.

    Raises:
        ValueError: the name is none, or the SQL cannot be read or looks at other rows.
    """
    if not re.fullmatch(r"[A-Za-z0-9_]+", name):
        raise ValueError(f"name: {name!r} must consist of letters, digits and underscores")
    if (ROWS in query) != (field == "output_checks"):
        raise ValueError(
            f"the query of {name} does not look at {ROWS}, the rows that are about to be loaded; "
            "what looks at other tables only belongs under `input_checks`"
            if field == "output_checks"
            else f"the query of {name} looks at {ROWS}, which are not there before the table's "
            "query is run; it belongs under `output_checks`"
        )
    from sheet_assets.warehouse.lineage import tables_of  # noqa: PLC0415 - sqlglot, not for loads

    holds = description or "This query of the project's own finds no row."
    check = RowCheck(name, holds, query, field, shown=shown)
    try:
        tables_of(check.sql("rows"))
    except ValueError as error:
        said = str(error).partition("; declare")[0].removeprefix("the query ")
        raise ValueError(f"the query of {name} {said}") from None
    return check


def _is_key(key: Sequence[str], shown: frozenset[str]) -> RowCheck:
    names = ", ".join(identifier(name) for name in key)
    null = "".join(f" OR {identifier(name)} IS NULL" for name in key)
    return RowCheck(
        f"{'_and_'.join(key)}_tell_rows_apart" if len(key) > 1 else f"{key[0]}_is_a_key",
        f"No two rows have the same {' and '.join(key)}, and none has it NULL.",
        f'SELECT {names}, COUNT(*) AS "times" FROM {ROWS} GROUP BY {names} '
        f"HAVING COUNT(*) > 1{null}",
        "query",
        f"{{count}} value(s) of {' and '.join(key)} NULL or repeated: {{first}}",
        shown,
    )


def _of_column(
    column: TableColumn, key: Sequence[str], shown: frozenset[str]
) -> Iterator[RowCheck]:
    name = identifier(column.name)
    if column.required and column.name not in key:
        # What stands in the key columns tells in which rows.
        told = ", ".join(identifier(each) for each in key) or name
        yield RowCheck(
            f"{column.name}_is_never_null",
            f"{column.name} has a value in every row.",
            f"SELECT {told} FROM {ROWS} WHERE {name} IS NULL",
            "query",
            f"{{count}} row(s) with NULL in {column.name}{': {first}' if key else ''}",
            shown,
        )
    if isinstance(column, ResultColumn) and column.unique:
        yield RowCheck(
            f"{column.name}_is_unique",
            f"No value of {column.name} stands twice.",
            f'SELECT {name}, COUNT(*) AS "times" FROM {ROWS} WHERE {name} IS NOT NULL '
            f"GROUP BY {name} HAVING COUNT(*) > 1",
            "query",
            f"{{count}} value(s) of {column.name} repeated: {{first}}",
            shown,
        )


def _fewer_than(table: str, rows: int) -> str:
    return f'SELECT COUNT(*) AS "found" FROM {table} HAVING COUNT(*) < {rows}'


def _at_least(rows: int) -> str:
    return f"has_at_least_{_rows(rows)}".replace(" ", "_").replace(",", "")


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _name(text: str) -> str:
    """A check's name has letters, digits and underscores only."""
    return re.sub(r"[^A-Za-z0-9_]", "_", text)
