"""The orders, loaded into a sandbox: tests as somebody writes them who uses the package."""

from functools import cache

import dagster as dg
import pytest
from their_orders.definitions import defs

from sheet_assets.sandbox.redshift.statement_faults import StatementFault

SHEET = [
    ["id", "customer", "Ordered on", "amount"],
    [1, "Ada", 46082, 12.5],
    [2, "Grace", 46083, 7],
]


@pytest.fixture
def orders(sheet_assets_sandbox):
    """The sheet with two orders."""
    sheet_assets_sandbox.put("their-orders", *SHEET, worksheet="Orders")
    return sheet_assets_sandbox


@cache
def refresh_job():
    """The job, loaded once."""
    return defs().resolve_job_def("refresh_job")


def load():
    """Run everything, in this process."""
    with dg.DagsterInstance.get() as instance:
        return refresh_job().execute_in_process(instance=instance, raise_on_error=False)


def rows(sandbox):
    """What Redshift holds."""
    with sandbox.connect().cursor() as cursor:
        cursor.execute("SELECT id, customer, ordered_on::varchar, amount FROM their_raw.orders")
        return sorted((number, name, day, float(much)) for number, name, day, much in cursor)


def test_a_person_corrects_an_amount(orders):
    """What a person types into the sheet is in the table after the next run."""
    assert load().success
    assert rows(orders) == [(1, "Ada", "2026-03-01", 12.5), (2, "Grace", "2026-03-02", 7.0)]
    orders.gspread().open_by_key("their-orders").worksheet("Orders").update_acell("D3", "8.25")
    assert load().success
    assert rows(orders)[1] == (2, "Grace", "2026-03-02", 8.25)
    orders.servers.redshift.faults.add(StatementFault("refuse", times=99))


def test_every_test_begins_with_nothing(orders):
    """No table, no object, no row and no fault of another test is there."""
    with orders.connect().cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'their_raw'")
        assert cursor.fetchone() == (0,)
    bucket, prefix = (orders.settings[f"SHEET_ASSETS_S3_{name}"] for name in ("BUCKET", "PREFIX"))
    kept = {"Bucket": bucket, "Prefix": prefix}
    assert orders.s3().list_objects_v2(**kept)["KeyCount"] == 0
    orders.put("their-orders", *SHEET[:2], worksheet="Orders")
    assert load().success
    assert rows(orders) == [(1, "Ada", "2026-03-01", 12.5)]
    assert orders.s3().list_objects_v2(**kept)["KeyCount"] > 0


def test_a_sheet_that_is_not_shared(orders):
    """The run fails, and names the address to share the sheet with."""
    orders.unshare("their-orders")
    result = load()
    assert not result.success
    (failure,) = [event for event in result.all_events if event.is_step_failure][:1]
    said = str(failure.step_failure_data.user_failure_data.description)
    assert orders.service_account in said
    orders.share("their-orders", "reader")
    shared = orders.gspread(orders.service_account).open_by_key("their-orders")
    assert shared.worksheet("Orders").acell("B2").value == "Ada"
