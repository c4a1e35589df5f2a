"""Statements that end when their process is told to: while libpq waits, Python hears no signal."""

from __future__ import annotations

import os
import signal
import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psycopg2

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDING = frozenset({signal.SIGINT, signal.SIGTERM})


@contextmanager
def interruptible(connection: psycopg2.extensions.connection) -> Iterator[None]:
    """Hang up when SIGINT or SIGTERM comes, so that its statement fails.

    What comes of it the signal's handler says, which Python calls then. Of a transaction nothing is
    committed, unless it was its COMMIT that was hung up on. In any thread but the main one, and
    where another listens already (asyncio), nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _EAR.listen_for(connection)
    try:
        yield
    finally:
        _EAR.forget(connection)


class _Ear:
    """Hears of signals in a thread of its own, as long as there is a connection."""

    def __init__(self) -> None:
        self._connections: list[psycopg2.extensions.connection] = []
        self._wakes: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def listen_for(self, connection: psycopg2.extensions.connection) -> None:
        """Hang up on it, too."""
        self._connections.append(connection)
        if self._thread is not None:
            return
        hears, wakes = socket.socketpair()
        wakes.setblocking(False)
        another = signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
        if another != -1:
            signal.set_wakeup_fd(another, warn_on_full_buffer=False)
            hears.close()
            wakes.close()
            return
        self._wakes = wakes
        self._thread = threading.Thread(
            target=self._hear, args=(hears,), name="signals for statements", daemon=True
        )
        self._thread.start()

    def forget(self, connection: psycopg2.extensions.connection) -> None:
        """It is going to be closed."""
        self._connections.remove(connection)
        if self._connections or self._thread is None or self._wakes is None:
            return
        signal.set_wakeup_fd(-1)
        self._wakes.close()
        self._thread.join()
        self._wakes = self._thread = None

    def _hear(self, hears: socket.socket) -> None:
        with hears:
            while numbers := hears.recv(64):
                for connection in [*self._connections] if _ENDING & {*numbers} else ():
                    with suppress(psycopg2.Error, OSError):  # it is closed already
                        _hang_up(connection)


def _hang_up(connection: psycopg2.extensions.connection) -> None:
    # Not cancel(): it waits for the server with Python's lock in hand, as long as that takes.
    with socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


_EAR = _Ear()
