"""An alert sensor: something is watched, and people are told when it goes wrong and right."""

import time
from collections.abc import Callable

import dagster as dg
from pydantic import BaseModel

from sheet_assets.clients.alert_targets import SETTING
from sheet_assets.errors import SheetAssetsError
from sheet_assets.resources.notify import Notify
from sheet_assets.sensors.ended_runs import Position
from sheet_assets.sensors.kept_cursor import KeptCursor, parsed
from sheet_assets.sensors.outbox import Outbox
from sheet_assets.sensors.problems import Alert, Problems
from sheet_assets.sensors.sentence import sentence

_CURSOR = (
    "The cursor holds what is wrong at the moment, since when, what people were told of it, and "
    "the alerts that still wait for an address. A problem is told once, again when its cause "
    "changes (at most hourly) and once a day; that it is over is told, too. All alerts of a tick "
    "are one message, and an address gets at most ten an hour. An alert that cannot be delivered "
    "fails the tick with a sentence, and is sent with the next one to those who missed it. "
    "Starts no run."
)


class AlertState(BaseModel):
    """What an alert sensor knows; its cursor."""

    position: Position = Position()
    problems: Problems = Problems()
    outbox: Outbox = Outbox()


Watch = Callable[[dg.SensorEvaluationContext, Notify, AlertState, float], list[Alert]]


def build_alert_sensor(
    name: str,
    watch: Watch,
    *,
    watched: str,
    when_the_read_fails: str,
    minimum_interval_seconds: int,
    afterwards: Callable[[Notify, AlertState], str] | None = None,
) -> dg.SensorDefinition:
    """A sensor that tells people what `watch` finds.

    Args:
        name: Its name.
        watch: Looks, keeps what it finds in the state, and returns what people are to be told.
        watched: For the UI: the fact that is watched.
        when_the_read_fails: For the UI: what then happens.
        minimum_interval_seconds: How often it looks.
        afterwards: What else is to be done once the alerts are out; says what it did.
    """

    @dg.sensor(
        name=name,
        minimum_interval_seconds=minimum_interval_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"{watched} {_CURSOR} {when_the_read_fails}",
    )
    def alert_sensor(context: dg.SensorEvaluationContext, notify: Notify) -> dg.SensorResult:
        with sentence():
            return _tick(context, notify, name, watch, afterwards)

    return alert_sensor


def _tick(
    context: dg.SensorEvaluationContext,
    notify: Notify,
    name: str,
    watch: Watch,
    afterwards: Callable[[Notify, AlertState], str] | None,
) -> dg.SensorResult:
    # A malformed URL is refused before there is anything to tell.
    targets = notify.targets()
    now = time.time()
    cursor = KeptCursor(context)
    state = parsed(AlertState, cursor.text, name)
    alerts = watch(context, notify, state, now)
    for alert in alerts:
        context.log.warning("%s\n%s", alert.title, alert.text)
    state.outbox.put(alerts, targets)
    refused = state.outbox.deliver(targets, now)
    did = ""
    if afterwards and not refused:
        try:
            did = afterwards(notify, state)
        except SheetAssetsError as error:
            refused.append(str(error))
    if refused:
        cursor.keep(state.model_dump_json())
        raise SheetAssetsError(" ".join(refused))
    return dg.SensorResult(
        skip_reason=" ".join(filter(None, [_said(len(alerts), state, told=bool(targets)), did])),
        cursor=state.model_dump_json(),
    )


def _said(alerts: int, state: AlertState, *, told: bool) -> str:
    wrong = len(state.problems.found)
    news = f"{alerts} alerts. " if alerts else ""
    said = f"{news}{wrong or 'Nothing'} {'things are' if wrong > 1 else 'is'} wrong."
    if not told:
        return f"{said} {SETTING} is not set, so nobody is told but this log."
    if state.outbox.waiting:
        return f"{said} {state.outbox.waiting} alerts wait: ten messages an hour are the most."
    return said
