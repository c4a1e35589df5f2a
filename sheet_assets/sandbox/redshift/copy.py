"""The COPY command."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.lexer import Kind, Token
from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class S3Url:
    """`s3://bucket/key`; the key may be a prefix, and empty."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, text: str) -> S3Url:
        """Read a URL.

        Raises:
            RefusedError: it is not one of S3 or has no bucket.
        """
        bucket, _, key = text.removeprefix("s3://").partition("/")
        if not text.startswith("s3://") or not bucket:
            raise RefusedError(f"The S3 path '{text}' is not valid: it must be s3://bucket/key")
        return cls(bucket, key)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass
class CopyCommand:
    """COPY from S3: what is loaded from where, and how its files are to be read."""

    relation: str
    """The table as the statement writes it, with schema and quotes."""
    table: str
    """The table's bare name, for messages."""
    columns: list[Token] = field(default_factory=list)
    url: S3Url = field(default_factory=lambda: S3Url("", ""))
    manifest: bool = False
    iam_role: str | None = None
    region_name: str | None = None
    csv: bool = False
    quote: str = '"'
    delimiter: str = ","
    compression: str | None = None
    ignore_header: int = 0
    null_as: str = r"\N"

    @property
    def column_names(self) -> list[str]:
        """The columns named by the statement, none when it names none."""
        return [column.value for column in self.columns]


def parse_copy(statement: Sequence[Token]) -> CopyCommand:
    """Read a statement whose first token is COPY.

    Raises:
        RefusedError: it is malformed, is not from S3, or has an option or a format that this
            sandbox does not implement, which the message names. Values are not repeated: they
            may be secrets.
    """
    return _Parser(statement).parse()


