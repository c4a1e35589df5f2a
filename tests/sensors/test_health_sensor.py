"""health_sensor, freshness_alert_sensor and sheet_alert_sensor on a Dagster that is not well."""

from __future__ import annotations

import datetime as dt
import json
import time
import uuid

import dagster as dg
import pytest
from dagster._core.definitions.freshness import FreshnessState, FreshnessStateChange
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    ScheduleInstigatorData,
    SensorInstigatorData,
    TickData,
    TickStatus,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._daemon.types import DaemonHeartbeat
from dagster._utils.error import SerializableErrorInfo
from inbox import SECRET
from small_deployment import QUIET

from sheet_assets.cli.ticks import SensorTicks
from sheet_assets.sandbox import SERVICE_ACCOUNT
from sheet_assets.sensors.sheet_alerts import MANY_ATTEMPTS

pytestmark = QUIET

FRESH = """
import datetime as dt
import dagster as dg

policy = dg.FreshnessPolicy.time_window(fail_window=dt.timedelta(hours=26))

@dg.asset(freshness_policy=policy)
def total(): ...

@dg.asset
def other(): ...
"""


@pytest.fixture
def instance(tmp_path):
    """An instance on disk: one in memory keeps no schedules and sensors."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(home)) as instance:
        yield instance


@pytest.fixture
def heartbeats(inbox, monkeypatch):
    """The inbox, which takes the heartbeat, too."""
    monkeypatch.setenv("SHEET_ASSETS_HEARTBEAT_URL", f"http://{inbox.address}/{SECRET}")
    return inbox


def ticking(small, instance, name):
    return SensorTicks(small.deployment.definitions, instance, name)


def beat(instance, *, but=(), age=0.0):
    """Let all daemons give a sign of life, but for some of them."""
    for name in instance.get_required_daemon_types():
        if name not in but:
            instance.add_daemon_heartbeat(DaemonHeartbeat(time.time() - age, name, "1", []))


REPOSITORY = RemoteRepositoryOrigin(
    ManagedGrpcPythonEnvCodeLocationOrigin(
        LoadableTargetOrigin(module_name="somewhere"), location_name="somewhere"
    ),
    "__repository__",
)


def instigator(instance, name):
    """What the daemon notes of a sensor or schedule that it ticks."""
    kind = InstigatorType.SCHEDULE if name.endswith("schedule") else InstigatorType.SENSOR
    origin = RemoteInstigatorOrigin(REPOSITORY, name)
    data = ScheduleInstigatorData("0 9 * * *") if kind == InstigatorType.SCHEDULE else None
    return instance.add_instigator_state(
        InstigatorState(origin, kind, InstigatorStatus.DECLARED_IN_CODE, data)
    )


def ticked(instance, state, status, at):
    error = SerializableErrorInfo("no", [], None) if status == TickStatus.FAILURE else None
    instance.create_tick(
        TickData(
            state.instigator_origin_id,
            state.instigator_name,
            state.instigator_type,
            status,
            float(at),
            error=error,
            selector_id=state.selector_id,
        )
    )


def test_the_heartbeat_is_pushed_while_all_is_well(small, instance, heartbeats):
    """Each tick pushes it once, and tells nobody anything."""
    beat(instance)
    ticks = ticking(small, instance, "health_sensor")
    assert ticks.tick() == ("Nothing is wrong. The heartbeat was pushed.", [])
    ticks.tick()
    assert heartbeats.heartbeats == 2
    assert heartbeats.messages == []


def test_a_silent_daemon_stops_the_heartbeat_and_is_told(small, instance, heartbeats):
    """Its sign of life is too old in two ticks; then it is back, and so is the heartbeat."""
    beat(instance, age=80)
    beat(instance, but=["SCHEDULER"])
    ticks = ticking(small, instance, "health_sensor")
    said, _ = ticks.tick()
    assert said == "1 is wrong. No heartbeat was pushed."
    assert heartbeats.messages == []
    ticks.tick()
    assert heartbeats.titles() == ["sheet_assets: The daemon SCHEDULER is silent"]
    assert heartbeats.texts()[0].startswith("It gave no sign of life for 1 min.")
    assert heartbeats.heartbeats == 0
    beat(instance)
    ticks.tick()
    assert heartbeats.titles()[1].startswith("sheet_assets: The daemon SCHEDULER is back after")
    assert heartbeats.heartbeats == 1


def test_a_daemon_that_was_just_started_is_not_told(small, instance, heartbeats):
    """The first tick may see the sign of life of its predecessor."""
    beat(instance, age=600)
    ticks = ticking(small, instance, "health_sensor")
    ticks.tick()
    beat(instance)
    ticks.tick()
    assert heartbeats.messages == []


def test_a_heartbeat_that_does_not_arrive_fails_the_tick(small, instance, heartbeats):
    """The sentence names the setting; what was told before is not told again."""
    beat(instance, but=["SCHEDULER"])
    ticks = ticking(small, instance, "health_sensor")
    ticks.tick()
    ticks.tick()
    heartbeats.refusing.add("heartbeat")
    beat(instance)
    for _ in range(2):
        with pytest.raises(dg.DagsterError, match=r"^SHEET_ASSETS_HEARTBEAT_URL answered 403"):
            ticks.tick()
    assert len(heartbeats.messages) == 2


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (("QUEUED", 16), "waits for more than 15 minutes"),
        (("STARTING", 16), "waits for more than 15 minutes"),
        (("QUEUED", 14), None),
        (("STARTED", 121), "has been running for more than 120 minutes"),
        (("STARTED", 119), None),
        (("SUCCESS", 500), None),
    ],
)
def test_a_run_that_waits_or_takes_too_long_is_told(small, instance, heartbeats, state, told):
    """Queued by its creation, running by its start; with a link to it."""
    status, minutes = state
    beat(instance)
    run = dg.DagsterRun(
        job_name="refresh_job",
        run_id=str(uuid.uuid4()),
        status=dg.DagsterRunStatus(status),
        remote_job_origin=RemoteJobOrigin(REPOSITORY, "refresh_job"),
    )
    at = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)
    instance.run_storage.add_historical_run(run, at)
    if status == "STARTED":
        event = dg.DagsterEvent(dg.DagsterEventType.RUN_START.value, "refresh_job")
        instance.run_storage.handle_run_event(run.run_id, event, at)
    ticks = ticking(small, instance, "health_sensor")
    ticks.tick()
    ticks.tick()
    if told is None:
        assert heartbeats.messages == []
        return
    assert heartbeats.titles() == [f"sheet_assets: A run of refresh_job {told}"]
    assert heartbeats.texts()[0].endswith(f"/runs/{run.run_id}")
    instance.delete_run(run.run_id)
    ticks.tick()
    assert "no longer" in heartbeats.titles()[1]


@pytest.mark.parametrize("name", ["sheet_changes_sensor", "daily_refresh_schedule"])
def test_what_fails_three_times_in_a_row_is_told(small, instance, heartbeats, name):
    """Three failures with a success between them are none; a tick under way does not count."""
    beat(instance)
    state, stranger = instigator(instance, name), instigator(instance, "somebody_elses_sensor")
    failed, skipped = TickStatus.FAILURE, TickStatus.SKIPPED
    for at, status in enumerate([failed, failed, skipped, failed], 1000):
        ticked(instance, state, status, at)
        ticked(instance, stranger, failed, at)
    ticks = ticking(small, instance, "health_sensor")
    ticks.tick()
    ticks.tick()
    assert heartbeats.messages == []
    ticked(instance, state, failed, 1005)
    ticked(instance, state, failed, 1006)
    ticked(instance, state, TickStatus.STARTED, 1007)
    ticks.tick()
    ticks.tick()
    assert heartbeats.titles() == [f"sheet_assets: {name} fails tick after tick"]
    ticked(instance, state, skipped, 1008)
    ticks.tick()
    assert f"{name} works again" in heartbeats.titles()[1]


def test_a_schedule_that_was_stopped_is_nobodys_business(small, instance, heartbeats):
    """Somebody has switched it off, perhaps because it failed."""
    beat(instance)
    state = instigator(instance, "daily_refresh_schedule")
    for at in range(1000, 1003):
        ticked(instance, state, TickStatus.FAILURE, at)
    instance.update_instigator_state(state.with_status(InstigatorStatus.STOPPED))
    ticks = ticking(small, instance, "health_sensor")
    ticks.tick()
    ticks.tick()
    assert heartbeats.messages == []


def test_a_webserver_that_was_named_is_watched(small, instance, heartbeats, monkeypatch):
    """Where the setting names one, its silence is told; by default there need not be any."""
    beat(instance)
    monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_URL", "http://127.0.0.1:9")
    ticks = ticking(small, instance, "health_sensor")
    ticks.tick()
    ticks.tick()
    assert heartbeats.titles() == ["sheet_assets: The Dagster webserver gives no answer"]
    monkeypatch.delenv("SHEET_ASSETS_WEBSERVER_URL")
    ticks.tick()
    assert "answers again" in heartbeats.titles()[1]


def test_a_stale_asset_is_told_and_that_it_is_fresh_again(small, instance, inbox):
    """What the freshness daemon has found; an asset without a policy is nobody's business."""
    small.write("theirs", FRESH, file="assets.py")
    ticks = ticking(small, instance, "freshness_alert_sensor")
    assert ticks.tick() == ("Nothing is wrong.", [])

    def found(asset, before, state):
        instance._report_runless_asset_event(
            FreshnessStateChange(
                key=dg.AssetKey(asset),
                previous_state=before,
                new_state=state,
                state_change_timestamp=time.time(),
            )
        )

    found("other", FreshnessState.UNKNOWN, FreshnessState.FAIL)
    found("total", FreshnessState.UNKNOWN, FreshnessState.UNKNOWN)
    ticks.tick()
    assert inbox.messages == []
    found("total", FreshnessState.PASS, FreshnessState.FAIL)
    ticks.tick()
    ticks.tick()
    assert inbox.titles() == ["sheet_assets: total is stale"]
    assert inbox.texts() == [
        "It has to be refreshed every 26 h.\nAsset: http://127.0.0.1:3000/assets/total"
    ]
    found("total", FreshnessState.FAIL, FreshnessState.PASS)
    ticks.tick()
    assert inbox.titles()[1].startswith("sheet_assets: total is fresh again after")


