"""Bad input on its way into Redshift: a failed run, one sentence, and the table as it was."""

from __future__ import annotations

import pytest
from small_deployment import QUIET, failure

from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox import SERVICE_ACCOUNT

pytestmark = QUIET

HEADER = ["id", "amount"]
# Setting, wrong value, the step that fails, and what its sentence holds.
SETTINGS = [
    (
        "GOOGLE_APPLICATION_CREDENTIALS",
        "",
        "sheet_csv/orders",
        "No Google service account is set. Put the path",
    ),
    (
        "GOOGLE_APPLICATION_CREDENTIALS",
        "/no/such/key.json",
        "sheet_csv/orders",
        "GOOGLE_APPLICATION_CREDENTIALS (/no/such/key.json) cannot be read: No such file",
    ),
    (
        "GOOGLE_SERVICE_ACCOUNT_JSON",
        "{not json",
        "sheet_csv/orders",
        "GOOGLE_SERVICE_ACCOUNT_JSON is no JSON",
    ),
    (
        "GOOGLE_SERVICE_ACCOUNT_JSON",
        '{"type": "authorized_user"}',
        "sheet_csv/orders",
        "GOOGLE_SERVICE_ACCOUNT_JSON is not the key of a service account",
    ),
    (
        "SHEET_ASSETS_READS_PER_MINUTE",
        "many",
        "sheet_csv/orders",
        "SHEET_ASSETS_READS_PER_MINUTE is 'many'; it must be a whole number above zero.",
    ),
    ("SHEET_ASSETS_S3_BUCKET", "", "s3_object/orders", "SHEET_ASSETS_S3_BUCKET is not set"),
    (
        "SHEET_ASSETS_S3_BUCKET",
        "no-such-bucket",
        "s3_object/orders",
        "There is no bucket 'no-such-bucket'.",
    ),
    ("REDSHIFT_HOST", "", "{schema}/orders", "REDSHIFT_HOST is not set"),
    ("REDSHIFT_PORT", "54e9", "{schema}/orders", "REDSHIFT_PORT is '54e9'"),
    ("REDSHIFT_PASSWORD", "", "{schema}/orders", "REDSHIFT_PASSWORD is not set"),
    ("REDSHIFT_PASSWORD", "wrong", "{schema}/orders", "refuses the user 'awsuser'"),
    ("REDSHIFT_IAM_ROLE", "arn:aws:iam::1:role/other", "{schema}/orders", "role/other"),
    ("AWS_PROFILE", "nobody", "s3_object/orders", "nobody"),
]


@pytest.fixture
def loaded(small, instance):
    """A table that holds two orders, and a sheet that something may happen to."""
    small.write_table()
    small.put(HEADER, [1, 10], [2, 20])
    assert small.run(instance).success
    return small


def fail(small, instance, step="sheet_csv/orders", *names):
    """Run it, which must fail at `step` only; the failure's sentence and metadata."""
    result = small.run(instance, *names)
    assert not result.success
    assert list(result.errors) in ([step], [step.replace("/", "__")])
    data = failure(instance, result.run_id, step).step_failure_data
    assert data.user_failure_data.description
    # The sentence is all there is: no vendor's exception behind it.
    assert data.error.cause is None
    assert data.error.context is None
    said = {name: value.value for name, value in data.user_failure_data.metadata.items()}
    return data.user_failure_data.description, said


def worksheet(small, title="orders"):
    return small.sandbox.google.drive.workbook(small.sheet).worksheet(title)


def untouched(small):
    """Whether the table is as it was loaded first."""
    return small.rows() == [(1, 10), (2, 20)]


def test_a_setting_that_is_missing_or_malformed_is_named(loaded, instance, monkeypatch):
    """The failed step's description names the setting; a wrong one changes no table."""
    worksheet(loaded).set_values([[11]], 1, 1)
    for setting, value, step, sentence in SETTINGS:
        with monkeypatch.context() as patch:
            if setting == "AWS_PROFILE":
                patch.delenv("AWS_ACCESS_KEY_ID")
            if value:
                patch.setenv(setting, value)
            else:
                patch.delenv(setting)
            said, _ = fail(loaded, instance, step.replace("{schema}", loaded.schema))
        assert sentence in said, setting
    assert untouched(loaded)


def test_a_spreadsheet_that_is_not_shared_names_the_address_to_share_with(loaded, instance):
    """The sentence has the service account's e-mail, and no retry can help."""
    loaded.sandbox.google.drive.unshare(loaded.sheet, SERVICE_ACCOUNT)
    said, metadata = fail(loaded, instance)
    assert f"is not shared with {SERVICE_ACCOUNT} as viewer" in said
    assert metadata == {"error": "SheetPermissionError"}
    assert untouched(loaded)


def test_an_unknown_spreadsheet_says_where_the_id_comes_from(small, instance):
    """No such id: the sentence names it and the field to correct."""
    small.write_table(spreadsheet="no-such-spreadsheet")
    said, _ = fail(small, instance)
    assert said.startswith("There is no spreadsheet with the id no-such-spreadsheet.")
    assert "`spreadsheet` in the defs.yaml" in said


def test_an_unknown_tab_lists_the_tabs_there_are(loaded, instance):
    """The tab was renamed: the sentence lists what there is now."""
    worksheet(loaded).title = "Orders 2026"
    said, _ = fail(loaded, instance)
    assert "has no worksheet 'orders'; it has \"Orders 2026\"." in said
    assert untouched(loaded)


def test_a_missing_header_lists_what_was_found(loaded, instance):
    """A column was renamed: the sentence names the declared header and those in the sheet."""
    worksheet(loaded).set_values([["sum"]], 0, 1)
    said, metadata = fail(loaded, instance)
    assert '"amount"' in said
    assert '"sum"' in said
    assert metadata == {"error": "SheetHeaderError"}
    assert untouched(loaded)


