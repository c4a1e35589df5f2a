"""Work in processes of its own, each a fork of one that has imported the engine already."""

from __future__ import annotations

import base64
import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE_SECONDS = 120


class Fork:
    """One process: its work, and what becomes of it."""

    def __init__(self) -> None:
        self.answer: str | None = None
        self._pid: queue.Queue[int] = queue.Queue()
        self._status: queue.Queue[int] = queue.Queue()

    def told(self, said: Mapping[str, Any]) -> None:
        """Take in a line of the zygote's."""
        self.answer = said.get("answer", self.answer)
        if "pid" in said:
            self._pid.put(said["pid"])
        if "status" in said:
            self._status.put(said["status"])

    def kill(self) -> None:
        """End it at once; it may be over already."""
        pid = self._pid.get(timeout=_PATIENCE_SECONDS)
        self._pid.put(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit status, the negative number of a signal that ended it."""
        return self._status.get(timeout=_PATIENCE_SECONDS)


class Forks:
    """Start with `with Forks() as forks:`; work has the environment that this process has then."""

    def __init__(self) -> None:
        self._begun: list[Fork] = []

    def __enter__(self) -> Self:
        self._zygote = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("zygote.py")],
            # A library that starts threads of its own would not survive a fork.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._zygote.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self._zygote.stdout,))
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._zygote.stdin is not None
        self._zygote.stdin.close()
        self._zygote.wait(timeout=_PATIENCE_SECONDS)
        self._reader.join()
        assert self._zygote.stdout is not None
        self._zygote.stdout.close()

    def begin(self, work: str, **told: object) -> Fork:
        """Start one of `forked_work`, and do not wait for it."""
        fork = Fork()
        self._begun.append(fork)
        said = base64.b64encode(pickle.dumps((work, dict(os.environ), told))).decode()
        assert self._zygote.stdin is not None
        self._zygote.stdin.write(json.dumps({"request": len(self._begun) - 1, "said": said}) + "\n")
        self._zygote.stdin.flush()
        return fork

    def do(self, work: str, **told: object) -> str:
        """Start it, wait for its end, and fail unless it ended well; its answer."""
        fork = self.begin(work, **told)
        assert fork.wait() == 0, fork.answer
        assert fork.answer is not None
        return fork.answer

    def _read(self, lines: IO[str]) -> None:
        for line in lines:
            said = json.loads(line)
            self._begun[said["request"]].told(said)
