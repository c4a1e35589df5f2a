"""The SQL that PostgreSQL is given in place of a client's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.copy import CopyCommand, parse_copy
from sheet_assets.sandbox.redshift.function_calls import CALL_WORDS, rewrite_calls
from sheet_assets.sandbox.redshift.lexer import Kind, statements
from sheet_assets.sandbox.redshift.names import NAME_WORDS, fold_identifiers, rewrite_words
from sheet_assets.sandbox.redshift.query_levels import LEVEL_WORDS, rewrite_levels
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.rendering import Rendered, render
from sheet_assets.sandbox.redshift.statement import Statement, Surroundings
from sheet_assets.sandbox.redshift.statement_kinds import rewrite_kind
from sheet_assets.sandbox.redshift.unload import UnloadCommand, parse_unload
from sheet_assets.sandbox.redshift.unsupported import refuse_unsupported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.redshift.lexer import Token
    from sheet_assets.sandbox.redshift.query_levels import Columns


@dataclass(frozen=True)
class Rewritten:
    """What a client's text becomes; of a text that PostgreSQL reads as it stands, no statement."""

    sql: str
    statements: tuple[Statement, ...] = ()
    origins: list[tuple[int, int]] = field(default_factory=list)

    def origin(self, position: int) -> int:
        """Where in the client's text a character of `sql` stood; both count from 1."""
        return Rendered(self.sql, self.origins).origin(position - 1) + 1


def rewrite(sql: str, surroundings: Surroundings, *, alone: bool, columns: Columns) -> Rewritten:
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
        changed.append(_statement(given, sql, surroundings, columns))
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
    columns: Columns,
) -> Statement:
    tokens = fold_identifiers(given, case_sensitive=surroundings.case_sensitive)
    statement = Statement(given, tokens)
    words = {token.text.lower() for token in tokens if token.kind is Kind.WORD}
    refuse_unsupported(tokens, words)
    if tokens[0].is_word("copy", "unload"):
        statement.transfer(_command(tokens, surroundings, columns))
        return statement
    if words & NAME_WORDS:
        tokens = rewrite_words(tokens)
    if words & CALL_WORDS:
        tokens = rewrite_calls(tokens)
    if words & LEVEL_WORDS:
        tokens = rewrite_levels(tokens, columns)
    statement.tokens = tokens
    rewrite_kind(statement, sql, surroundings)
    return statement


def _command(
    tokens: Sequence[Token], surroundings: Surroundings, columns: Columns
) -> CopyCommand | UnloadCommand:
    if tokens[0].is_word("copy"):
        return parse_copy(tokens)
    command = parse_unload(tokens)
    command.query = rewrite(command.query, surroundings, alone=True, columns=columns).sql
    return command
