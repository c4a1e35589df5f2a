"""The UNLOAD command.

https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.authorization import Authorization
from sheet_assets.sandbox.redshift.lexer import Kind, Token, statements
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.s3_url import S3Url
from sheet_assets.sandbox.redshift.token_reader import TokenReader, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MEGABYTE = 1 << 20
_MIN_FILE_BYTES = 5 * _MEGABYTE
_MAX_FILE_BYTES = int(6.2 * 1024) * _MEGABYTE
_NOT_WITH_PARQUET = {
    "DELIMITER", "ADDQUOTES", "ESCAPE", "NULL", "HEADER", "GZIP", "BZIP2", "ZSTD"
}  # fmt: skip


@dataclass
class UnloadCommand:
    """What is unloaded to where, and how its files look; an option's meaning is AWS's."""

    query: str
    url: S3Url
    authorization: Authorization = field(default_factory=Authorization)
    file_format: str = "TXT"
    """TXT, CSV or PARQUET."""
    delimiter: str = "|"
    add_quotes: bool = False
    escape: bool = False
    null_as: str = ""
    header: bool = False
    compression: str | None = None
    manifest: bool = False
    verbose: bool = False
    allow_overwrite: bool = False
    clean_path: bool = False
    parallel: bool = True
    max_file_bytes: int = _MAX_FILE_BYTES
    region_name: str | None = None

    @property
    def before(self) -> str:
        """The statement before it, whose empty answer tells the columns."""
        return f"SELECT * FROM (\n{self.query}\n) AS unloaded LIMIT 0"  # noqa: S608 - the client's own

    @property
    def sql(self) -> str:
        """The COPY that PostgreSQL runs."""
        return f"COPY (\n{self.query}\n) TO STDOUT (FORMAT text, ENCODING 'UTF8')"

    @property
    def after(self) -> str:
        """The statement behind it: PostgreSQL waits in it until the files are written.

        If they could not be, it fails, and with it the transaction.
        """
        return "COPY pg_catalog.sandbox_unloaded FROM STDIN"


def parse_unload(statement: Sequence[Token]) -> UnloadCommand:
    """Read a statement whose first token is UNLOAD.

    Raises:
        RefusedError: it is malformed, or has an option that is not implemented, which the
            message names.
    """
    reader = TokenReader(statement[1:], "UNLOAD")
    if not reader.accept_symbol("(") or not (reader.is_string() or reader.is_dollar_quoted()):
        raise reader.refused("needs its query in quotes and parentheses")
    query = _query(_unquoted(reader.next()))
    if not reader.accept_symbol(")"):
        raise reader.syntax_error()
    reader.expect_word("to")
    if not reader.is_string():
        raise reader.syntax_error()
    command = UnloadCommand(query, S3Url.parse(reader.next().value))
    given: set[str] = set()
    while not reader.at_end:
        token = reader.next()
        name = token.value.upper()
        if name == "WITH" and reader.is_word("credentials"):
            continue
        if token.kind is not Kind.WORD or name not in _OPTIONS:
            raise RefusedError.unimplemented(f"the UNLOAD option {shown(token)}")
        if name in given:
            raise RefusedError(f"conflicting or redundant options: {name}", sqlstate="42601")
        given.add(name)
        _OPTIONS[name](command, reader)
    _check(command, given, reader)
    return command


def _unquoted(token: Token) -> str:
    if token.kind is Kind.STRING:
        return token.value
    tag = token.text.index("$", 1) + 1
    return token.text[tag:-tag]


def _query(text: str) -> str:
    found = statements(text)
    if len(found) != 1 or not found[0][0].is_word("select", "with"):
        raise RefusedError("UNLOAD takes one SELECT", sqlstate="42601")
    depth = 0
    for token in found[0]:
        depth += token.is_symbol("(") - token.is_symbol(")")
        if depth == 0 and token.is_word("limit"):
            raise RefusedError(
                "Limit clause is not supported",
                sqlstate="0A000",
                hint="UNLOAD takes no LIMIT in the outer SELECT: nest it.",
            )
    return text[found[0][0].start : found[0][-1].end]


def _check(command: UnloadCommand, given: set[str], reader: TokenReader) -> None:
    command.authorization.check("UNLOAD")
    if command.file_format == "PARQUET":
        for name in sorted(given & _NOT_WITH_PARQUET):
            raise RefusedError(f"{name} is not supported with PARQUET", sqlstate="0A000")
    if command.file_format == "CSV":
        for name in sorted(given & {"ADDQUOTES", "ESCAPE"}):
            raise RefusedError(f"CSV is not compatible with {name}", sqlstate="42601")
        if "DELIMITER" not in given:
            command.delimiter = ","
    if command.clean_path and command.allow_overwrite:
        raise reader.refused("CLEANPATH is not compatible with ALLOWOVERWRITE")
    if len(given & {"GZIP", "ZSTD", "BZIP2"}) > 1:
        raise reader.refused("takes one of GZIP, ZSTD and BZIP2")


def _flag(attribute: str) -> Callable[[UnloadCommand, TokenReader], None]:
    return lambda command, _: setattr(command, attribute, True)


def _compression(name: str) -> Callable[[UnloadCommand, TokenReader], None]:
    return lambda command, _: setattr(command, "compression", name)


def _authorization(name: str) -> Callable[[UnloadCommand, TokenReader], None]:
    return lambda command, reader: command.authorization.read(name, reader)


def _file_format(name: str) -> Callable[[UnloadCommand, TokenReader], None]:
    return lambda command, _: setattr(command, "file_format", name)


def _format(command: UnloadCommand, reader: TokenReader) -> None:
    reader.accept_word("as")
    token = reader.next()
    if not token.is_word("csv", "parquet"):
        raise RefusedError.unimplemented(f"UNLOAD of FORMAT {shown(token)}")
    command.file_format = token.value.upper()


def _manifest(command: UnloadCommand, reader: TokenReader) -> None:
    command.manifest = True
    command.verbose = reader.accept_word("verbose")


def _delimiter(command: UnloadCommand, reader: TokenReader) -> None:
    command.delimiter = reader.character("DELIMITER")


def _null(command: UnloadCommand, reader: TokenReader) -> None:
    command.null_as = reader.string("NULL")


def _parallel(command: UnloadCommand, reader: TokenReader) -> None:
    command.parallel = reader.switch()


def _region(command: UnloadCommand, reader: TokenReader) -> None:
    command.region_name = reader.string("REGION")


def _max_file_size(command: UnloadCommand, reader: TokenReader) -> None:
    try:
        size = Decimal(reader.number("MAXFILESIZE"))
    except InvalidOperation:
        raise reader.refused("MAXFILESIZE needs a number") from None
    unit = 1024 * _MEGABYTE if reader.accept_word("gb") else _MEGABYTE
    reader.accept_word("mb")
    command.max_file_bytes = int(size * unit)
    if not _MIN_FILE_BYTES <= command.max_file_bytes <= _MAX_FILE_BYTES:
        raise reader.refused("MAXFILESIZE must be between 5 MB and 6.2 GB")


def _encrypted(_: UnloadCommand, reader: TokenReader) -> None:
    # With S3's own keys, as every object is; other keys are other options.
    reader.accept_word("auto")


_OPTIONS: dict[str, Callable[[UnloadCommand, TokenReader], None]] = {
    "ACCESS_KEY_ID": _authorization("ACCESS_KEY_ID"),
    "ADDQUOTES": _flag("add_quotes"),
    "ALLOWOVERWRITE": _flag("allow_overwrite"),
    "BZIP2": _compression("BZIP2"),
    "CLEANPATH": _flag("clean_path"),
    "CREDENTIALS": _authorization("CREDENTIALS"),
    "CSV": _file_format("CSV"),
    "DELIMITER": _delimiter,
    "ENCRYPTED": _encrypted,
    "ESCAPE": _flag("escape"),
    "FORMAT": _format,
    "GZIP": _compression("GZIP"),
    "HEADER": _flag("header"),
    "IAM_ROLE": _authorization("IAM_ROLE"),
    "MANIFEST": _manifest,
    "MAXFILESIZE": _max_file_size,
    "NULL": _null,
    "PARALLEL": _parallel,
    "PARQUET": _file_format("PARQUET"),
    "REGION": _region,
    "SECRET_ACCESS_KEY": _authorization("SECRET_ACCESS_KEY"),
    "SESSION_TOKEN": _authorization("SESSION_TOKEN"),
    "ZSTD": _compression("ZSTD"),
}
