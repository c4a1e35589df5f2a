"""`run_failure_alert_sensor`: tells people which assets failed, why, and that they work again."""

import re
from collections.abc import Mapping

import dagster as dg

from sheet_assets.assets.sheet_csv import SPREADSHEET
from sheet_assets.resources.notify import Notify
from sheet_assets.sensors import failure_text
from sheet_assets.sensors.alert_sensor import AlertState, build_alert_sensor
from sheet_assets.sensors.ended_runs import ended_runs
from sheet_assets.sensors.problems import Alert, Finding

_STEPS = {dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.STEP_SUCCESS}


def build_run_failure_alert_sensor() -> dg.SensorDefinition:
    """The sensor over all runs of this code location.

    Not Dagster's `run_failure_sensor`: that one goes on to the next run when an alert could not
    be delivered.
    """
    return build_alert_sensor(
        "run_failure_alert_sensor",
        _watch,
        watched=(
            "Watches the runs of this code location that ended, and tells people which assets "
            "failed, why, in which cells (by address, never by value), and that they work again. "
            "A run that Dagster starts again by itself is not told."
        ),
        when_the_read_fails="When the runs cannot be read, the tick fails and the cursor stays.",
        minimum_interval_seconds=30,
    )


def _watch(
    context: dg.SensorEvaluationContext, notify: Notify, state: AlertState, now: float
) -> list[Alert]:
    alerts: list[Alert | None] = []
    for record in ended_runs(context, state.position, now):
        run = record.dagster_run
        if run.status == dg.DagsterRunStatus.SUCCESS and not state.problems.found:
            continue
        alerts += _of_run(context, notify, state, run, now)
    return [alert for alert in alerts if alert]


def _of_run(
    context: dg.SensorEvaluationContext,
    notify: Notify,
    state: AlertState,
    run: dg.DagsterRun,
    now: float,
) -> list[Alert | None]:
    problems, alerts = state.problems, []
    assets = _assets_by_step(context)
    run_url = f"{notify.ui_url()}/runs/{run.run_id}"
    failed_steps = 0
    for entry in context.instance.all_logs(run.run_id, of_type=_STEPS):
        event = entry.dagster_event
        if event is None or event.step_key is None:
            continue
        step = step_name(event.step_key)
        name = _name(step, assets, run)
        if event.event_type == dg.DagsterEventType.STEP_SUCCESS:
            alerts.append(problems.resolve(name, now, counted="failure"))
            continue
        failed_steps += 1
        failure = event.step_failure_data
        # What a blocking check stopped is check_failure_alert_sensor's to tell.
        if failure_text.is_failed_check(failure):
            continue
        reason = failure_text.of_step(failure)
        lines = [reason, *_sheet_url(context, assets.get(step, [])), f"Run: {run_url}"]
        finding = Finding(f"{name} failed", "\n".join(lines), f"{name} works again", reason)
        alerts.append(problems.observe(name, finding, now))
    name = f"A run of {run.job_name}"
    if failed_steps or run.status == dg.DagsterRunStatus.SUCCESS:
        alerts.append(problems.resolve(name, now, counted="failure"))
    else:
        reason = failure_text.of_run(run)
        finding = Finding(
            f"{name} failed", f"{reason}\nRun: {run_url}", f"{run.job_name} works again", reason
        )
        alerts.append(problems.observe(name, finding, now))
    return alerts


def step_name(step_key: str) -> str:
    """The outermost node that a step belongs to: `graph.op[1]` is of `graph`."""
    return re.split(r"[.\[]", step_key)[0]


def _assets_by_step(context: dg.SensorEvaluationContext) -> dict[str, list[dg.AssetKey]]:
    graph = context.repository_def.asset_graph  # type: ignore[union-attr]  # a tick always has one
    return {
        assets.node_def.name: sorted(assets.keys)
        for assets in graph.assets_defs
        if assets.is_executable
    }


def _name(step: str, assets: Mapping[str, list[dg.AssetKey]], run: dg.DagsterRun) -> str:
    keys = assets.get(step)
    if not keys:
        return f"{step} of {run.job_name}"
    name = keys[0].to_user_string() + (f" and {len(keys) - 1} more" if len(keys) > 1 else "")
    partition = run.tags.get("dagster/partition")
    return f"{name}, {partition}" if partition else name


def _sheet_url(context: dg.SensorEvaluationContext, keys: list[dg.AssetKey]) -> list[str]:
    graph = context.repository_def.asset_graph  # type: ignore[union-attr]  # a tick always has one
    ids = {graph.get(key).metadata.get(SPREADSHEET) for key in keys} - {None}
    return [
        f"Sheet: https://docs.google.com/spreadsheets/d/{getattr(found, 'value', found)}"
        for found in ids
    ]
