"""Edits that are made at a bad moment: each is in its table in the end, and is loaded once."""

from __future__ import annotations

import pytest
from small_deployment import QUIET

from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox import PERSON

pytestmark = QUIET

HEADER = ["id", "amount"]
EXPORT = """
type: sheet_assets.SheetExport
attributes:
  name: total
  query: SELECT SUM(amount) AS total FROM {schema}.orders
  spreadsheet: {sheet}
  worksheet: total
"""
VERSION, VALUES, WRITE = "/drive/v3/files/", "/values:batchGet", ":batchUpdate"


@pytest.fixture
def orders(small, instance):
    """A sheet of two orders, loaded."""
    small.write_table()
    small.put(HEADER, [1, 10], [2, 20])
    assert small.run(instance).success
    return small


@pytest.fixture
def meanwhile(small, monkeypatch):
    """`meanwhile(call, what)`: do something once, before or after Google has worked on a call.

    The client that calls waits for its answer until it is done. What was done is returned.
    """
    app = small.sandbox.google._app
    answer = app._answer

    def begin(call, what, *, before=False):
        done = []

        def do():
            # First, since `what` may call the same.
            done.append(call)
            what()

        def answered(request, path, *rest):
            due = call in path and small.sheet in path
            if due and before and not done:
                do()
            found = answer(request, path, *rest)
            if due and not done:
                do()
            return found

        monkeypatch.setattr(app, "_answer", answered)
        return done

    return begin


def edit(orders, value):
    """A person types into the first order's amount."""
    sheet = orders.sandbox.google.drive.workbook(orders.sheet).worksheet("orders")
    sheet.set_values([[value]], 1, 1, by=PERSON)


def loads(orders, column="version"):
    """What the control table has of the loads of `orders`, the first one first."""
    found = (
        Redshift()
        .client()
        .query(
            f"SELECT {column} FROM sheet_assets.loads WHERE table_schema = '{orders.schema}' "
            "AND table_name = 'orders' ORDER BY loaded_at"
        )
    )
    return [value for (value,) in found]


def until_quiet(ticks):
    """Tick as the daemon does until there is nothing left to do; what each run did to the table."""
    outcomes = []
    for _ in range(5):
        said, results = ticks.tick()
        if not results:
            assert said.endswith("No watched sheet changed.")
            return outcomes
        outcomes += [
            asset.outcome
            for result in results
            for asset in result.assets
            if asset.asset.endswith("/orders") and asset.asset.startswith("raw_")
        ]
    pytest.fail(f"it does not end: {outcomes}")


@pytest.mark.parametrize(
    ("call", "outcomes"),
    [
        # The values have it already, the Drive version that is stored with them does not.
        (VERSION, ["loaded", "unchanged"]),
        (VALUES, ["loaded", "loaded"]),
    ],
)
def test_an_edit_while_the_sheet_is_read(orders, instance, meanwhile, call, outcomes):
    """Before its values were answered or after: one more run, and no value is loaded twice."""
    ticks = orders.ticks(instance)
    assert until_quiet(ticks) == []
    edit(orders, 11)
    done = meanwhile(call, lambda: edit(orders, 12))
    assert until_quiet(ticks) == outcomes
    assert done
    assert orders.rows() == [(1, 12), (2, 20)]
    assert len(set(loads(orders))) == len(loads(orders)) == 1 + outcomes.count("loaded")


def test_an_edit_and_a_tick_while_a_scheduled_run_is_going(orders, instance, meanwhile):
    """The sensor's run is faster: the other one's older rows do not overwrite the newer ones."""
    ticks = orders.ticks(instance)
    until_quiet(ticks)
    edit(orders, 13)
    found = []

    def edited_and_ticked():
        edit(orders, 14)
        found.extend(until_quiet(ticks))

    meanwhile(VALUES, edited_and_ticked)
    scheduled = orders.run(instance)
    assert found == ["loaded"]
    assert [asset.outcome for asset in scheduled.assets][-1] == "superseded"
    assert until_quiet(ticks) == []
    assert orders.rows()[0] == (1, 14)
    assert loads(orders, "rows_loaded") == [2, 2]


def test_an_edit_while_a_run_fails(orders, instance, meanwhile):
    """A wrong cell is corrected before the run has failed because of it: the next tick loads it."""
    ticks = orders.ticks(instance)
    until_quiet(ticks)
    edit(orders, "ten")
    done = meanwhile(VALUES, lambda: edit(orders, 15))
    _, (failed,) = ticks.tick()
    assert not failed.success
    assert done
    assert orders.rows()[0] == (1, 10)
    assert until_quiet(ticks) == ["loaded"]
    assert orders.rows()[0] == (1, 15)
    assert len(set(loads(orders))) == len(loads(orders)) == 2


@pytest.mark.parametrize("before", [True, False])
def test_an_edit_while_our_export_writes_into_the_same_spreadsheet(
    orders, instance, meanwhile, before
):
    """Just before the export is written, or just after: loaded, exported, and that is the end."""
    orders.write("total", EXPORT)
    orders.put(["total"], worksheet="total")
    orders.reloaded()
    ticks = orders.ticks(instance)
    until_quiet(ticks)
    edit(orders, 16)
    done = meanwhile(WRITE, lambda: edit(orders, 17), before=before)
    outcomes = until_quiet(ticks)
    assert done
    assert [outcome for outcome in outcomes if outcome != "unchanged"] == ["loaded", "loaded"]
    assert orders.rows() == [(1, 17), (2, 20)]
    total = orders.sandbox.google.drive.workbook(orders.sheet).worksheet("total")
    assert total.values()[1] == [37]
    assert len(set(loads(orders))) == len(loads(orders)) == 3
