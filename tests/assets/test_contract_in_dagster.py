"""What Dagster is told of a contract: checks, lineage, and the report in the sheet."""

from __future__ import annotations

import dagster as dg
import pytest
from small_deployment import COLUMNS, QUIET, materialized

from sheet_assets.cli.person import Person
from sheet_assets.errors import SheetPermissionError

pytestmark = QUIET

HEADER = ["id", "amount"]
RULES = """\
    - {name: id, type: integer, key: true}
    - {name: amount, type: integer, min: 0, max: 99, required: true}
"""


def checks(instance, run_id: str) -> dict[str, bool]:
    """Which checks a run has evaluated, and whether they passed."""
    return {
        entry.dagster_event.asset_check_evaluation_data.check_name: entry.dagster_event.asset_check_evaluation_data.passed
        for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    }


def test_every_rule_of_a_good_sheet_has_passed(small, instance):
    """The UI shows each rule of the contract as a check that holds."""
    small.write_table(columns=RULES)
    small.put(HEADER, [1, 10])
    result = small.run(instance, "orders")
    said = checks(instance, result.run_id)
    assert {
        "id_is_a_key",
        "amount_is_between_0_and_99",
        "amount_is_never_blank",
        "every_header_is_there_once",
        "has_at_least_1_row",
        "every_cell_has_the_type_of_its_column",
    } <= set(said)
    assert all(said.values())


@pytest.mark.parametrize(
    ("rows", "broken"),
    [
        ([[1, 10], [1, 11]], {"id_is_a_key"}),
        ([[1, 100], [2, -1]], {"amount_is_between_0_and_99"}),
        ([[1, None], [2, "x"]], {"amount_is_never_blank", "every_cell_has_the_type_of_its_column"}),
        ([["#N/A", 1]], {"every_cell_has_the_type_of_its_column"}),
    ],
)
def test_a_wrong_cell_fails_its_own_check_and_the_run(small, instance, rows, broken):
    """The other rules of the contract pass, so the list says what is wrong at a glance."""
    small.write_table(columns=RULES)
    small.put(HEADER, *rows)
    result = small.run(instance, "orders")
    assert not result.success
    said = checks(instance, result.run_id)
    assert {name for name, passed in said.items() if not passed} == broken
    assert "id_is_a_key" in said


@pytest.mark.parametrize(
    ("rows", "broken"),
    [([HEADER], "has_at_least_1_row"), ([["id", "sum"], [1, 2]], "every_header_is_there_once")],
)
def test_a_sheet_that_was_not_looked_into_fails_one_check_only(small, instance, rows, broken):
    """No cell was looked at: their rules are neither passed nor failed."""
    small.write_table(columns=RULES)
    small.put(*rows)
    assert checks(instance, small.run(instance, "orders").run_id) == {broken: False}


def test_lineage_goes_from_the_header_to_the_column(small, instance):
    """Each asset tells which column of the one before it a column is; the first, which header."""
    small.write_table(
        columns="    - {name: id, type: integer}\n    - {name: amount, type: integer, header: Amount due}\n"
    )
    small.put(["id", "Amount due"], [1, 10])
    said = materialized(instance, small.run(instance, "orders").run_id)
    sources = {
        asset: metadata["dagster/column_lineage"].deps_by_column["amount"][0]
        for asset, metadata in said.items()
    }
    assert {
        asset: (dep.asset_key.to_user_string(), dep.column_name) for asset, dep in sources.items()
    } == {
        "sheet_csv/orders": ("google_sheet/orders", "Amount due"),
        "s3_object/orders": ("sheet_csv/orders", "amount"),
        f"{small.schema}/orders": ("s3_object/orders", "amount"),
    }


@pytest.mark.parametrize("how", ["notes", "tab"])
def test_wrong_cells_are_shown_in_the_sheet_until_they_are_right(small, instance, how):
    """A failed run reports them, a good one takes them away, and equal ones write nothing."""
    small.write_table(report_to_sheet=how)
    small.put(HEADER, [1, "ten"])
    workbook = small.sandbox.google.drive.workbook(small.sheet)
    assert not small.run(instance, "orders").success
    if how == "notes":
        assert "'ten' is not a whole number" in Person(small.sandbox).note(small.sheet, "orders!B2")
    assert (len(workbook.worksheets) == 2) == (how == "tab")
    small.sandbox.google.requests.clear()
    assert not small.run(instance, "orders").success
    assert not [
        request
        for request in small.sandbox.google.requests
        if request.path.endswith(":batchUpdate")
    ]
    Person(small.sandbox).write(small.sheet, "orders!B2", 10)
    assert small.run(instance, "orders").success
    assert Person(small.sandbox).note(small.sheet, "orders!B2") is None
    assert len(workbook.worksheets) == 1
    assert small.rows() == [(1, 10)]


def test_by_default_nothing_is_written_into_the_sheet(small, instance):
    """`report_to_sheet` is off: the run fails, and the spreadsheet is as it was."""
    small.write_table()
    small.put(HEADER, [1, "ten"])
    small.sandbox.google.requests.clear()
    assert not small.run(instance, "orders").success
    assert {
        request.method for request in small.sandbox.google.requests if request.path != "/token"
    } == {"GET"}


def test_a_report_that_cannot_be_written_is_a_warning(small, instance, monkeypatch):
    """The run still fails with the wrong cell, and the log says why the sheet does not show it."""

    def refused(*_):
        raise SheetPermissionError("Share it as editor.")

    monkeypatch.setattr("sheet_assets.assets.sheet_csv.report_cells", refused)
    small.write_table(report_to_sheet="notes", columns=COLUMNS)
    small.put(HEADER, [1, "ten"])
    result = small.run(instance, "orders")
    assert "'ten' is not a whole number" in result.errors["sheet_csv/orders"]
    warnings = [
        entry.user_message for entry in instance.all_logs(result.run_id) if entry.level == 30
    ]
    assert warnings == ["The wrong cells could not be shown in the sheet. Share it as editor."]
