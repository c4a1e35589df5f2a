"""`lost_runs_sensor`: fails the runs whose host is gone, so that Dagster starts them again."""

import time
from collections.abc import Mapping

import dagster as dg
from pydantic import BaseModel

from sheet_assets.sensors.ended_runs import is_ours
from sheet_assets.sensors.kept_cursor import parsed
from sheet_assets.sensors.lost_retries import ask_again
from sheet_assets.sensors.sentence import sentence
from sheet_assets.signs_of_life import is_signing, worker_of

NAME = "lost_runs_sensor"
INTERVAL_SECONDS = 30
# What no tick has watched does not count: the daemon was down, or the machine slept, and with it
# the workers whose next sign is due.
MOST_SECONDS_A_TICK = 2.0 * INTERVAL_SECONDS


class Silence(BaseModel):
    """The last event of a run, and for how long there was no other."""

    last_event: int
    seconds: float = 0.0


class Cursor(BaseModel):
    """The runs that are under way, and the moment they were looked at."""

    at: float = 0.0
    silences: dict[str, Silence] = {}


def build_lost_runs_sensor(lost_after_minutes: int) -> dg.SensorDefinition:
    """The sensor over the runs of this code location that are under way.

    Args:
        lost_after_minutes: How long a run may give no sign of life.
    """

    @dg.sensor(
        name=NAME,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Watches the runs of this code location that have started: their process says once a "
            "minute that it works, also in the middle of a long statement. The cursor holds each "
            "run's last event, and how long it has been the last by the clock of this sensor. "
            f"Fails a run without any event for {lost_after_minutes} minutes: its host, or its "
            "code server and process, are gone. Starts no run itself: Dagster does it, where its "
            "run_retries are on; it is asked once more for those that it gave up, because the code "
            "server was away, or overlooked. When events cannot be read, the tick fails and the "
            "cursor stays."
        ),
    )
    def lost_runs_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        with sentence():
            cursor = parsed(Cursor, context.cursor, NAME)
        now = time.time()
        runs = _under_way(context)
        events = {
            run_id: last for run_id in runs if (last := _last_event(context.instance, run_id))
        }
        cursor.silences = silences(cursor.silences, events, now - cursor.at)
        cursor.at = now
        lost = [
            run_id
            for run_id, silence in cursor.silences.items()
            if silence.seconds >= lost_after_minutes * 60 and _gives_signs(context, runs[run_id])
        ]
        for run_id in lost:
            _fail(context, run_id, cursor.silences.pop(run_id))
        again = ask_again(context)
        asked = f" {len(again)} that had failed are to be started again." if again else ""
        return dg.SensorResult(
            skip_reason=f"{len(runs)} under way, {len(lost)} of them lost.{asked}",
            cursor=cursor.model_dump_json(),
        )

    return lost_runs_sensor


def silences(
    before: Mapping[str, Silence], events: Mapping[str, int], seconds: float
) -> dict[str, Silence]:
    """How long each run has been silent, `seconds` after it was `before`.

    Only events are compared, and no clocks of other machines.
    """
    watched = min(max(seconds, 0.0), MOST_SECONDS_A_TICK)
    return {
        run_id: Silence(last_event=event, seconds=known.seconds + watched)
        if (known := before.get(run_id)) and known.last_event == event
        else Silence(last_event=event)
        for run_id, event in events.items()
    }


def _under_way(context: dg.SensorEvaluationContext) -> dict[str, dg.DagsterRun]:
    """What is starting or being canceled has its own time limit in Dagster's run monitoring."""
    started = context.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    return {run.run_id: run for run in started if is_ours(context, run)}


def _last_event(instance: dg.DagsterInstance, run_id: str) -> int | None:
    found = instance.get_records_for_run(run_id, limit=1, ascending=False).records
    return found[0].storage_id if found else None


def _gives_signs(context: dg.SensorEvaluationContext, run: dg.DagsterRun) -> bool:
    """Whether a silent worker is a dead one.

    Other people's executors are silent for as long as they like, and so is what was executed in
    a process of one's own, without a code location.
    """
    repository = context.repository_def
    job_has_signs = (
        run.remote_job_origin is not None
        and repository is not None
        and repository.has_job(run.job_name)
        and is_signing(repository.get_job(run.job_name).executor_def)
    )
    return job_has_signs or worker_of(context.instance, run.run_id) is not None


def _fail(context: dg.SensorEvaluationContext, run_id: str, silence: Silence) -> None:
    instance = context.instance
    run = instance.get_run_by_id(run_id)
    # It may have ended, or spoken, since it was looked at.
    if run is None or run.is_finished or _last_event(instance, run_id) != silence.last_event:
        return
    worker = worker_of(instance, run_id)
    who = f"Process {worker.process} on {worker.host}" if worker else "The process of this run"
    said = (
        f"{who} has given no sign of life for {round(silence.seconds / 60)} minutes: the host, or "
        "the code server and this process, are gone. What was loaded completely stays, and nothing "
        "else was changed."
    )
    context.log.warning("Run %s is lost. %s", run_id, said)
    instance.report_run_failed(run, said)