class _Parser:
    def __init__(self, statement: Sequence[Token]) -> None:
        self._tokens = statement
        self._position = 1
        self._given: set[str] = set()

    def parse(self) -> CopyCommand:
        command = self._target()
        self._source(command)
        while self._position < len(self._tokens):
            self._option(command)
        if not command.csv:
            raise RefusedError.unimplemented("COPY of any format but CSV: add the CSV option")
        if command.iam_role is None:
            raise RefusedError.unimplemented("COPY without IAM_ROLE")
        if command.quote == command.delimiter:
            raise RefusedError("COPY delimiter and quote must be different", sqlstate="42601")
        return command

    def _target(self) -> CopyCommand:
        if self._peek_symbol("("):
            raise RefusedError("COPY of a query is not supported: use UNLOAD", sqlstate="0A000")
        names = [self._name()]
        while self._peek_symbol("."):
            self._next()
            names.append(self._name())
        relation = ".".join(name.text for name in names)
        command = CopyCommand(relation=relation, table=names[-1].value)
        if self._peek_symbol("("):
            self._next()
            command.columns.append(self._name())
            while not self._peek_symbol(")"):
                if not self._next().is_symbol(","):
                    raise self._syntax_error(self._position - 1)
                command.columns.append(self._name())
            self._next()
        return command

    def _source(self, command: CopyCommand) -> None:
        token = self._next()
        if token.is_word("to"):
            raise RefusedError("COPY TO is not supported: use UNLOAD", sqlstate="0A000")
        if not token.is_word("from"):
            raise self._syntax_error(self._position - 1)
        source = self._next()
        if source.kind is not Kind.STRING or not source.value.startswith("s3://"):
            raise RefusedError(
                "LOAD source is not supported. (Hint: only S3 or DynamoDB or EMR based load is "
                "allowed)",
                hint="The sandbox loads from s3:// only.",
            )
        command.url = S3Url.parse(source.value)

    def _option(self, command: CopyCommand) -> None:
        token = self._next()
        name = token.text.upper()
        if token.kind is not Kind.WORD or name not in _OPTIONS:
            raise RefusedError.unimplemented(f"the COPY option {_shown(token)}")
        if name in self._given:
            raise RefusedError(f"conflicting or redundant options: {name}", sqlstate="42601")
        self._given.add(name)
        _OPTIONS[name](self, command)

    def csv(self, command: CopyCommand) -> None:
        command.csv = True
        if self._accept_word("quote"):
            command.quote = self._character("QUOTE")

    def format(self, command: CopyCommand) -> None:
        self._accept_word("as")
        name = self._next()
        if not name.is_word("csv"):
            raise RefusedError.unimplemented(f"COPY of FORMAT {_shown(name)}")
        self.csv(command)

    def delimiter(self, command: CopyCommand) -> None:
        command.delimiter = self._character("DELIMITER")

    def null(self, command: CopyCommand) -> None:
        command.null_as = self._string("NULL")
        if "\n" in command.null_as or "\r" in command.null_as:
            raise RefusedError.unimplemented("NULL AS a text with a line break")

    def iam_role(self, command: CopyCommand) -> None:
        if self._accept_word("default"):
            command.iam_role = "default"
        else:
            command.iam_role = self._string("IAM_ROLE")

    def region(self, command: CopyCommand) -> None:
        command.region_name = self._string("REGION")

    def manifest(self, command: CopyCommand) -> None:
        command.manifest = True

    def gzip(self, command: CopyCommand) -> None:
        self._compression(command, "GZIP")

    def zstd(self, command: CopyCommand) -> None:
        self._compression(command, "ZSTD")

    def ignore_header(self, command: CopyCommand) -> None:
        command.ignore_header = self._number("IGNOREHEADER")

    def max_error(self, _: CopyCommand) -> None:
        if self._number("MAXERROR") != 0:
            raise RefusedError.unimplemented("COPY with MAXERROR above 0")

    def date_format(self, _: CopyCommand) -> None:
        self._only("DATEFORMAT", "auto")

    def time_format(self, _: CopyCommand) -> None:
        self._only("TIMEFORMAT", "auto")

    def encoding(self, _: CopyCommand) -> None:
        self._only("ENCODING", "utf8")

    def switch(self, _: CopyCommand) -> None:
        # Statistics and column encodings: nothing that shows in what is loaded.
        self._accept_word("on", "off", "true", "false")

    def _compression(self, command: CopyCommand, name: str) -> None:
        if command.compression is not None:
            raise RefusedError(f"conflicting or redundant options: {name}", sqlstate="42601")
        command.compression = name

    def _only(self, option: str, value: str) -> None:
        self._accept_word("as")
        token = self._next()
        if token.kind not in {Kind.STRING, Kind.WORD} or token.value.lower() != value:
            raise RefusedError.unimplemented(f"COPY with {option} other than '{value}'")

    def _character(self, option: str) -> str:
        text = self._string(option)
        if len(text) != 1 or not text.isascii() or text in "\r\n\0":
            raise RefusedError(f"COPY {option} must be a single ASCII character", sqlstate="42601")
        return text

    def _string(self, option: str) -> str:
        self._accept_word("as")
        token = self._next()
        if token.kind is not Kind.STRING:
            raise RefusedError(f"COPY {option} needs a quoted string", sqlstate="42601")
        return token.value

    def _number(self, option: str) -> int:
        self._accept_word("as")
        token = self._next()
        # '1' in quotes is let in, as the vendor's own examples have both.
        if token.kind not in {Kind.NUMBER, Kind.STRING} or not token.value.isdecimal():
            raise RefusedError(f"COPY {option} needs a whole number", sqlstate="42601")
        return int(token.value)

    def _name(self) -> Token:
        token = self._next()
        if token.kind not in {Kind.WORD, Kind.IDENTIFIER}:
            raise self._syntax_error(self._position - 1)
        return token

    def _accept_word(self, *words: str) -> bool:
        if self._position < len(self._tokens) and self._tokens[self._position].is_word(*words):
            self._position += 1
            return True
        return False

    def _peek_symbol(self, symbol: str) -> bool:
        return self._position < len(self._tokens) and self._tokens[self._position].is_symbol(symbol)

    def _next(self) -> Token:
        if self._position >= len(self._tokens):
            raise self._syntax_error(self._position)
        self._position += 1
        return self._tokens[self._position - 1]

    def _syntax_error(self, position: int) -> RefusedError:
        if position >= len(self._tokens):
            return RefusedError("syntax error at end of input", sqlstate="42601")
        return RefusedError(
            f"syntax error at or near {_shown(self._tokens[position])}", sqlstate="42601"
        )


def _shown(token: Token) -> str:
    if token.kind in {Kind.STRING, Kind.OTHER_STRING}:
        return "before a quoted string"
    return f'"{token.text.upper() if token.kind is Kind.WORD else token.text}"'


_OPTIONS: dict[str, Callable[[_Parser, CopyCommand], None]] = {
    "COMPUPDATE": _Parser.switch,
    "CSV": _Parser.csv,
    "DATEFORMAT": _Parser.date_format,
    "DELIMITER": _Parser.delimiter,
    "ENCODING": _Parser.encoding,
    "FORMAT": _Parser.format,
    "GZIP": _Parser.gzip,
    "IAM_ROLE": _Parser.iam_role,
    "IGNOREHEADER": _Parser.ignore_header,
    "MANIFEST": _Parser.manifest,
    "MAXERROR": _Parser.max_error,
    "NULL": _Parser.null,
    "REGION": _Parser.region,
    "STATUPDATE": _Parser.switch,
    "TIMEFORMAT": _Parser.time_format,
    "ZSTD": _Parser.zstd,
}
