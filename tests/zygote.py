"""A process that has imported the engine and holds no threads: work runs in forks of it.

It reads requests from its input and tells of each fork on its output, all lines of JSON.
"""

from __future__ import annotations

import base64
import json
import os
import pickle
import signal
import sys
from typing import Any

from forked_work import WORK


def main() -> None:
    """Fork for each request, until there are no more."""
    running: dict[int, int] = {}

    def reap(*_: object) -> None:
        for pid in list(running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                _tell(request=running.pop(pid), status=os.waitstatus_to_exitcode(status))

    signal.signal(signal.SIGCHLD, reap)
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            _work(request["request"], pickle.loads(base64.b64decode(request["said"])))
        running[pid] = request["request"]
        _tell(request=request["request"], pid=pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def _work(request: int, said: tuple[str, dict[str, str], dict[str, Any]]) -> None:
    name, environment, told = said
    os.environ.clear()
    os.environ.update(environment)
    status = 1
    try:
        _tell(request=request, answer=WORK[name](**told))
        status = 0
    except Exception as error:  # noqa: BLE001 - the test is told of it
        _tell(request=request, answer=f"{type(error).__name__}: {error}"[:500])
    finally:
        # Nothing of the zygote's is cleaned up here.
        os._exit(status)


def _tell(**said: object) -> None:
    """In one write, so that the lines of several processes stay whole."""
    os.write(1, f"{json.dumps(said)}\n".encode())


if __name__ == "__main__":
    main()
