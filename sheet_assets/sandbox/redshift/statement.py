"""One statement of a client's, and what PostgreSQL runs in its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.lexer import fold, quote_identifier, syntax_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.redshift.copy import CopyCommand
    from sheet_assets.sandbox.redshift.lexer import Token
    from sheet_assets.sandbox.redshift.unload import UnloadCommand


@dataclass
class Statement:
    """`tokens` are run; statements `before` and `after` them run unseen by the client.

    `tag` is the command tag that the client is told, PostgreSQL's own if empty. `grantees` are
    the names that a GRANT or REVOKE is about, and whether it calls each a user, a group or a role.
    """

    given: Sequence[Token]
    tokens: list[Token]
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    tag: str = ""
    command: CopyCommand | UnloadCommand | None = None
    grantees: dict[str, str] = field(default_factory=dict)
    case_sensitive: bool | None = None
    """What it makes of enable_case_sensitive_identifier, None if it leaves it."""

    @property
    def is_changed(self) -> bool:
        """Whether PostgreSQL gets anything but the client's own text."""
        return bool(
            self.before
            or self.after
            or self.tag
            or self.command
            or self.grantees
            or len(self.given) != len(self.tokens)
            or any(one is not other for one, other in zip(self.given, self.tokens, strict=False))
        )

    def run(self, sql: str, tag: str) -> None:
        """Run other SQL, under another tag."""
        self.tokens = [self.given[0]._replace(text=sql)]
        self.tag = tag

    def transfer(self, command: CopyCommand | UnloadCommand) -> None:
        """Run what stands for a COPY or an UNLOAD."""
        self.command = command
        self.tokens = [self.given[0]._replace(text=command.sql)]
        self.before.append(command.before)
        self.after.append(command.after)


@dataclass(frozen=True)
class Surroundings:
    """What a statement's meaning depends on besides its text."""

    in_transaction: bool = False
    case_sensitive: bool = False


class Reader:
    """Takes the tokens of a statement one after the other."""

    def __init__(self, tokens: Sequence[Token], position: int = 0) -> None:
        self.tokens = tokens
        self.position = position

    @property
    def following(self) -> Token | None:
        """The next token, None at the end."""
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    @property
    def rest(self) -> list[Token]:
        """All tokens that were not taken."""
        return list(self.tokens[self.position :])

    def next(self) -> Token:
        """Take a token.

        Raises:
            RefusedError: there is none.
        """
        if self.following is None:
            raise syntax_error(None)
        self.position += 1
        return self.tokens[self.position - 1]

    def accept(self, *words: str) -> bool:
        """Take these keywords if they follow in this order."""
        ahead = self.tokens[self.position : self.position + len(words)]
        if len(ahead) < len(words) or not all(map(_is_word, ahead, words)):
            return False
        self.position += len(words)
        return True

    def accept_symbol(self, symbol: str) -> bool:
        """Take this character if it follows."""
        if self.following is None or not self.following.is_symbol(symbol):
            return False
        self.position += 1
        return True

    def name(self) -> Token:
        """Take a name.

        Raises:
            RefusedError: no name follows.
        """
        token = self.next()
        if not token.is_name:
            raise syntax_error(token)
        return token

    def relation(self) -> list[Token]:
        """Take a name that may be qualified, with its dots.

        Raises:
            RefusedError: no name follows.
        """
        found = [self.name()]
        while self.accept_symbol("."):
            found += [self.tokens[self.position - 1], self.name()]
        return found

    def end(self) -> None:
        """Make sure that nothing follows.

        Raises:
            RefusedError: something does.
        """
        if self.following is not None:
            raise syntax_error(self.following)


def relation_name(tokens: Sequence[Token]) -> str:
    """A relation's name as to_regclass reads it."""
    return ".".join(quote_identifier(token.value) for token in tokens if token.is_name)


def _is_word(token: Token, word: str) -> bool:
    return token.is_word(word) and fold(token.text) == word
