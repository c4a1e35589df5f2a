"""The way of a client's text through its session: who is told of it, which fault it meets."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.statement_faults import first_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.crossing import Phase
    from sheet_assets.sandbox.redshift.backing import Backing
    from sheet_assets.sandbox.redshift.statement_faults import StatementFault

_MOST_CHARACTERS = 200
_COMMIT = {"commit", "end"}


class Passage:
    """One text that a client runs: a simple query, or an Execute of a prepared statement."""

    def __init__(self, text: str, backing: Backing, disconnect: Callable[[], None]) -> None:
        self.text = text
        self._backing = backing
        self._disconnect = disconnect
        self._fault: StatementFault | None = None
        self._is_applied = True

    async def begin(self) -> None:
        """What happens before the text is run.

        Raises:
            RefusedError: it is answered with this in place of being run.
            ConnectionAbortedError: the client was disconnected.
        """
        await self._tell(self.text[:_MOST_CHARACTERS], "before")
        self._fault = self._backing.faults.take(self.text)
        if self._fault is None:
            return
        if self._fault.kind == "delay":
            await asyncio.sleep(self._fault.seconds)
        elif self._fault.kind == "reset":
            self._hang_up()
        elif self._fault.kind in {"error", "1023"}:
            raise self._fault.refusal()

    @property
    def is_silent(self) -> bool:
        """Whether the client gets no answer although the text is run."""
        return self._fault is not None and self._fault.kind == "reset after applying"

    @property
    def is_rolled_back(self) -> bool:
        """Whether the fault leaves no transaction: it met a COMMIT, which has failed."""
        return (
            self._fault is not None
            and self._fault.kind in {"error", "1023"}
            and bool(first_words(self.text) & _COMMIT)
        )

    def fail(self) -> None:
        """The text, or another in its transaction, was answered with an error."""
        self._is_applied = False

    async def end(self) -> None:
        """What happens when the text was run, and committed if no transaction is open.

        Raises:
            ConnectionAbortedError: the client was disconnected.
        """
        if self._is_applied:
            await self._tell(self.text[:_MOST_CHARACTERS], "after")
        if self.is_silent:
            self._hang_up()

    async def feed(self, part: int) -> None:
        """What happens before a part of a COPY's rows goes to its table."""
        await self._tell(f"COPY part {part}", "before")

    async def fed(self, part: int) -> None:
        """What happens after it.

        Raises:
            RefusedError: the COPY fails with this.
            ConnectionAbortedError: the client was disconnected.
        """
        await self._tell(f"COPY part {part}", "after")
        self.break_off()

    def break_off(self) -> None:
        """Let the COPY meet the fault that is to happen in its middle.

        Raises:
            RefusedError: the COPY fails with this.
            ConnectionAbortedError: the client was disconnected.
        """
        if self._fault is None:
            return
        if self._fault.kind == "error during copy":
            raise self._fault.refusal()
        if self._fault.kind == "reset during copy":
            self._hang_up()

    def _hang_up(self) -> None:
        self._disconnect()
        raise ConnectionAbortedError

    async def _tell(self, what: str, phase: Phase) -> None:
        """In a thread, where an observer may itself ask this server."""
        crossings = self._backing.crossings
        if crossings.observer is not None:
            await asyncio.get_running_loop().run_in_executor(
                self._backing.executor, crossings.tell, what, phase
            )
