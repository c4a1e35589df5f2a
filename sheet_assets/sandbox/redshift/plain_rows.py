"""Blocks in which every row is plainly right: taken as a whole by regular expressions.

Whatever is not plain, wrong or only unusual, is left to `records` and `values`, which know all the
rules. What is taken here, they would take alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.sandbox.redshift import datetimes
from sheet_assets.sandbox.redshift.notation import Notation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.redshift.column import Column
    from sheet_assets.sandbox.redshift.copy_options import CopyOptions

_DAY = (
    "(?:(?!0000)[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    "|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)-02-29)"
)
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,6})?"
_ZONE = "(?:Z|[+-](?:0[0-9]|1[0-3])(?::?[0-5][0-9])?)"
# As many digits as are always in range.
_INTEGERS = {"int2": 4, "int4": 9, "int8": 18}
# No exponent and few digits, so that none is out of range or rounded to zero; as many as Python
# writes of a double that needs no exponent.
_FLOAT = "[+-]?[0-9]{1,20}(?:[.][0-9]{0,25})?"
_BOOLEAN = "(?i:true|false|yes|no|[tfyn01])"
# What a delimiter must not be, for a pattern not to run over it.
_IN_PATTERNS = set("0123456789+-.: TZtruefalsyno")
# U+FDD0 to U+FDEF, and the last two of each plane: what ACCEPTINVCHARS replaces.
_NO_CHARACTER = re.compile(rb"\xef\xb7[\x90-\xaf]|[\xef\xf0-\xf4][\x80-\xbf]{1,2}[\xbe\xbf]")


class Encoded(NamedTuple):
    """Rows as PostgreSQL is sent them."""

    data: bytes
    rows: int


class PlainRows:
    """The blocks of one COPY, as far as they are plain."""

    def __init__(self, options: CopyOptions, columns: Sequence[Column | None]) -> None:
        """`columns` has None where a column's default is to stand."""
        self._options = options
        self._columns = columns
        self._notation = Notation.of(options)
        self._null_as = options.null_as.encode()
        self._reserved = {self._notation.default.encode()}
        if options.file_format != "CSV":
            self._reserved.add(self._notation.quote.encode())
        filled = [column for column in columns if column is not None]
        self._edits = [_Edit(column, options) for column in filled]
        self._unchanged = self._edited = None
        patterns = [_Patterns.of(column, options) for column in filled]
        if filled and options.delimiter not in _IN_PATTERNS and not options.trim_blanks:
            delimiter = re.escape(options.delimiter)
            if all(patterns):
                rows = delimiter.join(each.unchanged for each in patterns if each)
                edited = delimiter.join(f"({each.edited}){each.cut}" for each in patterns if each)
                if len(filled) == len(columns) and not options.blanks_as_null:
                    self._unchanged = re.compile(f"(?:{rows}\n)*+".encode())
                # A delimiter may end the last field, too. What no row begins with is the rest.
                self._edited = re.compile(
                    f"(?=[\\s\\S]){edited}{delimiter}?(?:\r?\n|\\Z)|([\\s\\S]+)".encode()
                )

    def encode(self, data: bytes) -> Encoded | None:
        """The rows of a block, None if any of it is not plain."""
        if self._edited is None or not self._is_plain(data):
            return None
        if self._unchanged is not None and not self._has_null(data):
            lines = data.replace(b"\r\n", b"\n") if b"\r" in data else data
            if not lines.endswith(b"\n"):
                lines += b"\n"
            if self._unchanged.fullmatch(lines):
                return Encoded(lines, lines.count(b"\n"))
        return self._edit(self._edited, data)

    def _has_null(self, data: bytes) -> bool:
        # A single character is looked for much faster.
        return self._null_as[:1] in data and self._null_as in data

    def _is_plain(self, data: bytes) -> bool:
        options = self._options
        if any(each in data for each in self._reserved):
            return False
        # A line of \. ends the rows for PostgreSQL.
        if b"\\" in data and (options.escape or b"\\." in data):
            return False
        if options.remove_quotes and (b'"' in data or b"'" in data):
            return False
        if options.ignore_blank_lines and (
            data[:1] in b"\r\n" or b"\n\n" in data or b"\n\r" in data
        ):
            return False
        if options.replacement is not None and _NO_CHARACTER.search(data):
            return False
        try:
            return data.isascii() or bool(data.decode())
        except UnicodeDecodeError:
            return False

    def _edit(self, pattern: re.Pattern[bytes], data: bytes) -> Encoded | None:
        """Rows of which some fields change; the others keep their quotes."""
        rows = pattern.findall(data)
        if not rows or rows[-1][-1]:
            return None
        fields: list[Sequence[bytes]] = [*zip(*rows, strict=True)]
        fields.pop()
        given = iter(edit.apply(values) for edit, values in zip(self._edits, fields, strict=True))
        default = [self._notation.default.encode()] * len(rows)
        edited = [default if column is None else next(given) for column in self._columns]
        if None in edited:
            return None
        join = self._notation.delimiter.encode().join
        lines = b"\n".join(map(join, zip(*edited, strict=True)))
        return Encoded(lines + b"\n", len(rows))


