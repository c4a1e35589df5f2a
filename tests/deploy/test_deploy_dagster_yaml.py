from __future__ import annotations

import dagster as dg
from small_deployment import QUIET

pytestmark = QUIET


@dg.op
def speaking():
    print("read 4,886 answers")


@dg.job
def speaking_job():
    speaking()


def test_runs_and_logs_are_shared(home, dagster_database, small):
    """A run of one host is a run of the other's instance, with what its steps have printed."""
    small.write_table()
    small.put(["id", "amount"], [1, 10])
    with dg.DagsterInstance.from_config(str(home("one"))) as one:
        loaded = small.run(one)
        spoken = speaking_job.execute_in_process(instance=one)
    assert loaded.success
    ran = {loaded.run_id, spoken.run_id}
    runs = dagster_database.query("SELECT run_id, status FROM runs")
    assert {run_id: status for run_id, status in runs if run_id in ran} == dict.fromkeys(
        ran, "SUCCESS"
    )
    with dg.DagsterInstance.from_config(str(home("other"))) as other:
        assert {run.run_id for run in other.get_runs()} >= ran
        (captured,) = other.all_logs(spoken.run_id, of_type=dg.DagsterEventType.LOGS_CAPTURED)
        key = captured.dagster_event.logs_captured_data.file_key
        said = other.compute_log_manager.get_log_data([spoken.run_id, "compute_logs", key])
    assert b"read 4,886 answers" in said.stdout
