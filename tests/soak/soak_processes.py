"""Processes: all that `dev` has started, by the part they play, as /proc tells of them."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from soak_verdict import SHORT_LIVED

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC = Path("/proc")
# The first whose words stand among the first of the command line. `dagster dev` starts a proxy of the
# code server, which starts the code server, which starts a worker a run.
_ROLES = (
    ("PostgreSQL", ("postgres",)),
    ("webserver", ("dagster_webserver",)),
    ("daemon", ("dagster._daemon",)),
    ("code server's proxy", ("code-server", "start")),
    ("code server", ("api", "grpc")),
    ("run worker", ("spawn_main",)),
    ("run worker", ("tail", "compute_logs")),
    ("run worker", ("watch_orphans",)),
    ("resource tracker", ("resource_tracker",)),
    ("dagster dev", ("dagster", "dev")),
    ("sandbox", ("sheet-assets", "dev")),
)


@dataclass(frozen=True)
class Process:
    """One process, as it was."""

    pid: int
    role: str
    command: str
    figures: dict[str, float]
    opened: list[str]


class Family:
    """A process and its descendants, those included that outlive their parents."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._sessions: set[int] = set()
        self.seen: dict[tuple[str, str], list[str]] = {}
        """By part: the `files` that one of them had open last, that had most; all `processes`."""

    def sample(self) -> dict[tuple[str, str], float]:
        """By part: how many there are, and the most that one of them has of each figure."""
        found = defaultdict(list)
        for process in self._processes():
            found[process.role].append(process)
        values: dict[tuple[str, str], float] = {}
        for role, each in found.items():
            values[role, "workers" if role in SHORT_LIVED else "processes"] = len(each)
            for figure in each[0].figures:
                values[role, figure] = max(one.figures[figure] for one in each)
            self.seen[role, "files"] = max((one.opened for one in each), key=len)
            self.seen[role, "workers"] = [one.command for one in each]
            self.seen[role, "processes"] = self.seen[role, "workers"]
        return values

    def pids(self) -> set[int]:
        """The ids of all of them."""
        parents: dict[int, int] = {}
        sessions: dict[int, int] = {}
        for pid in [int(each.name) for each in _PROC.iterdir() if each.name.isdigit()]:
            try:
                # After the name, which may have blanks and brackets.
                words = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[pid], sessions[pid] = int(words[1]), int(words[3])
        family = {self._root}
        while more := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= more
        own = sessions.get(os.getpid())
        self._sessions |= {sessions[pid] for pid in family if pid in sessions} - {own}
        return family | {pid for pid, session in sessions.items() if session in self._sessions}

    def _processes(self) -> Iterator[Process]:
        for pid in self.pids():
            folder = _PROC / str(pid)
            try:
                command = b" ".join((folder / "cmdline").read_bytes().split(b"\0")[:6]).decode()
                status = dict(
                    line.split(":", 1) for line in (folder / "status").read_text().splitlines()
                )
                links = [str(each.readlink()) for each in (folder / "fd").iterdir()]
            except OSError:
                continue
            if "RssAnon" not in status or not command:
                continue
            role = next(
                (name for name, words in _ROLES if all(w in command for w in words)), "other"
            )
            yield Process(
                pid,
                role,
                command,
                {
                    # Shared pages, PostgreSQL's buffers among them, are nobody's own.
                    "MB": int(status["RssAnon"].split()[0]) / 1024,
                    "threads": int(status["Threads"]),
                    "files": sum(not link.startswith("socket:") for link in links),
                    "sockets": sum(link.startswith("socket:") for link in links),
                },
                sorted(links),
            )
