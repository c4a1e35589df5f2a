"""The types that a column may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.lexer import Kind, Token, closing
from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

# https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-datatypes.html: those of
# PostgreSQL 8.0, on which Redshift is based, and those that it never had.
_UNSUPPORTED = {
    "bigserial", "bit", "box", "bytea", "cidr", "circle", "inet", "line", "lseg", "macaddr",
    "money", "name", "oid", "path", "point", "polygon", "record", "regclass", "regproc", "regtype",
    "serial", "serial4", "serial8", "smallserial", "tid", "void", "xid",
}  # fmt: skip
_UNKNOWN = {
    "citext", "daterange", "hstore", "int4range", "int8range", "json", "jsonb", "jsonpath",
    "macaddr8", "numrange", "pg_lsn", "tsquery", "tsrange", "tstzrange", "tsvector",
    "txid_snapshot", "uuid", "xml",
}  # fmt: skip
_UNIMPLEMENTED = {"super", "geometry", "geography", "hllsketch", "varbyte", "varbinary", "binary"}
# https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
_LONGEST = {"char": 4096, "varchar": 65535}
_CHARACTER = {
    "varchar": "varchar",
    "nvarchar": "varchar",
    "text": "varchar",
    "char": "char",
    "character": "char",
    "nchar": "char",
    "bpchar": "char",
}
_DEFAULT_LENGTH = {"text": 256, "varchar": 256, "nvarchar": 256, "bpchar": 256}
_TWO_WORDS = {
    ("double", "precision"),
    ("character", "varying"),
    ("bit", "varying"),
    ("binary", "varying"),
    ("national", "character"),
}


def type_length(tokens: Sequence[Token]) -> int:
    """How many of the tokens, which begin with a type, are the type."""
    length = 1
    words = [token.value if token.kind is Kind.WORD else "" for token in tokens[:3]]
    if tuple(words[:2]) in _TWO_WORDS:
        length = 3 if words[:1] == ["national"] and words[2:] == ["varying"] else 2
    if _is_symbol(tokens, length, "("):
        length = closing(tokens, length) + 1
    if words[0] in {"timestamp", "time"} and length < len(tokens):
        zone = [token.value for token in tokens[length : length + 3]]
        if zone in (["with", "time", "zone"], ["without", "time", "zone"]):
            length += 3
    while words[0] == "interval" and length < len(tokens):
        if not tokens[length].is_word("year", "month", "day", "hour", "minute", "second", "to"):
            break
        length += 1
    while _is_symbol(tokens, length, "["):
        length += next((n for n, token in enumerate(tokens[length:], 1) if token.is_symbol("]")), 1)
    return length


def column_type(tokens: Sequence[Token], table: str, column: str) -> list[Token]:
    """A column's type as PostgreSQL knows it, with the length or precision that Redshift gives.

    Raises:
        RefusedError: Redshift has no such type, or the sandbox has it not.
    """
    first = tokens[0]
    name = first.value
    if any(token.is_symbol("[") for token in tokens):
        raise _unsupported(table, column, f"{name}[]")
    if name in _UNKNOWN:
        raise RefusedError(f'type "{name}" does not exist', sqlstate="42704")
    if name in _UNIMPLEMENTED:
        raise RefusedError.unimplemented(f"the type {name.upper()}")
    if name in _UNSUPPORTED:
        raise _unsupported(table, column, name)
    arguments = [token for token in tokens if token.kind is Kind.NUMBER or token.is_word("max")]
    if name in _CHARACTER or name == "national":
        varies = any(token.is_word("varying") for token in tokens)
        kind = "varchar" if varies else _CHARACTER.get(name, "char")
        default = 256 if varies else _DEFAULT_LENGTH.get(name, 1)
        return first.spelled(f"{kind}({_length(kind, arguments, default)})")
    if name in {"numeric", "decimal"}:
        return _decimal(first, arguments)
    return list(tokens)


def _length(kind: str, arguments: Sequence[Token], default: int) -> int:
    longest = _LONGEST[kind]
    if not arguments:
        return default
    length = longest if arguments[0].is_word("max") else int(float(arguments[0].text))
    if length > longest:
        raise RefusedError(
            f"length for type {kind} cannot exceed {longest}",
            sqlstate="22023",
        )
    return length


def _decimal(first: Token, arguments: Sequence[Token]) -> list[Token]:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html."""
    precision, scale = ([int(float(token.text)) for token in arguments] + [0, 0])[:2]
    if not arguments:
        precision = 18
    if not 1 <= precision <= 38:
        raise RefusedError(
            f"DECIMAL precision {precision} must be between 1 and 38", sqlstate="22023"
        )
    if scale > 37:
        raise RefusedError(f"DECIMAL scale {scale} must be between 0 and 37", sqlstate="22023")
    return first.spelled(f"{first.text}({precision},{scale})")


def _unsupported(table: str, column: str, name: str) -> RefusedError:
    return RefusedError(
        f'Column "{table}.{column}" has unsupported type "{name}".', sqlstate="0A000"
    )


def _is_symbol(tokens: Sequence[Token], index: int, symbol: str) -> bool:
    return index < len(tokens) and tokens[index].is_symbol(symbol)
