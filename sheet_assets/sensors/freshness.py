"""`freshness_alert_sensor`: tells people which assets are stale, and that they are fresh again."""

import dagster as dg

from sheet_assets.resources.notify import Notify
from sheet_assets.sensors.alert_sensor import AlertState, build_alert_sensor
from sheet_assets.sensors.problems import Alert, Finding, duration

# Dagster's states, and what they mean to people. UNKNOWN is an asset that nothing has made yet.
_STALE = {"FAIL": "is stale", "WARN": "is becoming stale"}


def build_freshness_alert_sensor() -> dg.SensorDefinition:
    """The sensor over all assets with a freshness policy."""
    return build_alert_sensor(
        "freshness_alert_sensor",
        _watch,
        watched=(
            "Watches what Dagster's freshness daemon found of the assets that have "
            "`freshness_hours`, or a freshness policy of your own, and tells people which are "
            "stale, and that they are fresh again."
        ),
        when_the_read_fails=(
            "When the states cannot be read, the tick fails and the cursor stays; when the daemon "
            "that finds them is down, health_sensor says so."
        ),
        minimum_interval_seconds=60,
    )


def _watch(
    context: dg.SensorEvaluationContext, notify: Notify, state: AlertState, now: float
) -> list[Alert]:
    graph = context.repository_def.asset_graph  # type: ignore[union-attr]  # a tick always has one
    policies = {
        key: policy
        for key in graph.get_all_asset_keys()
        if (policy := graph.get(key).freshness_policy) is not None
    }
    if not policies:
        return state.problems.settle({}, now)
    found = context.instance.get_freshness_state_records(list(policies))
    stale = {}
    for key, record in found.items():
        kind = _STALE.get(record.freshness_state.value)
        if kind and key in policies:
            name = key.to_user_string()
            lines = [
                _policy(policies[key]),
                f"Asset: {notify.ui_url()}/assets/{'/'.join(key.path)}",
            ]
            stale[name] = Finding(
                f"{name} {kind}", "\n".join(lines), f"{name} is fresh again", kind
            )
    return state.problems.settle(stale, now)


def _policy(policy: object) -> str:
    window = getattr(policy, "fail_window", None)
    if window is None:
        return "Its freshness policy is not met."
    return f"It has to be refreshed every {duration(window.to_timedelta().total_seconds())}."
