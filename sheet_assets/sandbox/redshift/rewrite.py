"""The SQL that PostgreSQL is given in place of a client's."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.copy import CopyCommand, parse_copy
from sheet_assets.sandbox.redshift.ddl import translate
from sheet_assets.sandbox.redshift.lexer import Token, statements
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.unload import UnloadCommand, parse_unload

if TYPE_CHECKING:
    from collections.abc import Sequence

# A text without these needs no reading; most statements are a SELECT or an INSERT.
_WORTH_READING = re.compile(
    "copy|unload|savepoint|release|rollback|abort|grant|alter|distkey|sortkey|diststyle|encode|backup",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Rewritten:
    """SQL for PostgreSQL; `commands` has an entry a statement, None but for COPY and UNLOAD.

    Without a COPY every character stands where it stood. `grantees` are the names that a GRANT
    gives rights to, and whether it calls each a user, a group or a role.
    """

    sql: str
    commands: tuple[CopyCommand | UnloadCommand | None, ...] = ()
    grantees: dict[str, str] = field(default_factory=dict)

    @property
    def has_copy(self) -> bool:
        """Whether any statement loads from S3 or unloads to it."""
        return any(self.commands)


def rewrite(sql: str, *, alone: bool, in_transaction: bool = False) -> Rewritten:
    """Turn each COPY from S3 into one from the client's side of the connection.

    What PostgreSQL does not know of DDL is left out. `alone` is for the extended protocol, where
    a text is one statement. Otherwise a COPY becomes three statements: one that tells the table's
    columns and one that counts what was loaded stand around it, so that they see what its
    transaction sees.

    Raises:
        RefusedError: a statement that Redshift or this sandbox refuses.
    """
    if not _WORTH_READING.search(sql):
        return Rewritten(sql)
    found = statements(sql)
    commands = tuple(_read(statement) for statement in found)
    # Several statements in one text are a transaction of their own.
    in_transaction = in_transaction or len(found) > 1
    translated = [translate(statement, in_transaction=in_transaction) for statement in found]
    grantees = {name: kind for each in translated for name, kind in each.grantees.items()}
    for token in (token for each in translated for token in each.left_out):
        sql = f"{sql[: token.start]}{' ' * len(token.text)}{sql[token.end :]}"
    if not any(commands):
        return Rewritten(sql, grantees=grantees)
    if alone and len(found) > 1:
        raise RefusedError(
            "cannot insert multiple commands into a prepared statement", sqlstate="42601"
        )
    texts: list[str] = []
    for statement, command in zip(found, commands, strict=True):
        if command is None:
            texts.append(sql[statement[0].start : statement[-1].end])
        elif alone:
            texts.append(command.sql)
        else:
            texts += [command.before, command.sql, command.after]
    return Rewritten(";\n".join(texts), commands, grantees)


def _read(statement: Sequence[Token]) -> CopyCommand | UnloadCommand | None:
    first, words = statement[0], statement[1:]
    if first.is_word("copy"):
        return parse_copy(statement)
    if first.is_word("unload"):
        command = parse_unload(statement)
        command.query = rewrite(command.query, alone=True).sql
        return command
    to_savepoint = first.is_word("rollback", "abort") and any(word.is_word("to") for word in words)
    if first.is_word("savepoint", "release") or to_savepoint:
        shown = " ".join(token.text for token in statement[:4])
        raise RefusedError(f'SQL command "{shown}" not supported.', sqlstate="0A000")
    return None
