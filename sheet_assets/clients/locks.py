"""Locks with a name: who holds one is alone with what it names, on this host or on several."""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from filelock import FileLock, Timeout

from sheet_assets import private_file
from sheet_assets.clients.shared_postgres import lock_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sheet_assets.clients.shared_postgres import SharedPostgres

_ASK_AGAIN_SECONDS = 0.2


class Locks(Protocol):
    """Where locks are kept."""

    def held(self, name: str, patience_seconds: float) -> AbstractContextManager[None]:
        """Hold a lock; TimeoutError when another holds it for longer than the patience."""
        ...


class FileLocks:
    """A file a lock in a folder of this host; a process that dies lets go of its locks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def held(self, name: str, patience_seconds: float) -> Iterator[None]:
        """Hold a lock.

        Raises:
            TimeoutError: another holds it for longer.
        """
        private_file.make_folder(self._folder)
        file = f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.lock"
        lock = FileLock(self._folder / file, timeout=patience_seconds)
        try:
            lock.acquire()
        except Timeout as error:
            raise TimeoutError(name) from error
        try:
            yield
        finally:
            lock.release()


class SharedLocks:
    """PostgreSQL's advisory locks, for several hosts; who loses the connection loses the lock."""

    def __init__(self, postgres: SharedPostgres) -> None:
        self._postgres = postgres

    @contextmanager
    def held(self, name: str, patience_seconds: float) -> Iterator[None]:
        """Hold a lock.

        Raises:
            TimeoutError: another holds it for longer.
            SharedStateUnavailableError, SettingError: PostgreSQL cannot be asked.
        """
        with self._postgres.session() as session:
            deadline = time.monotonic() + patience_seconds
            # Asked for again and again: a wait in the server could not be interrupted.
            while session.query("SELECT pg_try_advisory_lock(%s)", [lock_key(name)]) != [(True,)]:
                if time.monotonic() > deadline:
                    raise TimeoutError(name)
                time.sleep(_ASK_AGAIN_SECONDS)
            yield
