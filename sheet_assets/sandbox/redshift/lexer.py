"""Tokens of SQL."""

from __future__ import annotations

import enum
import re
import string
from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

_LETTER = r"A-Za-z_#\x80-\U0010ffff"
_TOKEN = re.compile(
    rf"""
    (?:\s++|--[^\n]*+)*+
    (?:
      (?P<comment>/\*)
    | (?P<escape_string>[eE]'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+')
    | (?P<string>'[^']*+(?:''[^']*+)*+')
    | (?P<other_string>(?:[bBxXnN]|[uU]&)'[^']*+(?:''[^']*+)*+')
    | (?P<identifier>"[^"]*+(?:""[^"]*+)*+")
    | (?P<dollar>\$(?:[{_LETTER}][{_LETTER}0-9]*+)?\$)
    | (?P<word>[{_LETTER}][{_LETTER}0-9$]*+)
    | (?P<number>\d++(?:\.\d*+)?(?:[eE][+-]?\d++)?)
    | (?P<symbol>::|[<>=~!@%^&|`?]++|.)
    | (?P<end>\Z)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_FOLDED = {ord(letter): letter.lower() for letter in string.ascii_uppercase}
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class Kind(enum.Enum):
    """What a token is."""

    WORD = "a keyword or an unquoted identifier"
    IDENTIFIER = "a quoted identifier"
    STRING = "a string whose value is its text"
    OTHER_STRING = "a string in another notation: escapes, bits, dollar quotes"
    NUMBER = "a number"
    SYMBOL = "an operator or any other character"


class Token(NamedTuple):
    """A piece of SQL; `start` and `end` are offsets of characters in the client's text."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def value(self) -> str:
        """What the token stands for: unquoted, and folded to lower case if it was unquoted."""
        if self.kind is Kind.STRING:
            return self.text[1:-1].replace("''", "'")
        if self.kind is Kind.IDENTIFIER:
            return self.text[1:-1].replace('""', '"')
        return fold(self.text) if self.kind is Kind.WORD else self.text

    @property
    def is_name(self) -> bool:
        """Whether it can name something."""
        return self.kind in {Kind.WORD, Kind.IDENTIFIER}

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords, given in lower case."""
        return self.kind is Kind.WORD and self.text.lower() in words

    def is_symbol(self, symbol: str) -> bool:
        """Whether it is this character."""
        return self.kind is Kind.SYMBOL and self.text == symbol

    def spelled(self, sql: str) -> list[Token]:
        """The tokens of other SQL in this one's place."""
        return [token._replace(start=self.start, end=self.end) for token in tokens(sql)]


_KINDS = {
    "escape_string": Kind.OTHER_STRING,
    "string": Kind.STRING,
    "other_string": Kind.OTHER_STRING,
    "identifier": Kind.IDENTIFIER,
    "word": Kind.WORD,
    "number": Kind.NUMBER,
    "symbol": Kind.SYMBOL,
}


def tokens(sql: str) -> list[Token]:
    """Split SQL into tokens, without its white space and comments.

    Raises:
        RefusedError: a quote or a comment is not closed.
    """
    found: list[Token] = []
    position = 0
    while match := _TOKEN.match(sql, position):
        name = match.lastgroup or ""
        start, position = match.span(name)
        if name == "end":
            break
        if name == "comment":
            position = _end_of_comment(sql, position)
        elif name == "dollar":
            end = sql.find(match.group(name), position)
            if end < 0:
                raise _unterminated("dollar-quoted string", sql, start)
            position = end + len(match.group(name))
            found.append(Token(Kind.OTHER_STRING, sql[start:position], start, position))
        elif match.group(name) in {"'", '"'}:
            raise _unterminated("quoted string", sql, start)
        else:
            found.append(Token(_KINDS[name], match.group(name), start, position))
    return found


def statements(sql: str) -> list[list[Token]]:
    """Split SQL at its semicolons into statements of at least one token each.

    Raises:
        RefusedError: a quote or a comment is not closed.
    """
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens(sql):
        if token.is_symbol("("):
            depth += 1
        elif token.is_symbol(")"):
            depth -= 1
        if token.is_symbol(";") and depth <= 0:
            found.append([])
        else:
            found[-1].append(token)
    return [statement for statement in found if statement]


def closing(found: Sequence[Token], opening: int) -> int:
    """The index of the parenthesis that closes the one at `opening`.

    Raises:
        RefusedError: there is none.
    """
    depth = 0
    for index in range(opening, len(found)):
        token = found[index]
        if token.is_symbol("("):
            depth += 1
        elif token.is_symbol(")"):
            depth -= 1
            if depth == 0:
                return index
    raise RefusedError("syntax error at end of input", sqlstate="42601")


def split_at(found: Sequence[Token], symbol: str = ",") -> list[list[Token]]:
    """Tokens between commas that stand in no parentheses; none of nothing."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        if token.is_symbol("("):
            depth += 1
        elif token.is_symbol(")"):
            depth -= 1
        if depth == 0 and token.is_symbol(symbol):
            parts.append([])
        else:
            parts[-1].append(token)
    return parts if found else []


def fold(name: str) -> str:
    """A name as Redshift keeps it: in lower case, of ASCII letters only."""
    return name.lower() if name.isascii() else name.translate(_FOLDED)


def quote_identifier(name: str) -> str:
    """A name as SQL writes it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def syntax_error(token: Token | None) -> RefusedError:
    """A statement that stops making sense at a token, or at its end."""
    where = "end of input" if token is None else f'or near "{token.text}"'
    return RefusedError(f"syntax error at {where}", sqlstate="42601")


def quote_literal(text: str) -> str:
    """A string as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _end_of_comment(sql: str, position: int) -> int:
    depth = 1
    for edge in _COMMENT_EDGE.finditer(sql, position):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    raise _unterminated("/* comment", sql, position - 2)


def _unterminated(what: str, sql: str, start: int) -> RefusedError:
    return RefusedError(f'unterminated {what} at or near "{sql[start:][:40]}"', sqlstate="42601")
