"""What the fields of a SqlTable make of its asset, and what is refused before anything is run."""

from __future__ import annotations

import dagster as dg
import pytest
from small_deployment import QUIET

from sheet_assets.errors import SheetAssetsError

pytestmark = QUIET

TOTALS = """\
type: sheet_assets.SqlTable
attributes:
  table: "{schema}.totals"
  query: SELECT id, SUM(amount) AS total FROM {schema}.orders GROUP BY id
  columns:
    - {name: id, type: integer, key: true}
    - {name: total, type: bigint, required: true}
"""
CHECKS = """\
  min_rows: 1
  input_min_rows: {"{{ setting('RAW', '{schema}') }}.orders": 2}
  input_checks:
    - name: prices_are_known
      query: SELECT id FROM {schema}.prices WHERE price IS NULL
  output_checks:
    - name: totals_grow
      description: No total is less than it was.
      query: |
        SELECT new.id FROM {rows} AS new JOIN {schema}.totals AS old ON new.id = old.id
        WHERE new.total < old.total;
"""


def node(small):
    """The table's asset, as the graph has it."""
    graph = small.deployment.definitions.get_repository_def().asset_graph
    return graph.get(dg.AssetKey([small.schema, "totals"]))


def test_each_rule_is_a_blocking_check(small):
    """Inputs first, then the result's rows, its contract, and the project's own queries."""
    small.write("totals", TOTALS + CHECKS)
    key = dg.AssetKey([small.schema, "totals"])
    definition = small.deployment.definitions.get_repository_def().assets_defs_by_key[key]
    specs = list(definition.check_specs)
    assert [spec.name for spec in specs] == [
        f"{small.schema}_orders_has_at_least_2_rows",
        "prices_are_known",
        "has_at_least_1_row",
        "id_is_a_key",
        "total_is_never_null",
        "totals_grow",
    ]
    assert all(spec.blocking for spec in specs)
    assert specs[-1].description == "No total is less than it was."


def test_what_the_checks_look_at_is_refreshed_before(small):
    """Their tables are dependencies, but for the table itself; declared ones are all there are."""
    small.write("totals", TOTALS + CHECKS)
    schema = small.schema
    tables = {dg.AssetKey([schema, "orders"]), dg.AssetKey([schema, "prices"])}
    assert set(node(small).parent_keys) == tables
    small.write("totals", f"{TOTALS}{CHECKS}  deps: ['{{schema}}.orders']\n")
    small.reloaded()
    assert set(node(small).parent_keys) == {dg.AssetKey([schema, "orders"])}


def test_a_schedule_of_its_own_runs_the_table_and_what_follows(small, monkeypatch):
    """`<schema>_totals_schedule`, by its cron, in the configured zone."""
    monkeypatch.setenv("SHEET_ASSETS_TIME_ZONE", "Asia/Seoul")
    small.write_table()
    small.write("totals", f'{TOTALS}  schedule: "0 7 * * 1"\n')
    repository = small.deployment.definitions.get_repository_def()
    schedule = repository.get_schedule_def(f"{small.schema}_totals_schedule")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 7 * * 1", "Asia/Seoul")
    assert repository.get_job(schedule.job_name).asset_layer.executable_asset_keys == {
        dg.AssetKey([small.schema, "totals"])
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("min_rows: 1", "min_rows: -1", "min_rows (line 8): must be greater than"),
        ('orders": 2', 'order": 2', "input_min_rows: the query does not read {schema}.order; it reads {schema}.orders"),
        ('orders": 2', 'orders": 0', "input_min_rows: {schema}.orders cannot have fewer than 0 rows"),
        ('orders": 2', 'orders": many', "input_min_rows"),
        ("{\"{{ setting('RAW', '{schema}') }}.orders\": 2}", "{orders: 2}", "input_min_rows: table: 'orders' must be `schema.table`"),
        ("prices_are_known", "prices are known", "input_checks: name: 'prices are known' must consist of letters"),
        ("prices_are_known", "totals_grow", "output_checks: the table has 2 checks of the name 'totals_grow'"),
        ("totals_grow", "id_is_a_key", "output_checks: the table has 2 checks of the name 'id_is_a_key'"),
        ("WHERE price IS NULL", "WHERE", "input_checks: the query of prices_are_known cannot be read ("),
        ("SELECT id FROM {schema}.prices WHERE price IS NULL", "DELETE FROM {schema}.prices", "input_checks: the query of prices_are_known must be one SELECT"),
        ("SELECT id FROM {schema}.prices WHERE price IS NULL", "known.sql", "input_checks: query: there is no file known.sql"),
        ("FROM {schema}.prices", "FROM {rows}", "input_checks: the query of prices_are_known looks at {rows}, which are not there"),
        ("FROM {rows} AS", "FROM {schema}.totals AS", "output_checks: the query of totals_grow does not look at {rows}"),
        ("FROM {rows} AS", "FROM {row} AS", "output_checks: the query of totals_grow does not look at {rows}"),
        ("    - name: prices_are_known\n      query", "    - query", "input_checks.0.name (line"),
        ("      query: SELECT id FROM", "      sql: SELECT id FROM", "input_checks.0.query (line"),
        ("id, type: integer, key: true", "id, type: integer, kee: true", "columns.0.kee"),
        ("required: true}", "required: true}\n  distkey: nobody", "distkey: 'nobody' is no column"),
        ("required: true}", "required: true}\n  sortkey: [nobody]", "sortkey: 'nobody'"),
        ("required: true}", "required: true}\n  diststyle: key", "diststyle:"),
        ("required: true}", "required: true}\n  grants: {look: [bi]}", "grants: 'look'"),
        ("required: true}", "required: true}\n  schedule: weekly", "schedule: 'weekly' is no cron expression"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_refused_by_its_name(small, old, new, said):
    """One sentence with the folder and the field, before anything is run."""
    assert old in TOTALS + CHECKS
    small.write("totals", (TOTALS + CHECKS).replace(old, new, 1))
    with pytest.raises(SheetAssetsError) as caught:
        _ = small.deployment.definitions
    told = str(caught.value)
    assert told.startswith(f"totals/defs.yaml: {said.replace('{schema}', small.schema)}")
    assert len(told) < 500
