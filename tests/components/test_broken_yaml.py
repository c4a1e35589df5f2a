"""A defs.yaml that cannot be loaded: one sentence with its folder and its field."""

from __future__ import annotations

import pytest
from small_deployment import PROJECT, QUIET

from sheet_assets.errors import SheetAssetsError

pytestmark = QUIET

TABLE = """\
type: sheet_assets.SheetTable
attributes:
  name: orders
  spreadsheet: orders
  worksheet: orders
  table: raw.orders
  columns:
    - {name: id, type: integer}
"""
EXPORT = """\
type: sheet_assets.SheetExport
attributes:
  name: report
  query: SELECT id FROM raw.orders
  spreadsheet: orders
  worksheet: Report
"""
SQL = """\
type: sheet_assets.SqlTable
attributes:
  table: analytics.total
  query: SELECT COUNT(*) AS total FROM raw.orders
  columns: [{name: total, type: bigint}]
"""


def sentence(small) -> str:
    """What loading the deployment is refused with."""
    with pytest.raises(SheetAssetsError) as caught:
        _ = small.deployment.definitions
    said = str(caught.value)
    assert "Traceback" not in said
    assert len(said) < 600
    return said


@pytest.mark.parametrize(
    ("yaml", "old", "new", "named"),
    [
        (TABLE, "type: integer", "type: integr", "integr"),
        (TABLE, "{name: id, type: integer}", "{name: id, typ: integer}", "columns"),
        (TABLE, "    - {name: id, type: integer}\n", "    []\n", "columns"),
        (TABLE, "    - {name: id, type: integer}\n", "    many\n", "columns"),
        (TABLE, "  worksheet: orders\n", "", "worksheet"),
        (TABLE, "  worksheet: orders\n", "  worksheet: orders\n  sheet: a\n", "sheet"),
        (TABLE, "worksheet: orders", "worksheet: [a, b]", "worksheet"),
        (TABLE, "table: raw.orders", "table: orders", "table: 'orders' must be `schema.table`"),
        (TABLE, "table: raw.orders", "table: raw.my orders", "table: 'raw.my orders'"),
        (TABLE, "name: orders", "name: my orders", "name"),
        (TABLE, "spreadsheet: orders", "spreadsheet: https://docs.google.com/x", "spreadsheet:"),
        (TABLE, "spreadsheet: orders", "spreadsheet: my orders", "spreadsheet:"),
        (TABLE, "orders\n  table", "orders\n  header_row: 0\n  table", "header_row"),
        (TABLE, "spreadsheet: orders", "spreadsheet: \"{{ setting('NOT_SET') }}\"", "NOT_SET"),
        (TABLE, "sheet_assets.SheetTable", "sheet_assets.SheetTabel", "SheetTabel"),
        (EXPORT, "worksheet: Report", 'worksheet: Report\n  anchor: "11"', "anchor: '11'"),
        (EXPORT, "SELECT id FROM raw.orders", "SELECT id FROM", "query:"),
        (EXPORT, "SELECT id FROM raw.orders", "DROP TABLE raw.orders", "query:"),
        (EXPORT, "SELECT id FROM raw.orders", "report.sql", "query: there is no file report.sql"),
        (SQL, "type: bigint", "type: big", "big"),
        (SQL, "analytics.total", "total", "table: 'total'"),
        (SQL, "table: analytics.total\n", "table: analytics.total\n  deps: [orders]\n", "orders"),
        (
            SQL,
            "FROM raw.orders",
            "FROM analytics.total",
            "query: it reads analytics.total, the table that it fills",
        ),
        (
            SQL,
            "table: analytics.total\n",
            "table: analytics.total\n  deps: [analytics.total]\n",
            "deps: analytics.total is the table itself",
        ),
        (PROJECT, PROJECT, f"{PROJECT}attributes: {{cron: every day}}\n", "cron: 'every day'"),
        (PROJECT, PROJECT, f"{PROJECT}attributes: {{time_zone: Mars}}\n", "time_zone: 'Mars'"),
        (
            PROJECT,
            PROJECT,
            f"{PROJECT}attributes: {{minimum_interval_seconds: 1}}\n",
            "minimum_interval_seconds",
        ),
        (PROJECT, PROJECT, PROJECT * 1 + "attributes: {color: red}\n", "color"),
    ],
)
def test_a_wrong_field_is_named_with_its_folder(small, yaml, old, new, named):
    """The sentence begins with the defs.yaml and has the field, for each kind of mistake."""
    assert old in yaml
    folder = "project" if yaml == PROJECT else "broken"
    small.write(folder, yaml.replace(old, new, 1))
    said = sentence(small)
    assert said.startswith(f"{folder}/defs.yaml: ")
    assert named in said


def test_bad_yaml_is_named_with_its_folder(small):
    """YAML that cannot be read is told with folder and line."""
    small.write("broken", "type: sheet_assets.SheetTable\nattributes: [\n")
    said = sentence(small)
    assert "broken" in said
    assert "line" in said


def test_a_time_zone_that_a_setting_got_wrong_is_the_settings(small, monkeypatch):
    """The name of the setting is told, since no YAML has it."""
    monkeypatch.setenv("SHEET_ASSETS_TIME_ZONE", "Mars/Base")
    assert "SHEET_ASSETS_TIME_ZONE: 'Mars/Base' is no time zone" in sentence(small)


def test_two_components_of_the_project_are_refused_in_words(small):
    """Two SheetAssets: not a conflict of resource keys, but what to remove."""
    small.write("second", PROJECT)
    assert "a project has one component of type SheetAssets" in sentence(small)


def test_a_project_without_its_component_says_what_is_missing(small):
    """Sheets without a SheetAssets: the resources they need are named."""
    small.write("orders", TABLE)
    (small.folder / "project" / "defs.yaml").unlink()
    with pytest.raises(SheetAssetsError, match=r"google|snapshots"):
        _ = small.deployment.definitions


def test_two_sheets_of_one_name_are_refused(small):
    """Two folders that build the same assets do not load."""
    small.write("orders", TABLE)
    small.write("again", TABLE)
    said = sentence(small)
    assert said.startswith("again/defs.yaml and orders/defs.yaml: ")
    assert "orders is declared twice" in said
