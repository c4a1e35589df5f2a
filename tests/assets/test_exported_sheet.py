"""The exported sheet as an asset: what its materialization says, and what it must not show."""

from __future__ import annotations

import base64
import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from small_deployment import QUIET, SmallDeployment, failure, instance, materialized, small

from sheet_assets.assets import exported_sheet
from sheet_assets.clients.sheet_export import query
from sheet_assets.resources.shared_state import export_locks

if TYPE_CHECKING:
    import dagster as dg

pytestmark = QUIET
__all__ = ["instance", "small"]

COLUMNS = """\
    - {name: day, type: date}
    - {name: amount, type: integer}
    - {name: phone, type: varchar(20)%s}
"""
EXPORT = """\
type: sheet_assets.SheetExport
attributes:
  name: report
  query: SELECT day, amount AS total, phone FROM {schema}.orders ORDER BY day
  spreadsheet: {sheet}
  worksheet: report
  create_worksheet: true
  columns: [{name: day, header: Day}, {name: total, number_format: "#,##0"}, {name: phone}]
  chart: {type: column, x: day, y: [total]}
  stamp: true
  schedule: 0 6 * * *
"""
DAY = (dt.date(2026, 11, 20) - dt.date(1899, 12, 30)).days
KEY = "exported_sheet/report"


def exported(small: SmallDeployment, instance: dg.DagsterInstance) -> dict[str, Any]:
    ran = small.run(instance)
    assert ran.success, ran.errors
    return materialized(instance, ran.run_id)[KEY]


def test_a_materialization_says_what_was_written(
    small: SmallDeployment, instance: dg.DagsterInstance
) -> None:
    """Where, how many rows, what changed, where columns come from, a preview and a plot."""
    small.write_table(columns=COLUMNS % "")
    small.write("report", EXPORT)
    small.put(["day", "amount", "phone"], [DAY, 1000, "555-1"], [DAY + 1, 2000, "555-2"])
    first = exported(small, instance)
    assert (first["outcome"], first["dagster/row_count"]) == ("written", 2)
    assert first["rectangle"] == "report!A1:C3"
    assert (first["rows_added"], first["rows_changed"], first["rows_removed"]) == (2, 0, 0)
    lineage = first["dagster/column_lineage"].deps_by_column
    assert {header: deps[0].column_name for header, deps in lineage.items()} == {
        "Day": "day",
        "total": "amount",
        "phone": "phone",
    }
    assert {dep.asset_key.path[-1] for deps in lineage.values() for dep in deps} == {"orders"}
    assert "2026-11-20" in first["preview"]
    picture = first["plot"].partition("base64,")[2].partition(")")[0]
    assert base64.b64decode(picture)[:4] == b"\x89PNG"
    small.put(["day", "amount", "phone"], [DAY, 1001, "555-1"], [DAY + 1, 2000, "555-2"])
    second = exported(small, instance)
    assert (second["rows_added"], second["rows_changed"], second["cells_changed"]) == (0, 1, 1)
    assert "total: 1000 → 1001" in second["changes"]
    third = exported(small, instance)
    assert third["outcome"] == "unchanged"
    assert "changes" not in third


