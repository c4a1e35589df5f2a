"""Child processes: started with an environment of their own, and never left behind."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_PATIENCE_SECONDS = 15


@contextmanager
def child(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    log: IO[bytes] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A child that is told to stop, and then made to, when the block is left.

    Raises:
        click.ClickException: there is no such command.
    """
    try:
        process = subprocess.Popen(command, env=dict(env), cwd=cwd, stdout=log, stderr=log)
    except OSError as error:
        raise click.ClickException(f"{command[0]} cannot be started: {error.strerror}.") from error
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
