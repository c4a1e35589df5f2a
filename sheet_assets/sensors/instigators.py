"""The schedules and sensors of this code location, as Dagster's database has them."""

from collections.abc import Collection
from typing import Any

import dagster as dg

# Ticks in a row, the last one among them, that have to fail before it is said.
FAILED_TICKS = 3
MOST_SCHEDULES = 100
PART_SECONDS = 30


def instigators(context: dg.SensorEvaluationContext) -> list[Any]:
    """The state of each schedule and sensor that is defined now and has not been stopped.

    One that never ticked has no state.
    """
    repository = context.repository_def
    if repository is None:
        return []
    defined = {each.name for each in repository.sensor_defs}
    defined |= {each.name for each in repository.schedule_defs}
    origin = context.code_location_origin
    return [
        state
        for state in context.instance.all_instigator_state()
        if state.instigator_name in defined
        and state.is_running
        and (origin is None or _location(state) == origin.location_name)
    ]


def failing(context: dg.SensorEvaluationContext, known: Collection[str], now: float) -> list[str]:
    """The names of those whose last three ticks have all failed.

    Each is a query. Sensors say themselves whether their last tick was all right; of more than
    100 schedules only a part is asked for at a time, and those that are `known` to fail.
    """
    from dagster._core.scheduler.instigation import TickStatus  # noqa: PLC0415 - private

    finished = [TickStatus.SUCCESS, TickStatus.SKIPPED, TickStatus.FAILURE]
    states = instigators(context)
    sensors = [state for state in states if state.instigator_type.value == "SENSOR"]
    schedules = [state for state in states if state.instigator_type.value == "SCHEDULE"]
    part = int(now / PART_SECONDS) % (len(schedules) // MOST_SCHEDULES + 1)
    asked = [
        *(state for state in sensors if not _was_all_right(state)),
        *schedules[part * MOST_SCHEDULES : (part + 1) * MOST_SCHEDULES],
        *(state for state in schedules if state.instigator_name in known),
    ]
    found = set()
    for state in asked:
        ticks = context.instance.get_ticks(
            state.instigator_origin_id, state.selector_id, limit=FAILED_TICKS, statuses=finished
        )
        if len(ticks) == FAILED_TICKS and all(t.status == TickStatus.FAILURE for t in ticks):
            found.add(state.instigator_name)
    return sorted(found)


def _was_all_right(state: Any) -> bool:
    """Whether the last tick of a sensor has ended, and has not failed."""
    return bool(getattr(state.instigator_data, "last_tick_success_timestamp", None))


def _location(state: Any) -> str:
    return str(state.origin.repository_origin.code_location_origin.location_name)
