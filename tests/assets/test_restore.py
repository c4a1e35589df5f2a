"""Runs that ask for an earlier version: restored, pinned, and let go again."""

from __future__ import annotations

import datetime as dt

import pytest
from small_deployment import QUIET, failure, materialized

from sheet_assets.resources.redshift import Redshift

pytestmark = QUIET

HEADER = ("id", "amount")
A = (HEADER, (1, 10), (2, 20))
B = (HEADER, (1, 11), (2, 20), (3, 30))
AS_OF, VERSION, LATEST = ("sheet_assets/as_of", "sheet_assets/version", "sheet_assets/latest")


def load(small, instance, *rows) -> str:
    """Make these the sheet's rows, load them, and say which version they are."""
    small.put(*rows)
    result = small.run(instance, "orders")
    assert result.success, result.errors
    return materialized(instance, result.run_id)["sheet_csv/orders"]["version"]


def outcomes(result) -> dict[str, str]:
    """What a run did to each asset of the sheet, by the first part of its key."""
    return {asset.asset.partition("/")[0]: asset.outcome for asset in result.assets}


def age(small, version: str, days: int) -> None:
    """Let a version have been read and loaded some days ago."""
    moments = ("first_read_at", "read_at", "loaded_at")
    Redshift().client().run(
        lambda session: session.execute(
            f"UPDATE sheet_assets.loads SET {', '.join(f'{each} = {each} - %(ago)s' for each in moments)}"
            " WHERE version = %(version)s AND table_schema = %(schema)s",
            {"ago": dt.timedelta(days=days), "version": version, "schema": small.schema},
        )
    )


def days_ago(days: int) -> str:
    """A date, as the tag has it."""
    return str((dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).date())


def test_a_version_comes_back_stays_and_is_let_go(small, instance):
    """Restored from S3 without a look at the sheet; pinned against refreshes; then the latest."""
    small.write_table()
    first = load(small, instance, *A)
    load(small, instance, *B)
    small.sandbox.google.requests.clear()
    restored = small.run(instance, "orders", **{VERSION: first[:10]})
    assert outcomes(restored) == {
        "sheet_csv": "restored",
        "s3_object": "verified",
        small.schema: "loaded",
    }
    assert small.rows() == list(A[1:])
    assert len(small.sandbox.google.requests) == 0

    refreshed = small.run(instance, "orders", **{"sheet_assets/force": "true"})
    assert outcomes(refreshed)[small.schema] == "pinned"
    assert small.rows() == list(A[1:])

    latest = small.run(instance, "orders", **{LATEST: "true"})
    assert outcomes(latest)[small.schema] == "loaded"
    assert small.rows() == list(B[1:])
    assert outcomes(small.run(instance, "orders"))[small.schema] == "unchanged"


def test_a_date_means_the_newest_version_read_before_it_ended(small, instance):
    """Of A five days ago and B two days ago, three days ago it was A, and yesterday B."""
    small.write_table()
    age(small, load(small, instance, *A), 5)
    age(small, load(small, instance, *B), 2)
    assert small.run(instance, "orders", **{AS_OF: days_ago(3)}).success
    assert small.rows() == list(A[1:])
    assert small.run(instance, "orders", **{AS_OF: days_ago(1)}).success
    assert small.rows() == list(B[1:])


def test_a_version_that_was_read_again_and_again_counts_from_its_first_reading(small, instance):
    """A was loaded five days ago and read again yesterday: three days ago it was A."""
    small.write_table()
    first = load(small, instance, *A)
    age(small, first, 5)
    assert outcomes(small.run(instance, "orders"))[small.schema] == "unchanged"
    load(small, instance, *B)
    assert small.run(instance, "orders", **{AS_OF: days_ago(3)}).success
    assert small.rows() == list(A[1:])


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({AS_OF: "2001-01-01"}, "No version of orders was read before 2001-01-02 00:00 UTC"),
        ({AS_OF: "last week"}, "'last week' is no date; write it as 2026-11-20"),
        ({AS_OF: "2999-01-01"}, "2999-01-01 has not begun yet"),
        ({VERSION: "ffffffff"}, "ffffffff"),
        ({AS_OF: "2026-01-01", LATEST: "true"}, "not several"),
    ],
)
def test_what_cannot_be_restored_is_refused_with_a_reason(small, instance, tags, said):
    """The sentence says why; the table keeps its rows and the run fails."""
    small.write_table()
    load(small, instance, *A)
    result = small.run(instance, "orders", **tags)
    assert not result.success
    assert said in result.errors["sheet_csv/orders"]
    assert failure(instance, result.run_id, "sheet_csv/orders").step_failure_data.error is not None
    assert small.rows() == list(A[1:])


@pytest.mark.parametrize("fields", [{"mode": "append"}, {"mode": "merge"}])
def test_tables_of_many_versions_refuse_and_say_why(small, instance, fields):
    """No version alone is what an appended or merged table was."""
    small.write_table(
        columns="    - {name: id, type: integer, key: true}\n    - {name: amount, type: integer}\n",
        **fields,
    )
    version = load(small, instance, *A)
    result = small.run(instance, "orders", **{VERSION: version})
    assert f"its mode is '{fields['mode']}'" in result.errors["sheet_csv/orders"]
    assert small.rows() == list(A[1:])


def test_a_pinned_table_does_not_keep_the_sensor_asking(small, instance):
    """An edit of a pinned table's sheet starts one run, which says `pinned`, and no more."""
    small.write_table()
    first = load(small, instance, *A)
    sensor = small.ticks(instance)
    sensor.tick()
    load(small, instance, *B)
    small.run(instance, "orders", **{VERSION: first})
    small.put(HEADER, (9, 9))
    _, runs = sensor.tick()
    assert [outcomes(run)[small.schema] for run in runs] == ["pinned"]
    assert sensor.tick()[1] == []
    assert small.rows() == list(A[1:])
