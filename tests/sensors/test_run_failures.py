"""run_failure_alert_sensor and check_failure_alert_sensor on sheets that break and are corrected."""

from __future__ import annotations

import json
import logging
import uuid

import dagster as dg
import pytest
from inbox import SECRET
from small_deployment import QUIET

from sheet_assets.cli.ticks import SensorTicks
from sheet_assets.sandbox import SERVICE_ACCOUNT

pytestmark = QUIET

HEADER = ["id", "amount"]
RUNS, CHECKS = "run_failure_alert_sensor", "check_failure_alert_sensor"
THEIR_ASSETS = """
import os
import dagster as dg

@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b"]))
def report(context):
    if os.environ.get("REPORT") == context.partition_key:
        raise ValueError("the value ten")

@dg.asset
def total(): ...

@dg.asset_check(asset=total, blocking=True)
def total_is_right():
    right = os.environ.get("TOTAL") != "wrong"
    return dg.AssetCheckResult(passed=right, description="it is ten")

@dg.asset_check(asset=total)
def total_is_even():
    even = os.environ.get("TOTAL") != "odd"
    return dg.AssetCheckResult(passed=even, severity=dg.AssetCheckSeverity.WARN)

@dg.op
def clean():
    if os.environ.get("CLEAN") == "fails":
        raise ValueError("the value ten")

@dg.job
def cleaning_job():
    clean()
"""


@pytest.fixture
def orders(small):
    """A sheet of two orders, loaded nowhere yet."""
    small.write_table()
    small.put(HEADER, [1, 10], [2, 20])
    return small


def alerting(small, instance, name=RUNS):
    """One of the sensors, after its first tick."""
    ticks = SensorTicks(small.deployment.definitions, instance, name)
    ticks.tick()
    return ticks


def test_wrong_cells_are_told_by_address_and_never_by_value(orders, instance, inbox, monkeypatch):
    """The alert has asset, number and addresses of the cells, and links; then that it works."""
    monkeypatch.setenv("SHEET_ASSETS_UI_URL", "https://dagster.example.invalid")
    ticks = alerting(orders, instance)
    orders.put(HEADER, [1, "ten"], [2, 20], ["three", 30])
    failed = orders.run(instance, "sheet_csv/orders")
    assert not failed.success
    ticks.tick()
    assert inbox.titles() == ["sheet_assets: sheet_csv/orders failed"]
    assert inbox.texts()[0].splitlines() == [
        "2 wrong cells: orders!A4 (id), orders!B2 (amount).",
        f"Sheet: https://docs.google.com/spreadsheets/d/{orders.sheet}",
        f"Run: https://dagster.example.invalid/runs/{failed.run_id}",
    ]
    orders.put(HEADER, [1, 10], [2, 20], [3, 30])
    assert orders.run(instance).success
    ticks.tick()
    assert len(inbox.titles()) == 2
    assert inbox.titles()[1].startswith(
        "sheet_assets: sheet_csv/orders works again after 1 failure in"
    )
    assert not json.loads(ticks.cursor)["problems"]["found"]


def test_the_same_failure_is_told_once_and_another_one_hourly(orders, instance, inbox):
    """A sheet that is tried again and again does not flood; its recovery counts the failures."""
    ticks = alerting(orders, instance)
    for value in ("ten", "ten", "eleven"):
        orders.put(HEADER, [1, value])
        orders.run(instance, "sheet_csv/orders")
        ticks.tick()
    orders.put(HEADER, [1, 1], ["two", 2])
    orders.run(instance, "sheet_csv/orders")
    ticks.tick()
    # Other values in the same cell are the same failure.
    assert inbox.titles() == ["sheet_assets: sheet_csv/orders failed"]
    state = json.loads(ticks.cursor)
    state["problems"]["found"]["sheet_csv/orders"]["told_at"] -= 3600
    ticks.cursor = json.dumps(state)
    orders.run(instance, "sheet_csv/orders")
    ticks.tick()
    assert inbox.titles()[1:] == ["sheet_assets: sheet_csv/orders failed, for another reason"]
    orders.put(HEADER, [1, 1], [2, 2])
    orders.run(instance, "sheet_csv/orders")
    ticks.tick()
    assert "works again after 5 failures in" in inbox.titles()[2]