class _Patterns(NamedTuple):
    """Of a field: as it may be passed on, as it may be edited, and what is cut off behind it."""

    unchanged: str
    edited: str
    cut: str = ""

    @classmethod
    def of(cls, column: Column, options: CopyOptions) -> _Patterns | None:
        """None if there is no plain field in such a column."""
        null = re.escape(options.null_as)
        quote = re.escape(options.quote) if options.file_format == "CSV" else ""
        if column.is_text:
            return cls._of_text(column, options, null, quote)
        known = _known(column, options)
        if known is None:
            return None
        optional = "" if column.required else "?"
        quoted = f"|{quote}(?:{known})?+{quote}" if quote else ""
        cut = ""
        if column.type == "numeric" and not options.round_decimals:
            # Digits beyond the scale.
            cut = f"(?:(?<=[.][0-9]{{{column.scale or 0}}})[0-9]*+)?"
        return cls(f"(?:{known}){optional}", f"{null}|(?:{known})?+{quoted}", cut)

    @classmethod
    def _of_text(cls, column: Column, options: CopyOptions, null: str, quote: str) -> _Patterns:
        beyond = r"\x80-\xff" if column.type == "bpchar" else ""
        excluded = f"{quote}{re.escape(options.delimiter)}\r\n\0{beyond}"
        most = "" if column.size is None else column.size
        least = int(not (options.empty_as_null and not column.required))
        unchanged = f"[^{excluded}]{{{least},{most}}}+" if most != 0 else ""
        edited = f"{null}|[^{excluded}]{{0,{most}}}+"
        if quote:
            within = f"(?:[^{quote}\r\n\0{beyond}]|{quote}{quote})"
            # What is most frequent is tried first; a doubled quote takes a step a character.
            simple = f"{quote}[^{quote}\r\n\0{beyond}]{{1,{most}}}+{quote}"
            unchanged = f"(?:{unchanged}|{simple}|{quote}{within}{{1,{most}}}+{quote})"
            within = f"(?:[^{quote}\0{beyond}]|{quote}{quote})"
            edited = f"{quote}{within}{{0,{most}}}+{quote}|{edited}"
        return cls(unchanged, edited)


class _Edit:
    """What becomes of a column's fields."""

    def __init__(self, column: Column, options: CopyOptions) -> None:
        quote = options.quote.encode() if options.file_format == "CSV" else b""
        null_as = options.null_as.encode()
        empty = quote * 2 or Notation.of(options).quote.encode() * 2
        null = {null_as, quote + null_as.replace(quote, quote * 2) + quote if quote else null_as}
        if column.is_text and not options.empty_as_null:
            self._changes = {b"": empty} | dict.fromkeys(null, b"")
        else:
            self._changes = dict.fromkeys({*null, b"", empty}, b"")
        self._required = column.required
        self._blanks = column.is_text and options.blanks_as_null
        self._quote = quote

    def apply(self, fields: Sequence[bytes]) -> Sequence[bytes] | None:
        """The fields as PostgreSQL is sent them, None if one of them is not plain."""
        if self._blanks and any(each.strip(self._quote).isspace() for each in fields):
            return None
        changes = self._changes
        if any(each in fields for each in changes):
            fields = [changes.get(each, each) for each in fields]
        return None if self._required and b"" in fields else fields


def _known(column: Column, options: CopyOptions) -> str | None:
    match column.type:
        case "int2" | "int4" | "int8":
            return f"[+-]?[0-9]{{1,{_INTEGERS[column.type]}}}+"
        case "numeric" if column.size is not None:
            scale = column.scale or 0
            whole = f"[0-9]{{1,{column.size - scale}}}" if column.size > scale else "0"
            return f"[+-]?{whole}+(?:[.][0-9]{{0,{scale}}}+)?+"
        case "float4" | "float8":
            return _FLOAT
        case "bool":
            return _BOOLEAN
        case "time":
            return _CLOCK
        case "date" if options.date_format in {None, datetimes.AUTO, datetimes.DATE}:
            return _DAY
        case "timestamp" | "timestamptz" if options.time_format in {
            None,
            datetimes.AUTO,
            datetimes.TIMESTAMP,
        }:
            between = "[ T]" if options.time_format == datetimes.AUTO else " "
            zone = _ZONE if column.type == "timestamptz" else ""
            return f"{_DAY}{between}{_CLOCK}{zone}"
    return None
