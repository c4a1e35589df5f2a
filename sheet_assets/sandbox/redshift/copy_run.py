"""One COPY while it runs, and what the client is told about it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg2

from sheet_assets.sandbox.redshift import load_log, wire
from sheet_assets.sandbox.redshift.column import Column
from sheet_assets.sandbox.redshift.load import Load, RowsRejectedError
from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_assets.sandbox.redshift.backing import Backing
    from sheet_assets.sandbox.redshift.copy import CopyCommand
    from sheet_assets.sandbox.redshift.passage import Passage

_FAILED = "Check 'sys_load_error_detail' system table for details."

_log = logging.getLogger(__name__)


class CopyRun:
    """What is known of a running COPY: its table's columns, its data, why it failed."""

    answers_after = False
    """Whether the client is answered by the statement behind the COPY."""

    def __init__(self, command: CopyCommand, backing: Backing, passage: Passage) -> None:
        self.command = command
        self.over = asyncio.Event()
        self.end = b""
        """What is sent behind the last row."""
        self._backing = backing
        self._passage = passage
        self._columns: list[Column] = []
        self._query_id = 0
        self._transaction_id = 0
        self._table_id = 0
        self._start_time = datetime.now(UTC)
        self._load: Load | None = None
        self._failure: RefusedError | RowsRejectedError | None = None

    def take(self, frame: wire.Frame) -> None:
        """Take a row of what sandbox_begin_copy answers."""
        if frame.kind != b"D":
            return
        values = wire.row(frame.payload)
        self._query_id, self._transaction_id, self._table_id = (
            int(value or 0) for value in values[:3]
        )
        name, type_name, size, scale, required, identity = values[3:]
        self._columns.append(
            Column(
                name or "",
                type_name or "",
                int(size) if size else None,
                int(scale) if scale else None,
                required=required == "t",
                identity=identity or "",
            )
        )

    async def drain(self) -> None:
        """Nothing is waited for: the rows of the description are few."""

    def abandon(self) -> None:
        """Leave off; `feed` closes what is open when it is cancelled."""

    async def feed(self, backend: asyncio.StreamWriter) -> None:
        """Answer PostgreSQL's CopyInResponse from S3."""
        try:
            self._command_fits()
            await self._feed_chunks(backend)
        except (RefusedError, RowsRejectedError) as error:
            self._failure = error
            backend.write(wire.frame(b"f", wire.terminated("refused by the sandbox")))
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - the client must not wait for ever
            _log.exception("A COPY of the Redshift sandbox failed")
            self._failure = RefusedError(f"The Redshift sandbox failed: {error!r}")
            backend.write(wire.frame(b"f", wire.terminated("failed in the sandbox")))
        else:
            backend.write(wire.frame(b"c") + self.end)
        finally:
            if self._load is not None:
                with contextlib.suppress(RuntimeError):  # the executor ends with the server
                    self._backing.executor.submit(self._load.close)

    def _command_fits(self) -> None:
        options = self.command.options
        options.authorization.check_role(self._backing.iam_role)
        for column in self._columns:
            if not column.is_known:
                raise RefusedError.unimplemented(
                    f"COPY into a column of type {column.type}: {column.name}"
                )
        self._load = Load(
            self.command, self._filled_columns(), self._backing.objects, self._recognise
        )

    def _filled_columns(self) -> list[Column | None]:
        """The columns, None for one that the database numbers itself.

        https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-column-mapping.html
        """
        explicit = self.command.options.explicit_ids
        identities = [column.name for column in self._columns if column.identity]
        if explicit and not identities:
            raise RefusedError("EXPLICIT_IDS needs an IDENTITY column among those that are loaded")
        if explicit:
            return list(self._columns)
        if not self.command.columns:
            return [None if column.identity else column for column in self._columns]
        for column in self._columns:
            if column.identity == "a":
                raise RefusedError(
                    f"cannot set an identity column to a value: {column.name}",
                    hint="Load it with EXPLICIT_IDS.",
                )
        return list(self._columns)

    def _recognise(self, type_name: str, text: str) -> str | None:
        try:
            rows = self._backing.catalog.execute(*load_log.recognise(type_name, text))
        except psycopg2.DataError:
            return None
        found: str | None = rows[0][0]
        return found

    async def _feed_chunks(self, backend: asyncio.StreamWriter) -> None:
        assert self._load is not None  # noqa: S101 - made before
        loop, next_chunk = asyncio.get_running_loop(), self._load.next_chunk
        chunk = await loop.run_in_executor(self._backing.executor, next_chunk)
        part = 0
        while chunk:
            part += 1
            # The next chunk is made while PostgreSQL takes this one; no more are ever held.
            following = loop.run_in_executor(self._backing.executor, next_chunk)
            try:
                await self._passage.feed(part)
                backend.write(wire.copy_data(chunk))
                await backend.drain()
                await self._passage.fed(part)
            except BaseException:
                following.cancel()
                raise
            chunk = await following
        self._passage.break_off()

    async def completed(self, session_id: int) -> bytes:
        """What the client gets when it has loaded: Redshift's notices and command tag."""
        await self._record("completed", session_id)
        rows = self._load.rows if self._load is not None else 0
        rejected = self._load.rejected_rows if self._load is not None else 0
        table = self.command.table
        said = [f"Load into table '{table}' completed, {rows} record(s) loaded successfully."]
        if rejected:
            said.append(
                f"Load into table '{table}' completed, {rejected} record(s) could not be loaded.  "
                f"{_FAILED}"
            )
        notices = [
            wire.response(b"N", {"S": "INFO", "V": "INFO", "C": "00000", "M": message})
            for message in said
        ]
        # Redshift's tag has no count; drivers that read one ask for server_version first.
        return b"".join(notices) + wire.frame(b"C", wire.terminated("COPY"))

    async def explain(self, said: Mapping[str, str], session_id: int) -> RefusedError | None:
        """What the client gets in place of PostgreSQL's error, whose fields `said` are.

        Nothing takes its place when it is not about the data: a cancelled statement, a deadlock.
        """
        if self._load is None and self._failure is None:
            if said.get("C") != "42P01":
                return None
            return RefusedError(
                f"Cannot COPY into nonexistent table {self.command.table}", sqlstate="42P01"
            )
        await self._record("aborted", session_id)
        if isinstance(self._failure, RefusedError):
            return self._failure
        if self._failure is None or self._load is None:
            return None
        last = self._load.rejected[-1]
        column = f", column {last.column.name}" if last.column else ""
        return RefusedError(
            f"Load into table '{self.command.table}' failed.  {_FAILED}",
            detail=f"{last.reason} ({last.file}, line {last.line}{column})",
        )

    async def _record(self, status: str, session_id: int) -> None:
        if self._load is None:
            return
        outcome = load_log.LoadOutcome(
            query_id=self._query_id,
            transaction_id=self._transaction_id,
            session_id=session_id,
            table_id=self._table_id,
            table_name=self.command.table,
            status=status,
            start_time=self._start_time.replace(tzinfo=None),
            end_time=datetime.now(UTC).replace(tzinfo=None),
            data_source=str(self.command.url),
            file_format=self.command.options.file_format.lower(),
            rows=self._load.rows if status == "completed" else 0,
            files=self._load.files,
            rejected=self._load.rejected,
        )
        recording = asyncio.get_running_loop().run_in_executor(
            self._backing.executor, self._backing.catalog.execute, *load_log.insert_outcome(outcome)
        )
        try:
            await recording
        except psycopg2.Error:
            # The client is told what happened all the same.
            _log.exception("A load could not be recorded")