def test_a_failed_asset_does_not_hide_that_another_one_works_again(orders, instance, inbox):
    """In one run one sheet fails and another works again: both are told, in one message."""
    orders.write_table("second")
    orders.put(HEADER, ["x", 1], worksheet="second")
    ticks = alerting(orders, instance)
    assert not orders.run(instance).success
    ticks.tick()
    orders.put(HEADER, [1, 1], worksheet="second")
    orders.put(HEADER, [1, "ten"])
    assert not orders.run(instance).success
    ticks.tick()
    assert inbox.titles()[0] == "sheet_assets: sheet_csv/second failed"
    assert inbox.titles()[1].startswith("sheet_assets: 2 alerts")
    assert "sheet_csv/second works again" in inbox.texts()[1]
    assert "sheet_csv/orders failed" in inbox.texts()[1]
    # What was not run because of it is no failure of its own.
    assert "s3_object/orders" not in "".join(inbox.texts())


def test_a_sheet_that_is_not_shared_says_with_whom_to_share_it(orders, instance, inbox):
    """Sentences that this package makes of names are passed on as they are."""
    ticks = alerting(orders, instance)
    orders.sandbox.google.drive.unshare(orders.sheet, SERVICE_ACCOUNT)
    orders.run(instance, "sheet_csv/orders")
    ticks.tick()
    assert f"is not shared with {SERVICE_ACCOUNT} as viewer" in inbox.texts()[0]


def test_a_missing_header_is_told_without_what_stands_there(orders, instance, inbox):
    """When the header row was deleted, the headers there are are somebody's values."""
    ticks = alerting(orders, instance)
    orders.put(["Jane Doe", 10], [2, 20])
    result = orders.run(instance, "sheet_csv/orders")
    assert "Jane Doe" in "".join(result.errors.values())
    ticks.tick()
    assert "A header that the contract declares is missing" in inbox.texts()[0]
    assert "Jane" not in "".join(inbox.texts())


def test_other_peoples_failures_are_told_by_their_kind(small, instance, inbox, monkeypatch):
    """Partitions apart, and jobs without assets; the text of an exception may hold anything."""
    small.write("theirs", THEIR_ASSETS, file="assets.py")
    ticks = alerting(small, instance)
    monkeypatch.setenv("REPORT", "a")
    monkeypatch.setenv("CLEAN", "fails")
    definitions = small.deployment.definitions
    job = definitions.resolve_implicit_global_asset_job_def()

    def report(partition):
        job.execute_in_process(
            instance=instance,
            asset_selection=[dg.AssetKey("report")],
            partition_key=partition,
            raise_on_error=False,
        )

    report("a")
    report("b")
    cleaning = definitions.resolve_job_def("cleaning_job")
    cleaning.execute_in_process(instance=instance, raise_on_error=False)
    ticks.tick()
    (text,) = inbox.texts()
    assert "report, a failed\nIt failed with ValueError; the run says why." in text
    assert "clean of cleaning_job failed" in text
    assert "ten" not in text
    monkeypatch.delenv("REPORT")
    monkeypatch.delenv("CLEAN")
    report("b")
    cleaning.execute_in_process(instance=instance)
    ticks.tick()
    assert "clean of cleaning_job works again" in inbox.titles()[1]
    assert "report, a" not in inbox.texts()[1]


def test_a_run_that_died_is_told_unless_dagster_starts_it_again(small, instance, inbox):
    """No step failed: the reason is Dagster's own word; a retry that is coming is waited for."""
    ticks = alerting(small, instance)

    def dead(**tags):
        run = dg.DagsterRun(job_name="refresh_job", run_id=str(uuid.uuid4()), tags=tags)
        instance.add_run(run)
        instance.report_run_failed(run)

    dead(**{"dagster/will_retry": "true"})
    ticks.tick()
    assert inbox.titles() == []
    dead(**{"dagster/failure_reason": "UNEXPECTED_TERMINATION", "dagster/will_retry": "false"})
    ticks.tick()
    assert inbox.titles() == ["sheet_assets: A run of refresh_job failed"]
    assert inbox.texts()[0].startswith("Its process ended unexpectedly.")
    ticks.tick()
    assert len(inbox.titles()) == 1


