"""Old runs are removed, and no asset loses the state that it shows."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import time
import uuid
from collections import Counter
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.freshness import FreshnessState, FreshnessStateChange
from dagster._core.storage.compute_log_manager import ComputeIOType
from dagster._core.test_utils import freeze_time
from small_deployment import QUIET

from sheet_assets import run_history
from sheet_assets.jobs import build_retention_job
from sheet_assets.run_history import (
    old_runs,
    prune,
    remove_freshness_changes,
    remove_tick_logs,
)
from sheet_assets.schedules import build_retention_schedule

pytestmark = QUIET

OLD = dt.datetime.now(dt.UTC) - dt.timedelta(days=100)


@pytest.fixture
def instance(tmp_path):
    """An instance on disk, as SQLite keeps it: a file a run."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(home)) as instance:
        yield instance


@dg.asset(check_specs=[dg.AssetCheckSpec("holds", asset="total")])
def total():
    yield dg.MaterializeResult(metadata={"rows": 1})
    yield dg.AssetCheckResult(check_name="holds", passed=True)


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b"]))
def report():
    return dg.MaterializeResult()


@dg.asset
def failing():
    raise dg.Failure("no")


DEFS = dg.Definitions(assets=[total, report, failing])


def ran(instance, asset, partition=None, *, days=100, tags=None):
    """A run of an asset, so many days ago."""
    result = DEFS.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=instance,
        asset_selection=[dg.AssetKey(asset)],
        partition_key=partition,
        tags=tags,
        raise_on_error=False,
    )
    age(instance, result.run_id, days)
    return result.run_id


def age(instance, run_id, days):
    from sqlalchemy import text

    at = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(days=days)
    with instance.run_storage.connect() as connection:
        connection.execute(
            text("UPDATE runs SET create_timestamp = :at WHERE run_id = :run_id"),
            {"at": at.isoformat(" "), "run_id": run_id},
        )


def pruned(instance, *, most_runs=100, repository=None):
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=90)
    return prune(
        instance, old_runs(instance, before, repository), most_runs=most_runs, most_seconds=60
    )


def test_old_runs_go_but_for_the_last_state_of_each_asset(instance):
    """Materialization, check and partition stay as they are shown; the runs before them go."""
    gone = [ran(instance, "total"), ran(instance, "report", "a")]
    kept = [
        ran(instance, "report", "b"),
        ran(instance, "report", "a"),
        ran(instance, "total"),
        ran(instance, "failing"),
    ]
    young = ran(instance, "failing", days=10)
    gone.append(kept.pop())
    found = pruned(instance)
    assert (found.removed, found.kept, found.finished) == (3, 3, True)
    assert set(instance.get_run_ids()) == {*kept, young}
    for key, count in ((dg.AssetKey("total"), 1), (dg.AssetKey("report"), 2)):
        assert len(instance.fetch_materializations(key, limit=9).records) == count
    assert instance.get_materialized_partitions(dg.AssetKey("report")) == {"a", "b"}
    check = dg.AssetCheckKey(dg.AssetKey("total"), "holds")
    assert instance.get_latest_asset_check_evaluation_record(check).run_id == kept[2]
    assert not any(instance.get_run_by_id(run_id) for run_id in gone)
    # Again: nothing is left to do.
    assert pruned(instance).removed == 0


def test_files_go_with_their_runs(instance):
    """SQLite's file of a run, and what its steps have printed."""
    first, last = ran(instance, "total"), ran(instance, "total")
    shard = Path(instance.event_log_storage.path_for_shard(first))
    logs = instance.compute_log_manager
    printed = Path(logs.get_captured_local_path([first, "compute_logs", "x"], "out")).parents[1]
    assert shard.is_file()
    assert printed.is_dir()
    pruned(instance)
    assert not shard.exists()
    assert not printed.exists()
    assert Path(instance.event_log_storage.path_for_shard(last)).is_file()


def test_a_life_of_runs_leaves_no_row_behind(instance, tmp_path):
    """Whatever table Dagster keeps, it is as long after more runs as before, checks included."""

    def lived():
        ran(instance, "total")
        ran(instance, "failing")
        pruned(instance)
        return rows(tmp_path / "home")

    before = lived()
    assert before["history/runs/index.db asset_check_executions"] == 1
    assert lived() == before


