"""What Dagster is told of a query's table: its checks, and where its columns come from."""

from __future__ import annotations

import dagster as dg
import pytest
from small_deployment import QUIET, failure, materialized

from sheet_assets.sensors import failure_text

pytestmark = QUIET

COLUMNS = """\
    - {name: id, type: integer, key: true}
    - {name: email, type: varchar(99), sensitive: true}
    - {name: amount, type: integer}
"""
# What comes from the sheet's sensitive column is so without being told.
TOTALS = """\
type: sheet_assets.SqlTable
attributes:
  table: "{schema}.totals"
  query: SELECT LOWER(email) AS buyer, SUM(amount) AS total, COUNT(*) AS n FROM {schema}.orders GROUP BY 1
  input_min_rows: {"{schema}.orders": 2}
  output_checks:
    - name: totals_are_positive
      query: SELECT UPPER(buyer) AS who, total FROM {rows} WHERE total <= 0
  grants: {select: [public]}
  sortkey: [buyer]
  columns:
    - {name: buyer, type: varchar(99), required: true}
    - {name: total, type: bigint, unique: true}
    - {name: n, type: bigint}
"""
HEADER = ["id", "email", "amount"]


def checks(instance, run_id: str, table: str) -> dict[str, dg.AssetCheckEvaluation]:
    """The checks of the table that a run has evaluated."""
    found = [
        entry.dagster_event.asset_check_evaluation_data
        for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    ]
    return {check.check_name: check for check in found if check.asset_key.path[-1] == table}


@pytest.fixture
def totals(small, instance):
    """A table of totals that was loaded once."""
    small.write_table(columns=COLUMNS)
    small.write("totals", TOTALS)
    small.put(HEADER, [1, "Ann@example.com", 10], [2, "Bea@example.com", 20])
    assert small.run(instance).success
    return small


def test_checks_and_lineage_of_a_good_load(totals, instance):
    """Every check has passed, and each column says which column of which table it comes from."""
    (run,) = instance.get_runs()
    assert {
        name: check.passed for name, check in checks(instance, run.run_id, "totals").items()
    } == {
        f"{totals.schema}_orders_has_at_least_2_rows": True,
        "buyer_is_never_null": True,
        "total_is_unique": True,
        "totals_are_positive": True,
    }
    metadata = materialized(instance, run.run_id)[f"{totals.schema}/totals"]
    lineage = metadata["dagster/column_lineage"].deps_by_column
    orders = dg.AssetKey([totals.schema, "orders"])
    assert lineage == {
        "buyer": [dg.TableColumnDep(orders, "email")],
        "total": [dg.TableColumnDep(orders, "amount")],
    }


def test_a_wrong_result_stays_unseen_and_hides_what_is_sensitive(totals, instance):
    """The run fails with sentences, the checks with their names; an alert has the names only."""
    rows = totals.rows("totals")
    totals.put(HEADER, [1, "Ann@example.com", -5], [2, "Bea@example.com", -5], [3, None, 7])
    result = totals.run(instance)
    said = result.errors[f"{totals.schema}/totals"]
    assert "buyer_is_never_null: 1 row with NULL in buyer." in said
    assert "total_is_unique: 1 value of total repeated: total -5, times 2." in said
    assert "totals_are_positive: 2 rows found, such as who (hidden), total -5; who (hidden)" in said
    assert "ann@" not in said.lower()
    assert totals.rows("totals") == rows
    found = checks(instance, result.run_id, "totals")
    assert {name for name, check in found.items() if check.passed} == {
        f"{totals.schema}_orders_has_at_least_2_rows"
    }
    assert found["total_is_unique"].metadata["found"].value == 1
    event = failure(instance, result.run_id, f"{totals.schema}/totals")
    assert failure_text.of_step(event.step_failure_data) == (
        "3 checks do not hold: buyer_is_never_null, total_is_unique, totals_are_positive."
    )


def test_a_failed_input_says_nothing_of_the_result(totals, instance):
    """The query was not run: its checks are neither passed nor failed, and the rows stay."""
    rows = totals.rows("totals")
    totals.put(HEADER, [1, "Ann@example.com", 10], [None, None, None])
    result = totals.run(instance)
    found = checks(instance, result.run_id, "totals")
    assert {name: check.passed for name, check in found.items()} == {
        f"{totals.schema}_orders_has_at_least_2_rows": False
    }
    assert "has fewer than 2 rows: found 1" in result.errors[f"{totals.schema}/totals"]
    assert totals.rows("totals") == rows
