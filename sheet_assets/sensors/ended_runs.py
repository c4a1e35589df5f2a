"""The runs that have ended since the last tick, each once."""

import datetime as dt

import dagster as dg
from pydantic import BaseModel

MOST_RUNS_A_TICK = 100
# The clock that a run writes its end by may be another machine's.
OVERLAP_SECONDS = 120.0
_WILL_RETRY = "dagster/will_retry"


class Position(BaseModel):
    """Up to when runs were seen, and which of the last ones."""

    until: float = 0.0
    seen: dict[str, float] = {}


def ended_runs(
    context: dg.SensorEvaluationContext, position: Position, now: float
) -> list[dg.RunRecord]:
    """The runs of this code location that succeeded or failed since, the oldest first.

    Left out are canceled runs, and failed ones that Dagster starts again by itself. Moves the
    position; before the first tick nothing counts. Runs without a code location, as commands
    start them, are this one's.
    """
    is_first = not position.until
    position.until = position.until or now
    since = position.until - OVERLAP_SECONDS
    records = context.instance.get_run_records(
        dg.RunsFilter(
            statuses=[dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE],
            updated_after=dt.datetime.fromtimestamp(since, dt.UTC),
        ),
        # Those seen already are among them.
        limit=MOST_RUNS_A_TICK + len(position.seen),
        order_by="update_timestamp",
        ascending=True,
    )
    ended = []
    for record in records:
        run, updated = record.dagster_run, record.update_timestamp.timestamp()
        position.until = max(position.until, min(updated, now))
        # A tag that somebody adds to an old run is an update, too.
        is_old = is_first or (record.end_time or updated) <= since
        is_new = run.run_id not in position.seen and not is_old
        position.seen[run.run_id] = updated
        if is_new and is_ours(context, run) and run.tags.get(_WILL_RETRY) != "true":
            ended.append(record)
    position.seen = {
        run_id: updated
        for run_id, updated in position.seen.items()
        if updated > position.until - OVERLAP_SECONDS
    }
    return ended


def is_ours(context: dg.SensorEvaluationContext, run: dg.DagsterRun) -> bool:
    """Whether a run is of the sensor's code location, or of none."""
    theirs, ours = run.remote_job_origin, context.code_location_origin
    if theirs is None or ours is None:
        return True
    return theirs.repository_origin.code_location_origin.location_name == ours.location_name
