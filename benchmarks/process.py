"""A measured process: how long it took, what it used, and what it said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """Of a process and the children it waited for; `peak_mb` of the largest of them.

    `said` is the last line of its standard output, which is JSON.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_mb: float
    said: dict[str, Any]

    @property
    def figures(self) -> dict[str, float]:
        """As a record has them."""
        return {
            "wall_seconds": round(self.wall_seconds, 3),
            "cpu_seconds": round(self.cpu_seconds, 3),
            "peak_mb": round(self.peak_mb, 1),
        }


def measured(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, *, code: int = 0
) -> Measured:
    """Run a command to its end.

    Raises:
        SystemExit: it ended with another code, or said no JSON.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, env=dict(environment), cwd=folder, stdout=out, stderr=err, stdin=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        printed = out.read().decode()
        if process.returncode != code:
            told = err.read().decode()[-4000:]
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{printed}\n{told}")
    lines = printed.strip().splitlines() or ["{}"]
    try:
        said = json.loads(lines[-1])
    except ValueError:
        sys.exit(f"{' '.join(command)} said no JSON at last: {lines[-1]}")
    return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said)
