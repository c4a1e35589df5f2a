"""The quota log: one sliding window of Google requests, shared by all processes of a host.

Google gives a service account 60 reads and 60 writes a minute, whoever asks for them
(https://developers.google.com/workspace/sheets/api/limits). Runs, sensors and commands
therefore write each request into one SQLite file before they send it. Several hosts have
another store (clients/shared_quota.py).
"""

from __future__ import annotations

import sqlite3
import time
from abc import ABC, abstractmethod
from contextlib import closing
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sheet_assets import private_file
from sheet_assets.errors import SettingError, SharedStateUnavailableError, SheetQuotaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    # A statement with %s for each value, and the rows it gives.
    Execute = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]

Kind = Literal["read", "write"]
# Google's minute begins when a request arrives: the first may have been on its way for longer than
# those of a minute later.
WINDOW_SECONDS = 62.0
_ASK_AGAIN_SECONDS = 1.0


class Quota(Protocol):
    """Where requests are counted."""

    def acquire(self, kind: Kind) -> float:
        """Wait until one more request fits the window; the seconds waited."""
        ...


class SlidingWindow(ABC):
    """A quota whose requests are written down somewhere.

    `limits` are requests a minute; `account` keeps service accounts apart in one store. A store
    that cannot be asked is asked again for `outage_seconds`.
    """

    def __init__(
        self,
        account: str,
        limits: Mapping[Kind, int],
        *,
        window_seconds: float = WINDOW_SECONDS,
        patience_seconds: float = 300.0,
        outage_seconds: float = 300.0,
    ) -> None:
        self._account = account
        self._limits = limits
        self._window_seconds = window_seconds
        self._patience_seconds = patience_seconds
        self._outage_seconds = outage_seconds

    def acquire(self, kind: Kind) -> float:
        """Wait until one more request fits the window; the seconds waited.

        Raises:
            SheetQuotaError: it did not fit within `patience_seconds`.
            SharedStateUnavailableError: the store could not be asked for `outage_seconds`.
            SettingError: the store cannot be written.
        """
        started = time.monotonic()
        while True:
            try:
                wait_seconds = self._try(kind)
            except SharedStateUnavailableError:
                if time.monotonic() - started + _ASK_AGAIN_SECONDS > self._outage_seconds:
                    raise
                time.sleep(_ASK_AGAIN_SECONDS)
                continue
            waited = time.monotonic() - started
            if not wait_seconds:
                return waited
            if waited + wait_seconds > self._patience_seconds:
                raise SheetQuotaError(
                    f"Google's quota of {self._limits[kind]} {kind}s a minute is used up, also "
                    f"after waiting {waited:.0f} s. Spread the schedules, or ask Google for more "
                    f"and raise SHEET_ASSETS_{kind.upper()}S_PER_MINUTE."
                )
            time.sleep(wait_seconds)

    @abstractmethod
    def _try(self, kind: Kind) -> float:
        """Zero when the request was counted, else the seconds until the window has room."""

    def _count(self, execute: Execute, now: float, kind: Kind) -> float:
        """The same, where `execute` is alone with the table; `now` is by the store's own clock."""
        # A clock that was set back leaves entries of the future: they count for nothing.
        execute(
            "DELETE FROM sheet_assets_google_requests WHERE sent_at <= %s OR sent_at > %s",
            (now - self._window_seconds, now + 1),
        )
        mine = (self._account, kind)
        ((sent,),) = execute(
            "SELECT count(*) FROM sheet_assets_google_requests WHERE account = %s AND kind = %s",
            mine,
        )
        if sent < self._limits[kind]:
            execute("INSERT INTO sheet_assets_google_requests VALUES (%s, %s, %s)", (*mine, now))
            return 0.0
        ((oldest,),) = execute(
            "SELECT sent_at FROM sheet_assets_google_requests WHERE account = %s AND kind = %s "
            "ORDER BY sent_at LIMIT 1 OFFSET %s",
            (*mine, sent - self._limits[kind]),
        )
        return max(float(oldest) + self._window_seconds - now, 0.01)


class QuotaLog(SlidingWindow):
    """A sliding window in SQLite, for the processes of one host."""

    def __init__(
        self, path: Path, account: str, limits: Mapping[Kind, int], **window: float
    ) -> None:
        super().__init__(account, limits, **window)
        self._path = path

    def _try(self, kind: Kind) -> float:
        try:
            private_file.make_folder(self._path.parent)
            with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as log:

                def execute(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
                    return log.execute(sql.replace("%s", "?"), values).fetchall()

                log.execute("BEGIN IMMEDIATE")
                log.execute(
                    "CREATE TABLE IF NOT EXISTS sheet_assets_google_requests "
                    "(account TEXT, kind TEXT, sent_at REAL)"
                )
                wait_seconds = self._count(execute, time.time(), kind)
                log.execute("COMMIT")
                return wait_seconds
        except (OSError, sqlite3.Error) as error:
            raise SettingError(
                f"The quota log {self._path} cannot be written ({error}). Name a directory of "
                "this host's own disk in SHEET_ASSETS_STATE_DIR, or remove the file."
            ) from error
