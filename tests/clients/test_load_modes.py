from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from client_tables import columns, minutes

from sheet_assets.clients import table_load
from sheet_assets.errors import QueryError, WarehouseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from client_tables import Table

A = [(1, "good"), (2, "late")]
B = [(2, "on time"), (3, "new")]


@pytest.fixture
def log(table: Callable[..., Table]) -> Table:
    """A table that is appended to."""
    return table(mode="append")


@pytest.fixture
def people(table: Callable[..., Table]) -> Table:
    """A table that is merged into by id."""
    return table(mode="merge", key=("id",))


def test_append_adds_each_version_once(log: Table) -> None:
    """A → B → A → B: A and B are added, and what comes back is there already."""
    outcomes = [log.load(rows, minutes(at)).outcome for at, rows in enumerate((A, B, A, B))]
    assert outcomes == ["loaded", "loaded", "unchanged", "unchanged"]
    assert log.rows() == sorted(A + B)
    assert [(row["mode"], row["rows_loaded"], row["rows_in_table"]) for row in log.records()] == [
        ("append", 2, 2),
        ("append", 2, 4),
    ]


def test_append_tells_how_many_rows_it_added(log: Table) -> None:
    """`rows` counts the table, `rows_inserted` what came in."""
    log.load(A, minutes(1))
    loaded = log.load(B, minutes(2))
    assert (loaded.rows, loaded.rows_inserted, loaded.rows_deleted) == (4, 2, None)


def test_force_appends_nothing_twice(log: Table) -> None:
    """Not by force either: the rows would be there twice, and nothing would tell them apart."""
    log.load(A, minutes(1), run_id="run 1")
    assert log.load(A, minutes(2), run_id="run 2", force=True).outcome == "unchanged"
    assert log.rows() == A


def test_older_reading_is_appended_and_takes_nothing_back(log: Table) -> None:
    """Order makes no difference to what is added; the current row stays that of the later reading."""
    newer = log.load(B, minutes(5), drive_version=9)
    assert log.load(A, minutes(1), drive_version=4).outcome == "loaded"
    assert log.rows() == sorted(A + B)
    current = log.current()
    assert (current["version"], current["read_at"]) == (newer.version, minutes(5))
    assert (current["drive_version"], current["rows_in_table"]) == (9, 4)
    assert log.load(A, minutes(6), drive_version=11).outcome == "unchanged"
    assert log.current()["drive_version"] == 11
    assert log.current()["read_at"] == minutes(5)


def test_second_try_of_an_append_ends_as_the_first(log: Table) -> None:
    """When the answer to its COMMIT was lost, a run finds its own rows, also those of before."""
    log.load(B, minutes(5), run_id="run 2")
    for _ in range(2):
        assert log.load(A, minutes(1), run_id="run 1").outcome == "loaded"
    assert log.rows() == sorted(A + B)


def test_emptied_table_is_appended_to_again(log: Table) -> None:
    """Somebody deleted all rows: no version is in the table, whatever is recorded."""
    log.load(A, minutes(1))
    log.load(B, minutes(2))
    log.execute("DELETE FROM {}")
    assert log.load(A, minutes(3)).outcome == "loaded"
    assert log.rows() == A
    assert log.load(A, minutes(4)).outcome == "unchanged"


def test_append_keeps_rows_that_others_wrote(log: Table) -> None:
    """Rows of before stay, and are counted."""
    log.load(A, minutes(1))
    log.execute("INSERT INTO {} VALUES (77, 'by hand')")
    assert log.load(B, minutes(2)).rows == 5
    assert log.current()["rows_in_table"] == 5


def test_merge_replaces_by_key_and_adds(people: Table) -> None:
    """Rows with a known key are replaced, others added; those that left the sheet stay."""
    first = people.load(A, minutes(1))
    assert (first.rows_inserted, first.rows_updated, first.rows_deleted) == (2, 0, 0)
    merged = people.load(B, minutes(2))
    assert (merged.rows_inserted, merged.rows_updated, merged.rows_deleted) == (1, 1, 0)
    assert (merged.outcome, merged.rows) == ("loaded", 3)
    assert people.rows() == [(1, "good"), (2, "on time"), (3, "new")]
    current = people.current()
    assert (current["mode"], current["rows_loaded"], current["rows_in_table"]) == ("merge", 2, 3)


def test_merge_may_delete_what_has_left_the_sheet(table: Callable[..., Table]) -> None:
    """With `delete_missing` the table has the sheet's keys and no other."""
    people = table(mode="merge", key=("id",), delete_missing=True)
    people.load(A, minutes(1))
    merged = people.load(B, minutes(2))
    assert (merged.rows_inserted, merged.rows_updated, merged.rows_deleted) == (1, 1, 1)
    assert people.rows() == B


