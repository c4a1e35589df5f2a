"""sheet_changes_sensor on sheets that change, fail, go away and come back."""

from __future__ import annotations

import json
import uuid

import dagster as dg
import pytest
from small_deployment import QUIET, materialized

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


def loaded(small, instance):
    """The sensor, once all sheets are in their tables and nothing is pending."""
    ticks = small.ticks(instance)
    while ticks.tick()[1]:
        pass
    return ticks


def changed(ticks, **fields):
    """Let the cursor say something else."""
    ticks.cursor = json.dumps({**json.loads(ticks.cursor), **fields})


def test_the_first_tick_loads_what_was_never_loaded(orders, instance):
    """Nobody has to edit a sheet, or wait for the schedule, for its first load."""
    orders.write_table("second", spreadsheet=f"{orders.sheet}-second")
    orders.put(HEADER, [1, 1], worksheet="second", spreadsheet=f"{orders.sheet}-second")
    assert orders.run(instance, "orders").success
    ticks = orders.ticks(instance)
    _, (result,) = ticks.tick()
    assert all(asset.asset.endswith("second") for asset in result.assets)
    assert orders.rows("second") == [(1, 1)]
    assert ticks.tick() == ("No watched sheet changed.", [])


def test_the_first_tick_finds_edits_from_before(orders, instance):
    """A sheet that was loaded, and edited before the sensor ever ticked, is loaded again."""
    assert orders.run(instance).success
    edit(orders, 21)
    _, (result,) = orders.ticks(instance).tick()
    assert result.success
    assert orders.rows()[0] == (1, 21)


def test_a_first_tick_with_nothing_behind_starts_nothing(orders, instance):
    """Everything was loaded and nothing edited: it says that it has looked."""
    assert orders.run(instance).success
    assert orders.ticks(instance).tick() == (
        "The first tick: all sheets were looked at. No watched sheet changed.",
        [],
    )


def test_a_sheet_that_is_added_is_loaded_with_the_next_tick(orders, instance):
    """Its YAML is there: it is loaded, though nobody has edited it since."""
    orders.put(HEADER, [1, 5], worksheet="second", spreadsheet=f"{orders.sheet}-second")
    before = loaded(orders, instance)
    orders.write_table("second", spreadsheet=f"{orders.sheet}-second")
    orders.reloaded()
    ticks = orders.ticks(instance)
    ticks.cursor = before.cursor
    _, (result,) = ticks.tick()
    assert all(asset.asset.endswith("second") for asset in result.assets)
    assert orders.rows("second") == [(1, 5)]


def test_a_page_token_that_google_does_not_know_begins_anew(orders, instance):
    """It says so, looks at all sheets, and loses no edit."""
    ticks = loaded(orders, instance)
    edit(orders, 22)
    changed(ticks, page_token="99999999")
    _, (result,) = ticks.tick()
    assert result.success
    assert orders.rows()[0] == (1, 22)
    assert json.loads(ticks.cursor)["page_token"] != "99999999"
    changed(ticks, page_token="no token")
    said, runs = ticks.tick()
    assert said.startswith("Google did not know the page token any more, so the list begins anew")
    assert not runs


def test_a_sweep_finds_what_the_list_has_missed(orders, instance):
    """After six hours all sheets are looked at: one call more, and the edit is loaded."""
    ticks = loaded(orders, instance)
    edit(orders, 23)
    # As if Drive had never listed it.
    now = str(orders.sandbox.google.drive.next_change)
    changed(ticks, page_token=now, next_token="")
    assert ticks.tick() == ("No watched sheet changed.", [])
    changed(ticks, swept_at=1.0)
    orders.sandbox.google.requests.clear()
    _, (result,) = ticks.tick()
    assert result.success
    assert orders.rows()[0] == (1, 23)
    calls = [each.path for each in orders.sandbox.google.requests]
    assert sum(path.endswith("/drive/v3/files") for path in calls) == 1


def test_a_sweep_finds_spreadsheets_that_are_gone(orders, instance):
    """Drive lists neither it nor its removal: it is asked for by its id, once, and is gone."""
    ticks = loaded(orders, instance)
    orders.sandbox.google.drive.unshare(orders.sheet, SERVICE_ACCOUNT)
    now = str(orders.sandbox.google.drive.next_change)
    changed(ticks, page_token=now, next_token="", swept_at=1.0)
    assert ticks.tick()[1] == []
    assert list(json.loads(ticks.cursor)["gone"]) == [orders.sheet]
    changed(ticks, swept_at=1.0)
    orders.sandbox.google.requests.clear()
    ticks.tick()
    assert not [each for each in orders.sandbox.google.requests if orders.sheet in each.path]


def test_a_change_waits_until_the_sheet_is_quiet(orders, instance):
    """People who are typing are left to it; what was never loaded does not wait."""
    orders.write("project", "type: sheet_assets.SheetAssets\nattributes: {quiet_seconds: 60}\n")
    ticks = loaded(orders, instance)
    edit(orders, 24)
    assert ticks.tick() == ("1 changed sheets wait for their next run.", [])
    waits = pending(ticks)[orders.sheet]
    assert waits["not_before"] - waits["first_seen"] == 60
    edit(orders, 25)
    ticks.tick()
    assert pending(ticks)[orders.sheet]["first_seen"] == waits["first_seen"]
    assert pending(ticks)[orders.sheet]["not_before"] > waits["not_before"]
    now_due(ticks)
    _, (result,) = ticks.tick()
    assert result.success
    assert orders.rows()[0] == (1, 25)


def test_a_change_is_loaded_once_though_it_is_listed_again(orders, instance):
    """The list is read again from some minutes ago: what is in the table starts nothing."""
    ticks = loaded(orders, instance)
    token = json.loads(ticks.cursor)["page_token"]
    edit(orders, 26)
    assert len(ticks.tick()[1]) == 1
    for _ in range(3):
        assert ticks.tick() == ("No watched sheet changed.", [])
    assert json.loads(ticks.cursor)["page_token"] == token
    assert orders.sheet in json.loads(ticks.cursor)["seen"]


def test_a_pinned_table_is_not_asked_for_again(orders, instance):
    """A restored table takes in that the sheet has changed, and keeps its rows."""
    ticks = loaded(orders, instance)
    (version,) = {
        said["version"]
        for said in materialized(instance, instance.get_run_ids()[0]).values()
        if "version" in said
    }
    edit(orders, 27)
    assert ticks.tick()[1][0].success
    assert orders.run(instance, "orders", **{"sheet_assets/version": version}).success
    edit(orders, 28)
    _, (result,) = ticks.tick()
    assert [asset.outcome for asset in result.assets][-1] == "pinned"
    assert ticks.tick() == ("No watched sheet changed.", [])
    assert orders.rows() == [(1, 10), (2, 20)]


def test_an_edit_runs_the_sheet_and_all_that_follows(orders, instance):
    """The run holds the changed sheet's assets, and the table has the edit."""
    ticks = orders.ticks(instance)
    ticks.tick()
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
    ticks = loaded(orders, instance)
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