def test_the_query_waits_for_the_export_before_it(
    small: SmallDeployment, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results are written in the order in which they were queried, so no older one comes last."""
    held: list[str] = []

    def queried(*args: Any) -> Any:
        lock = export_locks().held(f"exports/{small.sheet}", 0)
        with pytest.raises(TimeoutError), lock:
            pass
        held.append("held")
        return query.queried(*args)

    monkeypatch.setattr(exported_sheet, "queried", queried)
    small.write_table(columns=COLUMNS % "")
    small.write("report", EXPORT)
    small.put(["day", "amount", "phone"], [DAY, 1000, "555-1"])
    assert exported(small, instance)["outcome"] == "written"
    assert held == ["held"]


def test_a_picture_of_the_same_rows_is_not_drawn_again(
    small: SmallDeployment, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the last one; other rows are drawn."""
    drawn: list[str] = []

    def png(x: str, y: Any, *_: Any) -> bytes:
        drawn.append(f"{y} over {x}")
        return str(len(drawn)).encode()

    monkeypatch.setattr("sheet_assets.assets.plot._png", png)
    small.write_table(columns=COLUMNS % "")
    small.write("report", EXPORT)
    small.put(["day", "amount", "phone"], [DAY, 1000, "555-1"])
    first, again = (exported(small, instance)["plot"] for _ in range(2))
    assert first == again
    assert len(drawn) == 1
    small.put(["day", "amount", "phone"], [DAY, 1001, "555-1"])
    assert exported(small, instance)["plot"] != again
    assert drawn == ["('total',) over day"] * 2


def test_what_is_sensitive_is_in_the_sheet_and_nowhere_in_dagster(
    small: SmallDeployment, instance: dg.DagsterInstance
) -> None:
    """A column that comes from a sensitive one is hidden in preview and changes, the others not."""
    small.write_table(columns=COLUMNS % ", sensitive: true")
    small.write("report", EXPORT)
    small.put(["day", "amount", "phone"], [DAY, 1000, "555-1"])
    told = exported(small, instance)
    assert "1000" in told["preview"]
    assert "total: 1000" in told["changes"]
    assert "555" not in str(told)
    workbook = small.sandbox.google.drive.workbook(small.sheet)
    assert workbook.worksheet("report").values()[1] == [DAY, 1000, "555-1"]


def test_a_query_without_rows_fails_in_a_sentence(
    small: SmallDeployment, instance: dg.DagsterInstance
) -> None:
    """The sheet keeps its rows, and the step says how an empty one is allowed."""
    small.write_table(columns=COLUMNS % "", allow_empty="true")
    small.write("report", EXPORT)
    small.put(["day", "amount", "phone"])
    ran = small.run(instance)
    assert not ran.success
    said = failure(instance, ran.run_id, KEY).step_failure_data.user_failure_data
    assert said is not None
    assert "The query of report returned no rows, and the sheet is as it was" in str(
        said.description
    )


def test_an_export_has_a_schedule_of_its_own(small: SmallDeployment) -> None:
    """`schedule` makes a job of the export and what follows it."""
    small.write_table(columns=COLUMNS % "")
    small.write("report", EXPORT)
    repository = small.deployment.definitions.get_repository_def()
    assert repository.get_schedule_def("report_export_schedule").cron_schedule == "0 6 * * *"
    keys = repository.get_job("report_export_job").asset_layer.selected_asset_keys
    assert {key.to_user_string() for key in keys} == {KEY}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("table: a.b\n  query: SELECT 1 AS x", "query: give either `query` or `table`"),
        ("mode: upsert\n  query: SELECT 1 AS x", "key: mode upsert needs the columns"),
        (
            "columns: [{name: x}, {name: x}]\n  query: SELECT 1 AS x",
            "columns: the name 'x' stands twice",
        ),
        (
            'columns: [{name: x, number_format: "text"}]\n  query: SELECT 1 AS x',
            "columns.0.number_format: 'text' is no number format",
        ),
        ("chart: {x: a}\n  query: SELECT 1 AS x", "chart.y: is missing"),
        ("query: SELEC 1 FROM", "query: the query"),
    ],
)
def test_a_wrong_export_is_refused_by_folder_and_field(
    small: SmallDeployment, fields: str, said: str
) -> None:
    """Loading the definitions names the folder, the field and the remedy."""
    from sheet_assets.errors import SheetAssetsError

    small.write(
        "report",
        f"type: sheet_assets.SheetExport\nattributes:\n  name: report\n  spreadsheet: id\n"
        f"  worksheet: w\n  {fields}\n",
    )
    with pytest.raises(SheetAssetsError) as refused:
        _ = small.deployment.definitions
    assert str(refused.value).startswith("report/defs.yaml: ")
    assert said in re.sub(r" \(line \d+\)", "", str(refused.value))
