"""lost_runs_sensor: which runs are lost, and that a living one never is."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from types import SimpleNamespace

import dagster as dg
import pytest
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._daemon.auto_run_reexecution.auto_run_reexecution import (
    consume_new_runs_for_automatic_reexecution,
)
from small_deployment import QUIET

from sheet_assets.cli.ticks import SensorTicks
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sensors import lost_retries, lost_runs
from sheet_assets.sensors.lost_runs import Silence, silences
from sheet_assets.signs_of_life import Worker, in_process_executor, signs_of_life, worker_of

pytestmark = QUIET
LAUNCHED = RemoteRepositoryOrigin(
    ManagedGrpcPythonEnvCodeLocationOrigin(
        LoadableTargetOrigin(module_name="somewhere"), location_name="somewhere"
    ),
    "__repository__",
)
QUIET_LOGGER = logging.getLogger("given up")
QUIET_LOGGER.disabled = True
RETRIED = "telemetry: {enabled: false}\nrun_retries: {enabled: true, max_retries: 2}\n"


@pytest.fixture
def instance(tmp_path):
    """An instance on disk, which starts the runs of dead workers again."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text(RETRIED)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        yield instance


@pytest.fixture
def tick(small, instance, monkeypatch):
    """Ticks the sensor a number of seconds after its last tick."""
    clock = SimpleNamespace(now=1_000_000.0)
    monkeypatch.setattr(lost_runs, "time", SimpleNamespace(time=lambda: clock.now))
    ticks = SensorTicks(small.deployment.definitions, instance, "lost_runs_sensor")

    def tick(seconds=30.0):
        clock.now += seconds
        return ticks.tick()[0]

    return tick


def started(instance, job="refresh_job", *, launched=True):
    """A run whose process has begun to work."""
    run = instance.add_run(
        dg.DagsterRun(
            job_name=job,
            run_id=str(uuid.uuid4()),
            remote_job_origin=RemoteJobOrigin(LAUNCHED, job) if launched else None,
        )
    )
    event = dg.DagsterEvent(dg.DagsterEventType.RUN_START.value, job)
    instance.report_dagster_event(event, run.run_id)
    return run.run_id


def status(instance, run_id):
    return instance.get_run_by_id(run_id).status.value


SECONDS = {
    "an event": ({"a": Silence(last_event=1, seconds=90)}, {"a": 2}, 30, {"a": 0}),
    "none": ({"a": Silence(last_event=1, seconds=90)}, {"a": 1}, 30, {"a": 120}),
    "a run that is new, and one that has ended": ({"a": Silence(last_event=1)}, {"b": 1}, 30, {"b": 0}),
    "a machine that slept": ({"a": Silence(last_event=1)}, {"a": 1}, 36_000, {"a": 60}),
    "a clock that was put back": ({"a": Silence(last_event=1)}, {"a": 1}, -3600, {"a": 0}),
}  # fmt: skip


@pytest.mark.parametrize("case", SECONDS)
def test_only_seconds_that_were_watched_are_silent(case):
    """What passed while nobody looked says nothing of a worker."""
    before, events, seconds, silent = SECONDS[case]
    assert {run: each.seconds for run, each in silences(before, events, seconds).items()} == silent


