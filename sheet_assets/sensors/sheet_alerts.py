"""`sheet_alert_sensor`: tells people which sheets cannot be followed any more."""

from collections.abc import Mapping

import dagster as dg

from sheet_assets.resources.notify import Notify
from sheet_assets.sensors.alert_sensor import AlertState, build_alert_sensor
from sheet_assets.sensors.instigators import instigators
from sheet_assets.sensors.problems import Alert, Finding
from sheet_assets.sensors.sheet_changes import NAME, read_cursor, watched_sheets

# The waiting time between two runs has then grown to its longest.
MANY_ATTEMPTS = 7


def build_sheet_alert_sensor() -> dg.SensorDefinition:
    """The sensor over the cursor of `sheet_changes_sensor`.

    Not that sensor itself: loading must not wait for alerts that cannot be delivered.
    """
    return build_alert_sensor(
        "sheet_alert_sensor",
        _watch,
        watched=(
            "Watches what sheet_changes_sensor has in its cursor, and tells people which "
            "spreadsheets were deleted or are not shared any more, and which changes are not in "
            f"their tables after {MANY_ATTEMPTS} runs; they go on being tried once an hour."
        ),
        when_the_read_fails="When that cursor cannot be read, the tick fails and this one stays.",
        minimum_interval_seconds=60,
    )


def _watch(
    context: dg.SensorEvaluationContext, notify: Notify, state: AlertState, now: float
) -> list[Alert]:
    cursors = [
        data.cursor
        for each in instigators(context)
        if each.instigator_name == NAME and (data := each.instigator_data) and data.cursor
    ]
    sheets = watched_sheets(context)
    findings = {}
    for cursor in map(read_cursor, cursors):
        for spreadsheet in cursor.gone.keys() & sheets.keys():
            findings[f"gone {spreadsheet}"] = _gone(spreadsheet, _names(sheets[spreadsheet]))
        for spreadsheet, change in cursor.pending.items():
            if spreadsheet in sheets and change.attempts >= MANY_ATTEMPTS:
                names = _names(sheets[spreadsheet])
                findings[f"stuck {spreadsheet}"] = _stuck(spreadsheet, names, notify.ui_url())
    return state.problems.settle(findings, now)


def _names(assets: Mapping[dg.AssetKey, tuple[str, str]]) -> str:
    return ", ".join(sorted(f"{schema}.{table}" for schema, table in assets.values()))


def _url(spreadsheet: str) -> str:
    return f"Sheet: https://docs.google.com/spreadsheets/d/{spreadsheet}"


def _gone(spreadsheet: str, tables: str) -> Finding:
    return Finding(
        f"The spreadsheet of {tables} was deleted, or is not shared any more",
        "Its tables keep their last version. Share it with the service account again, or set "
        f"`enabled: false` in its defs.yaml.\n{_url(spreadsheet)}",
        f"The spreadsheet of {tables} is there again",
    )


def _stuck(spreadsheet: str, tables: str, ui: str) -> Finding:
    return Finding(
        f"A change has not reached {tables} after {MANY_ATTEMPTS} runs",
        "It is tried again once an hour. The runs say what stands in its way: "
        f"{ui}/runs\n{_url(spreadsheet)}",
        f"Changes reach {tables} again",
        "stuck",
    )
