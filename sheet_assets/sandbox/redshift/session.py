"""One client's session with the Redshift server."""

from __future__ import annotations

import asyncio
import logging
import struct
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.sandbox.redshift import wire
from sheet_assets.sandbox.redshift.copy import CopyCommand
from sheet_assets.sandbox.redshift.copy_run import CopyRun
from sheet_assets.sandbox.redshift.error_words import in_redshifts_words
from sheet_assets.sandbox.redshift.passage import Passage
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.rewrite import Rewritten, rewrite
from sheet_assets.sandbox.redshift.statement import Surroundings
from sheet_assets.sandbox.redshift.steps import (
    OWN_STATEMENT,
    Step,
    own_messages,
    own_steps,
    run_steps,
)
from sheet_assets.sandbox.redshift.unload_run import UnloadRun

if TYPE_CHECKING:
    from sheet_assets.sandbox.redshift.backing import Backing
    from sheet_assets.sandbox.redshift.statement import Statement
    from sheet_assets.sandbox.redshift.unload import UnloadCommand

_READ_BYTES = 1 << 16
# PostgreSQL refuses it before it does anything, so a refused text leaves the session as a
# syntax error does: nothing of it has run, and its transaction is aborted.
_UNREADABLE_SQL = "COPY"

_log = logging.getLogger(__name__)


class _Prepared(NamedTuple):
    """A statement of the extended protocol, and the text that the client prepared."""

    text: str = ""
    statement: Statement | None = None