def test_a_run_whose_host_is_gone_fails_and_is_started_again(instance, tick):
    """After five minutes without a sign, with a sentence that names the host."""
    run_id = started(instance)
    with signs_of_life(instance, run_id, "refresh_job"):
        pass
    for _ in range(10):
        tick()
    assert status(instance, run_id) == "STARTED"
    assert tick() == "1 under way, 1 of them lost."
    run = instance.get_run_by_id(run_id)
    assert run.status == dg.DagsterRunStatus.FAILURE
    assert run.tags["dagster/will_retry"] == "true"
    (failed,) = instance.all_logs(run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
    assert f"on {socket.gethostname()} has given no sign of life for 5 minutes" in failed.message
    assert tick() == "0 under way, 0 of them lost."


def test_a_run_that_was_killed_before_its_first_sign_is_lost_too(instance, tick):
    """Its job says that there would have been one."""
    run_id = started(instance)
    for _ in range(11):
        tick()
    assert status(instance, run_id) == "FAILURE"


def test_a_run_that_is_silent_in_a_long_statement_survives(small, instance, tick):
    """Its process gives signs in the middle of the statement, however often somebody looks."""
    run_id = started(instance)
    tick()
    with signs_of_life(instance, run_id, "refresh_job", every_seconds=0.02):
        statement = threading.Thread(
            target=Redshift().client().query, args=("SELECT pg_catalog.pg_sleep(1.5)",)
        )
        statement.start()
        looked = 0
        while statement.is_alive():
            signs = len(instance.all_logs(run_id))
            while statement.is_alive() and len(instance.all_logs(run_id)) == signs:
                statement.join(0.01)
            tick(60)
            looked += 1
    assert looked > 5
    assert status(instance, run_id) == "STARTED"


@pytest.mark.parametrize(("job", "launched"), [("their_job", True), ("refresh_job", False)])
def test_a_run_that_never_promised_a_sign_is_left_alone(instance, tick, job, launched):
    """Of a job with somebody else's executor, or executed in a process of one's own."""
    run_id = started(instance, job, launched=launched)
    for _ in range(12):
        tick(60)
    assert status(instance, run_id) == "STARTED"


def test_a_run_of_a_command_that_was_killed_is_lost(small, instance, tick):
    """`sheet-assets run` gives signs as well: a dead one would hold its table's pool for ever."""
    small.write_table()
    small.put(["id", "amount"], [1, 10])
    small.reloaded()
    ended = small.run(instance)
    signs = [entry.message for entry in instance.all_logs(ended.run_id)]
    assert sum(said.startswith("Sign of life: process ") for said in signs) == 1
    run_id = started(instance, launched=False)
    instance.report_engine_event(signs[0], run_id=run_id, job_name="refresh_job")
    for _ in range(12):
        tick()
    assert status(instance, run_id) == "FAILURE"


@dg.op
def silent(): ...


@dg.job(executor_def=in_process_executor)
def silent_job():
    silent()


def test_the_executor_of_our_jobs_gives_signs(instance):
    """Beside what Dagster's own executor of that name does."""
    assert in_process_executor.name == dg.in_process_executor.name
    with dg.execute_job(dg.reconstructable(silent_job), instance=instance) as result:
        assert result.success
    assert worker_of(instance, result.run_id) == Worker(socket.gethostname(), os.getpid())


def given_up(instance, run_id):
    """Dagster's daemon looks at a run that has failed, and the code server is not there."""

    def unreachable():
        raise ConnectionError("UNAVAILABLE")

    daemon = SimpleNamespace(instance=instance, create_request_context=unreachable)
    instance.add_run_tags(run_id, {"dagster/will_retry": "true"})
    records = instance.get_run_records(dg.RunsFilter(run_ids=[run_id]))
    list(consume_new_runs_for_automatic_reexecution(daemon, records, QUIET_LOGGER))


def test_a_run_that_could_not_be_started_again_is_asked_for_once_more(instance, tick):
    """Its code server was away when Dagster looked; a run that fails three times has its reason."""
    run_id = started(instance)
    instance.report_run_failed(instance.get_run_by_id(run_id))
    for again in (" 1 that had failed are to be started again.",) * 2 + ("",):
        assert instance.get_run_by_id(run_id).tags["dagster/will_retry"] == "true"
        given_up(instance, run_id)
        assert instance.get_run_by_id(run_id).tags["dagster/will_retry"] == "false"
        assert tick() == f"0 under way, 0 of them lost.{again}"


def test_a_run_that_dagster_overlooked_is_asked_for_once_more(instance, tick, monkeypatch):
    """It looked between the event of the failure and the status of the run, which is too early."""
    run_id = started(instance)
    started_again = started(instance)
    for failed in (run_id, started_again):
        instance.report_run_failed(instance.get_run_by_id(failed))
    instance.add_run_tags(started_again, {"dagster/auto_retry_run_id": str(uuid.uuid4())})
    assert tick() == "0 under way, 0 of them lost."
    later = time.time() + 200
    monkeypatch.setattr(lost_retries, "time", SimpleNamespace(time=lambda: later))
    assert tick().endswith(" 1 that had failed are to be started again.")
    failures = instance.all_logs(run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
    assert "was to be started again, and was not" in failures[1].message


def test_a_run_that_was_not_given_up_stays_as_it_is(instance, tick):
    """It has had its retries, or somebody has started it again."""
    ended, followed = started(instance), started(instance)
    for run_id in (ended, followed):
        instance.report_run_failed(instance.get_run_by_id(run_id))
        instance.add_run_tags(run_id, {"dagster/will_retry": "false"})
    given_up(instance, followed)
    instance.add_run_tags(started(instance), {"dagster/parent_run_id": followed})
    assert tick() == "1 under way, 0 of them lost."
