"""A measured process: how long it took, what it used, and what it said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


@dataclass(frozen=True)
class Measured:
    """Of a process and the children it waited for; `peak_mb` of the largest of them.

    `said` is its standard output, which is JSON.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_mb: float
    said: dict[str, Any]

    def told(self, *names: str) -> dict[str, Any]:
        """What it said of these."""
        return {name: self.said[name] for name in names if name in self.said}

    @property
    def figures(self) -> dict[str, float]:
        """As a record has them."""
        return {
            "wall_seconds": round(self.wall_seconds, 3),
            "cpu_seconds": round(self.cpu_seconds, 3),
            "peak_mb": round(self.peak_mb, 1),
        }


def measured(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    *,
    codes: Collection[int] = (0,),
) -> Measured:
    """Run a command to its end.

    Raises:
        SystemExit: it ended with a code that is none of `codes`, or said no JSON.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=folder,
            stdout=out,
            stderr=err,
            stdin=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        printed = out.read().decode()
        if process.returncode not in codes:
            told = err.read().decode()[-4000:]
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{printed}\n{told}")
    try:
        said = json.loads(printed or "{}")
    except ValueError:
        sys.exit(f"{' '.join(command)} said no JSON: {printed[-1000:]}")
    return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said)


def cpu_of_tree(process_id: int) -> float:
    """CPU seconds of a process and all that descend from it, those included that have ended."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            parents[int(entry.name)] = int(fields[1])
            ticks[int(entry.name)] = sum(int(each) for each in fields[11:15])
    tree = {process_id}
    while more := {child for child, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return sum(ticks.get(each, 0) for each in tree) / os.sysconf("SC_CLK_TCK")


def peak_mb(process_id: int) -> float:
    """The most memory that a running process has had."""
    status = Path(f"/proc/{process_id}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
