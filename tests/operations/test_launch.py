"""What is launched, and what is refused before anything is."""

from __future__ import annotations

import pytest

from sheet_assets.assets import run_tags
from sheet_assets.errors import OperationsError
from sheet_assets.operations.launch import chosen, launch, stored_versions
from sheet_assets.operations.webserver import Webserver


def launched(running, *names, location="first", **asked):
    """Launch it; the run as the instance has it."""
    found = chosen(running.defined.within(location), names, **asked)
    run_id = launch(running.webserver, found)
    with running.instance() as instance:
        return instance.get_run_by_id(run_id)


def test_a_job_with_its_tags(running):
    """A job is queued with the tags that the assets read."""
    run = launched(running, "refresh_job", as_of="2026-01-01", force=True)
    assert (run.job_name, run.status.value) == ("refresh_job", "QUEUED")
    assert run.tags[run_tags.AS_OF_TAG] == "2026-01-01"
    assert run.tags[run_tags.FORCE_TAG] == "true"


def test_without_options_there_are_no_tags(running):
    """What was not asked for is no tag: an empty date would be one."""
    assert not {run_tags.AS_OF_TAG, run_tags.FORCE_TAG} & set(launched(running, "refresh_job").tags)


@pytest.mark.parametrize(
    ("names", "selected"),
    [
        (["nps"], {"sheet_csv/nps", "raw_data/nps"}),
        (["raw_data/nps"], {"raw_data/nps"}),
        (["raw_data/nps", "nps_summary", "raw_data/nps"], {"raw_data/nps", "analytics/nps_summary"}),
    ],
)  # fmt: skip
def test_assets_by_key_or_its_last_part(running, names, selected):
    """Exactly the named assets are selected, none of them twice, and nothing from outside."""
    run = launched(running, *names)
    assert {key.to_user_string() for key in run.asset_selection} == selected


@pytest.mark.parametrize(
    ("names", "asked", "said"),
    [
        (["nope"], {}, "There is no job and no asset 'nope'. Jobs (one at a time): daily_job,"),
        (["sheet_csv/nps", "nope"], {}, "no asset 'nope'"),
        (["refresh_job", "nps"], {}, "refresh_job is a job. A job is started alone"),
        (["google_sheet/nps"], {}, "google_sheet/nps is not made by Dagster"),
        (["refresh_schedule"], {}, "refresh_schedule is what starts refresh_job, and is running."),
        (["stopped_schedule"], {}, "stopped_schedule is what starts nightly_job, and is stopped."),
        (["other_sensor"], {}, "other_sensor is what starts other_job, and is stopped."),
        (["daily"], {}, "daily cannot be started so: daily is partitioned"),
        (["raw_data/nps"], {"as_of": "2026-01-01"}, "raw_data/nps reads no sheet, so there is nothing to restore"),
        (["summary_job"], {"as_of": "2026-01-01"}, "summary_job reads no sheet"),
        (["other_job"], {"as_of": "2026-01-01"}, "other_job reads no sheet"),
    ],
)  # fmt: skip
def test_what_cannot_run_is_refused(running, names, asked, said):
    """Unknown, external, partitioned, or nothing to restore: refused, and says what to do."""
    with pytest.raises(OperationsError) as error:
        chosen(running.defined.within("first"), names, **asked)
    assert said in str(error.value)


def test_an_op_job_of_partitions_is_refused(running):
    """A job that runs for a partition only would be accepted, and fail."""
    asked = chosen(running.defined, ["daily_job"])
    with pytest.raises(OperationsError, match=r"^daily_job is partitioned, and which"):
        launch(running.webserver, asked)


def test_what_is_defined_twice_needs_its_location(running):
    """A job or an asset of two locations is refused until one is said."""
    with pytest.raises(OperationsError, match=r"several code locations \(first, second\)"):
        chosen(running.defined, ["nightly_job"])
    with pytest.raises(OperationsError, match=r"several code locations \(first, second\)"):
        chosen(running.defined, ["nps"])
    run = launched(running, "nightly_job", location="second")
    assert run.remote_job_origin.location_name == "second"


def test_a_stopped_schedule_is_told(running):
    """The run starts; that none starts by itself is said."""
    first = running.defined.within("first")
    (note,) = chosen(first, ["nightly_job"]).notes
    assert note.startswith("stopped_schedule is stopped: this run starts, but none by itself.")
    assert chosen(first, ["refresh_job"]).notes == ()


def test_a_read_only_webserver_launches_nothing(running):
    """A webserver that only reads refuses, in a sentence."""
    asked = chosen(running.defined, ["refresh_job"])
    with pytest.raises(OperationsError, match="does not allow this: it is read-only"):
        launch(Webserver(running.read_only_url), asked)


def test_what_was_never_stored_has_no_version(running):
    """A sheet that the instance has not stored, or does not know, is left out."""
    assert stored_versions(running.webserver, ["nps", "nope"]) == {}
