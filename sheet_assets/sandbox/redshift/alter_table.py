"""ALTER TABLE: one action at a time, and only those that Redshift has.

https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.create_table import column_definition, table_constraint
from sheet_assets.sandbox.redshift.lexer import Kind, quote_literal, split_at, syntax_error
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.statement import Reader, relation_name
from sheet_assets.sandbox.redshift.table_attributes import TableAttributes, read_attributes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.redshift.lexer import Token
    from sheet_assets.sandbox.redshift.statement import Statement

_CONSTRAINTS = {"primary", "unique", "foreign", "constraint", "check", "exclude"}
_ATTRIBUTES = {"distkey", "diststyle", "sortkey", "compound", "interleaved", "encode"}


def alter_table(statement: Statement, *, in_transaction: bool) -> None:
    """Rewrite an ALTER TABLE.

    Raises:
        RefusedError: Redshift refuses it, or the sandbox has it not.
    """
    reader = Reader(statement.tokens, 2)
    if reader.accept("if", "exists"):
        raise syntax_error(reader.tokens[2])
    name = reader.relation()
    table = relation_name(name)
    actions = split_at(reader.rest)
    if len(actions) > 1 and not all(_alters_encoding(action) for action in actions):
        raise RefusedError('syntax error at or near ","', sqlstate="42601")
    if reader.accept("append"):
        _append(statement, reader, table, in_transaction=in_transaction)
    elif reader.accept("add"):
        _add(statement, reader, name)
    elif reader.accept("drop"):
        _drop(statement, reader, table)
    elif reader.accept("alter"):
        if reader.following is not None and reader.following.is_word(*_ATTRIBUTES):
            _alter_attributes(statement, reader, table)
        else:
            _alter_columns(statement, actions, table, in_transaction=in_transaction)
    elif not (reader.accept("rename") or reader.accept("owner", "to")):
        if reader.following is not None and reader.following.is_word("set", "partition"):
            raise RefusedError.unimplemented("ALTER TABLE of external tables")
        raise syntax_error(reader.following)


def _add(statement: Statement, reader: Reader, name: list[Token]) -> None:
    attributes = TableAttributes(relation_name(name))
    head = statement.tokens[: reader.position]
    if reader.following is not None and reader.following.is_word(*_CONSTRAINTS):
        changed = table_constraint(reader.rest, attributes)
        statement.before += attributes.before
        statement.tokens = [*head, *changed]
        if any(token.is_word("primary", "unique") for token in changed):
            _add_key(statement, reader, attributes.relation)
        return
    reader.accept("column")
    definition = reader.rest
    said = [token.value for token in definition if token.kind is Kind.WORD]
    if "default" not in said and ("not", "null") in pairwise(said):
        raise RefusedError(
            "ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression",
            sqlstate="0A000",
        )
    for refused in {"primary", "unique", "references", "distkey", "sortkey", "identity"} & set(
        said
    ):
        raise RefusedError(
            f"ALTER TABLE ADD COLUMN does not support {refused.upper()}", sqlstate="0A000"
        )
    changed = column_definition(definition, attributes, name[-1].value)
    statement.tokens = [*head, *changed]
    statement.after.append(attributes.sql(is_new=False))


def _add_key(statement: Statement, reader: Reader, table: str) -> None:
    key = quote_literal(reader.name().value) if reader.accept("constraint") else "NULL"
    is_primary = reader.accept("primary", "key")
    if not is_primary and not reader.accept("unique"):
        raise syntax_error(reader.following)
    columns = ", ".join(quote_literal(token.value) for token in reader.rest if token.is_name)
    statement.run(
        f"CALL pg_internal.add_key({quote_literal(table)}, {key}, {is_primary}, "
        f"ARRAY[{columns}]::text[])",
        "ALTER TABLE",
    )


def _drop(statement: Statement, reader: Reader, table: str) -> None:
    if reader.accept("constraint"):
        return
    reader.accept("column")
    column = quote_literal(reader.name().value)
    statement.before.append(f"CALL pg_internal.let_drop_column({quote_literal(table)}, {column})")


def _alter_attributes(statement: Statement, reader: Reader, table: str) -> None:
    attributes = TableAttributes(table)
    if reader.accept("sortkey", "none"):
        attributes.sortkeys = []
    elif reader.accept("distkey"):
        attributes.distribute_by(reader.name().value)
    elif reader.accept("diststyle", "key"):
        if not reader.accept("distkey"):
            raise syntax_error(reader.following)
        attributes.distribute_by(reader.name().value)
    else:
        read_attributes(reader, attributes)
    reader.end()
    attributes.check()
    statement.run(attributes.sql(is_new=False), "ALTER TABLE")


def _alters_encoding(action: Sequence[Token]) -> bool:
    words = [token.value for token in action if token.kind is Kind.WORD]
    return words[:1] == ["alter"] and "encode" in words


def _alter_columns(
    statement: Statement, actions: list[list[Token]], table: str, *, in_transaction: bool
) -> None:
    attributes = TableAttributes(table)
    for action in actions:
        reader = Reader(action, 1)
        reader.accept("column")
        column = reader.name().value
        if reader.accept("encode"):
            _alone(in_transaction)
            attributes.encode(column, reader.next())
            reader.end()
        else:
            _check_type(reader, in_transaction=in_transaction)
            statement.before.append(
                f"CALL pg_internal.let_resize({quote_literal(table)}, {quote_literal(column)})"
            )
    if attributes.encodings:
        statement.run(attributes.sql(is_new=False), "ALTER TABLE")


def _check_type(reader: Reader, *, in_transaction: bool) -> None:
    said = [token.value for token in reader.rest if token.kind is Kind.WORD]
    if said[:1] in (["set"], ["drop"]):
        what = "NOT NULL" if "null" in said else "DEFAULT"
        raise RefusedError(f"ALTER COLUMN SET/DROP {what} is not supported", sqlstate="0A000")
    if said[:1] != ["type"]:
        raise syntax_error(reader.following)
    _alone(in_transaction)
    if "using" in said:
        raise RefusedError(
            "ALTER TABLE ALTER COLUMN does not support USING expression", sqlstate="0A000"
        )
    if said[1:] not in (["varchar"], ["character", "varying"], ["varchar", "max"]):
        raise RefusedError(
            "ALTER TABLE ALTER COLUMN changes the size of a VARCHAR only", sqlstate="0A000"
        )


def _alone(in_transaction: bool) -> None:
    if in_transaction:
        raise RefusedError(
            "ALTER TABLE ALTER COLUMN cannot run inside a transaction block", sqlstate="25001"
        )


def _append(statement: Statement, reader: Reader, table: str, *, in_transaction: bool) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html."""
    if not reader.accept("from"):
        raise syntax_error(reader.following)
    source = relation_name(reader.relation())
    ignores, fills = reader.accept("ignoreextra"), reader.accept("filltarget")
    reader.end()
    if ignores and fills:
        raise RefusedError("IGNOREEXTRA and FILLTARGET cannot be used together", sqlstate="42601")
    if in_transaction:
        raise RefusedError(
            "ALTER TABLE APPEND cannot run inside a transaction block", sqlstate="25001"
        )
    statement.run(
        f"CALL pg_internal.append_rows({quote_literal(table)}, {quote_literal(source)}, "
        f"{ignores}, {fills})",
        "ALTER TABLE APPEND",
    )
