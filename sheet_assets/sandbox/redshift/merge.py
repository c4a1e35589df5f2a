"""MERGE, in Redshift's two forms.

https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.lexer import quote_literal, syntax_error
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.rendering import render
from sheet_assets.sandbox.redshift.statement import Reader, relation_name

if TYPE_CHECKING:
    from sheet_assets.sandbox.redshift.statement import Statement


def merge(statement: Statement, sql: str) -> None:
    """Rewrite REMOVE DUPLICATES; the other form is PostgreSQL's, but for what Redshift refuses.

    Raises:
        RefusedError: a clause is missing or is PostgreSQL's only.
    """
    reader = Reader(statement.tokens, 1)
    if not reader.accept("into"):
        raise syntax_error(reader.following)
    target = reader.relation()
    if not reader.accept("using"):
        raise syntax_error(reader.following)
    if reader.following is not None and reader.following.is_symbol("("):
        raise RefusedError("MERGE: the source must be a table", sqlstate="0A000")
    source = reader.relation()
    alias = source
    if reader.accept("as") or (reader.following and not reader.following.is_word("on")):
        alias = [reader.name()]
    if not reader.accept("on"):
        raise syntax_error(reader.following)
    words = [token.value for token in reader.rest]
    if words[-2:] == ["remove", "duplicates"]:
        condition = render(sql, statement.given, reader.rest[:-2]).sql
        shown = " ".join(token.text for token in alias[-1:])
        statement.run(
            f"CALL pg_internal.merge_without_duplicates({quote_literal(relation_name(target))}, "
            f"{quote_literal(relation_name(source))}, {quote_literal(shown)}, "
            f"{quote_literal(condition)})",
            "MERGE",
        )
        return
    # https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html: both clauses, once each.
    matched, missing = _clauses(words)
    if (matched, missing) != (1, 1):
        raise RefusedError(
            "MERGE needs one WHEN MATCHED and one WHEN NOT MATCHED clause", sqlstate="42601"
        )


def _clauses(words: list[str]) -> tuple[int, int]:
    pairs = list(zip(words, words[1:], words[2:], strict=False))
    matched = sum(pair == ("when", "matched", "then") for pair in pairs)
    missing = sum(pair == ("when", "not", "matched") for pair in pairs)
    return matched, missing
