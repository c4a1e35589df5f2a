"""What the fields of a SheetTable make of its assets."""

from __future__ import annotations

import datetime as dt

import dagster as dg
import pytest
from small_deployment import QUIET

from sheet_assets.errors import SheetAssetsError

pytestmark = QUIET


def graph(small):
    """The assets of what was written."""
    return small.deployment.definitions.get_repository_def().asset_graph


def test_owners_tags_and_group_are_on_every_asset(small):
    """Whoever looks at any of a sheet's assets sees whose it is."""
    small.write_table(
        owners="[data@example.com, 'team:data']", tags="{domain: sales}", group_name="shop"
    )
    for key in graph(small).materializable_asset_keys:
        node = graph(small).get(key)
        assert set(node.owners) == {"data@example.com", "team:data"}
        assert node.tags["domain"] == "sales"
        assert node.group_name == "shop"


def test_freshness_is_promised_of_the_table_only(small):
    """The table is what people look at; the assets on the way to it are not stale by themselves."""
    small.write_table(freshness_hours=26)
    policies = {
        key.to_user_string(): graph(small).get(key).freshness_policy
        for key in graph(small).materializable_asset_keys
    }
    assert policies.pop(f"{small.schema}/orders") == dg.FreshnessPolicy.time_window(
        fail_window=dt.timedelta(hours=26)
    )
    assert set(policies.values()) == {None}


def test_a_schedule_of_its_own_runs_the_sheet_and_what_follows(small, monkeypatch):
    """`orders_schedule` runs by its cron in the configured zone, without the other sheets."""
    monkeypatch.setenv("SHEET_ASSETS_TIME_ZONE", "Asia/Seoul")
    small.write_table(schedule='"0 7 * * 1"')
    small.write_table("others")
    small.write(
        "total",
        """
        type: sheet_assets.SqlTable
        attributes:
          table: "{schema}.total"
          query: SELECT SUM(amount) AS total FROM {schema}.orders
          columns: [{name: total, type: bigint}]
        """,
    )
    repository = small.deployment.definitions.get_repository_def()
    schedule = repository.get_schedule_def("orders_schedule")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 7 * * 1", "Asia/Seoul")
    job = repository.get_job(schedule.job_name)
    assert {key.to_user_string() for key in job.asset_layer.executable_asset_keys} == {
        "sheet_csv/orders",
        "s3_object/orders",
        f"{small.schema}/orders",
        f"{small.schema}/total",
    }
    assert not repository.has_schedule_def("others_schedule")


def test_a_sheet_that_is_not_enabled_has_no_assets(small):
    """Nothing of it is read or loaded, and what stands in its YAML stays checked."""
    small.write_table(enabled="false")
    small.write_table("others")
    assert {key.path[-1] for key in graph(small).materializable_asset_keys} == {"others"}


def test_texts_that_look_like_something_else_stay_texts(small):
    """`off` without quotes, a tag that is a year, an owner's team of digits."""
    small.write_table(
        report_to_sheet="off", tags='{year: "2026", active: "true"}', owners='["team:7"]'
    )
    node = graph(small).get(dg.AssetKey(["sheet_csv", "orders"]))
    assert (node.tags["year"], node.tags["active"], list(node.owners)) == (
        "2026",
        "true",
        ["team:7"],
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"owners": "[somebody]"},
            "owners: 'somebody' is no e-mail address, and no team such as team:data",
        ),
        ({"tags": "{a b: x}"}, "tags: Found invalid tag keys"),
        (
            {"group_name": "my sheets"},
            "group_name: 'my sheets' must consist of letters, digits and underscores",
        ),
        ({"schedule": "weekly"}, "schedule: 'weekly' is no cron expression of five fields"),
        ({"mode": "upsert"}, "mode: must be 'replace', 'append' or 'merge'"),
        ({"mode": "merge"}, "mode: merge needs"),
        ({"delete_missing": "true"}, "delete_missing:"),
        ({"distkey": "nobody"}, "distkey: 'nobody'"),
        ({"diststyle": "key"}, "diststyle:"),
        ({"sortkey": "[nobody]"}, "sortkey: 'nobody'"),
        ({"grants": "{look: [bi]}"}, "grants: 'look'"),
        ({"freshness_hours": 0}, "freshness_hours (line"),
        ({"min_rows": -1}, "min_rows (line"),
        ({"header_row": 0}, "header_row (line"),
        ({"range": "Sheet1!A1"}, "range:"),
        ({"named_range": "orders"}, "worksheet"),
        ({"extra_columns": "drop"}, "extra_columns: must be 'ignore' or 'reject'"),
        ({"report_to_sheet": "mail"}, "report_to_sheet: must be 'off', 'notes' or 'tab'"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(small, fields, said):
    """The sentence begins with the folder and the field, before anything is read or loaded."""
    small.write_table(**fields)
    with pytest.raises(SheetAssetsError) as caught:
        _ = small.deployment.definitions
    assert str(caught.value).startswith(f"orders/defs.yaml: {said}")