def test_a_text_in_a_number_column_names_its_cell(loaded, instance):
    """Every wrong cell is named with its address, its value and what was expected."""
    worksheet(loaded).set_values([["ten"], ["twenty"]], 1, 1)
    said, metadata = fail(loaded, instance)
    assert "B2" in said
    assert metadata["wrong_cells"] == 2
    cells = [record.data for record in metadata["cells"].records]
    assert [(cell["cell"], cell["header"]) for cell in cells] == [
        ("orders!B2", "amount"),
        ("orders!B3", "amount"),
    ]
    assert "ten" in cells[0]["value"]
    assert untouched(loaded)


def test_thousands_of_wrong_cells_stay_a_bounded_failure(loaded, instance):
    """A column of wrong cells is counted in full, and shown in part."""
    loaded.put(HEADER, *([number, f"wrong {number}"] for number in range(3000)))
    said, metadata = fail(loaded, instance)
    assert metadata["wrong_cells"] == 3000
    assert len(metadata["cells"].records) == 200
    assert len(said) < 5000
    assert untouched(loaded)


def test_a_value_of_the_wrong_type_fails_and_is_named(loaded, instance):
    """A blank in a required column, a fraction, a boolean, too large a number: all at once."""
    loaded.put(HEADER, [None, 10], [1.5, 20], [True, 30], [4, 3_000_000_000], ["5a", 50], [6, 60])
    said, metadata = fail(loaded, instance)
    cells = {record.data["cell"] for record in metadata["cells"].records}
    assert cells == {f"orders!{address}" for address in ("A2", "A3", "A4", "B5", "A6")}
    assert all(address in said for address in ("A2", "A3", "A4", "B5", "A6"))
    assert untouched(loaded)


def test_an_empty_sheet_keeps_the_table(loaded, instance):
    """A sheet whose rows were all deleted fails, unless the contract allows it."""
    worksheet(loaded).set_values([[None, None], [None, None]], 1)
    said, _ = fail(loaded, instance)
    assert "allow_empty: true" in said
    assert untouched(loaded)
    loaded.write_table(allow_empty="true")
    loaded.reloaded()
    assert loaded.run(instance).success
    assert loaded.rows() == []


def test_a_wrong_sheet_does_not_stop_the_others(loaded, instance):
    """One sheet's wrong cell fails its own assets; the other sheet is loaded in the same run."""
    loaded.write_table("second")
    loaded.put(HEADER, [7, 70], worksheet="second")
    loaded.reloaded()
    worksheet(loaded).set_values([["ten"]], 1, 1)
    fail(loaded, instance)
    assert untouched(loaded)
    assert loaded.rows("second") == [(7, 70)]


def test_a_table_that_is_not_what_the_contract_says_is_left_alone(loaded, instance):
    """The contract's type was changed after the first load: the drift is told, nothing lost."""
    loaded.write_table(
        columns="    - {name: id, type: integer}\n    - {name: amount, type: varchar(9)}\n"
    )
    loaded.put(HEADER, [1, "ten"])
    loaded.reloaded()
    said, metadata = fail(loaded, instance, f"{loaded.schema}/orders")
    assert "amount" in said
    assert metadata == {"error": "ContractError"}
    assert untouched(loaded)


def test_a_query_that_fails_is_told_in_the_warehouses_words(loaded, instance):
    """A column that does not exist: the sentence names the table and what Redshift said."""
    loaded.write(
        "total",
        """\
        type: sheet_assets.SqlTable
        attributes:
          table: "{schema}.total"
          query: SELECT SUM(price) AS total FROM {schema}.orders
          columns: [{name: total, type: bigint}]
        """,
    )
    loaded.reloaded()
    said, _ = fail(loaded, instance, f"{loaded.schema}/total")
    assert f"The query of {loaded.schema}.total failed." in said
    assert "price" in said


def test_an_export_that_may_not_write_says_as_what_to_share(loaded, instance):
    """A spreadsheet shared for reading only is not written; the sentence asks for editor."""
    loaded.write(
        "report",
        """\
        type: sheet_assets.SheetExport
        attributes:
          name: report
          query: SELECT id, amount FROM {schema}.orders ORDER BY id
          spreadsheet: "{sheet}-report"
          worksheet: Report
        """,
    )
    loaded.put([], worksheet="Report", spreadsheet=f"{loaded.sheet}-report", shared=False)
    loaded.sandbox.google.drive.share(f"{loaded.sheet}-report", SERVICE_ACCOUNT, "reader")
    loaded.reloaded()
    said, _ = fail(loaded, instance, "exported_sheet/report")
    assert f"is not shared with {SERVICE_ACCOUNT} as editor" in said


def test_a_service_that_is_down_is_told_after_the_retries(loaded, instance, monkeypatch):
    """Redshift cannot be reached: the step says where it was looked for."""
    with monkeypatch.context() as patch:
        patch.setenv("REDSHIFT_PORT", "9")
        patch.setenv("SHEET_ASSETS_RETRY_SECONDS", "1")
        said, metadata = fail(loaded, instance, f"{loaded.schema}/orders")
    assert said.startswith("Redshift at 127.0.0.1:9 cannot be reached")
    assert metadata == {"error": "WarehouseUnavailableError"}


def test_failed_runs_leave_no_load_record(loaded, instance):
    """What did not get into the table does not stand in the control table either."""
    worksheet(loaded).set_values([["ten"]], 1, 1)
    fail(loaded, instance)
    records = (
        Redshift()
        .client()
        .query(
            "SELECT COUNT(*) FROM sheet_assets.loads WHERE table_schema = %(schema)s",
            {"schema": loaded.schema},
        )
    )
    assert records == [(1,)]
