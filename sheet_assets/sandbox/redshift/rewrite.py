"""The SQL that PostgreSQL is given in place of a client's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.copy import CopyCommand, parse_copy
from sheet_assets.sandbox.redshift.function_calls import CALL_WORDS, rewrite_calls
from sheet_assets.sandbox.redshift.lexer import Kind, quote_literal, statements
from sheet_assets.sandbox.redshift.names import NAME_WORDS, fold_identifiers, rewrite_words
from sheet_assets.sandbox.redshift.query_levels import LEVEL_WORDS, rewrite_levels
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.rendering import Rendered, render
from sheet_assets.sandbox.redshift.statement import Statement, Surroundings
from sheet_assets.sandbox.redshift.statement_kinds import rewrite_kind
from sheet_assets.sandbox.redshift.unsupported import refuse_unsupported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.redshift.lexer import Token
    from sheet_assets.sandbox.redshift.query_levels import Columns

END_COPY = "SELECT pg_catalog.sandbox_end_copy()"


@dataclass(frozen=True)
class Rewritten:
    """What a client's text becomes; of a text that PostgreSQL reads as it stands, no statement."""

    sql: str
    statements: tuple[Statement, ...] = ()
    origins: list[tuple[int, int]] = field(default_factory=list)

    def origin(self, position: int) -> int:
        """Where in the client's text a character of `sql` stood; both count from 1."""
        return Rendered(self.sql, self.origins).origin(position - 1) + 1


def rewrite(
    sql: str, surroundings: Surroundings, *, null_marker: str, alone: bool, columns: Columns
) -> Rewritten:
    """Turn a client's text into one for PostgreSQL.

    A COPY from S3 becomes one from the client's side of the connection. `alone` is for the
    extended protocol, where a text is one statement and what stands around it is run apart.
    `columns` are those of the system's own relations.

    Raises:
        RefusedError: a statement that Redshift or this sandbox refuses.
    """
    found = statements(sql)
    # Several statements in one text are a transaction of their own.
    if len(found) > 1:
        surroundings = replace(surroundings, in_transaction=True)
    changed = []
    for given in found:
        changed.append(_statement(given, sql, surroundings, null_marker, columns))
        if changed[-1].case_sensitive is not None:
            surroundings = replace(surroundings, case_sensitive=changed[-1].case_sensitive)
    if not any(statement.is_changed for statement in changed):
        return Rewritten(sql)
    if alone and len(found) > 1:
        raise RefusedError(
            "cannot insert multiple commands into a prepared statement", sqlstate="42601"
        )
    text, origins = "", list[tuple[int, int]]()
    for statement in changed:
        around = (statement.before, statement.after) if not alone else ([], [])
        text += "".join(f"{before};\n" for before in around[0])
        rendered = render(sql, statement.given, statement.tokens, len(text))
        text += rendered.sql
        origins += rendered.origins
        text += "".join(f";\n{after}" for after in around[1])
        text += ";\n" if len(changed) > 1 else ""
    return Rewritten(text, tuple(changed), origins)


def _statement(
    given: Sequence[Token],
    sql: str,
    surroundings: Surroundings,
    null_marker: str,
    columns: Columns,
) -> Statement:
    tokens = fold_identifiers(given, case_sensitive=surroundings.case_sensitive)
    statement = Statement(given, tokens)
    words = {token.text.lower() for token in tokens if token.kind is Kind.WORD}
    refuse_unsupported(tokens, words)
    if tokens[0].is_word("copy"):
        command = parse_copy(tokens)
        statement.copy = command
        statement.before.append(begin_copy(command))
        statement.after.append(END_COPY)
        statement.tokens = tokens[0].spelled(copy_from_stdin(command, null_marker))
        return statement
    if tokens[0].is_word("unload"):
        raise RefusedError.unimplemented("UNLOAD yet")
    if words & NAME_WORDS:
        tokens = rewrite_words(tokens)
    if words & CALL_WORDS:
        tokens = rewrite_calls(tokens)
    if words & LEVEL_WORDS:
        tokens = rewrite_levels(tokens, columns)
    statement.tokens = tokens
    rewrite_kind(statement, sql, surroundings)
    return statement


def copy_from_stdin(command: CopyCommand, null_marker: str) -> str:
    """The COPY that PostgreSQL runs; its text is the same whatever the columns' types are."""
    columns = ", ".join(column.text for column in command.columns)
    return (
        f"COPY {command.relation} {f'({columns}) ' if columns else ''}FROM STDIN "
        f"(FORMAT csv, HEADER true, NULL {quote_literal(null_marker)}, ENCODING 'UTF8')"
    )


def begin_copy(command: CopyCommand) -> str:
    """The statement before it, which tells the columns that it fills."""
    names = ", ".join(quote_literal(name) for name in command.column_names)
    return (
        "SELECT * FROM pg_catalog.sandbox_begin_copy("  # noqa: S608 - both are quoted
        f"{quote_literal(command.relation)}, ARRAY[{names}]::text[])"
    )
