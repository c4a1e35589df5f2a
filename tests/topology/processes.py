"""The processes of a deployment: started, killed as a machine would lose them, and told to end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# A run worker is a process that Python's multiprocessing has spawned.
_WORKER = "multiprocessing.spawn"


@dataclass
class Process:
    """One process, and those that it has started."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    _process: subprocess.Popen[bytes] | None = None
    _orphans: set[int] = field(default_factory=set)

    @property
    def log(self) -> Path:
        """What it writes."""
        return self.folder / f"{self.name.replace(' ', '_')}.log"

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, where it was before."""
        with self.log.open("ab") as written:
            self._process = subprocess.Popen(
                self.command,
                env=self.env,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                start_new_session=True,
            )

    def kill(self, *, with_workers: bool = True) -> None:
        """Kill it with all that it has started, as a host that is gone; or leave its runs alive."""
        assert self._process is not None
        found = descendants(self._process.pid)
        if not with_workers:
            for pid in [pid for pid, command in found.items() if _WORKER in command]:
                for kept in (pid, *descendants(pid)):
                    found.pop(kept, None)
                    self._orphans.add(kept)
        for pid in found:
            _signal(pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()

    def stop(self) -> float:
        """Tell it to end, as Docker and systemd do; the seconds that it took.

        Raises:
            subprocess.TimeoutExpired: it goes on.
        """
        assert self._process is not None
        began = time.monotonic()
        self._process.terminate()
        self._process.wait(60)
        return time.monotonic() - began

    def clear(self) -> None:
        """Leave nothing behind."""
        if self.is_alive:
            self.kill()
        for pid in self._orphans:
            _signal(pid, signal.SIGKILL)


class StatePostgres(Postgres):
    """PostgreSQL as Dagster's storage, which is killed and comes back with what it held."""

    _was_started = False

    @property
    def name(self) -> str:
        """What the report calls it."""
        return "PostgreSQL"

    def kill(self) -> None:
        """Kill the server; its sessions notice and end."""
        assert self._process is not None
        assert self._watcher is not None
        self._process.kill()
        self._process.wait()
        self._watcher.communicate(b"stopped\n")
        self._process = self._watcher = None

    def start(self) -> None:
        """Start it, or start it again where it was killed."""
        if self._directory is None:
            super().start()
            return
        (self.socket_directory.parent / "data" / "postmaster.pid").unlink(missing_ok=True)
        self._start()

    def _settings(self) -> dict[str, str]:
        """The same port as before; a plain PostgreSQL otherwise, where the sandbox's is Redshift's."""
        port = self.port
        settings = super()._settings()
        if self._was_started:
            self.port = port
        self._was_started = True
        return {
            **settings,
            "port": str(self.port),
            "default_transaction_isolation": "read committed",
        }

    def _make_cluster(self, directory: Path, binaries: Path) -> None:
        if not self._has_data():
            super()._make_cluster(directory, binaries)

    def _has_data(self) -> bool:
        return (self.socket_directory.parent / "data").exists()


def descendants(pid: int) -> dict[int, str]:
    """The processes that a process has started, and those have; with their command lines."""
    said = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    lines = [line.split(None, 2) for line in said.splitlines()]
    found: dict[int, str] = {}
    parents = {pid}
    while parents:
        children = {int(p): args for p, parent, args in lines if int(parent) in parents}
        found |= children
        parents = children.keys() - {pid}
    return found


def kill_worker(pid: int) -> bool:
    """Kill one run worker; whether there was one."""
    return _signal(pid, signal.SIGKILL)


def _signal(pid: int, number: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
        return True
    return False
