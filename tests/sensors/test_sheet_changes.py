"""sheet_changes_sensor on sheets that change, fail, go away and come back."""

from __future__ import annotations

import json
import uuid

import dagster as dg
import pytest
from small_deployment import QUIET

from sheet_assets.sandbox import PERSON, SERVICE_ACCOUNT

pytestmark = QUIET

HEADER = ["id", "amount"]
THEIR_ASSETS = """
import dagster as dg

ORDERS = dg.AssetKey(["{schema}", "orders"])

@dg.asset(deps=[ORDERS])
def report(): ...

@dg.asset(deps=[ORDERS], partitions_def=dg.DailyPartitionsDefinition("2026-01-01"))
def by_day(): ...

@dg.asset(deps=[ORDERS], partitions_def=dg.StaticPartitionsDefinition(["a"]))
def by_letter(): ...

@dg.asset
def unrelated(): ...

@dg.multi_asset(specs=[dg.AssetSpec("left", deps=[ORDERS]), dg.AssetSpec("right")])
def both(context): ...

dashboard = dg.AssetSpec("dashboard", deps=[report])
"""


@pytest.fixture
def orders(small):
    """A sheet of two orders, loaded nowhere yet."""
    small.write_table()
    small.put(HEADER, [1, 10], [2, 20])
    return small


def edit(small, value, cell=(1, 1), worksheet="orders"):
    """A person types into the sheet."""
    sheet = small.sandbox.google.drive.workbook(small.sheet).worksheet(worksheet)
    sheet.set_values([[value]], *cell, by=PERSON)


def now_due(ticks):
    """Let the waiting time of everything pending be over."""
    cursor = json.loads(ticks.cursor)
    for change in cursor["pending"].values():
        change["not_before"] = 0
    ticks.cursor = json.dumps(cursor)


def pending(ticks):
    """What the cursor says is not in its table yet."""
    return json.loads(ticks.cursor)["pending"]


def test_an_edit_runs_the_sheet_and_all_that_follows(orders, instance):
    """The run holds the changed sheet's assets, and the table has the edit."""
    ticks = orders.ticks(instance)
    assert ticks.tick() == ("The first tick: changes are seen from now on.", [])
    edit(orders, 11)
    _, (result,) = ticks.tick()
    assert result.success
    assert [asset.asset for asset in result.assets] == [
        "sheet_csv/orders",
        "s3_object/orders",
        f"{orders.schema}/orders",
    ]
    assert orders.rows() == [(1, 11), (2, 20)]
    assert ticks.tick() == ("No watched sheet changed.", [])
    assert pending(ticks) == {}


def test_a_tick_is_one_call_however_many_sheets_there_are(orders, instance):
    """Three sheets change, one of them twice: one changes.list, one run."""
    for name in ("second", "third"):
        orders.write_table(name, spreadsheet=f"{orders.sheet}-{name}")
        orders.put(HEADER, [1, 1], worksheet=name, spreadsheet=f"{orders.sheet}-{name}")
    ticks = orders.ticks(instance)
    ticks.tick()
    edit(orders, 12)
    edit(orders, 13)
    orders.put(HEADER, [1, 2], worksheet="second", spreadsheet=f"{orders.sheet}-second")
    orders.put(HEADER, [1, 3], worksheet="third", spreadsheet=f"{orders.sheet}-third")
    orders.sandbox.google.requests.clear()
    _, (result,) = ticks.tick()
    lists = [each for each in orders.sandbox.google.requests if each.path.endswith("/changes")]
    assert len(lists) == 1
    assert len(result.assets) == 9
    assert orders.rows("third") == [(1, 3)]


def test_a_failed_read_fails_the_tick_with_its_sentence(orders, instance, monkeypatch):
    """Google cannot be reached: the tick's error is the sentence, the cursor and the edit stay."""
    ticks = orders.ticks(instance)
    ticks.tick()
    before = ticks.cursor
    edit(orders, 14)
    with monkeypatch.context() as patch:
        patch.setenv("GOOGLE_API_ENDPOINT", "http://127.0.0.1:9")
        patch.setenv("SHEET_ASSETS_RETRY_SECONDS", "1")
        with pytest.raises(dg.DagsterError, match="did not answer") as caught:
            ticks.tick()
    # Dagster passes its own class on as it is, and wraps any other.
    assert type(caught.value) is dg.DagsterError
    assert caught.value.__cause__ is None
    assert ticks.cursor == before
    _, (result,) = ticks.tick()
    assert result.success
    assert orders.rows()[0] == (1, 14)


def test_a_warehouse_that_is_down_fails_the_tick_and_loses_no_change(orders, instance, monkeypatch):
    """Whether a change is in its table cannot be asked: the tick fails, the next one asks again."""
    ticks = orders.ticks(instance)
    ticks.tick()
    before = ticks.cursor
    edit(orders, 15)
    with monkeypatch.context() as patch:
        patch.setenv("REDSHIFT_PORT", "9")
        patch.setenv("SHEET_ASSETS_RETRY_SECONDS", "1")
        with pytest.raises(dg.DagsterError, match=r"^Redshift at 127\.0\.0\.1:9 cannot be"):
            ticks.tick()
    assert ticks.cursor == before
    _, (result,) = ticks.tick()
    assert result.success


def test_nothing_pending_asks_the_warehouse_nothing(orders, instance, monkeypatch):
    """A quiet tick needs Google only."""
    ticks = orders.ticks(instance)
    ticks.tick()
    monkeypatch.setenv("REDSHIFT_PORT", "9")
    assert ticks.tick() == ("No watched sheet changed.", [])