def test_merge_by_several_columns(table: Callable[..., Table]) -> None:
    """A key of two columns, one a text with quotes in its name's values, tells rows apart."""
    sales = table(
        columns(shop="varchar(20)", day="date", amount="decimal(9,2)"),
        mode="merge",
        key=("shop", "day"),
    )
    sales.load([("Bob's", "2026-11-19", "1.50"), ("서울", "2026-11-19", "2.00")], minutes(1))
    sales.load([("서울", "2026-11-19", "3.00"), ("서울", "2026-11-20", "4.00")], minutes(2))
    shown = [(shop, str(day), str(amount)) for shop, day, amount in sales.rows()]
    assert shown == [
        ("Bob's", "2026-11-19", "1.50"),
        ("서울", "2026-11-19", "3.00"),
        ("서울", "2026-11-20", "4.00"),
    ]


def test_merge_goes_back_and_forth(people: Table) -> None:
    """A → B → A: each is merged; the same version twice in a row is not."""
    outcomes = [people.load(rows, minutes(at)).outcome for at, rows in enumerate((A, B, A, A))]
    assert outcomes == ["loaded", "loaded", "loaded", "unchanged"]
    assert people.rows() == [(1, "good"), (2, "late"), (3, "new")]


def test_merge_of_a_tampered_table_is_done_again(people: Table) -> None:
    """A row count that is not the recorded one: the version is merged once more."""
    people.load(A, minutes(1))
    people.execute("DELETE FROM {} WHERE id = 1")
    assert people.load(A, minutes(2)).outcome == "loaded"
    assert people.rows() == A


def test_older_reading_is_not_merged(people: Table) -> None:
    """Rows read before the recorded ones never replace them, not even by force."""
    people.load(B, minutes(5))
    assert people.load(A, minutes(4), force=True).outcome == "superseded"
    assert people.rows() == B


def test_equal_rows_are_merged_once(people: Table) -> None:
    """A row that stands twice, alike, is one row."""
    merged = people.load([*A, A[0]], minutes(1))
    assert (merged.rows, merged.rows_inserted) == (2, 2)
    assert people.rows() == A
    assert people.load([*A, A[0]], minutes(2)).outcome == "unchanged"


def test_two_rows_with_one_key_are_refused(people: Table) -> None:
    """Nobody can tell which of them to keep: a sentence, and nothing has changed."""
    people.load(A, minutes(1))
    with pytest.raises(
        WarehouseError, match=r"1 of the 3 rows .* have the key of another one \(id\)"
    ):
        people.load([(1, "x"), (1, "y"), (2, "z")], minutes(2))
    assert people.rows() == A
    assert len(people.records()) == 1


def test_key_is_never_null(people: Table) -> None:
    """COPY refuses a NULL in the key, although the column itself would take it."""
    loose = people.changed(*columns(id="integer", comment="varchar(40)"))
    loose.load(A, minutes(1))
    with pytest.raises(WarehouseError, match='column "id"'):
        loose.load([(None, "x")], minutes(2))
    assert loose.rows() == A


def test_no_rows_merge_to_no_change(people: Table) -> None:
    """A sheet that may be empty deletes nothing, unless what is missing is deleted."""
    people.load(A, minutes(1))
    assert people.load([], minutes(2)).rows == 2
    assert people.changed(delete_missing=True).load([], minutes(3), force=True).rows_deleted == 2
    assert people.rows() == []


MODES: list[dict[str, Any]] = [
    {"mode": "replace"},
    {"mode": "append"},
    {"mode": "merge", "key": ("id",), "delete_missing": True},
]


@pytest.mark.parametrize("options", MODES, ids=lambda options: options["mode"])
def test_failure_in_the_middle_changes_nothing(
    table: Callable[..., Table], monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    """A statement that fails after rows were deleted or inserted leaves rows and records."""
    nps = table(**options)
    nps.load(A, minutes(1))
    before = nps.records()
    for name, failing in (
        ("insert_staged", lambda *_, **__: "SELECT 1 / 0"),
        ("RECORD_LOAD", "SELECT 1 / 0"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(table_load.statements, name, failing)
            with pytest.raises(QueryError, match="division by zero"):
                nps.load(B, minutes(2))
        assert nps.rows() == A
        assert nps.records() == before
    assert nps.load(B, minutes(2)).outcome == "loaded"


@pytest.mark.parametrize("options", MODES[1:], ids=lambda options: options["mode"])
def test_rows_of_somebody_else_in_the_transaction_roll_back(
    table: Callable[..., Table], monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    """Before and what was loaded must be what is there afterwards, else nothing is committed."""
    nps = table(**options)
    nps.load(A, minutes(1))
    insert = table_load.statements.insert_staged

    def and_one_more(*arguments: Any, **named: Any) -> str:
        return f"{insert(*arguments, **named)}; INSERT INTO {nps.target.quoted} (id) VALUES (77)"

    monkeypatch.setattr(table_load.statements, "insert_staged", and_one_more)
    with pytest.raises(WarehouseError, match="nothing was committed"):
        nps.load(B, minutes(2))
    assert nps.rows() == A
