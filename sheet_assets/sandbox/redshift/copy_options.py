"""How the files of a COPY are to be read: its options."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.authorization import Authorization
from sheet_assets.sandbox.redshift.datetimes import check_pattern
from sheet_assets.sandbox.redshift.lexer import Kind
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.token_reader import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.redshift.token_reader import TokenReader

_MAX_ERRORS = 100_000
_ENCODINGS = {"utf8": "utf-8", "utf16": "utf-16", "utf16le": "utf-16-le", "utf16be": "utf-16-be"}
# https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html
_WITH_COLUMNAR = {
    "FORMAT", "PARQUET", "ACCEPTINVCHARS", "FILLRECORD", "IAM_ROLE", "CREDENTIALS", "STATUPDATE",
    "MANIFEST", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "EXPLICIT_IDS",
}  # fmt: skip


@dataclass
class CopyOptions:
    """The options of a COPY; what each means is AWS's, under the option's name."""

    authorization: Authorization = field(default_factory=Authorization)
    file_format: str = "TXT"
    """TXT, CSV or PARQUET."""
    delimiter: str = "|"
    quote: str = '"'
    escape: bool = False
    remove_quotes: bool = False
    compression: str | None = None
    manifest: bool = False
    region_name: str | None = None
    encoding: str = "utf-8"
    ignore_header: int = 0
    ignore_blank_lines: bool = False
    null_as: str = r"\N"
    empty_as_null: bool = False
    blanks_as_null: bool = False
    trim_blanks: bool = False
    truncate_columns: bool = False
    fill_record: bool = False
    round_decimals: bool = False
    date_format: str | None = None
    time_format: str | None = None
    accept_any_date: bool = False
    replacement: str | None = None
    """The character that ACCEPTINVCHARS puts in place of each wrong byte."""
    explicit_ids: bool = False
    max_errors: int | None = 0
    """None for IGNOREALLERRORS."""
    no_load: bool = False

    @property
    def errors_that_fail(self) -> int | None:
        """The number of wrong rows that fails the load, None for no number."""
        return None if self.max_errors is None else max(1, self.max_errors)


def read_options(reader: TokenReader) -> CopyOptions:
    """Read all that follows the source.

    Raises:
        RefusedError: an option is malformed, is given twice, goes not with another, or is not
            implemented, which the message names.
    """
    options = CopyOptions()
    given: set[str] = set()
    while not reader.at_end:
        token = reader.next()
        name = token.value.upper()
        if name == "WITH" and reader.is_word("credentials"):
            continue
        if token.kind is not Kind.WORD or name not in _OPTIONS:
            raise RefusedError.unimplemented(f"the COPY option {shown(token)}")
        # FORMAT AS CSV says the same as CSV.
        taken = "FORMAT" if name in {"CSV", "PARQUET"} else name
        if taken in given:
            raise RefusedError(f"conflicting or redundant options: {name}", sqlstate="42601")
        given.add(taken)
        _OPTIONS[name](options, reader)
    _check(options, given)
    return options


def _check(options: CopyOptions, given: set[str]) -> None:
    options.authorization.check("COPY")
    if options.file_format == "PARQUET":
        # What allows no error is let through: dlt says so with every file.
        allowed = _WITH_COLUMNAR | ({"MAXERROR"} if options.max_errors == 0 else set())
        for name in sorted(given - allowed):
            raise RefusedError(f"{name} is not supported with PARQUET", sqlstate="0A000")
    if options.file_format == "CSV":
        if "DELIMITER" not in given:
            options.delimiter = ","
        for name in ("ESCAPE", "REMOVEQUOTES"):
            if name in given:
                raise RefusedError(f"CSV is not compatible with {name}", sqlstate="42601")
        if options.quote == options.delimiter:
            raise RefusedError("COPY delimiter and quote must be different", sqlstate="42601")
    if options.max_errors is None and "MAXERROR" in given:
        raise RefusedError("IGNOREALLERRORS is not compatible with MAXERROR", sqlstate="42601")
    if len(given & {"GZIP", "ZSTD", "BZIP2"}) > 1:
        raise RefusedError("COPY takes one of GZIP, ZSTD and BZIP2", sqlstate="42601")


def _csv(options: CopyOptions, reader: TokenReader) -> None:
    options.file_format = "CSV"
    if reader.accept_word("quote"):
        options.quote = reader.character("QUOTE")


def _parquet(options: CopyOptions, _: TokenReader) -> None:
    options.file_format = "PARQUET"


def _format(options: CopyOptions, reader: TokenReader) -> None:
    reader.accept_word("as")
    token = reader.next()
    if token.is_word("csv"):
        _csv(options, reader)
    elif token.is_word("parquet"):
        _parquet(options, reader)
    else:
        raise RefusedError.unimplemented(f"COPY of FORMAT {shown(token)}")


def _compression(name: str) -> Callable[[CopyOptions, TokenReader], None]:
    def read(options: CopyOptions, _: TokenReader) -> None:
        options.compression = name

    return read


def _flag(attribute: str) -> Callable[[CopyOptions, TokenReader], None]:
    def read(options: CopyOptions, _: TokenReader) -> None:
        setattr(options, attribute, True)

    return read


def _authorization(name: str) -> Callable[[CopyOptions, TokenReader], None]:
    return lambda options, reader: options.authorization.read(name, reader)


def _delimiter(options: CopyOptions, reader: TokenReader) -> None:
    options.delimiter = reader.character("DELIMITER")


def _region(options: CopyOptions, reader: TokenReader) -> None:
    options.region_name = reader.string("REGION")


def _encoding(options: CopyOptions, reader: TokenReader) -> None:
    reader.accept_word("as")
    name = reader.next().value.lower().replace("-", "")
    if name not in _ENCODINGS:
        raise reader.refused("ENCODING must be UTF8, UTF16, UTF16LE or UTF16BE")
    options.encoding = _ENCODINGS[name]


def _null(options: CopyOptions, reader: TokenReader) -> None:
    text = reader.string("NULL")
    # NULL AS '\0' and '\000' stand for a field that is a NUL.
    options.null_as = "\0" if text in {r"\0", r"\000"} else text
    if "\n" in text or "\r" in text or text == r"\n":
        raise reader.refused("NULL AS must not be a line break, which ends a line")


def _ignore_header(options: CopyOptions, reader: TokenReader) -> None:
    options.ignore_header = reader.whole_number("IGNOREHEADER")


def _max_error(options: CopyOptions, reader: TokenReader) -> None:
    number = reader.whole_number("MAXERROR")
    if number > _MAX_ERRORS:
        raise reader.refused(f"MAXERROR is at most {_MAX_ERRORS}")
    # IGNOREALLERRORS may stand before it; that both are given is refused at the end.
    options.max_errors = number if options.max_errors is not None else None


def _ignore_all_errors(options: CopyOptions, _: TokenReader) -> None:
    options.max_errors = None


def _date_format(options: CopyOptions, reader: TokenReader) -> None:
    options.date_format = check_pattern(reader.string("DATEFORMAT"), "DATEFORMAT")


def _time_format(options: CopyOptions, reader: TokenReader) -> None:
    options.time_format = check_pattern(reader.string("TIMEFORMAT"), "TIMEFORMAT")


def _accept_invalid_characters(options: CopyOptions, reader: TokenReader) -> None:
    options.replacement = "?"
    if reader.is_word("as") or reader.is_string():
        text = reader.string("ACCEPTINVCHARS")
        if len(text) != 1 or not text.isascii() or text == "\0":
            raise reader.refused("ACCEPTINVCHARS must be a single ASCII character")
        options.replacement = text


def _compupdate(_: CopyOptions, reader: TokenReader) -> None:
    # Statistics and column encodings: nothing that shows in what is loaded.
    if not reader.accept_word("preset"):
        reader.switch()


def _statupdate(_: CopyOptions, reader: TokenReader) -> None:
    reader.switch()


def _comprows(_: CopyOptions, reader: TokenReader) -> None:
    reader.whole_number("COMPROWS")


_OPTIONS: dict[str, Callable[[CopyOptions, TokenReader], None]] = {
    "ACCEPTANYDATE": _flag("accept_any_date"),
    "ACCEPTINVCHARS": _accept_invalid_characters,
    "ACCESS_KEY_ID": _authorization("ACCESS_KEY_ID"),
    "BLANKSASNULL": _flag("blanks_as_null"),
    "BZIP2": _compression("BZIP2"),
    "COMPROWS": _comprows,
    "COMPUPDATE": _compupdate,
    "CREDENTIALS": _authorization("CREDENTIALS"),
    "CSV": _csv,
    "DATEFORMAT": _date_format,
    "DELIMITER": _delimiter,
    "EMPTYASNULL": _flag("empty_as_null"),
    "ENCODING": _encoding,
    "ESCAPE": _flag("escape"),
    "EXPLICIT_IDS": _flag("explicit_ids"),
    "FILLRECORD": _flag("fill_record"),
    "FORMAT": _format,
    "GZIP": _compression("GZIP"),
    "IAM_ROLE": _authorization("IAM_ROLE"),
    "IGNOREALLERRORS": _ignore_all_errors,
    "IGNOREBLANKLINES": _flag("ignore_blank_lines"),
    "IGNOREHEADER": _ignore_header,
    "MANIFEST": _flag("manifest"),
    "MAXERROR": _max_error,
    "NOLOAD": _flag("no_load"),
    "NULL": _null,
    "PARQUET": _parquet,
    "REGION": _region,
    "REMOVEQUOTES": _flag("remove_quotes"),
    "ROUNDEC": _flag("round_decimals"),
    "SECRET_ACCESS_KEY": _authorization("SECRET_ACCESS_KEY"),
    "SESSION_TOKEN": _authorization("SESSION_TOKEN"),
    "STATUPDATE": _statupdate,
    "TIMEFORMAT": _time_format,
    "TRIMBLANKS": _flag("trim_blanks"),
    "TRUNCATECOLUMNS": _flag("truncate_columns"),
    "ZSTD": _compression("ZSTD"),
}
