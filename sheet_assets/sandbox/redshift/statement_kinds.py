"""The kinds of statement that Redshift reads otherwise than PostgreSQL, by their first words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.alter_table import alter_table
from sheet_assets.sandbox.redshift.create_table import create_table
from sheet_assets.sandbox.redshift.maintenance import analyze, lock, truncate, vacuum
from sheet_assets.sandbox.redshift.merge import merge
from sheet_assets.sandbox.redshift.parameters import (
    reset_parameter,
    set_parameter,
    show_parameter,
    without_isolation,
)
from sheet_assets.sandbox.redshift.privileges import create_user, grant
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.statement import Reader
from sheet_assets.sandbox.redshift.views import create_materialized_view, create_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.redshift.statement import Statement, Surroundings


def rewrite_kind(statement: Statement, sql: str, surroundings: Surroundings) -> None:
    """Rewrite a statement whose names and calls are rewritten already.

    Raises:
        RefusedError: Redshift refuses it, or the sandbox has it not.
    """
    first = statement.tokens[0].value
    if first in {"create", "alter"}:
        _definition(statement, sql, surroundings)
    elif first == "merge":
        merge(statement, sql)
    elif first in _REWRITES:
        _REWRITES[first](statement)


def _definition(statement: Statement, sql: str, surroundings: Surroundings) -> None:
    tokens = statement.tokens
    verb = tokens[0].value
    noise = ("local", "temp", "temporary", "or", "replace")
    kind = next((token.value for token in tokens[1:] if not token.is_word(*noise)), "")
    match verb, kind:
        case "create", "table":
            create_table(statement)
        case "create", "view":
            create_view(statement, sql)
        case "create", "materialized":
            create_materialized_view(statement)
        case "alter", "table":
            alter_table(statement, in_transaction=surroundings.in_transaction)
        case (("create" | "alter"), "user"):
            create_user(statement)
        case (("create" | "alter"), "database"):
            _database(statement)
        case (("create" | "alter"), "schema"):
            _schema(statement)
        case "create", ("function" | "procedure"):
            if any(token.is_word("plpythonu") for token in tokens):
                raise RefusedError.unimplemented("LANGUAGE plpythonu")


def _delete(statement: Statement) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_DELETE.html: FROM may be left out."""
    tokens = statement.tokens
    if len(tokens) > 1 and not tokens[1].is_word("from"):
        tokens[1:1] = tokens[0].spelled("FROM")


def _select_into(statement: Statement) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_INTO.html: `#name` is temporary."""
    for index, token in enumerate(statement.tokens[:-1]):
        if token.is_word("into") and statement.tokens[index + 1].value.startswith("#"):
            statement.tokens[index + 1 : index + 1] = token.spelled("TEMP")
            return


def _database(statement: Statement) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_DATABASE.html: ISOLATION LEVEL."""
    reader = Reader(statement.tokens, 2)
    name = reader.name()
    if statement.tokens[0].is_word("create"):
        raise RefusedError.unimplemented("CREATE DATABASE")
    if not reader.accept("isolation", "level"):
        return
    level = reader.next()
    reader.end()
    if not level.is_word("snapshot", "serializable"):
        raise RefusedError(f"invalid isolation level: {level.text}", sqlstate="22023")
    kept = "repeatable read" if level.is_word("snapshot") else "serializable"
    statement.run(
        f"ALTER DATABASE {name.text} SET default_transaction_isolation = '{kept}'",
        "ALTER DATABASE",
    )


def _schema(statement: Statement) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_SCHEMA.html: no quota is kept."""
    reader = Reader(statement.tokens)
    kept = []
    while reader.following is not None:
        if reader.accept("quota"):
            if not reader.accept("unlimited"):
                reader.next()
                reader.next()
        else:
            kept.append(reader.next())
    statement.tokens = kept


_REWRITES: dict[str, Callable[[Statement], None]] = {
    "analyze": analyze,
    "begin": without_isolation,
    "delete": _delete,
    "grant": grant,
    "lock": lock,
    "reset": reset_parameter,
    "revoke": grant,
    "select": _select_into,
    "set": set_parameter,
    "show": show_parameter,
    "start": without_isolation,
    "truncate": truncate,
    "vacuum": vacuum,
    "with": _select_into,
}
