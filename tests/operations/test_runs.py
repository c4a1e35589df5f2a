"""Runs: which there were, and the sentence of why one failed."""

from __future__ import annotations

import dagster as dg
import pytest

from sheet_assets.errors import OperationsError
from sheet_assets.operations import runs as module
from sheet_assets.operations.last_runs import last_runs
from sheet_assets.operations.launch import chosen, launch
from sheet_assets.operations.progress import progress
from sheet_assets.operations.run_events import Made, run_events
from sheet_assets.operations.runs import STATUSES, reason, run, runs
from sheet_assets.operations.webserver import Webserver


@pytest.fixture(scope="module")
def failed(running):
    """A run of refresh_job in which an asset fails."""
    return running.execute("refresh_job", tags={"sheet_assets/force": "true"})


@pytest.fixture(scope="module")
def raised(running):
    """A run of nightly_job whose op raises."""
    return running.execute("nightly_job")


@pytest.fixture(scope="module")
def succeeded(running):
    """A run that makes one asset."""
    return running.execute("summary_job")


def test_an_assets_failure_is_its_sentence(running, failed):
    """Why an asset failed is what its author wrote, under the asset's key."""
    found = run(running.webserver, failed)
    assert (found.job, found.status) == ("refresh_job", "FAILURE")
    assert found.tags == {"sheet_assets/force": "true"}
    assert reason(running.webserver, found) == (
        "raw_data/nps: Responses!C5: 'x' is no whole number."
    )


def test_an_ops_exception_is_the_innermost(running, raised):
    """Of an exception around an exception, the reason is the one that came first."""
    found = run(running.webserver, raised)
    assert reason(running.webserver, found) == "broken: KeyError: 'score'"


def test_a_success_has_no_reason(running, succeeded):
    """A run that succeeded failed for no reason; how long it took is known."""
    found = run(running.webserver, succeeded)
    assert reason(running.webserver, found) == ""
    assert 0 < found.seconds < 60


def test_what_a_run_made(running, succeeded, failed):
    """Each asset's outcome and rows; what failed; what was left out because of it."""
    events = run_events(running.webserver, succeeded)
    assert events.made == [Made("analytics/nps_summary", "loaded", 361)]
    events = run_events(running.webserver, failed)
    assert events.made == [Made("sheet_csv/nps", "materialized", None)]
    assert list(events.errors) == ["raw_data/nps"]
    assert (events.ended, events.working, events.not_made) == (2, [], [])


def test_filters(running, failed, raised, succeeded):
    """By state and by job; the newest first."""
    webserver = running.webserver
    failures = [each.run_id for each in runs(webserver, statuses=["FAILURE"], limit=100)]
    assert {failed, raised} <= set(failures)
    assert succeeded not in failures
    (newest, *_) = runs(webserver, job="summary_job", limit=100)
    assert newest.run_id == succeeded
    created = [each.created for each in runs(webserver, limit=100)]
    assert created == sorted(created, reverse=True)


def test_all_pages(running, failed, raised, succeeded, monkeypatch):
    """However many pages it takes, every run is there once, and no more than were asked for."""
    everything = runs(running.webserver, limit=100)
    assert len(everything) >= 3
    monkeypatch.setattr(module, "_PAGE_RUNS", 2)
    assert runs(running.webserver, limit=100) == everything
    assert runs(running.webserver, limit=3) == everything[:3]


def test_a_long_run_is_read_in_pages(running, failed, monkeypatch):
    """Events beyond the first page are read, too."""
    whole = run_events(running.webserver, failed)
    monkeypatch.setattr("sheet_assets.operations.run_events._PAGE_EVENTS", 3)
    paged = run_events(running.webserver, failed)
    assert (paged.made, paged.errors, paged.ended) == (whole.made, whole.errors, whole.ended)


def test_the_states_are_dagsters():
    """Every state that Dagster knows can be asked for, but for one that no run here has."""
    assert set(STATUSES) == {status.value for status in dg.DagsterRunStatus} - {"MANAGED"}


def test_a_run_that_is_gone_is_a_sentence(running):
    """An id that no run has is told so."""
    with pytest.raises(OperationsError, match="There is no run nope any more"):
        run(running.webserver, "nope")


def test_progress_ends_with_the_run(running, failed):
    """A run that has ended is told once, with everything that happened."""
    ((found, events),) = progress(running.webserver, failed)
    assert found.status == "FAILURE"
    assert list(events.errors) == ["raw_data/nps"]


def test_a_cancelled_run_ends_the_waiting(running):
    """While a run is queued the waiting goes on; cancelled, it ends, and says so."""
    run_id = launch(running.webserver, chosen(running.defined, ["summary_job"]))
    seen = progress(running.webserver, run_id)
    assert next(seen)[0].status == "QUEUED"
    with running.instance() as instance:
        instance.report_run_canceled(instance.get_run_by_id(run_id))
    *_, (found, events) = seen
    assert found.status == "CANCELED"
    assert reason(running.webserver, found) == events.why()
    assert "marked as canceled" in events.why()


def test_the_waiting_outlasts_a_restart_but_not_an_end():
    """A webserver that stays away longer than the patience is told; the run is not touched."""
    seen = progress(Webserver("http://127.0.0.1:1"), "run", patience_seconds=0.6)
    with pytest.raises(OperationsError, match="No Dagster webserver can be reached"):
        next(seen)


def test_the_last_run_of_everything(running, failed, succeeded):
    """Of each job its last run, of each asset whether it was made, or was to be and was not."""
    launched = launch(running.webserver, chosen(running.defined, ["other_job"]))
    defined = running.defined.within("first")
    last = last_runs(running.webserver, defined)
    jobs = {job.name: last.of_job(job) for job in defined.jobs}
    assert jobs["daily_job"] is None
    assert (jobs["other_job"].run_id, jobs["other_job"].status) == (launched, "QUEUED")
    assets = {asset.name: last.of_asset(asset) for asset in defined.assets}
    assert assets["daily"].state == "never materialized"
    assert assets["analytics/nps_summary"].materialized
    assert assets["sheet_csv/nps"].materialized
    assert assets["raw_data/nps"].materialized is None
    assert assets["raw_data/nps"].state in {"failed", "queued"}
