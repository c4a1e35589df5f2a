"""The SQL that PostgreSQL is given in place of a client's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.copy import CopyCommand, parse_copy
from sheet_assets.sandbox.redshift.lexer import Token, quote_literal, statements
from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

# A text without these needs no reading; most statements are a SELECT or an INSERT.
_WORTH_READING = re.compile(r"copy|unload|savepoint|release|rollback|abort", re.IGNORECASE)

END_COPY = "SELECT pg_catalog.sandbox_end_copy()"


@dataclass(frozen=True)
class Rewritten:
    """SQL for PostgreSQL; `commands` has an entry a statement, None for one left as it was."""

    sql: str
    commands: tuple[CopyCommand | None, ...] = ()

    @property
    def has_copy(self) -> bool:
        """Whether any statement loads from S3."""
        return any(self.commands)


def rewrite(sql: str, *, null_marker: str, alone: bool) -> Rewritten:
    """Turn each COPY from S3 into one from the client's side of the connection.

    `alone` is for the extended protocol, where a text is one statement. Otherwise a COPY
    becomes three statements: one that tells the table's columns and one that counts what was
    loaded stand around it, so that they see what its transaction sees.

    Raises:
        RefusedError: a statement that Redshift or this sandbox refuses.
    """
    if not _WORTH_READING.search(sql):
        return Rewritten(sql)
    found = statements(sql)
    commands = tuple(_read(statement) for statement in found)
    if not any(commands):
        return Rewritten(sql)
    if alone and len(found) > 1:
        raise RefusedError(
            "cannot insert multiple commands into a prepared statement", sqlstate="42601"
        )
    texts: list[str] = []
    for statement, command in zip(found, commands, strict=True):
        if command is None:
            texts.append(sql[statement[0].start : statement[-1].end])
        elif alone:
            texts.append(copy_from_stdin(command, null_marker))
        else:
            texts += [begin_copy(command), copy_from_stdin(command, null_marker), END_COPY]
    return Rewritten(";\n".join(texts), commands)


def copy_from_stdin(command: CopyCommand, null_marker: str) -> str:
    """The COPY that PostgreSQL runs; its text is the same whatever the columns' types are."""
    columns = ", ".join(column.text for column in command.columns)
    return (
        f"COPY {command.relation} {f'({columns}) ' if columns else ''}FROM STDIN "
        f"(FORMAT csv, HEADER true, NULL {quote_literal(null_marker)}, ENCODING 'UTF8')"
    )


def begin_copy(command: CopyCommand) -> str:
    """The statement before it, which tells the columns that it fills."""
    names = ", ".join(quote_literal(name) for name in command.column_names)
    return (
        "SELECT * FROM pg_catalog.sandbox_begin_copy("  # noqa: S608 - both are quoted
        f"{quote_literal(command.relation)}, ARRAY[{names}]::text[])"
    )


def _read(statement: Sequence[Token]) -> CopyCommand | None:
    first, words = statement[0], statement[1:]
    if first.is_word("copy"):
        return parse_copy(statement)
    if first.is_word("unload"):
        raise RefusedError.unimplemented("UNLOAD yet")
    to_savepoint = first.is_word("rollback", "abort") and any(word.is_word("to") for word in words)
    if first.is_word("savepoint", "release") or to_savepoint:
        shown = " ".join(token.text for token in statement[:4])
        raise RefusedError(f'SQL command "{shown}" not supported.', sqlstate="0A000")
    return None
