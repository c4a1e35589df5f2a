"""`health_sensor`: tells people when Dagster itself is not well, and a switch when it is."""

import datetime as dt

import dagster as dg

from sheet_assets import settings
from sheet_assets.operations.health import Daemon
from sheet_assets.operations.health import health as of_webserver
from sheet_assets.operations.webserver import URL, connected
from sheet_assets.resources.notify import Notify
from sheet_assets.sensors.alert_sensor import AlertState, build_alert_sensor
from sheet_assets.sensors.instigators import failing
from sheet_assets.sensors.problems import Alert, Finding, duration

NAME = "health_sensor"
# A daemon that has just been started has the sign of life of its predecessor.
_PATIENCE = 2
_MOST_RUNS = 20
_TICK = "tick "
_QUEUED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
]
_RUNNING = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


def build_health_sensor(queued_minutes: int, running_minutes: int) -> dg.SensorDefinition:
    """The sensor over Dagster itself.

    Args:
        queued_minutes: How long a run may wait for its start.
        running_minutes: How long a run may take.
    """

    def watch(
        context: dg.SensorEvaluationContext, notify: Notify, state: AlertState, now: float
    ) -> list[Alert]:
        ui = notify.ui_url()
        findings = {
            **_daemons(context.instance, now),
            **_runs(context.instance, ui, now, _QUEUED, queued_minutes),
            **_runs(context.instance, ui, now, _RUNNING, running_minutes),
            **_ticks(context, state, now),
            **_webserver(),
        }
        return state.problems.settle(findings, now, patience=_PATIENCE)

    return build_alert_sensor(
        NAME,
        watch,
        watched=(
            "Watches Dagster itself: the daemons by their last sign of life (45 s ago at most, the "
            f"scheduler's 75 s), runs that wait longer than {queued_minutes} minutes or take "
            f"longer than {running_minutes}, schedules and sensors that failed three times in a "
            "row, and, where SHEET_ASSETS_WEBSERVER_URL is set, the webserver and code locations "
            "that do not load. Tells people what was wrong in two ticks, and that it is over. "
            "When nothing is wrong, it pushes the heartbeat to SHEET_ASSETS_HEARTBEAT_URL: whoever "
            "misses it knows that the daemon, and with it this sensor, is down."
        ),
        when_the_read_fails=(
            "When something cannot be read, the tick fails, the cursor stays, and no heartbeat is "
            "pushed."
        ),
        minimum_interval_seconds=30,
        afterwards=_heartbeat,
    )


def _heartbeat(notify: Notify, state: AlertState) -> str:
    if state.problems.found:
        return "No heartbeat was pushed."
    return "The heartbeat was pushed." if notify.heartbeat() else ""


def _daemons(instance: dg.DagsterInstance, now: float) -> dict[str, Finding]:
    heartbeats = instance.get_daemon_heartbeats()
    found = {}
    for name in instance.get_required_daemon_types():
        last = heartbeats.get(name)
        daemon = Daemon(name, last.timestamp if last else None)
        if daemon.alive(now):
            continue
        age = daemon.age(now)
        since = "ever" if age is None else f"for {duration(age)}"
        found[f"daemon {name}"] = Finding(
            f"The daemon {name} is silent",
            f"It gave no sign of life {since}. Start `dagster-daemon run`, or see its log.",
            f"The daemon {name} is back",
            "silent",
        )
    return found


def _runs(
    instance: dg.DagsterInstance,
    ui: str,
    now: float,
    statuses: list[dg.DagsterRunStatus],
    minutes: int,
) -> dict[str, Finding]:
    """The oldest runs that have been in one of these statuses for too long."""
    before = now - minutes * 60
    records = instance.get_run_records(
        dg.RunsFilter(statuses=statuses, created_before=dt.datetime.fromtimestamp(before, dt.UTC)),
        limit=_MOST_RUNS,
        ascending=True,
    )
    waits = statuses is _QUEUED
    found = {}
    for record in records:
        run, began = record.dagster_run, record.start_time
        if not waits and (began or now) > before:
            continue
        name = f"A run of {run.job_name}"
        found[f"run {run.run_id}"] = Finding(
            f"{name} {'waits' if waits else 'has been running'} for more than {minutes} minutes",
            f"{'What holds it back is said there' if waits else 'See what it does'}: "
            f"{ui}/runs/{run.run_id}",
            f"{name} {'waits' if waits else 'runs'} no longer",
            run.status.value,
        )
    return found


def _ticks(
    context: dg.SensorEvaluationContext, state: AlertState, now: float
) -> dict[str, Finding]:
    """Not of this sensor: it fails when it cannot tell anybody, and the heartbeat stops."""
    known = {key.removeprefix(_TICK) for key in state.problems.found if key.startswith(_TICK)}
    return {
        f"{_TICK}{name}": Finding(
            f"{name} fails tick after tick",
            "Its last three ticks failed; the UI shows why, under Automation.",
            f"{name} works again",
            "failing",
        )
        for name in failing(context, known, now)
        if name != NAME
    }


def _webserver() -> dict[str, Finding]:
    """Only one that somebody has named: where it is by default there may be none."""
    if settings.source(URL) in {None, "default"}:
        return {}
    told = of_webserver(connected())
    if told.unavailable:
        return {
            "webserver": Finding(
                "The Dagster webserver gives no answer",
                told.unavailable,
                "The Dagster webserver answers again",
                "unavailable",
            )
        }
    return {
        f"location {each.name}": Finding(
            f"The code location {each.name} does not load",
            each.error[:500],
            f"The code location {each.name} loads again",
        )
        for each in told.locations
        if each.status == "FAILED"
    }
