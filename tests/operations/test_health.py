"""Health: what counts as well, and what is told of what is not."""

from __future__ import annotations

import json
import time
import warnings

import pytest
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import GrpcServerTarget
from dagster._daemon.types import DaemonHeartbeat
from running_instance import served

from sheet_assets.operations.health import CodeLocation, Daemon, Health, health
from sheet_assets.operations.webserver import Webserver

NOW = 1704514896.677781
LOADED = [CodeLocation("first", "LOADED")]


def found(*ages, **kwargs):
    names = ("SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR")
    daemons = [
        Daemon(name, None if age is None else NOW - age)
        for name, age in zip(names, ages, strict=False)
    ]
    return Health(NOW, "1.13.27", LOADED, daemons, **kwargs)


@pytest.mark.parametrize(
    ("ages", "problem"),
    [
        ((0, 0, 0), None),
        ((75, 45, 45), None),
        ((76, 30, 30), "SCHEDULER (since 1 min 16 s)"),
        ((30, 46, 30), "SENSOR (since 46 s)"),
        ((30, 0, None), "QUEUED_RUN_COORDINATOR (never any)"),
        # All are threads of one process: the rest silent, the scheduler only sleeps no more.
        ((46, 46, 46), "SCHEDULER (since 46 s), SENSOR (since 46 s), QUEUED_RUN_COORDINATOR (since 46 s)"),
        # The clocks of two hosts differ by some seconds.
        ((-3, -3, -3), None),
    ],
)  # fmt: skip
def test_a_daemon_is_dead_by_the_time_of_its_heartbeat(ages, problem):
    """45 s without a heartbeat is dead, 75 s of the scheduler, which gives one a minute."""
    health = found(*ages)
    assert health.healthy == (problem is None)
    expected = [
        f"No sign of life of these daemons: {problem}. Start `dagster-daemon run`, or see its log."
    ]
    assert health.problems == (expected if problem else [])


def test_the_json_is_airflows_and_more():
    """The two keys of the old /health, in their shape; then what it did not tell."""
    told = found(0, 0, 0).as_json()
    assert list(told)[:2] == ["metadatabase", "scheduler"]
    assert told["metadatabase"] == {"status": "healthy"}
    assert told["scheduler"] == {
        "latest_scheduler_heartbeat": "2024-01-06T04:21:36.677781+00:00",
        "status": "healthy",
    }
    assert (told["status"], told["problems"]) == ("healthy", [])
    assert next(each["name"] for each in told["daemons"]) == "SCHEDULER"
    assert told["code_locations"] == [{"name": "first", "status": "LOADED", "error": None}]


@pytest.mark.parametrize(
    ("health", "database", "scheduler"),
    [
        (found(0, 60, 60), "healthy", "unhealthy"),
        (found(80, 0, 0), "healthy", "unhealthy"),
        (found(0, 60, 0), "healthy", "healthy"),
        (found(storage_error="no such table"), "unhealthy", "unknown"),
        (Health(NOW, unavailable="Nobody there."), "unknown", "unknown"),
        # An instance without a scheduler daemon has none that could be well.
        (found(), "healthy", "unhealthy"),
    ],
)
def test_the_two_keys_of_what_is_not_well(health, database, scheduler):
    """A dead process is an unhealthy scheduler; what cannot be told is unknown, never healthy."""
    told = health.as_json()
    assert (told["metadatabase"]["status"], told["scheduler"]["status"]) == (database, scheduler)


def beat(running, age):
    """Let every daemon have given its last heartbeat `age` seconds ago."""
    with running.instance() as instance:
        for name in instance.get_required_daemon_types():
            instance.add_daemon_heartbeat(DaemonHeartbeat(time.time() - age, name, "test", []))
        return instance.get_required_daemon_types()


def test_a_running_instance(running):
    """Daemons and code locations are told as they are: fresh or dead, loaded or not, and why."""
    required = beat(running, 1)
    fresh = health(running.webserver)
    assert {each.name for each in fresh.daemons} == set(required) >= {"SCHEDULER", "SENSOR"}
    assert fresh.problems == [
        "The code location broken does not load: RuntimeError: REDSHIFT_HOST is not set"
    ]
    assert {each.name: each.status for each in fresh.locations} == {
        "first": "LOADED",
        "second": "LOADED",
        "broken": "FAILED",
    }
    beat(running, 50)
    dead = health(running.webserver)
    assert dead.problems[0].startswith("No sign of life of these daemons: ")
    assert dead.problems[0].count("since") == len(required)
    assert dead.as_json()["scheduler"]["status"] == "unhealthy"


def test_a_database_that_is_no_more(running):
    """Without its database the webserver still answers: the database is what is not well."""
    (database,) = running.home.glob("history/runs.db")
    kept = database.read_bytes()
    logs = {path: path.read_bytes() for path in running.home.glob("history/runs.db-*")}
    try:
        for path in logs:
            path.unlink()
        database.write_bytes(b"no database" * 1000)
        told = health(running.webserver)
    finally:
        database.write_bytes(kept)
        for path, text in logs.items():
            path.write_bytes(text)
    assert told.storage_error
    assert told.as_json()["metadatabase"] == {"status": "unhealthy"}
    assert told.problems[0].startswith("The metadata database does not answer: ")
    assert "file is not a database" in told.problems[0]
    assert not health(running.webserver).storage_error


def test_no_webserver_is_an_answer():
    """Nobody listens: that is what is wrong, and the JSON has all its keys."""
    told = health(Webserver("http://127.0.0.1:1"))
    assert not told.healthy
    assert told.problems[0].startswith("No Dagster webserver can be reached")
    assert set(json.loads(json.dumps(told.as_json()))) == set(found().as_json())


def test_a_code_server_that_is_gone_is_a_sentence(running):
    """Nobody listens where the workspace says: that is told, and no word of gRPC's."""
    target = GrpcServerTarget("127.0.0.1", 1, None, "gone")
    with running.instance() as instance, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with (
            WorkspaceProcessContext(instance, target, "1.13") as context,
            served(context) as url,
        ):
            told = health(Webserver(url))
    assert told.problems[-1] == (
        "The code location gone does not load: its code server cannot be reached. Start it, or see "
        "its log."
    )
