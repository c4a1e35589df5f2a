"""What a workspace defines, and the switches of its schedules and sensors."""

from __future__ import annotations

import pytest

from sheet_assets.errors import OperationsError
from sheet_assets.operations.switch import switch, switchable
from sheet_assets.operations.webserver import Webserver
from sheet_assets.operations.workspace import workspace


def names(found):
    return [each.name for each in found]


def test_everything_is_there(running):
    """Jobs, schedules, sensors and assets of every location that loads, with what tells them apart."""
    defined = running.defined
    assert names(defined.jobs) == [
        *("daily_job", "nightly_job", "nightly_job"),
        *("other_job", "refresh_job", "summary_job"),
    ]
    assert names(defined.assets) == [
        *("analytics/nps_summary", "daily", "elsewhere/nps", "google_sheet/nps"),
        *("raw_data/nps", "sheet_csv/nps"),
    ]
    schedules = {each.name: each for each in defined.schedules}
    refresh = schedules["refresh_schedule"]
    assert (refresh.status, refresh.job, refresh.time_zone) == (
        "RUNNING",
        "refresh_job",
        "Asia/Seoul",
    )
    assert refresh.next_tick % 86400 == 0, "nine in Seoul is midnight in UTC"
    assert schedules["stopped_schedule"].next_tick is None
    assert defined.locations == ["first", "second"]


def test_active_is_what_starts_by_itself(running):
    """Only what is RUNNING, the jobs it starts, and their assets; a stopped one's job is not."""
    active = running.defined.active()
    assert names(active.schedules) == ["refresh_schedule"]
    assert names(active.sensors) == []
    assert names(active.jobs) == ["refresh_job"]
    assert names(active.assets) == ["raw_data/nps", "sheet_csv/nps"]


def test_one_location(running):
    """A location's name leaves only what it defines; an unknown one is refused with what there is."""
    second = running.defined.within("second")
    assert names(second.jobs) == ["nightly_job"]
    assert names(second.assets) == ["elsewhere/nps"]
    with pytest.raises(OperationsError, match=r"'third' that loads. There is: first, second\."):
        running.defined.within("third")


@pytest.mark.parametrize(
    ("name", "kind"), [("stopped_schedule", "schedules"), ("other_sensor", "sensors")]
)
def test_a_switch_is_switched(running, name, kind):
    """Started, then stopped: the instance has it so; what is so already changes nothing."""

    def status():
        return {each.name: each.status for each in getattr(running.defined, kind)}[name]

    assert status() == "STOPPED"
    assert switch(running.webserver, switchable(running.defined, name), "RUNNING")
    assert status() == "RUNNING"
    assert not switch(running.webserver, switchable(running.defined, name), "RUNNING")
    assert switch(running.webserver, switchable(running.defined, name), "STOPPED")
    assert status() == "STOPPED"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nope", "There is no schedule and no sensor 'nope'. Schedules: refresh_schedule, stopped_schedule. Sensors: other_sensor."),
        ("refresh_job", "refresh_job is a job, which is neither on nor off. What starts it by itself: refresh_schedule."),
        ("summary_job", "What starts it by itself: nothing."),
    ],
)  # fmt: skip
def test_what_has_no_switch_is_refused(running, name, said):
    """An unknown name lists what there is; a job says what starts it."""
    with pytest.raises(OperationsError) as error:
        switchable(running.defined, name)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("stopped_schedule", "RUNNING"),
        ("refresh_schedule", "STOPPED"),
        ("other_sensor", "RUNNING"),
    ],
)
def test_a_read_only_webserver_switches_nothing(running, name, status):
    """A webserver that only reads refuses, in a sentence."""
    webserver = Webserver(running.read_only_url)
    with pytest.raises(OperationsError, match="does not allow this: it is read-only"):
        switch(webserver, switchable(workspace(webserver), name), status)
