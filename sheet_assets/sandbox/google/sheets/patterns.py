"""Number format patterns: their sections, and the tokens of which a section is made.

https://developers.google.com/workspace/sheets/api/guides/formats
"""

from __future__ import annotations

import operator
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

# What stands as it is, in patterns for numbers and for dates alike.
_QUOTED = r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<skipped>.)|(?P<filling>\*)'
_SYMBOL = r"\[\$(?P<symbol>[^\]-]*)(?:-[^\]]*)?\]"
_LITERAL = re.compile(rf"{_QUOTED}|{_SYMBOL}")
_NUMBER = re.compile(
    rf"{_QUOTED}|{_SYMBOL}|(?P<general>General)|(?P<exponent>[Ee][+-])|(?P<digit>[0#?])"
    r"|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<slash>/)|(?P<at>@)|(?P<other>.)",
    re.DOTALL,
)
_DATE = re.compile(
    rf"{_QUOTED}|{_SYMBOL}|\[(?P<elapsed>h+|m+|s+)\]|(?P<half_day>am/pm|a/p|am|pm)"
    r"|(?P<part>y+|m+|d+|h+|s+)|(?P<fraction>0{1,3})|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
_META = re.compile(
    r"\[\s*(?:(?P<compare><=|>=|<>|<|>|=)\s*(?P<bound>-?[0-9.]+)"
    r"|(?:black|blue|cyan|green|magenta|red|white|yellow|color\s*[0-9]+))\s*\]",
    re.IGNORECASE,
)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
}
_LITERALS = frozenset({"quoted", "escaped", "symbol", "other"})


class Token(NamedTuple):
    """A piece of a section; of the kind `literal` is what stands as it is."""

    kind: str
    text: str


class Section(NamedTuple):
    """A part between semicolons, its condition and colour taken off.

    `is_date`: it displays a number as a date, a time or a duration. `is_for_text`: it says how a
    text is displayed.
    """

    text: str
    compare: str
    bound: float
    is_date: bool
    is_for_text: bool

    def admits(self, value: float) -> bool:
        """Whether its condition holds; it has one."""
        return _COMPARE[self.compare](value, self.bound)


@lru_cache(maxsize=1024)
def sections(pattern: str) -> tuple[Section, ...]:
    """The sections of a pattern."""
    parts = [""]
    position = 0
    while position < len(pattern):
        literal = _LITERAL.match(pattern, position)
        piece = literal.group() if literal else pattern[position]
        if piece == ";":
            parts.append("")
        else:
            parts[-1] += piece
        position += len(piece)
    return tuple(_section(part) for part in parts)


def _section(text: str) -> Section:
    compare, bound = "", 0.0
    while meta := _META.match(text):
        if meta["compare"]:
            compare, bound = meta["compare"], float(meta["bound"])
        text = text[meta.end() :]
    bare = _LITERAL.sub("", text).replace("General", "")
    is_date = re.search("[ymdhs]", bare, re.IGNORECASE) is not None
    is_for_text = any(token.kind == "at" for token in number_tokens(text))
    return Section(text, compare, bound, is_date, is_for_text)


@lru_cache(maxsize=1024)
def number_tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a section that displays numbers or texts."""
    return tuple(_token(match) for match in _NUMBER.finditer(text))


@lru_cache(maxsize=1024)
def date_tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a section that displays dates."""
    return tuple(_token(match) for match in _DATE.finditer(text))


def _token(match: re.Match[str]) -> Token:
    kind = str(match.lastgroup)
    text = match[kind]
    if kind in _LITERALS:
        return Token("literal", text)
    # An underscore leaves the room of the next character; a star fills nothing.
    if kind in {"skipped", "filling"}:
        return Token("literal", " " if kind == "skipped" else "")
    return Token(kind, text)
