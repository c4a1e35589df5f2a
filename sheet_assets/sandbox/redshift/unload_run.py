"""One UNLOAD while it runs, and what the client is told about it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, TypeVar

from sheet_assets.sandbox.redshift import wire
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.unload_columns import UnloadColumn
from sheet_assets.sandbox.redshift.unload_files import UnloadFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sheet_assets.sandbox.redshift.backing import Backing
    from sheet_assets.sandbox.redshift.unload import UnloadCommand

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class UnloadRun:
    """What is known of a running UNLOAD: its query's columns, its files, why it failed."""

    answers_after = True
    """Whether the client is answered by the statement behind the UNLOAD."""

    def __init__(self, command: UnloadCommand, backing: Backing) -> None:
        self.command = command
        self.over = asyncio.Event()
        self.end = b""
        """What is sent when the files are written."""
        self._backing = backing
        self._columns: list[UnloadColumn] = []
        self._rows: list[bytes] = []
        self._files: UnloadFiles | None = None
        self._failure: RefusedError | None = None

    def take(self, frame: wire.Frame) -> None:
        """Take what PostgreSQL says of the columns, or a row."""
        if frame.kind == b"T":
            self._columns = [UnloadColumn(*each) for each in wire.described(frame.payload)]
        elif frame.kind == b"d":
            self._rows.append(frame.payload)

    async def drain(self) -> None:
        """Write the rows that came; no more are read from PostgreSQL meanwhile."""
        rows, self._rows = self._rows, []
        if rows:
            await self._try(lambda files: files.write(rows))

    async def feed(self, backend: asyncio.StreamWriter) -> None:
        """Answer PostgreSQL, which waits for the files: an error fails the transaction."""
        await self._try(lambda files: files.finish())
        if self._failure is None:
            backend.write(wire.frame(b"c") + self.end)
        else:
            backend.write(wire.frame(b"f", wire.terminated("refused by the sandbox")))

    async def completed(self, _session_id: int) -> bytes:
        """What the client gets when all is written: Redshift's notice and command tag."""
        rows = self._files.rows if self._files is not None else 0
        message = f"UNLOAD completed, {rows} record(s) unloaded successfully."
        notice = wire.response(b"N", {"S": "INFO", "V": "INFO", "C": "00000", "M": message})
        return notice + wire.frame(b"C", wire.terminated("UNLOAD"))

    async def explain(self, _said: Mapping[str, str], _session_id: int) -> RefusedError | None:
        """What the client gets in place of PostgreSQL's error, if it is not about the query."""
        if self._files is not None:
            await self._in_thread(self._files.abort)
        return self._failure

    def abandon(self) -> None:
        """Leave nothing behind: the client is gone."""
        if self._files is not None:
            with contextlib.suppress(RuntimeError):  # the executor ends with the server
                self._backing.executor.submit(self._files.abort)

    async def _try(self, work: Callable[[UnloadFiles], None]) -> None:
        if self._failure is not None:
            return
        try:
            if self._files is None:
                self.command.authorization.check_role(self._backing.iam_role)
                self._files = await self._in_thread(self._open)
            files = self._files
            await self._in_thread(lambda: work(files))
        except RefusedError as error:
            self._failure = error
        except Exception as error:  # noqa: BLE001 - the client must not wait for ever
            _log.exception("An UNLOAD of the Redshift sandbox failed")
            self._failure = RefusedError(f"The Redshift sandbox failed: {error!r}")

    def _open(self) -> UnloadFiles:
        return UnloadFiles(self.command, self._columns, self._backing.objects)

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._backing.executor, work)
