"""The instance that `dev` runs: its runs, what it stores, and days that pass in it."""

from __future__ import annotations

import os
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2
from dotenv import dotenv_values

from sheet_assets.errors import OperationsError
from sheet_assets.operations.health import health
from sheet_assets.operations.launch import chosen, launch
from sheet_assets.operations.webserver import Webserver
from sheet_assets.operations.workspace import workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

# Long enough that no sensor still looks at a run.
_ENDED_SECONDS = 60
_AGE = f"""
UPDATE runs SET create_timestamp = strftime('%Y-%m-%d %H:%M:%f', create_timestamp, '-100 days')
WHERE status IN ('SUCCESS', 'FAILURE', 'CANCELED')
  AND end_time < strftime('%s', 'now') - {_ENDED_SECONDS}
  AND create_timestamp > datetime('now', '-50 days')
"""


@dataclass
class SoakInstance:
    """What `dev` has printed, to look and act by."""

    addresses: Mapping[str, str]
    runs: dict[str, tuple[str, str]] = field(default_factory=dict)
    health: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        settings = Path(self.addresses["settings"])
        self.home = settings.parent / "dagster_home"
        self._settings: dict[str, Any] = dotenv_values(settings)
        self._webserver = Webserver(self.addresses["Dagster"])

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a SELECT in Redshift; none before its table is there."""
        connection = psycopg2.connect(
            host=self._settings["REDSHIFT_HOST"],
            port=self._settings["REDSHIFT_PORT"],
            dbname=self._settings["REDSHIFT_DATABASE"],
            user=self._settings["REDSHIFT_USER"],
            password=self._settings["REDSHIFT_PASSWORD"],
            sslmode="require",
        )
        with closing(connection), connection.cursor() as cursor:
            try:
                cursor.execute(sql)
            except psycopg2.errors.UndefinedTable:
                return []
            return cursor.fetchall()

    def trigger(self, job: str) -> None:
        """Start a job, as `sheet-assets trigger` does."""
        try:
            launch(self._webserver, chosen(workspace(self._webserver), [job]))
        except OperationsError as error:
            self.refused[str(error)] += 1

    def poll_health(self) -> None:
        """Ask as `sheet-assets health` does."""
        found = health(self._webserver)
        self.health["healthy" if found.healthy else "; ".join(found.problems)] += 1

    def pass_days(self) -> None:
        """Make the runs that have ended 100 days old, and remove the old ones as every night."""
        with closing(sqlite3.connect(self.home / "history" / "runs.db", timeout=30)) as runs:
            runs.execute(_AGE)
            runs.commit()
        # What they have left for steps of their own; the next run of the sheet removes it.
        long_ago = time.time() - 100 * 24 * 3600
        for folder in (self.home / "snapshots").glob("*/*/*/"):
            if folder.stat().st_mtime < time.time() - _ENDED_SECONDS:
                os.utime(folder, (long_ago, long_ago))
        self.trigger("retention_job")

    def see_runs(self) -> dict[str, int]:
        """How many runs there are by status, of all that were ever seen."""
        path = f"file:{self.home / 'history' / 'runs.db'}?mode=ro"
        with closing(sqlite3.connect(path, uri=True, timeout=30)) as runs:
            found = runs.execute("SELECT run_id, pipeline_name, status FROM runs").fetchall()
        self.runs |= {run_id: (job, status) for run_id, job, status in found}
        self.stored_runs = len(found)
        return dict(Counter(status for _, status in self.runs.values()))

    def sample(self) -> dict[tuple[str, str], float]:
        """What the instance stores."""
        self.see_runs()
        sizes = []
        for path in self.home.rglob("*"):
            try:
                if path.is_file():
                    sizes.append(path.stat().st_size)
            except FileNotFoundError:
                continue
        return {
            ("DAGSTER_HOME", "stored MB"): sum(sizes) / 2**20,
            ("DAGSTER_HOME", "stored files"): len(sizes),
            ("DAGSTER_HOME", "stored runs"): self.stored_runs,
        }
