"""The COPY command."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.copy_options import CopyOptions, read_options
from sheet_assets.sandbox.redshift.lexer import Token, quote_literal
from sheet_assets.sandbox.redshift.notation import Notation
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.s3_url import S3Url
from sheet_assets.sandbox.redshift.token_reader import TokenReader

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class CopyCommand:
    """COPY from S3: what is loaded from where, and how its files are to be read."""

    relation: str
    """The table as the statement writes it, with schema and quotes."""
    table: str
    """The table's bare name, for messages."""
    url: S3Url
    options: CopyOptions
    columns: list[Token] = field(default_factory=list)

    @property
    def column_names(self) -> list[str]:
        """The columns named by the statement, none when it names none."""
        return [column.value for column in self.columns]

    @property
    def before(self) -> str:
        """The statement before it, which tells the columns that it fills."""
        names = ", ".join(quote_literal(name) for name in self.column_names)
        return (
            "SELECT * FROM pg_catalog.sandbox_begin_copy("  # noqa: S608 - both are quoted
            f"{quote_literal(self.relation)}, ARRAY[{names}]::text[])"
        )

    @property
    def sql(self) -> str:
        """The COPY that PostgreSQL runs; its text is the same whatever the columns' types are."""
        columns = ", ".join(column.text for column in self.columns)
        notation = Notation.of(self.options)
        return (
            f"COPY {self.relation} {f'({columns}) ' if columns else ''}FROM STDIN (FORMAT csv, "
            f"DELIMITER {quote_literal(notation.delimiter)}, "
            f"QUOTE {quote_literal(notation.quote)}, DEFAULT {quote_literal(notation.default)}, "
            "ENCODING 'UTF8')"
        )

    @property
    def after(self) -> str:
        """The statement behind it, which counts what it has loaded."""
        return "SELECT pg_catalog.sandbox_end_copy()"


def parse_copy(statement: Sequence[Token]) -> CopyCommand:
    """Read a statement whose first token is COPY.

    Raises:
        RefusedError: it is malformed, is not from S3, or has an option or a format that this
            sandbox does not implement, which the message names. Values are not repeated: they
            may be secrets.
    """
    reader = TokenReader(statement[1:], "COPY")
    if reader.is_symbol("("):
        raise RefusedError("COPY of a query is not supported: use UNLOAD", sqlstate="0A000")
    names = [reader.name()]
    while reader.accept_symbol("."):
        names.append(reader.name())
    columns: list[Token] = []
    if reader.accept_symbol("("):
        columns.append(reader.name())
        while reader.accept_symbol(","):
            columns.append(reader.name())
        if not reader.accept_symbol(")"):
            raise reader.syntax_error()
    return CopyCommand(
        relation=".".join(name.text for name in names),
        table=names[-1].value,
        columns=columns,
        url=_source(reader),
        options=read_options(reader),
    )


def _source(reader: TokenReader) -> S3Url:
    if reader.is_word("to"):
        raise RefusedError("COPY TO is not supported: use UNLOAD", sqlstate="0A000")
    reader.expect_word("from")
    if not reader.is_string() or not (source := reader.next().value).startswith("s3://"):
        raise RefusedError(
            "LOAD source is not supported. (Hint: only S3 or DynamoDB or EMR based load is "
            "allowed)",
            hint="The sandbox loads from s3:// only.",
        )
    return S3Url.parse(source)
