"""The quota log: one sliding window of Google requests, shared by all processes of a host.

Google gives a service account 60 reads and 60 writes a minute, whoever asks for them
(https://developers.google.com/workspace/sheets/api/limits). Runs, sensors and commands
therefore write each request into one SQLite file before they send it.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Literal, Protocol

from sheet_assets import private_file
from sheet_assets.errors import SettingError, SheetQuotaError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Kind = Literal["read", "write"]
WINDOW_SECONDS = 60.0


class Quota(Protocol):
    """Where requests are counted; several hosts need another store than SQLite."""

    def acquire(self, kind: Kind) -> float:
        """Wait until one more request fits the window; the seconds waited."""
        ...


class QuotaLog:
    """A sliding window in SQLite.

    `limits` are requests a minute; `account` keeps service accounts apart in one file.
    """

    def __init__(
        self,
        path: Path,
        account: str,
        limits: Mapping[Kind, int],
        *,
        window_seconds: float = WINDOW_SECONDS,
        patience_seconds: float = 300.0,
    ) -> None:
        self._path = path
        self._account = account
        self._limits = limits
        self._window_seconds = window_seconds
        self._patience_seconds = patience_seconds

    def acquire(self, kind: Kind) -> float:
        """Wait until one more request fits the window; the seconds waited.

        Raises:
            SheetQuotaError: it did not fit within `patience_seconds`.
            SettingError: the log cannot be written.
        """
        started = time.monotonic()
        while True:
            wait_seconds = self._try(kind)
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

    def _try(self, kind: Kind) -> float:
        """Zero when the request was counted, else the seconds until the window has room."""
        try:
            private_file.make_folder(self._path.parent)
            return self._count(kind)
        except (OSError, sqlite3.Error) as error:
            raise SettingError(
                f"The quota log {self._path} cannot be written ({error}). Name a directory of "
                "this host's own disk in SHEET_ASSETS_STATE_DIR, or remove the file."
            ) from error

    def _count(self, kind: Kind) -> float:
        with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as log:
            log.execute("BEGIN IMMEDIATE")
            log.execute(
                "CREATE TABLE IF NOT EXISTS requests (account TEXT, kind TEXT, sent_at REAL)"
            )
            now = time.time()
            # A clock that was set back leaves entries of the future: they count for nothing.
            log.execute(
                "DELETE FROM requests WHERE sent_at <= ? OR sent_at > ?",
                (now - self._window_seconds, now + 1),
            )
            mine = (self._account, kind)
            (sent,) = log.execute(
                "SELECT count(*) FROM requests WHERE account = ? AND kind = ?", mine
            ).fetchone()
            if sent < self._limits[kind]:
                log.execute("INSERT INTO requests VALUES (?, ?, ?)", (*mine, now))
                log.execute("COMMIT")
                return 0.0
            (oldest,) = log.execute(
                "SELECT sent_at FROM requests WHERE account = ? AND kind = ? "
                "ORDER BY sent_at LIMIT 1 OFFSET ?",
                (*mine, sent - self._limits[kind]),
            ).fetchone()
            log.execute("COMMIT")
            return max(float(oldest) + self._window_seconds - now, 0.01)
