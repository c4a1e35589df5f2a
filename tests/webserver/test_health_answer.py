from __future__ import annotations

import asyncio
import threading
import time

import pytest

from sheet_assets.webserver import health
from sheet_assets.webserver.health import HealthAnswer

BROKEN = {"errors": [{"message": "(sqlite3.OperationalError) unable to open database file"}]}


def locations(status="LOADED", **told):
    """What the webserver knows of its code locations."""
    entry = {"name": "secret_name", "loadStatus": status, "locationOrLoadError": told or None}
    return {
        "data": {
            "version": "1.13",
            "workspaceOrError": {"__typename": "Workspace", "locationEntries": [entry]},
        }
    }


def daemons(age):
    """What the storage knows of the scheduler and another daemon, `age` seconds after their heartbeats."""
    statuses = [
        {"daemonType": name, "required": True, "lastHeartbeatTime": time.time() - age, "lastHeartbeatErrors": []}
        for name in ("SCHEDULER", "SENSOR")
    ]  # fmt: skip
    runs = {"__typename": "Runs", "results": []}
    return {
        "data": {
            "instance": {"daemonHealth": {"allDaemonStatuses": statuses}},
            "runsOrError": runs,
        }
    }


FAILED = locations(__typename="PythonError", message="REDSHIFT_HOST is not set", causes=[])


@pytest.mark.parametrize(
    ("known", "stored", "status", "parts"),
    [
        (locations(), 5, 200, ("healthy", "healthy", "healthy", "healthy")),
        (locations("LOADING"), 5, 200, ("healthy", "healthy", "healthy", "healthy")),
        (FAILED, 5, 503, ("healthy", "healthy", "healthy", "unhealthy")),
        (locations(), 300, 503, ("healthy", "unhealthy", "unhealthy", "healthy")),
        (locations(), BROKEN, 503, ("unhealthy", "unknown", "unknown", "healthy")),
        (BROKEN, BROKEN, 503, ("unknown", "unknown", "unknown", "unknown")),
    ],
    ids=["well", "loading", "code", "daemons", "database", "all"],
)
def test_each_part_is_told(known, stored, status, parts):
    """Healthy, unhealthy or unknown for each part, 200 only where all is well, and no reason or name."""
    # Made now: when the tests are collected the heartbeats would be of then.
    stored = daemons(stored) if isinstance(stored, int) else stored

    def answered(query, _variables):
        return known if "workspaceOrError" in query else stored

    found, told = asyncio.run(HealthAnswer(answered).answer())
    names = ("metadatabase", "scheduler", "daemons", "code_locations")
    assert (found, told) == (
        status,
        {name: {"status": part} for name, part in zip(names, parts, strict=True)},
    )


def test_the_storage_is_asked_once_however_many_ask():
    """A hundred questions at a time are one question to the storage, and so are those soon after."""
    asked = []

    def answered(query, _variables):
        asked.append(query)
        return locations() if "workspaceOrError" in query else daemons(5)

    async def many():
        answer = HealthAnswer(answered).answer
        first = await asyncio.gather(*(answer() for _ in range(100)))
        return [*first, await answer()]

    assert {status for status, _ in asyncio.run(many())} == {200}
    assert len(asked) == 2


def test_a_storage_that_hangs_is_told(monkeypatch):
    """The answer comes in its time, whatever the storage does, and one thread waits for it, not many."""
    monkeypatch.setattr(health, "_ANSWER_SECONDS", 0.05)
    released, asked = threading.Event(), []

    def answered(query, _variables):
        asked.append(query)
        released.wait(30)
        return locations()

    async def twice():
        answer = HealthAnswer(answered).answer
        found = [await answer(), await answer()]
        released.set()
        return found

    for status, told in asyncio.run(twice()):
        assert (status, told["metadatabase"]) == (503, {"status": "unhealthy"})
    assert len(asked) <= 2
