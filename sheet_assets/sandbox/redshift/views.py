"""CREATE VIEW: bound to its tables, or looking for them whenever it is asked.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.lexer import quote_literal, syntax_error
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.rendering import render
from sheet_assets.sandbox.redshift.statement import Reader, relation_name
from sheet_assets.sandbox.redshift.table_attributes import TableAttributes, read_attributes

if TYPE_CHECKING:
    from sheet_assets.sandbox.redshift.lexer import Token
    from sheet_assets.sandbox.redshift.statement import Statement


def create_view(statement: Statement, sql: str) -> None:
    """Rewrite a CREATE VIEW that ends in WITH NO SCHEMA BINDING, and leave others alone.

    `statement.tokens` must have been translated already: the query is kept as PostgreSQL reads it.

    Raises:
        RefusedError: it names a relation without its schema.
    """
    tail = [token.value for token in statement.tokens[-4:]]
    if tail != ["with", "no", "schema", "binding"]:
        return
    reader = Reader(statement.tokens, 1)
    replaces = reader.accept("or", "replace")
    reader.accept("view")
    name = relation_name(reader.relation())
    columns: list[Token] = []
    if reader.following is not None and reader.following.is_symbol("("):
        while not reader.accept_symbol(")"):
            columns.append(reader.next())
        columns.append(reader.tokens[reader.position - 1])
    if not reader.accept("as"):
        raise syntax_error(reader.following)
    query = reader.rest[:-4]
    _check_qualified(query)
    listed = render(sql, statement.given, columns).sql
    statement.run(
        f"CALL pg_internal.create_late_view({quote_literal(name)}, {quote_literal(listed)}, "
        f"{quote_literal(render(sql, statement.given, query).sql)}, {replaces})",
        "CREATE VIEW",
    )


def create_materialized_view(statement: Statement) -> None:
    """Leave out what PostgreSQL has no counterpart of: BACKUP, distribution, sorting, refreshing.

    https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html

    Raises:
        RefusedError: it is malformed.
    """
    reader = Reader(statement.tokens, 3)
    attributes = TableAttributes(relation_name(reader.relation()))
    kept = list(statement.tokens[: reader.position])
    while reader.following is not None and not reader.following.is_word("as"):
        if reader.accept("auto", "refresh"):
            if reader.next().value not in {"yes", "no"}:
                raise syntax_error(reader.tokens[reader.position - 1])
            continue
        position = reader.position
        read_attributes(reader, attributes)
        if reader.position == position:
            raise syntax_error(reader.following)
    attributes.check()
    statement.tokens = kept + reader.rest
    statement.after.append(attributes.sql(is_new=True))


def _check_qualified(query: list[Token]) -> None:
    named = {
        token.value
        for token, following in pairwise(query)
        if token.is_name and following.is_word("as")
    }  # of WITH name AS (…)
    for index, token in enumerate(query[:-1]):
        following = query[index + 1]
        if not token.is_word("from", "join") or not following.is_name:
            continue
        is_qualified = index + 2 < len(query) and (
            query[index + 2].is_symbol(".") or query[index + 2].is_symbol("(")
        )
        is_extract = index >= 2 and query[index - 2].is_symbol("(")
        if not is_qualified and not is_extract and following.value not in named:
            raise RefusedError(
                "All the relation names inside should be qualified when creating VIEW WITH NO "
                "SCHEMA BINDING.",
                sqlstate="0A000",
            )
