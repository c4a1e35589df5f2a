"""Lost retries: runs that Dagster wanted to start again, and did not."""

import datetime as dt
import time

import dagster as dg

from sheet_assets.sensors.ended_runs import is_ours

LOOKED_BACK = dt.timedelta(days=1)
MOST_RUNS = 100
# A run that fails so often has another reason.
MOST_TIMES = 3
# Of Dagster's auto_run_reexecution: it does not try again by itself.
_GAVE_UP = "Failed to retry run"
# It looks for failed runs every five seconds. One whose event it sees before its status, which is
# written a moment later, it passes over for ever.
OVERLOOKED_SECONDS = 120.0
_TOLD = {dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.ENGINE_EVENT}


def ask_again(context: dg.SensorEvaluationContext) -> list[str]:
    """Let Dagster try once more; the ids of the runs.

    A code server that ends takes its runs with it, and Dagster looks at them at once, while the
    next server has not come up: it gives them up. A tick happens only where there is a server. To
    ask twice does no harm: a run has one successor.
    """
    now = time.time()
    records = context.instance.get_run_records(
        dg.RunsFilter(
            statuses=[dg.DagsterRunStatus.FAILURE],
            tags={"dagster/will_retry": ["true", "false"]},
            updated_after=dt.datetime.fromtimestamp(now, dt.UTC) - LOOKED_BACK,
        ),
        limit=MOST_RUNS,
    )
    runs = [
        record.dagster_run
        for record in records
        if is_ours(context, record.dagster_run)
        and _is_lost(context.instance, record.dagster_run, now)
    ]
    for run in runs:
        # Dagster looks at a run when it fails.
        context.instance.report_run_failed(
            run,
            "This run was to be started again, and was not: its code server was away, or Dagster "
            "has overlooked it. That is tried once more.",
        )
    return [run.run_id for run in runs]


def _is_lost(instance: dg.DagsterInstance, run: dg.DagsterRun, now: float) -> bool:
    tags = run.tags
    if tags.get("dagster/failure_reason") == "STEP_FAILURE" or "dagster/auto_retry_run_id" in tags:
        return False
    gave_up, times, failed_at = False, 0, now
    for entry in instance.all_logs(run.run_id, of_type=_TOLD):
        event = entry.dagster_event
        if event is not None and event.event_type == dg.DagsterEventType.RUN_FAILURE:
            gave_up, times, failed_at = False, times + 1, entry.timestamp
        elif entry.message == _GAVE_UP:
            gave_up = True
    overlooked = tags["dagster/will_retry"] == "true" and now - failed_at > OVERLOOKED_SECONDS
    followed = dg.RunsFilter(tags={"dagster/parent_run_id": run.run_id})
    return (
        (gave_up or overlooked)
        and times < MOST_TIMES
        and not instance.get_run_ids(followed, limit=1)
    )