def test_a_missing_setting_is_the_ticks_error(orders, instance, monkeypatch):
    """The tick says which setting is missing."""
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    with pytest.raises(dg.DagsterError, match=r"^No Google service account is set"):
        orders.ticks(instance).tick()


def test_a_failed_run_does_not_consume_the_change(orders, instance):
    """A wrong cell: the change waits, is tried again later, and is done once it is right."""
    ticks = orders.ticks(instance)
    ticks.tick()
    edit(orders, "ten")
    _, (result,) = ticks.tick()
    assert not result.success
    assert pending(ticks)[orders.sheet]["attempts"] == 1
    # Waiting: no second run at once.
    assert ticks.tick() == ("1 changed sheets wait for their next run.", [])
    now_due(ticks)
    _, (again,) = ticks.tick()
    assert not again.success
    assert pending(ticks)[orders.sheet]["attempts"] == 2
    edit(orders, 10)
    _, (right,) = ticks.tick()
    assert right.success
    ticks.tick()
    assert pending(ticks) == {}


def test_a_run_that_is_under_way_is_waited_for(orders, instance):
    """While the sensor's last run works, no other is started; then it is."""
    ticks = orders.ticks(instance)
    ticks.tick()
    run = dg.DagsterRun(
        job_name="sheet_changes_job",
        run_id=str(uuid.uuid4()),
        status=dg.DagsterRunStatus.STARTED,
        tags={"dagster/sensor_name": "sheet_changes_sensor"},
    )
    instance.add_run(run)
    edit(orders, 16)
    assert ticks.tick() == ("1 changed sheets wait for their next run.", [])
    instance.report_run_failed(run)
    _, (result,) = ticks.tick()
    assert result.success


def test_two_tables_of_one_spreadsheet_are_both_waited_for(orders, instance):
    """The change stays pending while one of its two tables has not taken it in."""
    orders.write_table("second")
    orders.put(HEADER, [1, 1], worksheet="second")
    ticks = orders.ticks(instance)
    ticks.tick()
    edit(orders, "wrong", worksheet="second")
    _, (result,) = ticks.tick()
    assert not result.success
    assert orders.rows() == [(1, 10), (2, 20)]
    ticks.tick()
    assert list(pending(ticks)) == [orders.sheet]
    edit(orders, 2, worksheet="second")
    _, (result,) = ticks.tick()
    assert result.success
    ticks.tick()
    assert pending(ticks) == {}


def test_a_spreadsheet_that_is_not_shared_any_more_is_given_up(orders, instance):
    """Unshared: nothing is started for it, and its table keeps the last version."""
    assert orders.run(instance).success
    ticks = orders.ticks(instance)
    ticks.tick()
    edit(orders, "wrong")
    ticks.tick()
    assert pending(ticks)
    orders.sandbox.google.drive.unshare(orders.sheet, SERVICE_ACCOUNT)
    assert ticks.tick() == ("No watched sheet changed.", [])
    assert pending(ticks) == {}
    assert orders.rows() == [(1, 10), (2, 20)]
    # Shared again, right again: found again.
    edit(orders, 17)
    orders.sandbox.google.drive.share(orders.sheet, SERVICE_ACCOUNT)
    _, (result,) = ticks.tick()
    assert result.success
    assert orders.rows()[0] == (1, 17)


def test_a_sheet_that_left_the_defs_is_forgotten(orders, instance):
    """What is pending of a sheet that no component names any more starts nothing."""
    ticks = orders.ticks(instance)
    ticks.tick()
    cursor = json.loads(ticks.cursor)
    cursor["pending"] = {"gone": {"version": 3}}
    ticks.cursor = json.dumps(cursor)
    assert ticks.tick() == ("No watched sheet changed.", [])
    assert pending(ticks) == {}


def test_a_cursor_of_somebody_elses_is_refused(orders, instance):
    """A cursor that was typed in fails the tick and says how to get out."""
    ticks = orders.ticks(instance)
    ticks.cursor = "2026-01-01"
    with pytest.raises(dg.DagsterError, match=r"'2026-01-01'\. Reset it"):
        ticks.tick()


def test_other_peoples_assets_follow_but_for_partitioned_ones(orders, instance):
    """The run holds what follows the table, whole multi-assets, and nothing with partitions."""
    orders.write("theirs", THEIR_ASSETS, file="assets.py")
    ticks = orders.ticks(instance)
    ticks.tick()
    edit(orders, 18)
    _, (result,) = ticks.tick()
    assert result.success, result.errors
    assert {asset.asset for asset in result.assets} == {
        "sheet_csv/orders",
        "s3_object/orders",
        f"{orders.schema}/orders",
        "report",
        "left",
        "right",
    }


def test_a_tick_of_a_project_without_sheets_starts_nothing(small, instance):
    """A project that only has SheetAssets ticks in vain, but does not fail."""
    ticks = small.ticks(instance)
    ticks.tick()
    assert ticks.tick() == ("No watched sheet changed.", [])


def test_spreadsheets_are_watched_apart(orders, instance):
    """A change of one spreadsheet starts nothing of another one's assets."""
    orders.write_table("second", spreadsheet=f"{orders.sheet}-second")
    orders.put(HEADER, [1, 1], worksheet="second", spreadsheet=f"{orders.sheet}-second")
    ticks = orders.ticks(instance)
    ticks.tick()
    edit(orders, 19)
    _, (result,) = ticks.tick()
    assert all(asset.asset.endswith("orders") for asset in result.assets)
