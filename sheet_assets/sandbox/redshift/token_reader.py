"""The tokens of one statement, read from left to right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.lexer import Kind, Token
from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

_OCTAL = re.compile(r"\\[0-7]{3}")
_SHORT = {r"\t": "\t", r"\\": "\\"}


class TokenReader:
    """Takes what the grammar of COPY and UNLOAD expects next; `command` is for messages."""

    def __init__(self, statement: Sequence[Token], command: str) -> None:
        self.command = command
        self._tokens = statement
        self._position = 0

    @property
    def at_end(self) -> bool:
        """Whether every token was taken."""
        return self._position >= len(self._tokens)

    def next(self) -> Token:
        """Take any token.

        Raises:
            RefusedError: there is none left.
        """
        if self.at_end:
            raise self.syntax_error()
        self._position += 1
        return self._tokens[self._position - 1]

    def is_word(self, *words: str) -> bool:
        """Whether one of these keywords is next."""
        return not self.at_end and self._tokens[self._position].is_word(*words)

    def is_symbol(self, symbol: str) -> bool:
        """Whether this character is next."""
        return not self.at_end and self._tokens[self._position].is_symbol(symbol)

    def is_string(self) -> bool:
        """Whether a quoted string is next."""
        return not self.at_end and self._tokens[self._position].kind is Kind.STRING

    def is_dollar_quoted(self) -> bool:
        """Whether a string between dollar quotes is next."""
        return not self.at_end and self._tokens[self._position].text.startswith("$")

    def accept_word(self, *words: str) -> bool:
        """Take one of these keywords if it is next."""
        found = self.is_word(*words)
        self._position += found
        return found

    def accept_symbol(self, symbol: str) -> bool:
        """Take this character if it is next."""
        found = self.is_symbol(symbol)
        self._position += found
        return found

    def expect_word(self, word: str) -> None:
        """Take this keyword.

        Raises:
            RefusedError: something else is next.
        """
        if not self.accept_word(word):
            raise self.syntax_error()

    def name(self) -> Token:
        """Take an identifier.

        Raises:
            RefusedError: something else is next.
        """
        if self.at_end or self._tokens[self._position].kind not in {Kind.WORD, Kind.IDENTIFIER}:
            raise self.syntax_error()
        return self.next()

    def string(self, option: str) -> str:
        """Take the quoted value of an option, after an AS that may be left out.

        Raises:
            RefusedError: something else is next.
        """
        self.accept_word("as")
        if not self.is_string():
            raise self.refused(f"{option} needs a quoted string")
        return self.next().value

    def character(self, option: str) -> str:
        r"""Take a single ASCII character; it may be written as `\t` or in octal, as `\037`.

        Raises:
            RefusedError: it is none.
        """
        text = self.string(option)
        if _OCTAL.fullmatch(text):
            text = chr(int(text[1:], 8))
        text = _SHORT.get(text, text)
        if len(text) != 1 or not text.isascii() or text in "\r\n\0":
            raise self.refused(f"{option} must be a single ASCII character")
        return text

    def number(self, option: str) -> str:
        """Take a number as it is written; in quotes it is let in, as AWS's examples have both.

        Raises:
            RefusedError: it is none.
        """
        self.accept_word("as")
        token = self.next()
        if token.kind not in {Kind.NUMBER, Kind.STRING}:
            raise self.refused(f"{option} needs a number")
        return token.value

    def whole_number(self, option: str) -> int:
        """Take a whole number.

        Raises:
            RefusedError: it is none.
        """
        text = self.number(option)
        if not text.isdecimal():
            raise self.refused(f"{option} needs a whole number")
        return int(text)

    def switch(self) -> bool:
        """Take ON, TRUE, OFF or FALSE; nothing stands for ON."""
        if self.accept_word("off", "false"):
            return False
        self.accept_word("on", "true")
        return True

    def refused(self, what: str) -> RefusedError:
        """A statement that is written wrong."""
        return RefusedError(f"{self.command} {what}", sqlstate="42601")

    def syntax_error(self) -> RefusedError:
        """An error at the token that is next."""
        if self.at_end:
            return RefusedError("syntax error at end of input", sqlstate="42601")
        found = shown(self._tokens[self._position])
        return RefusedError(f"syntax error at or near {found}", sqlstate="42601")


def shown(token: Token) -> str:
    """A token in a message; what stands in quotes may be a secret and is not repeated."""
    if token.kind in {Kind.STRING, Kind.OTHER_STRING}:
        return "before a quoted string"
    return f'"{token.text.upper() if token.kind is Kind.WORD else token.text}"'
