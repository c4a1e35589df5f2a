"""What an asset says: a failure's sentence, a bounded preview."""

from __future__ import annotations

import itertools

import dagster as dg
import pytest

from sheet_assets import errors
from sheet_assets.assets.outcome import PREVIEW_COLUMNS, preview, sentences, table_schema
from sheet_assets.warehouse.types import TableColumn


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (errors.SheetQuotaError, True),
        (errors.WarehouseUnavailableError, True),
        (errors.ObjectStoreUnavailableError, True),
        (errors.SheetPermissionError, False),
        (errors.SettingError, False),
        (errors.ContractError, False),
    ],
)
def test_only_what_a_retry_may_help_allows_one(error, transient):
    """A retry policy of the user's own retries services that were down, and nothing else."""
    with pytest.raises(dg.Failure) as caught, sentences():
        raise error("What went wrong.")
    assert caught.value.allow_retries is transient
    assert caught.value.description == "What went wrong."


def test_a_vendors_exception_stays_out_of_the_failure():
    """PostgreSQL's detail is a whole row: nothing of the chain is serialized."""
    vendors = ValueError("Failing row contains (secret).")
    with pytest.raises(dg.Failure) as caught, sentences():
        raise errors.QueryError("Redshift refused a statement.") from vendors
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_fault_of_our_own_keeps_its_traceback():
    """What is no SheetAssetsError is a fault in the code, and passes as it is."""
    with pytest.raises(ZeroDivisionError), sentences():
        _ = 1 / 0


def test_a_preview_is_bounded_in_rows_columns_and_characters():
    """Ten rows, thirty columns, sixty characters a cell; an endless result is not read on."""
    wide = range(PREVIEW_COLUMNS + 5)
    rows = (["x" * 500 for _ in wide] for _ in itertools.count())
    text = preview([f"column {number}" for number in wide], rows).value
    lines = text.splitlines()
    assert len(lines) == 12
    assert lines[0].rstrip("| ").endswith("…")
    assert all(len(cell.strip()) <= 60 for cell in lines[2].split("|"))
    assert len(lines[2].split("|")) == PREVIEW_COLUMNS + 3


def test_a_preview_cannot_be_broken_by_what_a_cell_holds():
    """A pipe and a newline in a cell neither add a column nor a row; NULL is blank."""
    lines = preview(["a", "b"], [["1|2\n3", None]]).value.splitlines()
    assert len(lines) == 3
    assert lines[2].count("|") - lines[2].count("\\|") == 3
    assert "None" not in lines[2]


def test_a_preview_of_nothing_has_its_header():
    """No rows: the names of the columns are shown."""
    assert "amount" in preview(["id", "amount"], []).value


def test_a_table_schema_tells_type_and_nullability():
    """The UI's schema is the contract's."""
    column = TableColumn(name="id", type="decimal(5,2)", required=True, description="The number.")
    (shown,) = table_schema([column]).columns
    assert (shown.name, shown.type, shown.description) == ("id", "decimal(5,2)", "The number.")
    assert not shown.constraints.nullable
