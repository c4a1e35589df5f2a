from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from client_tables import columns, minutes

from sheet_assets.errors import ContractError, WarehouseError
from sheet_assets.warehouse.manifest import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from client_tables import Table

A = [(1, "good"), (2, "late")]
B = [(1, "good"), (2, "on time"), (3, "new")]
C = [(9, "other")]


@pytest.fixture
def nps(table: Callable[..., Table]) -> Table:
    """A table with A read at 1, and then B read at 5."""
    made = table()
    made.load(A, minutes(1), drive_version=3)
    made.load(B, minutes(5), drive_version=7)
    return made


def restore(nps: Table, rows: list[tuple[Any, ...]], at: float, **options: Any) -> Any:
    """Restore the version of these rows, which was read first so many minutes after noon."""
    return nps.load(rows, minutes(at), drive_version=3, restore=True, **options)


def test_restored_version_is_pinned(nps: Table) -> None:
    """An older reading is loaded on request; its row has its own reading, and is pinned."""
    restored = restore(nps, A, 1, run_id="run 3")
    assert (restored.outcome, restored.rows) == ("loaded", 2)
    assert nps.rows() == A
    current = nps.current()
    assert (current["version"], current["pinned"]) == (restored.version, True)
    assert (current["first_read_at"], current["read_at"]) == (minutes(1), minutes(1))
    # Later edits have been seen: the sensor need not ask for them.
    assert current["drive_version"] == 7
    assert [record["pinned"] for record in nps.records()] == [False, False, True]


@pytest.mark.parametrize(("rows", "force"), [(A, False), (C, True)])
def test_refresh_of_a_pinned_table_only_notes_the_reading(
    nps: Table, rows: list[tuple[Any, ...]], force: bool
) -> None:
    """Whatever the sheet holds: no row changes, and the Drive version counts as processed."""
    restored = restore(nps, A, 1)
    refreshed = nps.load(rows, minutes(8), drive_version=12, force=force)
    assert (refreshed.outcome, refreshed.version, refreshed.rows) == (
        "pinned",
        restored.version,
        2,
    )
    assert nps.rows() == A
    assert len(nps.records()) == 3
    assert (nps.current()["drive_version"], nps.current()["pinned"]) == (12, True)


def test_second_try_of_a_restore_ends_as_the_first(nps: Table) -> None:
    """When the answer to its COMMIT was lost, the run finds what it loaded, pinned."""
    for _ in range(2):
        assert restore(nps, A, 1, run_id="run 3").outcome == "loaded"
    assert len(nps.records()) == 3
    assert nps.current()["pinned"]


def test_unpinned_table_follows_the_sheet_again(nps: Table) -> None:
    """The latest is loaded and not pinned; the next refresh works as ever."""
    restore(nps, A, 1)
    latest = nps.load(B, minutes(9), drive_version=8, unpin=True)
    assert latest.outcome == "loaded"
    assert nps.rows() == B
    assert not nps.current()["pinned"]
    assert nps.load(C, minutes(10)).outcome == "loaded"


def test_sheet_that_holds_the_restored_rows_is_only_unpinned(nps: Table) -> None:
    """The person has put the old rows back: nothing to load, and the pin is gone."""
    restore(nps, A, 1)
    assert nps.load(A, minutes(9), drive_version=8, unpin=True).outcome == "unchanged"
    current = nps.current()
    assert (current["pinned"], current["read_at"], current["drive_version"]) == (
        False,
        minutes(9),
        8,
    )
    assert nps.load(B, minutes(10)).outcome == "loaded"


def test_current_version_is_only_pinned(nps: Table) -> None:
    """A restore of what is there loads nothing; its reading stays as it was."""
    assert restore(nps, B, 5).outcome == "unchanged"
    current = nps.current()
    assert (current["pinned"], current["read_at"], current["drive_version"]) == (
        True,
        minutes(5),
        7,
    )
    assert len(nps.records()) == 2
    assert nps.load(C, minutes(9)).outcome == "pinned"


def test_restored_version_gives_way_to_another_one(nps: Table) -> None:
    """Restores follow one another; a tampered table is restored once more."""
    restore(nps, A, 1)
    assert restore(nps, B, 5).outcome == "loaded"
    nps.execute("DELETE FROM {} WHERE id = 1")
    assert restore(nps, B, 5).outcome == "loaded"
    assert nps.rows() == B
    assert nps.current()["pinned"]


def test_first_load_may_be_a_restore(table: Callable[..., Table]) -> None:
    """A table that is new, or was dropped, takes a version from S3 without a reading."""
    nps = table()
    assert restore(nps, A, 1).outcome == "loaded"
    assert nps.current()["pinned"]


@pytest.mark.parametrize("mode", ["append", "merge"])
def test_tables_of_many_versions_are_not_restored(table: Callable[..., Table], mode: str) -> None:
    """No version alone is what they held: a sentence with the reason."""
    nps = table(mode=mode, key=("id",))
    nps.load(A, minutes(1))
    with pytest.raises(WarehouseError, match=f"its mode is '{mode}', so it holds the rows of many"):
        restore(nps, B, 1)
    assert nps.rows() == A


def test_version_of_an_older_contract_leaves_null(table: Callable[..., Table]) -> None:
    """What the version lacks is NULL; a text that was shorter then fits, whatever their order."""
    old = table(columns(comment="varchar(20)", id="integer!"))
    old.load([("good", 1)], minutes(1))
    now = old.changed(*columns(id="integer!", comment="varchar(80)", score="integer"))
    now.load([(1, "very good", 10)], minutes(5))
    snapshot, manifest_url = old.upload([("good", 1)])
    restored = now.load_snapshot(
        snapshot, Reading(read_at=minutes(1)), manifest_url=manifest_url, restore=True
    )
    assert restored.outcome == "loaded"
    shown = now.redshift.query(f"SELECT id, comment, score FROM {now.target.quoted}")
    assert shown == [(1, "good", None)]
    assert now.current()["contract_hash"] == snapshot.contract_hash


def test_version_that_does_not_fit_is_refused(table: Callable[..., Table]) -> None:
    """What differs is named, and the table is left as it was."""
    old = table()
    snapshot, manifest_url = old.upload(A)
    now = old.changed(*columns(id="integer!", comment="varchar(40)", score="integer!"))
    now.load([(1, "good", 5)], minutes(5))
    with pytest.raises(ContractError, match=r'has no column "score", which is required.*Choose'):
        now.load_snapshot(
            snapshot, Reading(read_at=minutes(1)), manifest_url=manifest_url, restore=True
        )
    assert now.rows() == [(1, "good", 5)]


def test_version_of_other_columns_is_never_taken_by_position(table: Callable[..., Table]) -> None:
    """Also without a restore: files that lack a column of the contract are not loaded."""
    old = table()
    snapshot, manifest_url = old.upload(A)
    now = old.changed(*columns(id="integer!", comment="varchar(40)", score="integer"))
    with pytest.raises(ContractError, match=r'has no column "score".*Read the sheet again'):
        now.load_snapshot(snapshot, Reading(read_at=minutes(1)), manifest_url=manifest_url)


def test_restore_and_unpin_exclude_each_other(nps: Table) -> None:
    """One asks for the pin, the other against it."""
    with pytest.raises(ValueError, match="not both"):
        restore(nps, A, 1, unpin=True)
