"""How a table is distributed, sorted and encoded: nothing that changes what it holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.lexer import Kind, closing, quote_literal, syntax_error
from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.redshift.lexer import Token
    from sheet_assets.sandbox.redshift.statement import Reader

# https://docs.aws.amazon.com/redshift/latest/dg/c_Compression_encodings.html
_ENCODINGS = {
    "auto", "raw", "none", "az64", "bytedict", "delta", "delta32k", "lzo", "mostly8", "mostly16",
    "mostly32", "runlength", "text255", "text32k", "zstd",
}  # fmt: skip


@dataclass
class TableAttributes:
    """The attributes that a statement gives a table; what it does not name is None."""

    relation: str
    columns: list[str] = field(default_factory=list)
    diststyle: str | None = None
    distkey: str | None = None
    sortkeys: list[str] | None = None
    interleaved: bool = False
    encodings: dict[str, str] = field(default_factory=dict)
    like: str | None = None
    referenced: list[str] = field(default_factory=list)

    def encode(self, column: str, encoding: Token) -> None:
        """Take a column's encoding.

        Raises:
            RefusedError: there is no such encoding.
        """
        if encoding.kind is not Kind.WORD or encoding.value not in _ENCODINGS:
            raise syntax_error(encoding)
        self.encodings[column] = "none" if encoding.value == "raw" else encoding.value

    def distribute_by(self, column: str) -> None:
        """Take the distribution key.

        Raises:
            RefusedError: there is one already.
        """
        if self.distkey is not None:
            raise RefusedError(
                f'multiple DISTKEY columns ("{self.distkey}", "{column}") are not allowed',
                sqlstate="42P16",
            )
        self.distkey = column

    def sort_by(self, columns: Sequence[str]) -> None:
        """Take sort keys, which may be given one by one."""
        self.sortkeys = [*(self.sortkeys or []), *columns]

    def check(self) -> None:
        """See that the attributes go together.

        Raises:
            RefusedError: they do not.
        """
        if self.diststyle == "key" and self.distkey is None:
            raise RefusedError(
                "DISTKEY column must be specified for DISTSTYLE KEY", sqlstate="42P16"
            )
        if self.diststyle not in {None, "key"} and self.distkey is not None:
            raise RefusedError(
                f"DISTSTYLE {(self.diststyle or '').upper()} cannot be specified with DISTKEY",
                sqlstate="42P16",
            )
        if not self.columns or self.like is not None:
            return  # the columns are another table's or a query's: the catalog checks them
        named = {"DISTKEY": [self.distkey] if self.distkey else [], "SORTKEY": self.sortkeys or []}
        for kind, names in named.items():
            for name in names:
                if name not in self.columns:
                    raise RefusedError(
                        f'column "{name}" named in {kind} does not exist', sqlstate="42703"
                    )

    @property
    def before(self) -> list[str]:
        """What has to run before the statement: a key that is referenced must be found."""
        return [
            f"CALL pg_internal.let_reference({quote_literal(relation)})"
            for relation in self.referenced
        ]

    def sql(self, *, is_new: bool) -> str:
        """The statement that keeps them in the catalog."""
        given = {
            "diststyle": self.diststyle or ("key" if self.distkey else None),
            "distkey": self.distkey,
            "sortkeys": self.sortkeys,
            "interleaved": self.interleaved,
            "encodings": self.encodings,
            "like": self.like,
            "is_new": is_new,
        }
        return (
            f"CALL pg_internal.keep_attributes({quote_literal(self.relation)}, "
            f"{quote_literal(json.dumps(given))})"
        )


def read_attributes(reader: Reader, attributes: TableAttributes) -> None:
    """Take the attributes that follow a table's columns, in any order.

    Raises:
        RefusedError: one is malformed.
    """
    while (token := reader.following) is not None:
        if reader.accept("backup"):
            _one_of(reader, "yes", "no")
        elif reader.accept("diststyle"):
            attributes.diststyle = _one_of(reader, "auto", "even", "key", "all")
        elif reader.accept("encode"):
            _one_of(reader, "auto")
        elif reader.accept("distkey"):
            (column,) = _listed(reader, most=1)
            attributes.distribute_by(column)
        elif token.is_word("compound", "interleaved", "sortkey"):
            _sort_keys(reader, attributes)
        else:
            return


def _sort_keys(reader: Reader, attributes: TableAttributes) -> None:
    attributes.interleaved = reader.accept("interleaved")
    is_plain = not attributes.interleaved and not reader.accept("compound")
    if not reader.accept("sortkey"):
        raise syntax_error(reader.following)
    if is_plain and (reader.accept("auto") or reader.accept("none")):
        attributes.sortkeys = attributes.sortkeys or []
    else:
        # https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
        attributes.sort_by(_listed(reader, most=8 if attributes.interleaved else 400))


def _one_of(reader: Reader, *words: str) -> str:
    token = reader.following
    if token is None or not token.is_word(*words):
        raise syntax_error(token)
    return reader.next().value


def _listed(reader: Reader, *, most: int) -> list[str]:
    if reader.following is None or not reader.following.is_symbol("("):
        raise syntax_error(reader.following)
    end = closing(reader.tokens, reader.position)
    inner = reader.tokens[reader.position + 1 : end]
    names = [token.value for token in inner if token.is_name]
    if len(inner) != 2 * len(names) - 1 or not names:
        raise syntax_error(reader.tokens[end])
    if len(names) > most:
        raise RefusedError(f"only {most} columns may stand in this key", sqlstate="54011")
    reader.position = end + 1
    return names
