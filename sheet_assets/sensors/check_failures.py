"""`check_failure_alert_sensor`: tells people which checks failed, and that they hold again."""

import dagster as dg

from sheet_assets.resources.notify import Notify
from sheet_assets.sensors import failure_text
from sheet_assets.sensors.alert_sensor import AlertState, build_alert_sensor
from sheet_assets.sensors.ended_runs import ended_runs
from sheet_assets.sensors.problems import Alert, Finding

_EVENTS = {dg.DagsterEventType.ASSET_CHECK_EVALUATION, dg.DagsterEventType.STEP_FAILURE}


def build_check_failure_alert_sensor() -> dg.SensorDefinition:
    """The sensor over the asset checks of all runs of this code location."""
    return build_alert_sensor(
        "check_failure_alert_sensor",
        _watch,
        watched=(
            "Watches the asset checks of the runs that ended, yours as well as ours, warnings "
            "too, and tells people which do not hold, and that they hold again. Left out are "
            "checks of an asset that failed in that run: the alert of its failure tells the same "
            "cells."
        ),
        when_the_read_fails="When the runs cannot be read, the tick fails and the cursor stays.",
        minimum_interval_seconds=30,
    )


def _watch(
    context: dg.SensorEvaluationContext, notify: Notify, state: AlertState, now: float
) -> list[Alert]:
    alerts: list[Alert | None] = []
    for record in ended_runs(context, state.position, now):
        alerts += _of_run(context, notify, state, record.dagster_run.run_id, now)
    return [alert for alert in alerts if alert]


def _of_run(
    context: dg.SensorEvaluationContext,
    notify: Notify,
    state: AlertState,
    run_id: str,
    now: float,
) -> list[Alert | None]:
    events = [
        entry.dagster_event
        for entry in context.instance.all_logs(run_id, of_type=_EVENTS)
        if entry.dagster_event
    ]
    told_already = {
        event.step_key
        for event in events
        if event.event_type == dg.DagsterEventType.STEP_FAILURE
        and not failure_text.is_failed_check(event.step_failure_data)
    }
    alerts = []
    for event in events:
        if event.event_type != dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            continue
        check = event.asset_check_evaluation_data
        name = f"{check.check_name} of {check.asset_key.to_user_string()}"
        if check.passed:
            alerts.append(state.problems.resolve(name, now, counted="failure"))
        elif event.step_key not in told_already:
            finding = _finding(check, name, f"{notify.ui_url()}/runs/{run_id}")
            alerts.append(state.problems.observe(name, finding, now))
    return alerts


def _finding(check: dg.AssetCheckEvaluation, name: str, run_url: str) -> Finding:
    """Whose text a description or metadata is, and what it quotes, cannot be known."""
    severity = "" if check.severity == dg.AssetCheckSeverity.ERROR else ", a warning"
    title = f"The check {name} failed{severity}"
    return Finding(title, f"Run: {run_url}", f"The check {name} holds again", check.severity.value)