class Session:
    """Frames from a client to PostgreSQL and back, with COPY from S3 answered in between."""

    def __init__(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        backend: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        backing: Backing,
        encoding: str = "",
    ) -> None:
        self._client_reader, self._client = client
        self._backend_reader, self._backend = backend
        self._backing = backing
        self._encoding = encoding
        self._steps: deque[Step] = deque([Step(b"Z")])
        self._skipping = False
        self._session_id = 0
        self._in_transaction = False
        self._case_sensitive = False
        self._grantees: dict[str, str] = {}
        self._statements: dict[str, _Prepared] = {}
        self._portals: dict[str, _Prepared] = {}
        self._passages: list[Passage] = []
        self._is_silent = False
        self._feeding: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve until either side closes its connection."""
        # Few frames ahead are enough; a client that is not read from feels the back pressure.
        frames: asyncio.Queue[wire.Frame] = asyncio.Queue(maxsize=16)
        tasks = [
            asyncio.ensure_future(self._read_client(frames)),
            asyncio.ensure_future(self._handle_client(frames)),
            asyncio.ensure_future(self._read_backend()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if self._feeding is not None:
                tasks.append(self._feeding)
            for task in tasks:
                task.cancel()
            for step in self._steps:
                if step.run is not None:
                    step.run.abandon()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(outcome, RefusedError):
                    self._client.write(wire.refusal(outcome, severity="FATAL"))
                elif isinstance(outcome, Exception) and not isinstance(outcome, OSError):
                    _log.error("A session of the Redshift sandbox failed", exc_info=outcome)

    async def _read_client(self, frames: asyncio.Queue[wire.Frame]) -> None:
        # Kept apart from the handling, so that a client that vanishes during a COPY is noticed.
        buffer = wire.FrameBuffer(wire.FROM_CLIENTS)
        while received := await self._client_reader.read(_READ_BYTES):
            for frame in buffer.feed(received):
                await frames.put(frame)

    async def _handle_client(self, frames: asyncio.Queue[wire.Frame]) -> None:
        while True:
            frame = await frames.get()
            match frame.kind:
                case b"Q":
                    await self._query(frame)
                case b"P":
                    self._parse(frame)
                case b"B":
                    self._bind(frame)
                case b"E":
                    await self._execute(frame)
                case b"D":
                    self._send(frame.raw, Step(b"Tn"))
                case b"C":
                    self._send(frame.raw, Step(b"3"))
                case b"S" | b"F":
                    self._skipping = False
                    self._send(frame.raw, self._ready())
                case _:
                    self._backend.write(frame.raw)
            await self._backend.drain()
            if frame.kind == b"X":
                return

    def _passage(self, text: str) -> Passage:
        passage = Passage(text, self._backing, self._client.transport.abort)
        self._passages.append(passage)
        return passage

    def _ready(self) -> Step:
        """The end of what was passed on since the last one."""
        passages, self._passages = self._passages, []
        return Step(b"Z", passages=passages)

    def _send(self, data: bytes, *steps: Step) -> None:
        self._backend.write(data)
        # After an error PostgreSQL answers nothing until Sync.
        if not self._skipping:
            self._steps.extend(steps)

    async def _query(self, frame: wire.Frame) -> None:
        (sql,), _ = wire.split_terminated(frame.payload, 1)
        passage = self._passage(sql)
        ready = self._ready()
        try:
            await passage.begin()
            rewritten = self._rewrite(sql, alone=False)
        except RefusedError as error:
            if passage.is_rolled_back:
                self._send(wire.query("ROLLBACK"), Step(b"C", hidden=True), Step(b"Z", hidden=True))
            self._send(wire.query(_UNREADABLE_SQL), Step(b"C", refused=error), ready)
            return
        self._is_silent |= passage.is_silent
        if not rewritten.statements:
            self._send(frame.raw, ready)
            return
        steps: list[Step] = []
        runs: list[CopyRun | UnloadRun] = []
        for statement in rewritten.statements:
            if statement.command is None:
                steps += [Step(b"C", hidden=True) for _ in statement.before]
                steps.append(Step(b"C", statement=statement, text=rewritten))
                steps += [Step(b"C", hidden=True) for _ in statement.after]
            else:
                runs.append(self._start(statement.command, passage))
                steps += run_steps(runs[-1])
        self._send(wire.query(rewritten.sql), *steps, ready)
        # While it copies in, PostgreSQL takes anything but data for an error.
        for run in runs:
            await run.over.wait()

    def _start(self, command: CopyCommand | UnloadCommand, passage: Passage) -> CopyRun | UnloadRun:
        if isinstance(command, CopyCommand):
            return CopyRun(command, self._backing, passage)
        return UnloadRun(command, self._backing)

    def _rewrite(self, sql: str, *, alone: bool) -> Rewritten:
        surroundings = Surroundings(self._in_transaction, self._case_sensitive)
        columns = self._backing.catalog.columns
        try:
            rewritten = rewrite(sql, surroundings, alone=alone, columns=columns)
        except RefusedError:
            raise
        except RecursionError:
            raise RefusedError("stack depth limit exceeded", sqlstate="54001") from None
        except Exception as error:
            _log.exception("A statement could not be read")
            raise RefusedError(f"The Redshift sandbox failed: {error!r}") from error
        for statement in rewritten.statements:
            self._grantees |= statement.grantees
            if statement.case_sensitive is not None:
                self._case_sensitive = statement.case_sensitive
        return rewritten

    def _parse(self, frame: wire.Frame) -> None:
        (name, sql), rest = wire.split_terminated(frame.payload, 2)
        try:
            rewritten = self._rewrite(sql, alone=True)
        except RefusedError as error:
            self._send(wire.parse(name, _UNREADABLE_SQL), Step(b"1", refused=error))
            return
        self._statements[name] = _Prepared(sql, *rewritten.statements[:1])
        raw = wire.parse(name, rewritten.sql, rest) if rewritten.statements else frame.raw
        self._send(raw, Step(b"1", text=rewritten if rewritten.statements else None))

    def _bind(self, frame: wire.Frame) -> None:
        (portal, statement), _ = wire.split_terminated(frame.payload, 2)
        self._portals[portal] = self._statements.get(statement, _Prepared())
        self._send(frame.raw, Step(b"2"))

    async def _execute(self, frame: wire.Frame) -> None:
        (portal,), _ = wire.split_terminated(frame.payload, 1)
        text, statement = self._portals.get(portal, _Prepared())
        if self._skipping:
            self._send(frame.raw)
            return
        passage = self._passage(text)
        try:
            await passage.begin()
        except RefusedError as error:
            if passage.is_rolled_back:
                self._send(own_messages(["ROLLBACK"]), *own_steps(None))
            unreadable = wire.parse(OWN_STATEMENT, _UNREADABLE_SQL)
            self._send(unreadable, Step(b"1", refused=error))
            return
        self._is_silent |= passage.is_silent
        if statement is None:
            self._send(frame.raw, Step(b"CIs"))
        elif statement.command is None:
            before, after = map(own_messages, (statement.before, statement.after))
            steps = [step for _ in statement.before for step in own_steps(None)]
            steps.append(Step(b"CIs", statement=statement))
            steps += [step for _ in statement.after for step in own_steps(None)]
            self._send(before + frame.raw + after, *steps)
        else:
            await self._execute_command(frame, self._start(statement.command, passage))
        if passage.is_silent:
            # The client may wait for an answer before it sends the Sync that commits.
            self._skipping = False
            self._send(wire.frame(b"S"), self._ready())

    async def _execute_command(self, frame: wire.Frame, run: CopyRun | UnloadRun) -> None:
        command = run.command
        flush = wire.frame(b"H")
        before = wire.prepare_and_execute(OWN_STATEMENT, command.before, describe=True)
        after = own_messages([command.after])
        executed = Step(b"C", hidden=run.answers_after, run=run)
        steps = [*own_steps(run, describe=True), executed]
        # In the extended protocol nothing more is sent before the client's Sync: it is asked for.
        if run.answers_after:
            run.end = flush
            last = own_steps(run)
            last[-1].hidden = False
            self._send(before + frame.raw + after + flush, *steps, *last)
        else:
            run.end = after + flush
            self._send(before + frame.raw + flush, *steps, *own_steps(None))
        # Sync and Flush would be swallowed while PostgreSQL copies in: they wait for its end.
        await run.over.wait()

    async def _read_backend(self) -> None:
        buffer = wire.FrameBuffer()
        while received := await self._backend_reader.read(_READ_BYTES):
            answer = bytearray()
            for frame in buffer.feed(received):
                if frame.kind == b"Z":
                    # In a transaction that has failed PostgreSQL itself refuses what comes.
                    self._in_transaction = frame.payload == b"T"
                answer += await self._answer(frame)
            if self._steps and self._steps[0].run is not None:
                await self._steps[0].run.drain()
            if answer and not self._is_silent:
                self._client.write(bytes(answer))
                await self._client.drain()

    async def _answer(self, frame: wire.Frame) -> bytes:
        kind = frame.kind
        step = self._steps[0] if self._steps else None
        if kind == b"E":
            return await self._error(frame, step)
        if kind in {b"A", b"K", b"N", b"R", b"S"}:
            return self._aside(frame, step)
        if step is None:
            return frame.raw
        if kind == b"G" and step.run is not None:
            await step.run.drain()
            self._feeding = asyncio.ensure_future(step.run.feed(self._backend))
            return b""
        if step.hidden and step.run is not None:
            step.run.take(frame)
        answer = b"" if step.hidden else frame.raw
        if kind in step.ends:
            self._steps.popleft()
            for passage in step.passages:
                await passage.end()
            if step.run is not None and not step.hidden:
                answer = await step.run.completed(self._session_id)
                step.run.over.set()
            elif kind == b"C" and step.statement is not None and step.statement.tag:
                answer = wire.frame(b"C", wire.terminated(step.statement.tag))
        return answer

    def _aside(self, frame: wire.Frame, step: Step | None) -> bytes:
        """What may come at any time and completes nothing."""
        if frame.kind == b"N" and step is not None and step.hidden:
            return b""
        if frame.kind == b"K":
            (self._session_id,) = struct.unpack_from("!i", frame.payload)
        return _as_redshift(frame, self._encoding) if frame.kind == b"S" else frame.raw

    async def _error(self, frame: wire.Frame, step: Step | None) -> bytes:
        said = wire.fields(frame.payload)
        if step is None or said.get("V") in {"FATAL", "PANIC"}:
            return frame.raw
        answer = frame.raw
        if step.refused is not None:
            answer = wire.refusal(step.refused)
        elif step.run is not None:
            if self._feeding is not None:
                self._feeding.cancel()
            explained = await step.run.explain(said, self._session_id)
            said = in_redshifts_words({**said, "P": ""})
            answer = wire.refusal(explained) if explained else wire.response(b"E", said)
        else:
            answer = self._other_error(step, said)
        self._drop_steps()
        return answer

    def _other_error(self, step: Step, said: dict[str, str]) -> bytes:
        changed = in_redshifts_words(said)
        if missing := self._missing_grantee(said):
            changed["M"] = missing
        if step.text is not None and "P" in changed:
            # The position counts the characters of a text that the client did not write.
            changed["P"] = str(step.text.origin(int(changed["P"])))
        elif step.hidden:
            changed.pop("P", None)
        return wire.response(b"E", changed)

    def _missing_grantee(self, said: dict[str, str]) -> str | None:
        """Redshift tells users, groups and roles apart, where PostgreSQL says role."""
        name = said.get("M", "").removeprefix('role "').removesuffix('" does not exist')
        if said.get("C") != "42704" or name not in self._grantees:
            return None
        return f'{self._grantees[name]} "{name}" does not exist'

    def _drop_steps(self) -> None:
        # PostgreSQL goes on with ReadyForQuery: of this text, or at the Sync that follows.
        while self._steps and self._steps[0].ends != b"Z":
            dropped = self._steps.popleft()
            if dropped.run is not None:
                dropped.run.over.set()
        self._skipping = not self._steps
        for passage in self._steps[0].passages if self._steps else self._passages:
            passage.fail()


def _as_redshift(frame: wire.Frame, encoding: str) -> bytes:
    (name,), _ = wire.split_terminated(frame.payload, 1)
    told = {"server_version": "8.0.2"}
    if encoding.upper() == "UNICODE":
        # As Redshift always does, to the harm of clients that do not know the name.
        told["client_encoding"] = "UNICODE"
    if name in told:
        return wire.frame(b"S", wire.terminated(name) + wire.terminated(told[name]))
    return frame.raw
