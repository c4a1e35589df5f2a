"""The run history: what of it is old, what is still needed, and how the rest is removed."""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import sqlalchemy as db
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager

REPOSITORY_TAG = ".dagster/repository"
_ENDED = [
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
]
_EVENTS = {
    dg.DagsterEventType.ASSET_MATERIALIZATION,
    dg.DagsterEventType.ASSET_OBSERVATION,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
}
_PAGE = 100
# The run id of events that are of no run.
_NO_RUN = ""


@dataclass(frozen=True)
class Pruned:
    """How many runs were removed and kept; `finished` is whether all old ones were looked at."""

    removed: int
    kept: int
    finished: bool


def prune(
    instance: dg.DagsterInstance,
    records: Iterator[dg.RunRecord],
    *,
    most_runs: int,
    most_seconds: float,
) -> Pruned:
    """Remove old runs with their events and logs, but for those that show an asset's state.

    Kept are the runs that hold the last materialization, observation or check of an asset or of
    one of its partitions, and the last run that was to make it: Dagster removes these events
    with their run, and the asset's page would be empty.

    At most so many runs are removed, in so many seconds: the next time goes on.
    """
    needed = _last_runs(instance)
    newest = _Newest(instance)
    until = time.monotonic() + most_seconds
    removed = kept = 0
    for record in records:
        if removed >= most_runs or time.monotonic() > until:
            return Pruned(removed, kept, finished=False)
        run_id = record.dagster_run.run_id
        if run_id in needed or newest.is_in(run_id):
            kept += 1
            continue
        _remove(instance, run_id)
        removed += 1
    return Pruned(removed, kept, finished=True)


def old_runs(
    instance: dg.DagsterInstance, before: dt.datetime, repository: str | None
) -> Iterator[dg.RunRecord]:
    """The runs that ended and were created before, the oldest first.

    Only those of this repository, by its tag, and those that commands have started, which have
    no such tag: an instance may serve other people's code, too.
    """
    # Not paged by run id, as Dagster's cursor is: the run that it names may be gone by then.
    after = None
    while True:
        page = instance.get_run_records(
            dg.RunsFilter(statuses=_ENDED, created_before=before, created_after=after),
            limit=_PAGE,
            ascending=True,
        )
        for record in page:
            if record.dagster_run.tags.get(REPOSITORY_TAG, repository) == repository:
                yield record
        if len(page) < _PAGE:
            return
        after = page[-1].create_timestamp


def remove_freshness_changes(instance: dg.DagsterInstance, before: dt.datetime) -> None:
    """Remove when assets became fresh or stale, but for the last change of each, its state.

    These events are of no run, so none takes them with it, and Dagster reads the last one only.
    """
    events = instance.event_log_storage
    if not isinstance(events, SqlEventLogStorage):
        return
    table = SqlEventLogStorageTable
    changes = db.and_(
        table.c.run_id == _NO_RUN,
        table.c.dagster_event_type == dg.DagsterEventType.FRESHNESS_STATE_CHANGE.value,
    )
    last = db.select(db.func.max(table.c.id)).where(changes).group_by(table.c.asset_key)
    # As Dagster writes it: UTC, without saying so.
    until = before.astimezone(dt.UTC).replace(tzinfo=None)
    old = table.delete().where(changes, table.c.timestamp < until, table.c.id.not_in(last))
    # On SQLite each event lies in two files.
    for connected in (events.index_connection(), events.run_connection(_NO_RUN)):
        with connected as connection:
            connection.execute(old)


def remove_tick_logs(
    instance: dg.DagsterInstance, before: dt.datetime, repository: str | None
) -> None:
    """Remove what sensors and schedules of this repository have logged, where it lies on disk.

    Dagster removes ticks, and leaves their files. A bucket has rules of its own for old objects.
    """
    logs = instance.compute_log_manager
    if not repository or not isinstance(logs, LocalComputeLogManager):
        return
    # <the repository's name>/<the sensor's>/<the moment of the tick>.err
    name = repository.partition("@")[0]
    folder = Path(logs.get_captured_local_path([name, "sensor", "tick"], "err")).parents[1]
    for path in folder.glob("*/*"):
        with suppress(FileNotFoundError):
            if path.is_file() and path.stat().st_mtime < before.timestamp():
                path.unlink()


def _last_runs(instance: dg.DagsterInstance) -> set[str]:
    """The runs that the assets' own records name."""
    found: set[str] = set()
    for record in instance.get_asset_records():
        entry = record.asset_entry
        last = entry.last_materialization
        found |= {entry.last_run_id} if entry.last_run_id else set()
        found |= {last.run_id} if last else set()
    return found


class _Newest:
    """Which runs hold the newest event of an asset, of a partition of it, or of a check."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._instance = instance
        self._run_ids: dict[object, str | None] = {}

    def is_in(self, run_id: str) -> bool:
        """Whether the run holds one of them."""
        for entry in self._instance.all_logs(run_id, of_type=_EVENTS):
            event = entry.dagster_event
            if event is not None and self._of(event) == run_id:
                return True
        return False

    def _of(self, event: dg.DagsterEvent) -> str | None:
        """The run with the newest event about the same."""
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data.asset_check_key
            if check not in self._run_ids:
                self._run_ids[check] = self._of_check(check)
            return self._run_ids[check]
        about = (event.event_type, event.asset_key, event.partition)
        if about not in self._run_ids:
            self._run_ids[about] = self._of_asset(event)
        return self._run_ids[about]

    def _of_check(self, check: dg.AssetCheckKey) -> str | None:
        record = self._instance.get_latest_asset_check_evaluation_record(check)
        return record.run_id if record else None

    def _of_asset(self, event: dg.DagsterEvent) -> str | None:
        if event.asset_key is None:
            return None
        fetch = (
            self._instance.fetch_materializations
            if event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION
            else self._instance.fetch_observations
        )
        partitions = None if event.partition is None else [event.partition]
        records = fetch(dg.AssetRecordsFilter(event.asset_key, partitions), limit=1).records
        return records[0].run_id if records else None


def _remove(instance: dg.DagsterInstance, run_id: str) -> None:
    instance.delete_run(run_id)
    instance.compute_log_manager.delete_logs(prefix=[run_id])
    events = instance.event_log_storage
    if isinstance(events, SqlEventLogStorage):
        # Dagster leaves the results of the run's checks, each with its event.
        with events.index_connection() as connection:
            of_checks = AssetCheckExecutionsTable
            connection.execute(of_checks.delete().where(of_checks.c.run_id == run_id))
    # SQLite has a file a run, and Dagster leaves it where it is, as large as it was.
    path_for_shard = getattr(events, "path_for_shard", None)
    if path_for_shard and events.is_run_sharded:
        path = Path(path_for_shard(run_id))
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            with suppress(FileNotFoundError):
                path.with_name(name).unlink()
