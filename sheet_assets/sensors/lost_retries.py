"""Lost retries: runs that Dagster wanted to start again, when their code server was away."""

import datetime as dt

import dagster as dg

from sheet_assets.sensors.ended_runs import is_ours

LOOKED_BACK = dt.timedelta(days=1)
MOST_RUNS = 100
# A run that fails so often has another reason.
MOST_TIMES = 3
# Of Dagster's auto_run_reexecution: it does not try again by itself.
_GAVE_UP = "Failed to retry run"
_TOLD = {dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.ENGINE_EVENT}


def ask_again(context: dg.SensorEvaluationContext, now: float) -> list[str]:
    """Let Dagster try once more; the ids of the runs.

    A code server that ends takes its runs with it, and Dagster looks at them at once, while the
    next server has not come up. A tick happens only where there is one.
    """
    records = context.instance.get_run_records(
        dg.RunsFilter(
            statuses=[dg.DagsterRunStatus.FAILURE],
            tags={"dagster/will_retry": "false"},
            updated_after=dt.datetime.fromtimestamp(now, dt.UTC) - LOOKED_BACK,
        ),
        limit=MOST_RUNS,
    )
    runs = [
        record.dagster_run
        for record in records
        if is_ours(context, record.dagster_run) and _was_given_up(context.instance, record)
    ]
    for run in runs:
        # Dagster looks at a run when it fails.
        context.instance.report_run_failed(
            run,
            "This run could not be started again, since its code server was away. It is there "
            "now, so that is tried once more.",
        )
    return [run.run_id for run in runs]


def _was_given_up(instance: dg.DagsterInstance, record: dg.RunRecord) -> bool:
    run = record.dagster_run
    if run.tags.get("dagster/failure_reason") == "STEP_FAILURE":
        return False
    gave_up, times = False, 0
    for entry in instance.all_logs(run.run_id, of_type=_TOLD):
        event = entry.dagster_event
        if event is not None and event.event_type == dg.DagsterEventType.RUN_FAILURE:
            gave_up, times = False, times + 1
        elif entry.message == _GAVE_UP:
            gave_up = True
    followed = dg.RunsFilter(tags={"dagster/parent_run_id": run.run_id})
    return gave_up and times < MOST_TIMES and not instance.get_run_ids(followed, limit=1)
