"""The records of a CSV or a delimited text, and their fields.

https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.sandbox.redshift.copy_options import CopyOptions

_LINE_END = re.compile(r"\r\n|\n|\r")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Record:
    """A record as it stands in the file, without the end of its line.

    `fields` is None if it cannot be told apart: `reason` and `error_code` say why, in the words
    and the codes of Redshift's load errors.
    """

    raw: str
    fields: list[str] | None
    line: int
    """The line of the file on which it ends."""
    reason: str = ""
    error_code: int = 0


def read_records(text: str, options: CopyOptions, first_line: int) -> Iterator[Record]:
    """Split a text that ends where a record does; its first line has this number."""
    scan = _scan_csv(options) if options.file_format == "CSV" else _scan_delimited(options)
    position, line = 0, first_line
    while position < len(text):
        fields, end, reason, error_code = scan(text, position)
        if fields is None:
            # Where its fields end is unknown: it is taken to end with its line.
            broken = _LINE_END.search(text, end)
            end = broken.start() if broken else len(text)
        raw = text[position:end]
        line += raw.count("\n")
        following = _LINE_END.match(text, end)
        position = following.end() if following else end
        nul = raw.find("\0")
        if nul >= 0 and options.null_as != "\0" and fields is not None:
            fields, reason, error_code = _cut(raw, nul, fields)
        yield Record(raw, fields, line, reason, error_code)
        line += 1


_Scanned = tuple[list[str] | None, int, str, int]


def _cut(raw: str, nul: int, fields: list[str]) -> tuple[list[str] | None, str, int]:
    """A NUL ends a record; nothing but the end of the line may follow it."""
    if nul == len(raw) - 1:
        return [*fields[:-1], fields[-1].rstrip("\0")], "", 0
    wrong = ord(raw[nul + 1])
    return None, f"Missing newline: Unexpected character 0x{wrong:x} found at location {nul}", 1216


def _scan_csv(options: CopyOptions) -> Callable[[str, int], _Scanned]:
    quote, delimiter = re.escape(options.quote), re.escape(options.delimiter)
    # White space around a quoted field is ignored, but for a delimiter.
    space = "".join(each for each in " \t" if each != options.delimiter)
    field = re.compile(
        rf"[{space}]*+{quote}(?P<quoted>(?:[^{quote}]++|{quote}{quote})*+){quote}[{space}]*+"
        rf"(?=[{delimiter}\r\n]|\Z)|(?P<plain>[^{quote}{delimiter}\r\n]*+)(?=[{delimiter}\r\n]|\Z)"
    )
    doubled = options.quote * 2

    def scan(text: str, position: int) -> _Scanned:
        fields: list[str] = []
        while True:
            match = field.match(text, position)
            if match is None:
                return None, position, "Invalid quote formatting for CSV", 1214
            quoted = match["quoted"]
            fields.append(
                match["plain"] if quoted is None else quoted.replace(doubled, options.quote)
            )
            position = match.end()
            if not text.startswith(options.delimiter, position):
                return fields, position, "", 0
            position += 1

    return scan


def _scan_delimited(options: CopyOptions) -> Callable[[str, int], _Scanned]:
    delimiter = re.escape(options.delimiter)
    escaped = r"|\\." if options.escape else ""
    escape = r"\\" if options.escape else ""
    plain = re.compile(rf"(?:[^{delimiter}\r\n{escape}]++{escaped})*+", re.DOTALL)
    quoted = {
        quote: re.compile(
            rf"{quote}((?:[^{quote}{escape}\r\n]++{escaped})*+){quote}(?=[{delimiter}\r\n]|\Z)",
            re.DOTALL,
        )
        for quote in "'\""
    }

    def scan(text: str, position: int) -> _Scanned:
        fields: list[str] = []
        while True:
            quote = text[position : position + 1]
            if options.remove_quotes and quote in {"'", '"'}:
                match = quoted[quote].match(text, position)
                if match is None:
                    return None, position, "Delimited value missing end quote", 1214
                fields.append(_unescaped(match[1], options))
            else:
                match = plain.match(text, position)
                assert match is not None  # noqa: S101 - it matches nothing, too
                fields.append(_unescaped(match[0], options))
            position = match.end()
            if not text.startswith(options.delimiter, position):
                return fields, position, "", 0
            position += 1

    return scan


def _unescaped(field: str, options: CopyOptions) -> str:
    if not options.escape or field == options.null_as:
        return field
    return _ESCAPED.sub(r"\1", field)
