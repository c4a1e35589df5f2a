"""What a defs.yaml may say, and what becomes of it."""

from __future__ import annotations

import dagster as dg
import pytest
from small_deployment import QUIET

pytestmark = QUIET


def only_table(small):
    ((table, _),) = small.deployment.tables
    return table


def asset(small, key: str):
    return small.deployment.definitions.get_repository_def().asset_graph.get(
        dg.AssetKey.from_user_string(key)
    )


@pytest.mark.parametrize(
    ("yaml", "read"),
    [
        ("orders", "orders"),
        ('"2026"', "2026"),
        ('"1e5"', "1e5"),
        ("2026", 2026),
        ("\"{{ setting('TAB', '2026') }}\"", 2026),
        ("\"{{ setting('TAB', 'Q1 2026') }}\"", "Q1 2026"),
    ],
)
def test_a_tab_of_digits_in_quotes_is_a_title(small, yaml, read):
    """Only a bare number, or digits out of a setting, is a gid."""
    small.write_table(worksheet=yaml)
    worksheet = only_table(small).worksheet
    assert (worksheet, type(worksheet)) == (read, type(read))


def test_a_tab_called_like_a_year_is_loaded(small, instance):
    """The whole way: a tab "2026" is found by its title."""
    small.write_table(worksheet='"2026"')
    small.put(["id", "amount"], [1, 10], worksheet="2026")
    assert small.run(instance).success
    assert small.rows() == [(1, 10)]


def test_an_address_stands_for_its_id(small):
    """What the browser shows may be pasted as it is."""
    address = "https://docs.google.com/spreadsheets/d/1aB-c_D/edit#gid=0"
    small.write_table(spreadsheet=address)
    assert only_table(small).source().spreadsheet_id == "1aB-c_D"


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ((None, None), "by-default"),
        ((None, "from-environment"), "from-environment"),
        (("from-file", "from-environment"), "from-file"),
        (("from-file", None), "from-file"),
        (("", "from-environment"), "by-default"),
    ],
)
def test_setting_in_yaml_obeys_the_order(small, tmp_path, monkeypatch, places, found):
    """The settings file comes before the environment, and both before the YAML's default."""
    in_file, in_environment = places
    if in_file is not None:
        path = tmp_path / "settings.env"
        path.write_text(f'ORDERS_SHEET="{in_file}"\n')
        monkeypatch.setenv("SHEET_ASSETS_SETTINGS_FILE", str(path))
    if in_environment is not None:
        monkeypatch.setenv("ORDERS_SHEET", in_environment)
    small.write_table(spreadsheet="\"{{ setting('ORDERS_SHEET', 'by-default') }}\"")
    assert only_table(small).spreadsheet == found


def test_a_query_may_stand_in_a_file_with_settings(small, monkeypatch):
    """A .sql file beside the defs.yaml is read as UTF-8, `{{ setting() }}` and all."""
    monkeypatch.setenv("RAW", "raw_staging")
    small.write(
        "total",
        """\
        type: sheet_assets.SqlTable
        attributes:
          table: analytics.total
          query: total.sql
          columns: [{name: total, type: bigint}]
        """,
    )
    sql = "-- 주문 합계\nSELECT SUM(amount) AS total FROM {{ setting('RAW') }}.orders\n"
    small.write("total", sql, file="total.sql")
    total = asset(small, "analytics/total")
    assert total.parent_keys == {dg.AssetKey(["raw_staging", "orders"])}
    assert "주문 합계" in total.metadata["query"].value


def test_a_table_called_sql_is_no_file(small):
    """A query that ends in the name of a table `sql` is a query."""
    small.write(
        "report",
        """\
        type: sheet_assets.SheetExport
        attributes: {name: report, query: SELECT 1 AS a FROM raw.sql, spreadsheet: s, worksheet: w}
        """,
    )
    assert asset(small, "exported_sheet/report").parent_keys == {dg.AssetKey(["raw", "sql"])}


def test_declared_deps_come_before_what_the_sql_reads(small):
    """A query that reads a view declares the tables behind it."""
    small.write(
        "report",
        """\
        type: sheet_assets.SheetExport
        attributes:
          name: report
          query: SELECT * FROM reporting.view
          deps: [raw.orders, RAW.Returns]
          spreadsheet: s
          worksheet: w
        """,
    )
    assert asset(small, "exported_sheet/report").parent_keys == {
        dg.AssetKey(["raw", "orders"]),
        dg.AssetKey(["raw", "returns"]),
    }


@pytest.mark.parametrize("folders", [(), ("table",), ("export",), ("sql",)])
def test_a_project_of_one_kind_of_component_loads(small, instance, folders):
    """No export, no sheet, nothing at all: every job is there, and an empty one succeeds."""
    if "table" in folders:
        small.write_table()
    if "export" in folders:
        small.write(
            "report",
            """\
            type: sheet_assets.SheetExport
            attributes: {name: report, query: SELECT 1 AS a, spreadsheet: s, worksheet: w}
            """,
        )
    if "sql" in folders:
        small.write(
            "total",
            """\
            type: sheet_assets.SqlTable
            attributes:
              table: analytics.total
              query: SELECT 1 AS a
              columns: [{name: a, type: integer}]
            """,
        )
    jobs = {job.name for job in small.deployment.definitions.get_repository_def().get_all_jobs()}
    assert {"ingest_job", "export_job", "refresh_job", "sheet_changes_job"} <= jobs
    empty = "ingest_job" if "table" not in folders else "export_job"
    assert small.run(instance, empty).success


def test_the_components_fit_into_somebody_elses_definitions(small):
    """A project with its own executor, resources and partitioned assets takes ours in."""

    @dg.asset(partitions_def=dg.DailyPartitionsDefinition("2026-01-01"))
    def by_day() -> None: ...

    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a"]))
    def by_letter() -> None: ...

    small.write_table()
    merged = dg.Definitions.merge(
        small.deployment.definitions,
        dg.Definitions(
            assets=[by_day, by_letter],
            executor=dg.multiprocess_executor,
            resources={"their_s3": "anything"},
        ),
    )
    assert merged.get_repository_def().has_job("sheet_changes_job")
    assert merged.executor is dg.multiprocess_executor


def test_an_export_shows_no_rows_of_a_project_with_sensitive_columns(small, instance):
    """Only an export of sheets without sensitive columns is previewed where others have some."""
    small.write_table("open")
    small.write_table("closed", columns="    - {name: id, type: integer, sensitive: true}\n")
    for name, table in (("shown", "open"), ("hidden", "closed")):
        small.write(
            name,
            f"""\
            type: sheet_assets.SheetExport
            attributes:
              name: {name}
              query: SELECT id AS number FROM {{schema}}.{table}
              spreadsheet: "{{sheet}}"
              worksheet: {name}
            """,
        )
        small.put([], worksheet=name)
    small.put(["id", "amount"], [777, 10], worksheet="open")
    small.put(["id"], [888], worksheet="closed")
    result = small.run(instance)
    assert result.success
    previews = {
        entry.asset_materialization.asset_key.path[-1]: entry.asset_materialization.metadata[
            "preview"
        ].value
        for entry in instance.all_logs(
            result.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION
        )
        if "preview" in entry.asset_materialization.metadata
    }
    assert "777" in previews["shown"]
    assert "888" not in previews["hidden"]
    assert "number" in previews["hidden"]
