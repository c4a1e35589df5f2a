from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
import pytest
from small_deployment import QUIET

pytestmark = QUIET
DAGSTER_YAML = Path(__file__).parents[2] / "deploy" / "dagster.yaml"


@pytest.fixture
def host(sandbox, database, tmp_path, monkeypatch):
    """Makes the instance of deploy/dagster.yaml as one host has it, in a home of its own."""
    for name, value in {
        "DAGSTER_PG_HOST": database.host,
        "DAGSTER_PG_PORT": str(database.port),
        "DAGSTER_PG_USERNAME": database.user,
        "DAGSTER_PG_PASSWORD": database.password,
        "DAGSTER_PG_DB": database.name,
    }.items():
        monkeypatch.setenv(name, value)

    def made(name):
        home = tmp_path / name
        home.mkdir()
        shutil.copy(DAGSTER_YAML, home)
        return dg.DagsterInstance.from_config(str(home))

    return made


@dg.op
def speaking():
    print("read 4,886 answers")


@dg.job
def speaking_job():
    speaking()


def test_runs_and_logs_are_shared(host, database, small):
    """A run of one host is a run of the other's instance, with what its steps have printed."""
    small.write_table()
    small.put(["id", "amount"], [1, 10])
    with host("one") as one:
        loaded = small.run(one)
        spoken = speaking_job.execute_in_process(instance=one)
    assert loaded.success
    assert database.query("SELECT run_id, status FROM runs ORDER BY id") == [
        (loaded.run_id, "SUCCESS"),
        (spoken.run_id, "SUCCESS"),
    ]
    with host("other") as other:
        assert {run.run_id for run in other.get_runs()} == {loaded.run_id, spoken.run_id}
        (captured,) = other.all_logs(spoken.run_id, of_type=dg.DagsterEventType.LOGS_CAPTURED)
        key = captured.dagster_event.logs_captured_data.file_key
        said = other.compute_log_manager.get_log_data([spoken.run_id, "compute_logs", key])
    assert b"read 4,886 answers" in said.stdout
