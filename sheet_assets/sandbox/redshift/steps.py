"""What PostgreSQL owes a session, answer by answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift import wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.redshift.copy_run import CopyRun
    from sheet_assets.sandbox.redshift.passage import Passage
    from sheet_assets.sandbox.redshift.refusal import RefusedError
    from sheet_assets.sandbox.redshift.rewrite import Rewritten
    from sheet_assets.sandbox.redshift.statement import Statement
    from sheet_assets.sandbox.redshift.unload_run import UnloadRun

OWN_STATEMENT = "sandbox_own"


@dataclass
class Step:
    """An answer that PostgreSQL owes, in the order of what it was sent."""

    ends: bytes
    """The kinds of frame that complete it."""
    hidden: bool = False
    run: CopyRun | UnloadRun | None = None
    refused: RefusedError | None = None
    statement: Statement | None = None
    text: Rewritten | None = None
    """What an error's position counts in, if the client wrote another text."""
    passages: Sequence[Passage] = field(default=())
    """What has been run when it is complete."""


def run_steps(run: CopyRun | UnloadRun) -> list[Step]:
    """Of the three statements that stand for a COPY or an UNLOAD in one text."""
    return [
        Step(b"C", hidden=True, run=run),
        Step(b"C", hidden=run.answers_after, run=run),
        Step(b"C", hidden=not run.answers_after, run=run if run.answers_after else None),
    ]


def own_messages(statements: list[str]) -> bytes:
    """What runs statements of the sandbox's own in the extended protocol."""
    return b"".join(wire.prepare_and_execute(OWN_STATEMENT, sql) for sql in statements)


def own_steps(run: CopyRun | UnloadRun | None, *, describe: bool = False) -> list[Step]:
    """Of one such statement."""
    return [
        Step(b"3", hidden=True),
        Step(b"3", hidden=True),
        Step(b"1", hidden=True, run=run),
        Step(b"2", hidden=True),
        *([Step(b"Tn", hidden=True, run=run)] if describe else []),
        Step(b"C", hidden=True, run=run),
    ]
