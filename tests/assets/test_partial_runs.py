"""Runs of only some of a sheet's assets, and what they find on disk."""

from __future__ import annotations

import pytest
from small_deployment import COLUMNS, QUIET, failure, materialized

from sheet_assets import settings

pytestmark = QUIET

HEADER = ["id", "amount"]


@pytest.fixture
def loaded(small, instance):
    """A table that holds two orders, and a sheet that something may happen to."""
    small.write_table()
    small.put(HEADER, [1, 10], [2, 20])
    assert small.run(instance).success
    return small


def edit(small, value):
    small.sandbox.google.drive.workbook(small.sheet).worksheet("orders").set_values([[value]], 1, 1)


def sentence(instance, result, step):
    data = failure(instance, result.run_id, step).step_failure_data
    return data.user_failure_data.description


def test_each_asset_alone_takes_what_the_one_before_it_made(loaded, instance):
    """Three runs of one asset each come to the same end as one run of all three."""
    edit(loaded, 11)
    outcomes = {}
    for name in ("sheet_csv/orders", "s3_object/orders", f"{loaded.schema}/orders"):
        result = loaded.run(instance, name)
        assert result.success
        outcomes.update(materialized(instance, result.run_id))
    assert [said["outcome"] for said in outcomes.values()] == ["read", "uploaded", "loaded"]
    assert loaded.rows() == [(1, 11), (2, 20)]


def test_a_table_alone_is_unchanged_when_nothing_was_uploaded(loaded, instance):
    """An edit that was not read yet is not in what the table takes."""
    edit(loaded, 12)
    result = loaded.run(instance, f"{loaded.schema}/orders")
    assert result.success
    assert [asset.outcome for asset in result.assets] == ["unchanged"]
    assert loaded.rows() == [(1, 10), (2, 20)]


def test_an_asset_whose_input_was_never_made_says_so(small, instance):
    """Nothing lies on this machine: the sentence says what to materialize together."""
    small.write_table()
    small.put(HEADER, [1, 10])
    result = small.run(instance, "s3_object/orders")
    assert not result.success
    said = sentence(instance, result, "s3_object/orders")
    assert said.startswith("What sheet_csv/orders has made does not lie on this machine")


def test_parts_that_were_removed_are_told(loaded, instance):
    """A part that somebody deleted, and that S3 has not yet: one sentence."""
    edit(loaded, 13)
    assert loaded.run(instance, "sheet_csv/orders").success
    for part in (settings.state_dir() / "snapshots").rglob("*.csv.zst"):
        part.unlink()
    result = loaded.run(instance, "s3_object/orders")
    assert not result.success
    assert "cannot be read on this machine" in sentence(instance, result, "s3_object/orders")


def test_a_snapshot_of_an_older_contract_is_not_loaded(loaded, instance):
    """Columns changed places: a table run alone must not COPY the old order into the new."""
    swapped = "".join(reversed(COLUMNS.splitlines(keepends=True)))
    loaded.write_table(columns=swapped)
    loaded.reloaded()
    result = loaded.run(instance, f"{loaded.schema}/orders")
    assert not result.success
    said = sentence(instance, result, f"{loaded.schema}/orders")
    assert said.startswith("The columns of orders have changed since the sheet was read.")
    assert loaded.rows() == [(1, 10), (2, 20)]
    assert loaded.run(instance).success
    assert loaded.rows() == [(1, 10), (2, 20)]


def test_reading_the_same_rows_again_says_unchanged(loaded, instance):
    """The first read is "read", the second of the same rows "unchanged", an edit "read" again."""
    outcomes = []
    for value in (10, 11):
        edit(loaded, value)
        outcomes += [asset.outcome for asset in loaded.run(instance, "sheet_csv/orders").assets]
    assert outcomes == ["unchanged", "read"]