def test_a_spreadsheet_that_was_unshared_is_told_once(small, instance, inbox):
    """Of what sheet_changes_sensor has in its cursor; and that it is there again."""
    small.write_table()
    small.put(["id", "amount"], [1, 10])
    assert small.run(instance).success
    changes, alerts = small.ticks(instance), ticking(small, instance, "sheet_alert_sensor")
    state = instigator(instance, "sheet_changes_sensor")

    def both():
        changes.tick()
        data = SensorInstigatorData(cursor=changes.cursor)
        instance.update_instigator_state(state.with_data(data))
        alerts.tick()

    both()
    assert inbox.messages == []
    small.sandbox.google.drive.unshare(small.sheet, SERVICE_ACCOUNT)
    both()
    both()
    tables = f"{small.schema}.orders"
    assert inbox.titles() == [
        f"sheet_assets: The spreadsheet of {tables} was deleted, or is not shared any more"
    ]
    small.sandbox.google.drive.share(small.sheet, SERVICE_ACCOUNT)
    both()
    assert f"The spreadsheet of {tables} is there again" in inbox.titles()[1]


def test_a_change_that_many_runs_could_not_load_is_told(small, instance, inbox):
    """After seven; it goes on being tried, and that it is loaded is told, too."""
    small.write_table()
    alerts = ticking(small, instance, "sheet_alert_sensor")
    pending = {
        small.sheet: {"version": 5, "attempts": MANY_ATTEMPTS - 1},
        "stranger": {"version": 1, "attempts": 99},
    }

    def seen():
        cursor = json.dumps({"page_token": "1", "pending": pending})
        data = SensorInstigatorData(cursor=cursor)
        instance.update_instigator_state(state.with_data(data))
        alerts.tick()

    state = instigator(instance, "sheet_changes_sensor")
    seen()
    assert inbox.messages == []
    pending[small.sheet]["attempts"] += 1
    seen()
    pending[small.sheet]["attempts"] += 1
    seen()
    table = f"{small.schema}.orders"
    assert inbox.titles() == [f"sheet_assets: A change has not reached {table} after 7 runs"]
    del pending[small.sheet]
    seen()
    assert f"Changes reach {table} again" in inbox.titles()[1]


def test_a_cursor_that_is_no_cursor_fails_the_tick(small, instance, inbox):
    """Somebody has typed one in: the tick says how to get out."""
    for name in ("sheet_alert_sensor", "health_sensor"):
        ticks = ticking(small, instance, name)
        ticks.cursor = "2026-01-01"
        with pytest.raises(dg.DagsterError, match=rf"The cursor of {name} .*--delete {name}"):
            ticks.tick()
