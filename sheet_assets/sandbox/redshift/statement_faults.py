"""Faults of Redshift: what goes wrong with the next statements, as tests ask for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.fault_queue import FaultQueue, QueuedFault, check_expression
from sheet_assets.sandbox.redshift.error_words import SERIALIZABLE_VIOLATION
from sheet_assets.sandbox.redshift.lexer import statements
from sheet_assets.sandbox.redshift.refusal import RefusedError

StatementFaultKind = Literal[
    "refuse",
    "reset",
    "reset after applying",
    "error",
    "1023",
    "delay",
    "reset during copy",
    "error during copy",
]
KINDS: tuple[str, ...] = get_args(StatementFaultKind)
_DURING_COPY = {"reset during copy", "error during copy"}
_SQLSTATE = re.compile("[0-9A-Z]{5}")


@dataclass(frozen=True)
class StatementFault(QueuedFault):
    """The next `times` texts that a client runs and that match end in this way.

    `statement` is a regular expression that the client's own SQL contains, in whatever case. A
    text of several statements is met as a whole, when any of it matches; `… during copy` meets
    COPY only, and `refuse` the start of a connection, whatever `statement` says. `seconds` are
    for `delay`; `sqlstate` and `message` are what the kinds of `error` say.
    """

    kind: StatementFaultKind
    statement: str = ""
    sqlstate: str = "XX000"
    message: str = "system requested abort query"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise SandboxError(f"{self.kind!r} is no fault: they are {', '.join(KINDS)}.")
        super().__post_init__()
        check_expression(self.statement)
        if not _SQLSTATE.fullmatch(self.sqlstate):
            raise SandboxError(f"{self.sqlstate!r} is no SQLSTATE, which is five characters long.")
        if not self.message or "\0" in self.message:
            raise SandboxError("An error has a message, without zero bytes.")

    def matches(self, text: str) -> bool:
        """Whether a text is meant."""
        return (
            self.kind != "refuse"
            and re.search(self.statement, text, re.IGNORECASE) is not None
            and (self.kind not in _DURING_COPY or "copy" in first_words(text))
        )

    def refusal(self) -> RefusedError:
        """What a client is told by the kinds of error."""
        if self.kind == "1023":
            return RefusedError(
                SERIALIZABLE_VIOLATION["M"],
                sqlstate=SERIALIZABLE_VIOLATION["C"],
                detail=SERIALIZABLE_VIOLATION["D"],
            )
        return RefusedError(self.message, sqlstate=self.sqlstate)


class StatementFaults(FaultQueue[StatementFault]):
    """The faults of Redshift that are still to happen."""

    def __init__(self) -> None:
        super().__init__(StatementFault, "Redshift", KINDS)

    def take(self, text: str) -> StatementFault | None:
        """The fault that this text meets; it has happened once more."""
        return self._take(lambda fault: fault.matches(text))

    def take_connection(self) -> StatementFault | None:
        """The fault that a client meets which connects; it has happened once more."""
        return self._take(lambda fault: fault.kind == "refuse")


def first_words(text: str) -> set[str]:
    """The words that a text's statements begin with; of an unreadable text none."""
    try:
        return {found[0].text.lower() for found in statements(text)}
    except RefusedError:
        return set()
