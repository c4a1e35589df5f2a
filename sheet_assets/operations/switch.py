"""The switch of a schedule or a sensor: started, or stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.errors import OperationsError
from sheet_assets.operations.webserver import one_of
from sheet_assets.operations.workspace import Schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.operations.webserver import Webserver
    from sheet_assets.operations.workspace import Sensor, Workspace


def switchable(defined: Workspace, name: str) -> Schedule | Sensor:
    """The schedule or sensor of that name.

    Raises:
        OperationsError: there is none, or there are several; says what there is.
    """
    found = [each for each in defined.starters if each.name == name]
    if len(found) == 1:
        return found[0]
    if found:
        where = ", ".join(each.repository.location for each in found)
        raise OperationsError(
            f"{name} is defined in several code locations ({where}). Say which: --location."
        )
    for job in defined.jobs:
        if job.name == name:
            starters = ", ".join(each.name for each in defined.starters_of(job)) or "nothing"
            raise OperationsError(
                f"{name} is a job, which is neither on nor off. What starts it by itself: "
                f"{starters}."
            )
    raise OperationsError(
        f"There is no schedule and no sensor {name!r}. Schedules: {_names(defined.schedules)}. "
        f"Sensors: {_names(defined.sensors)}."
    )


def switch(webserver: Webserver, what: Schedule | Sensor, status: str) -> bool:
    """Make it RUNNING or STOPPED; whether it was not so already.

    Raises:
        OperationsError: the webserver refuses.
    """
    if what.status == status:
        return False
    selector = what.repository.selector
    if isinstance(what, Schedule):
        if status == "RUNNING":
            answer = webserver.ask("start_schedule", selector=selector(scheduleName=what.name))
            one_of(answer["startSchedule"], "ScheduleStateResult")
        else:
            answer = webserver.ask("stop_schedule", id=what.state_id)
            one_of(answer["stopRunningSchedule"], "ScheduleStateResult")
    elif status == "RUNNING":
        answer = webserver.ask("start_sensor", selector=selector(sensorName=what.name))
        one_of(answer["startSensor"], "Sensor")
    else:
        answer = webserver.ask("stop_sensor", id=what.state_id)
        one_of(answer["stopSensor"], "StopSensorMutationResult")
    return True


def _names(found: Sequence[Schedule] | Sequence[Sensor]) -> str:
    return ", ".join(each.name for each in found) or "none"
