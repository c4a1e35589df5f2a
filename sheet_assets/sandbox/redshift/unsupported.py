"""What PostgreSQL does and Redshift does not, in Redshift's words where they are known.

https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-features.html
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.lexer import syntax_error
from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.redshift.lexer import Token

_COMMANDS = {
    "checkpoint", "cluster", "discard", "do", "listen", "load", "notify", "reassign", "reindex",
    "release", "savepoint", "security", "unlisten", "import",
}  # fmt: skip
# Of CREATE, ALTER and DROP.
_OBJECTS = {
    "access", "aggregate", "cast", "collation", "conversion", "domain", "event", "extension",
    "index", "language", "operator", "policy", "publication", "rule", "sequence", "server",
    "statistics", "subscription", "tablespace", "text", "trigger", "type", "unlogged",
}  # fmt: skip
_UNIMPLEMENTED = {
    "datashare", "external", "identity", "library", "masking", "model", "rls",
}  # fmt: skip
_WRITING = ("insert", "update", "delete", "with", "merge")
_MODIFIERS = {"or", "replace", "unique", "constraint"}


def refuse_unsupported(statement: Sequence[Token], words: set[str]) -> None:
    """See that Redshift has the command, by its first words, and its clauses.

    `words` are all of its words, in lower case.

    Raises:
        RefusedError: it has not, or the sandbox has not.
    """
    first = statement[0]
    to_savepoint = first.is_word("rollback", "abort") and any(
        token.is_word("to") for token in statement
    )
    prepares = (
        first.is_word("prepare") and len(statement) > 1 and statement[1].is_word("transaction")
    )
    if first.is_word(*_COMMANDS) or to_savepoint or prepares:
        raise _unsupported(statement)
    if first.is_word("create", "alter", "drop", "comment"):
        kind = next(
            (token for token in statement[1:] if not token.is_word(*_MODIFIERS)), statement[-1]
        )
        if kind.is_word("index"):
            raise _unsupported(statement, " on Redshift tables")
        if kind.is_word(*_OBJECTS):
            raise _unsupported(statement)
        if kind.is_word(*_UNIMPLEMENTED):
            raise RefusedError.unimplemented(f"{first.text.upper()} {kind.text.upper()}")
    if words & {"returning", "conflict"} and first.is_word(*_WRITING):
        _refuse_clauses(statement)
    if words & {"distinct", "pivot", "unpivot"} or ("values" in words and words & {"from", "join"}):
        _refuse_select(statement)


def _refuse_clauses(statement: Sequence[Token]) -> None:
    depth = 0
    for token, following in pairwise(statement):
        if token.is_symbol("(") or token.is_symbol(")"):
            depth += 1 if token.is_symbol("(") else -1
        if depth == 0 and (
            token.is_word("returning") or (token.is_word("on") and following.is_word("conflict"))
        ):
            raise syntax_error(token)


def _refuse_select(statement: Sequence[Token]) -> None:
    for (before, token), following in zip(
        pairwise(statement), [*statement[2:], statement[-1]], strict=True
    ):
        if before.is_word("distinct") and token.is_word("on") and following.is_symbol("("):
            raise RefusedError("SELECT DISTINCT ON is not supported", sqlstate="0A000")
        if before.is_word("from", "join") and token.is_symbol("(") and following.is_word("values"):
            raise syntax_error(following)
        if token.is_word("pivot", "unpivot") and following.is_symbol("(") and before.is_name:
            raise RefusedError.unimplemented(token.text.upper())


def _unsupported(statement: Sequence[Token], where: str = "") -> RefusedError:
    shown = " ".join(token.text for token in statement[:4])
    return RefusedError(f'SQL command "{shown}" not supported{where}.', sqlstate="0A000")