def rows(home):
    """How many rows each table of an instance on SQLite has, those of the runs' files together."""
    found = Counter()
    for path in home.rglob("*.db"):
        name = "runs' files" if "-" in path.name else path.relative_to(home)
        with closing(sqlite3.connect(path)) as connection:
            for (table,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            ):
                (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
                found[f"{name} {table}"] += count
    return found


def test_old_freshness_changes_go_but_for_the_last_of_each_asset(instance):
    """They are of no run; what an asset's page shows is the last one, however old."""
    total, report = dg.AssetKey("total"), dg.AssetKey("report")
    for key, state, days in (
        (total, FreshnessState.PASS, 120),
        (total, FreshnessState.FAIL, 110),
        (report, FreshnessState.PASS, 120),
        (report, FreshnessState.FAIL, 10),
        (report, FreshnessState.PASS, 5),
    ):
        change = FreshnessStateChange(
            key=key,
            new_state=state,
            previous_state=FreshnessState.UNKNOWN,
            state_change_timestamp=0.0,
        )
        with freeze_time(dt.datetime.now(dt.UTC) - dt.timedelta(days=days)):
            instance._report_runless_asset_event(change)
    remove_freshness_changes(instance, dt.datetime.now(dt.UTC) - dt.timedelta(days=90))
    shown = instance.get_freshness_state_records([total, report])
    assert {key.to_user_string(): record.freshness_state for key, record in shown.items()} == {
        "total": FreshnessState.FAIL,
        "report": FreshnessState.PASS,
    }
    home = Path(instance.root_directory)
    kept = rows(home)
    assert kept["history/runs/index.db event_logs"] == kept["history/runs/.db event_logs"] == 3


def test_old_logs_of_ticks_go(instance):
    """What our sensors have logged; not what others have, and not what runs have printed."""

    def logged(repository, days):
        key = [repository, "sheet_changes_sensor", f"{days} days ago"]
        with instance.compute_log_manager.open_log_stream(key, ComputeIOType.STDERR) as stream:
            stream.write("{}")
        path = Path(instance.compute_log_manager.get_captured_local_path(key, "err"))
        at = time.time() - days * 24 * 3600
        os.utime(path, (at, at))
        return path

    old, young = logged("ours", 100), logged("ours", 80)
    theirs, printed = logged("theirs", 100), logged(str(uuid.uuid4()), 100)
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=90)
    remove_tick_logs(instance, before, "ours@location")
    remove_tick_logs(instance, before, None)
    assert [path.exists() for path in (old, young, theirs, printed)] == [False, True, True, True]


def test_runs_of_other_code_and_unfinished_runs_stay(instance):
    """An instance may serve others; a run without that tag was started by a command of ours."""
    theirs = ran(instance, "failing", tags={".dagster/repository": "__repository__@theirs"})
    ours = ran(instance, "failing", tags={".dagster/repository": "__repository__@ours"})
    ran(instance, "failing")
    ran(instance, "failing", days=1)
    running = dg.DagsterRun(
        job_name="x", run_id=str(uuid.uuid4()), status=dg.DagsterRunStatus.STARTED
    )
    instance.run_storage.add_historical_run(running, OLD)
    assert pruned(instance, repository="__repository__@ours").removed == 2
    left = instance.get_run_ids()
    assert theirs in left
    assert running.run_id in left
    assert ours not in left


def test_a_removal_is_bounded_and_goes_on(instance, monkeypatch):
    """So many at once, the oldest first; more than a page of them."""
    monkeypatch.setattr(run_history, "_PAGE", 3)
    for number in range(10):
        run = dg.DagsterRun(
            job_name="x", run_id=str(uuid.uuid4()), status=dg.DagsterRunStatus.SUCCESS
        )
        instance.run_storage.add_historical_run(run, OLD + dt.timedelta(seconds=number))
    first = pruned(instance, most_runs=4)
    assert (first.removed, first.finished) == (4, False)
    second = pruned(instance, most_runs=100)
    assert (second.removed, second.finished) == (6, True)
    assert instance.get_runs_count() == 0


def test_the_job_says_what_it_did(instance):
    """`retention_job` keeps the days it was built with."""
    ran(instance, "failing", days=40)
    ran(instance, "failing", days=40)
    ran(instance, "failing", days=20)
    result = build_retention_job(30).execute_in_process(instance=instance)
    said = [entry.user_message for entry in instance.all_logs(result.run_id)]
    assert any(
        text.startswith("Removed 2 runs that are older than 30 days; kept 0") for text in said
    )
    assert instance.get_runs_count() == 2


def test_a_wrong_cron_of_the_schedule_is_refused():
    """It names its field."""
    with pytest.raises(ValueError, match="retention_cron: 'nightly' is no cron expression"):
        build_retention_schedule("nightly", "UTC")
