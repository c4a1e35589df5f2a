"""CREATE TABLE: what is Redshift's own is kept in the catalog, the rest goes to PostgreSQL.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.column_types import column_type, type_length
from sheet_assets.sandbox.redshift.lexer import Kind, closing, split_at, syntax_error
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.statement import Reader, relation_name
from sheet_assets.sandbox.redshift.table_attributes import TableAttributes, read_attributes

if TYPE_CHECKING:
    from sheet_assets.sandbox.redshift.lexer import Token
    from sheet_assets.sandbox.redshift.statement import Statement

_CONSTRAINTS = {"primary", "unique", "foreign", "constraint", "check", "exclude"}
_COLUMN_ATTRIBUTES = {
    "check", "collate", "constraint", "default", "distkey", "encode", "generated", "identity",
    "not", "null", "primary", "references", "sortkey", "unique",
}  # fmt: skip


def create_table(statement: Statement) -> None:
    """Rewrite a CREATE TABLE, with a column list, LIKE or AS.

    Raises:
        RefusedError: Redshift refuses it, or the sandbox has it not.
    """
    reader = Reader(statement.tokens, 1)
    is_temporary = any(
        [reader.accept("local"), reader.accept("temp") or reader.accept("temporary")]
    )
    reader.accept("table")
    if_not_exists = reader.accept("if", "not", "exists")
    name = reader.relation()
    create = "CREATE TABLE"
    if is_temporary or name[-1].value.startswith("#"):
        create = "CREATE TEMP TABLE"
    head = statement.tokens[0].spelled(create + (" IF NOT EXISTS" if if_not_exists else ""))
    attributes = TableAttributes(relation_name(name))
    body: list[Token] = []
    if reader.following is not None and reader.following.is_symbol("("):
        end = closing(reader.tokens, reader.position)
        inner = list(reader.tokens[reader.position + 1 : end])
        items = [_item(item, attributes, name[-1].value) for item in split_at(inner)]
        opening, shut = reader.tokens[reader.position], reader.tokens[end]
        body = [opening, *_joined(items, opening), shut]
        reader.position = end + 1
    read_attributes(reader, attributes)
    if reader.following is None and not body:
        raise syntax_error(None)
    if reader.following is not None and not reader.following.is_word("as"):
        raise syntax_error(reader.following)
    attributes.check()
    statement.before += attributes.before
    statement.tokens = [*head, *name, *body, *reader.rest]
    statement.after.append(attributes.sql(is_new=True))


def _joined(items: list[list[Token]], opening: Token) -> list[Token]:
    comma = opening.spelled(",")
    return [token for index, item in enumerate(items) for token in (comma if index else []) + item]


def _item(item: list[Token], attributes: TableAttributes, table: str) -> list[Token]:
    if not item:
        raise syntax_error(None)
    if item[0].is_word("like"):
        reader = Reader(item, 1)
        attributes.like = relation_name(reader.relation())
        if reader.following is not None and not (
            reader.accept("including", "defaults") or reader.accept("excluding", "defaults")
        ):
            raise syntax_error(reader.following)
        reader.end()
        return item
    if item[0].is_word(*_CONSTRAINTS):
        return table_constraint(item, attributes)
    if len(item) == 1:  # CREATE TABLE t (a, b) AS …
        attributes.columns.append(item[0].value)
        return item
    return column_definition(item, attributes, table)


def table_constraint(item: list[Token], attributes: TableAttributes) -> list[Token]:
    """A constraint of a table: informational, but for being told by the catalog.

    Raises:
        RefusedError: Redshift has no such constraint.
    """
    reader = Reader(item)
    if reader.accept("constraint"):
        reader.name()
    if reader.accept("check") or reader.accept("exclude"):
        raise _no_check(item)
    if reader.accept("foreign", "key"):
        while reader.following is not None and not reader.following.is_word("references"):
            reader.next()
        return item[: reader.position] + _references(reader, attributes)
    return item


def column_definition(item: list[Token], attributes: TableAttributes, table: str) -> list[Token]:
    """A column, of CREATE TABLE or ALTER TABLE ADD COLUMN, as PostgreSQL reads it.

    Raises:
        RefusedError: Redshift refuses its type or an attribute.
    """
    reader = Reader(item)
    name = reader.name()
    attributes.columns.append(name.value)
    if reader.following is None:
        raise syntax_error(None)
    length = type_length(reader.rest)
    kept = [name, *column_type(reader.rest[:length], table, name.value)]
    reader.position += length
    while reader.following is not None:
        kept += _column_attribute(reader, name.value, attributes)
    return kept


def _column_attribute(reader: Reader, column: str, attributes: TableAttributes) -> list[Token]:
    token = reader.next()
    match token.value if token.kind is Kind.WORD else "":
        case "encode" | "distkey" | "sortkey" | "collate":
            _keep_attribute(token.value, reader, column, attributes)
            return []
        case "identity":
            return _identity(token, reader, "ALWAYS")
        case "generated":
            if not reader.accept("by", "default", "as", "identity"):
                raise syntax_error(reader.following)
            return _identity(token, reader, "BY DEFAULT")
        case "references":
            reader.position -= 1
            return _references(reader, attributes)
        case "check":
            raise _no_check([token])
        case "default":
            return [token, *_default(reader)]
        case "not" | "null" | "primary" | "key" | "unique":
            return [token]
    raise syntax_error(token)


def _keep_attribute(name: str, reader: Reader, column: str, attributes: TableAttributes) -> None:
    if name == "encode":
        attributes.encode(column, reader.next())
    elif name == "distkey":
        attributes.distribute_by(column)
    elif name == "sortkey":
        attributes.sort_by([column])
    elif not reader.accept("case_sensitive") and not reader.accept("cs"):
        raise RefusedError.unimplemented("COLLATE CASE_INSENSITIVE")


def _default(reader: Reader) -> list[Token]:
    """An expression, up to the next attribute that stands in no parentheses."""
    kept = [reader.next()]
    while (following := reader.following) and not following.is_word(*_COLUMN_ATTRIBUTES):
        end = reader.position + 1
        if following.is_symbol("("):
            end = closing(reader.tokens, reader.position) + 1
        kept += reader.tokens[reader.position : end]
        reader.position = end
    return kept


def _identity(token: Token, reader: Reader, when: str) -> list[Token]:
    if reader.following is None or not reader.following.is_symbol("("):
        raise syntax_error(reader.following)
    end = closing(reader.tokens, reader.position)
    parts = split_at(list(reader.tokens[reader.position + 1 : end]))
    reader.position = end + 1
    if len(parts) != 2 or not all(parts):
        raise syntax_error(token)
    seed, step = ("".join(part.text for part in each) for each in parts)
    bound = "MAXVALUE" if step.startswith("-") else "MINVALUE"
    return token.spelled(
        f"GENERATED {when} AS IDENTITY (START WITH {seed} INCREMENT BY {step} {bound} {seed})"
    )


def _references(reader: Reader, attributes: TableAttributes) -> list[Token]:
    """REFERENCES without enforcement; the key that it names must be there all the same."""
    start = reader.position
    reader.next()
    attributes.referenced.append(relation_name(reader.relation()))
    if reader.following is not None and reader.following.is_symbol("("):
        reader.position = closing(reader.tokens, reader.position) + 1
    kept = list(reader.tokens[start : reader.position])
    return kept + kept[0].spelled("NOT ENFORCED")


def _no_check(item: list[Token]) -> RefusedError:
    kind = next(token.text for token in item if token.is_word("check", "exclude"))
    return RefusedError(f"{kind.upper()} constraints are not supported", sqlstate="0A000")
