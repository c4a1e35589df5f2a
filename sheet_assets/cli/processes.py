"""Child processes: started with an environment of their own, and never left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

from sheet_assets.cli import signals
from sheet_assets.errors import SheetAssetsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_PATIENCE_SECONDS = 10
_PATIENCE_WITH_THE_REST_SECONDS = 2


class CommandError(SheetAssetsError):
    """A command cannot be started; `exit_code` is the one a shell gives."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def check_command(name: str) -> None:
    """Whether a command can be started, before anything else is.

    Raises:
        CommandError: it cannot.
    """
    if shutil.which(name):
        return
    if os.path.exists(name) and os.sep in name:  # noqa: PTH110 - a name, not yet a path
        raise CommandError(f"{name} is not an executable file.", 126)
    raise CommandError(f"There is no command {name!r} here or on the PATH.", 127)


def run_to_end(command: Sequence[str], *, env: Mapping[str, str]) -> int:
    """Run a child on our terminal; its exit code, or 128 and the signal that ended it.

    Ctrl-C is the child's to answer. When we are told to stop, or the child ends, so do the
    processes it has started; only those of a terminal's foreground job are left to the terminal,
    since they may be somebody else's, as in `… | tee log`.

    Raises:
        CommandError: it cannot be started.
    """
    in_foreground = _in_foreground()

    def interrupt(number: int) -> None:
        # A terminal has sent it to the whole job already.
        if process and not in_foreground:
            _signal_group(process.pid, number)

    process: subprocess.Popen[bytes] | None = None
    try:
        with signals.handled(interrupt, signal.SIGINT):
            with signals.held():
                process = _started(command, env=env, process_group=None if in_foreground else 0)
            code = process.wait()
    finally:
        if process:
            with signals.ignored():
                if in_foreground:
                    _stop(process)
                else:
                    _stop_group(process, signal.SIGTERM)
    return code if code >= 0 else 128 - code


@contextmanager
def service(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A child that starts processes of its own: the whole group ends when the block is left.

    It has a session of its own, so Ctrl-C reaches only us, who then tell the group once. Without a
    `log` it writes where we do.

    Raises:
        CommandError: it cannot be started.
    """
    process: subprocess.Popen[bytes] | None = None
    try:
        with signals.held(), _interruptible():
            process = _started(
                command, env=env, cwd=cwd, stdout=log, stderr=log, start_new_session=True
            )
        yield process
    finally:
        if process:
            with signals.ignored():
                # The whole group, as a terminal does: `dagster dev` alone waits for its children,
                # and on SIGTERM it leaves them behind.
                _stop_group(process, signal.SIGINT)


def _in_foreground() -> bool:
    """Whether a terminal sends its Ctrl-C to us and to the children in our process group."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


@contextmanager
def _interruptible() -> Iterator[None]:
    """A script lets its background jobs ignore SIGINT, and children would inherit that."""
    before = signal.getsignal(signal.SIGINT)
    if before != signal.SIG_IGN:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _started(command: Sequence[str], **kwargs: Any) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, **kwargs)
    except OSError as error:
        raise CommandError(f"{command[0]} cannot be started: {error.strerror}.", 126) from error


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE_SECONDS)
        process.kill()
        process.wait()


def _stop_group(leader: subprocess.Popen[bytes], number: int) -> None:
    """Ask a group to stop and wait: for its leader, then a little for the rest; then make it."""
    _signal_group(leader.pid, number)
    with suppress(subprocess.TimeoutExpired):
        leader.wait(_PATIENCE_SECONDS)
    deadline = time.monotonic() + _PATIENCE_WITH_THE_REST_SECONDS
    while time.monotonic() < deadline and _signal_group(leader.pid, 0):
        time.sleep(0.02)
    _signal_group(leader.pid, signal.SIGKILL)
    leader.wait()


def _signal_group(group: int, number: int) -> bool:
    """Send a signal to a group; whether there was anybody in it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
