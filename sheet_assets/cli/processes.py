"""Child processes: started with an environment of their own, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_PATIENCE_SECONDS = 15


@contextmanager
def child(command: Sequence[str], *, env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A child on our terminal, told to stop and then made to when the block is left.

    Raises:
        click.ClickException: there is no such command.
    """
    process = _started(command, env=env)
    try:
        yield process
    finally:
        _stop(process, signal.SIGTERM)


@contextmanager
def service(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    """A child that starts processes of its own: the whole group ends when the block is left.

    It has a session of its own, so Ctrl-C reaches only us, who then tell the group once.

    Raises:
        click.ClickException: there is no such command.
    """
    with _interruptible():
        process = _started(
            command, env=env, cwd=cwd, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        # As a terminal does: the whole group. `dagster dev` alone waits for its children, and on
        # SIGTERM it leaves them behind.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        _stop(process, signal.SIGINT)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def _interruptible() -> Iterator[None]:
    """A shell lets its background jobs ignore SIGINT, and children inherit that."""
    before = signal.getsignal(signal.SIGINT)
    if before == signal.SIG_IGN and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
        signal.signal(signal.SIGINT, before)
    else:
        yield


def _started(command: Sequence[str], **kwargs: Any) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, **kwargs)
    except OSError as error:
        raise click.ClickException(f"{command[0]} cannot be started: {error.strerror}.") from error


def _stop(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(timeout=_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