def test_an_alert_that_cannot_be_delivered_fails_the_tick_and_is_not_lost(
    orders, instance, inbox, monkeypatch, caplog
):
    """The tick's error is the sentence; whoever was reached is not told twice, the other later."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("SHEET_ASSETS_ALERT_URLS", f"{inbox.url('team')} {inbox.url('boss')}")
    ticks = alerting(orders, instance)
    inbox.refusing.add("boss")
    orders.put(HEADER, [1, "ten"])
    orders.run(instance, "sheet_csv/orders")
    cursor = ticks.cursor
    for _ in range(3):
        with pytest.raises(dg.DagsterError, match=r"^An alert could not be sent to json .URL 2"):
            ticks.tick()
        assert ticks.cursor == cursor
    assert inbox.titles("team") == ["sheet_assets: sheet_csv/orders failed"]
    assert inbox.titles("boss") == []
    # What happens meanwhile is seen, too.
    orders.put(HEADER, [1, 1])
    orders.run(instance, "sheet_csv/orders")
    with pytest.raises(dg.DagsterError):
        ticks.tick()
    assert len(inbox.titles("team")) == 2
    inbox.refusing.clear()
    ticks.tick()
    (text,) = inbox.texts("boss")
    assert "sheet_csv/orders failed" in text
    assert "sheet_csv/orders works again" in text
    ticks.tick()
    assert len(inbox.messages) == 3
    assert SECRET not in caplog.text


def test_a_malformed_address_fails_the_first_tick(small, instance, monkeypatch):
    """Before there is anything to tell: the sentence names the setting, and not the URL."""
    monkeypatch.setenv("SHEET_ASSETS_ALERT_URLS", f"slak://{SECRET}")
    with pytest.raises(dg.DagsterError, match="SHEET_ASSETS_ALERT_URLS") as caught:
        alerting(small, instance)
    assert SECRET not in str(caught.value)


def test_without_an_address_the_log_is_told(orders, instance):
    """The tick says that nobody is told; an address that is set later gets no old news."""
    ticks = alerting(orders, instance)
    orders.put(HEADER, [1, "ten"])
    orders.run(instance, "sheet_csv/orders")
    said, _ = ticks.tick()
    assert said.startswith("1 alerts. 1 is wrong. SHEET_ASSETS_ALERT_URLS is not set")


def test_a_run_from_before_the_first_tick_is_no_news(orders, instance, inbox):
    """A sensor that is new does not tell of the past."""
    orders.put(HEADER, [1, "ten"])
    orders.run(instance, "sheet_csv/orders")
    ticks = alerting(orders, instance)
    ticks.tick()
    assert inbox.messages == []


def test_a_tag_on_an_old_run_is_no_failure(orders, instance, inbox):
    """Dagster notes a tag as an update of the run."""
    ticks = alerting(orders, instance)
    orders.put(HEADER, [1, "ten"])
    run_id = orders.run(instance, "sheet_csv/orders").run_id
    ticks.tick()
    for _ in range(2):
        instance.add_run_tags(run_id, {"seen": "yes"})
        ticks.tick()
    state = json.loads(ticks.cursor)
    assert state["problems"]["found"]["sheet_csv/orders"]["times"] == 1
    # Long after, when the run is remembered no more.
    state["position"] = {"until": state["position"]["until"] + 1000, "seen": {}}
    ticks.cursor = json.dumps(state)
    instance.add_run_tags(run_id, {"seen": "again"})
    ticks.tick()
    assert json.loads(ticks.cursor)["problems"]["found"]["sheet_csv/orders"]["times"] == 1


def test_failed_checks_are_told_and_that_they_hold_again(small, instance, inbox, monkeypatch):
    """A blocking one once, by the check's alert; a warning says that it is one."""
    small.write("theirs", THEIR_ASSETS, file="assets.py")
    checks, runs = alerting(small, instance, CHECKS), alerting(small, instance)
    job = small.deployment.definitions.resolve_implicit_global_asset_job_def()

    def total(state):
        monkeypatch.setenv("TOTAL", state)
        job.execute_in_process(
            instance=instance, asset_selection=[dg.AssetKey("total")], raise_on_error=False
        )
        checks.tick()
        runs.tick()

    total("wrong")
    total("wrong")
    assert inbox.titles() == ["sheet_assets: The check total_is_right of total failed"]
    total("odd")
    assert "total_is_even of total failed, a warning" in inbox.texts()[1]
    assert "total_is_right of total holds again after 2 failures" in inbox.texts()[1]
    total("right")
    assert "total_is_even of total holds again after 1 failure" in inbox.titles()[2]
    assert "ten" not in "".join(inbox.texts()).replace("sheet_assets", "")


def test_checks_of_an_asset_that_failed_are_not_told_twice(orders, instance, inbox):
    """The contract's own checks fail with their sheet, whose alert names the cells."""
    checks = alerting(orders, instance, CHECKS)
    orders.put(HEADER, [1, "ten"])
    assert not orders.run(instance, "sheet_csv/orders").success
    checks.tick()
    assert inbox.messages == []
    assert not json.loads(checks.cursor)["problems"]["found"]
