"""VACUUM, ANALYZE, TRUNCATE and LOCK: taken with Redshift's words, done as far as it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.lexer import Kind, closing, syntax_error
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.statement import Reader

if TYPE_CHECKING:
    from sheet_assets.sandbox.redshift.lexer import Token
    from sheet_assets.sandbox.redshift.statement import Statement


def vacuum(statement: Statement) -> None:
    """See that the table is there and no transaction is open; there is nothing to sort.

    https://docs.aws.amazon.com/redshift/latest/dg/r_VACUUM_command.html

    Raises:
        RefusedError: it is malformed.
    """
    reader = Reader(statement.tokens, 1)
    for words in (("full",), ("sort", "only"), ("delete", "only"), ("reindex",), ("recluster",)):
        if reader.accept(*words):
            break
    name: list[Token] = []
    if reader.following is not None and not reader.following.is_word("to", "boost"):
        name = reader.relation()
    if reader.accept("to"):
        percent = reader.next()
        if percent.kind is not Kind.NUMBER or not 0 <= float(percent.text) <= 100:
            raise syntax_error(percent)
        if not reader.accept("percent"):
            raise syntax_error(reader.following)
    reader.accept("boost")
    reader.end()
    # PostgreSQL refuses both within a transaction, as Redshift does.
    option = "PROCESS_MAIN false, PROCESS_TOAST false" if name else "ONLY_DATABASE_STATS"
    statement.tokens = [*statement.tokens[0].spelled(f"VACUUM ({option})"), *name]


def analyze(statement: Statement) -> None:
    """Gather PostgreSQL's own statistics.

    https://docs.aws.amazon.com/redshift/latest/dg/r_ANALYZE.html

    Raises:
        RefusedError: it is malformed or ANALYZE COMPRESSION.
    """
    reader = Reader(statement.tokens, 1)
    if reader.accept("compression"):
        raise RefusedError.unimplemented("ANALYZE COMPRESSION")
    reader.accept("verbose")
    kept = [statement.tokens[0]]
    if reader.following is not None:
        kept += reader.relation()
        if reader.following is not None and reader.following.is_symbol("("):
            end = closing(reader.tokens, reader.position) + 1
            kept += reader.tokens[reader.position : end]
            reader.position = end
        elif not reader.accept("predicate", "columns"):
            reader.accept("all", "columns")
    reader.end()
    statement.tokens = kept


def truncate(statement: Statement) -> None:
    """Truncate, and commit: the transaction is over.

    https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNCATE.html

    Raises:
        RefusedError: it names more than one table, or an option of PostgreSQL's.
    """
    reader = Reader(statement.tokens, 1)
    reader.accept("table")
    reader.relation()
    reader.end()
    statement.after.append("COMMIT")


def lock(statement: Statement) -> None:
    """LOCK has one mode: exclusive of everybody.

    https://docs.aws.amazon.com/redshift/latest/dg/r_LOCK.html

    Raises:
        RefusedError: it names a mode.
    """
    for token in statement.tokens:
        if token.is_word("in", "nowait"):
            raise syntax_error(token)
