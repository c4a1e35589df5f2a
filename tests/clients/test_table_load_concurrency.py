from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

import pytest
from client_tables import columns, minutes

from sheet_assets.clients.redshift import RedshiftClient, Session
from sheet_assets.errors import WarehouseUnavailableError
from sheet_assets.resources.redshift import Redshift

if TYPE_CHECKING:
    from collections.abc import Callable

    from client_tables import Table

NUMBERS = columns(n="integer")
SMALL = [(n,) for n in range(100)]
LARGE = [(n,) for n in range(1000, 1700)]


def test_readers_only_see_whole_versions(
    table: Callable[..., Table], connect: Callable[[], Any]
) -> None:
    """A reader that polls during loads sees one version or the other, never a mixture or none."""
    numbers = table(NUMBERS)
    numbers.load(SMALL, minutes(0))
    whole = {(len(rows), sum(n for (n,) in rows)) for rows in (SMALL, LARGE)}
    seen: list[tuple[int, int]] = []
    ended = threading.Event()

    def poll(connection: Any) -> None:
        with connection.cursor() as cursor:
            while not ended.is_set():
                cursor.execute(f"SELECT count(*), coalesce(sum(n), 0) FROM {numbers.target.quoted}")
                seen.append(tuple(map(int, cursor.fetchone())))

    connections = [connect(), connect()]
    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(poll, connection) for connection in connections]
        try:
            for at in range(1, 9):
                outcome = numbers.load(LARGE if at % 2 else SMALL, minutes(at)).outcome
                assert outcome == "loaded"
        finally:
            ended.set()
        for reader in readers:
            reader.result()
    assert set(seen) == whole
    assert len(seen) > 20


def test_readers_beside_merges_see_whole_versions(
    table: Callable[..., Table], connect: Callable[[], Any]
) -> None:
    """While keys are replaced, added and deleted, a reader never misses a key or meets one twice."""
    people = table(
        columns(id="integer", at="integer"), mode="merge", key=("id",), delete_missing=True
    )
    people.load([(id_, 0) for id_ in range(200)], minutes(0))
    seen: set[tuple[int, ...]] = set()
    ended = threading.Event()

    def poll(connection: Any) -> None:
        with connection.cursor() as cursor:
            while not ended.is_set():
                cursor.execute(
                    "SELECT count(*), count(DISTINCT id), min(at), max(at) "
                    f"FROM {people.target.quoted}"
                )
                seen.add(tuple(map(int, cursor.fetchone())))

    connection = connect()
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(poll, connection)
        try:
            for at in range(1, 9):
                rows = [(id_, at) for id_ in range(at % 2 * 100, 200)]
                assert people.load(rows, minutes(at)).outcome == "loaded"
        finally:
            ended.set()
        reader.result()
    assert seen <= {(100 if at % 2 else 200,) * 2 + (at, at) for at in range(9)}
    assert len(seen) > 2


def test_readers_do_not_wait_for_a_load(
    table: Callable[..., Table],
    connect: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the middle of a load's transaction the old version can be read at once."""
    numbers = table(NUMBERS)
    numbers.load(SMALL, minutes(0))
    connection = connect()
    seen: list[int] = []
    execute = Session.execute

    def looking(session: Session, sql: str, params: Any = None) -> int:
        touched = execute(session, sql, params)
        if sql.lstrip().startswith(("DELETE FROM", "INSERT INTO")):
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout TO 2000")
                cursor.execute(f"SELECT count(*) FROM {numbers.target.quoted}")
                seen.append(cursor.fetchone()[0])
        return touched

    monkeypatch.setattr(Session, "execute", looking)
    numbers.load(LARGE, minutes(1))
    assert seen == [100, 100, 100]
    assert len(numbers.rows()) == 700


def together(*loads: Callable[[], Any]) -> list[Any]:
    """Run these at the same time; their answers, or the first error."""
    barrier = threading.Barrier(len(loads))

    def run(load: Callable[[], Any]) -> Any:
        barrier.wait(timeout=10)
        return load()

    with ThreadPoolExecutor(len(loads)) as pool:
        return [future.result() for future in [pool.submit(run, load) for load in loads]]


def test_two_loads_of_one_table_are_one_after_the_other(table: Callable[..., Table]) -> None:
    """Of two loads at the same time the one read later is what the table holds in the end."""
    for _ in range(3):
        numbers = table(NUMBERS)
        older, newer = together(
            lambda numbers=numbers: numbers.load(SMALL, minutes(1)),
            lambda numbers=numbers: numbers.load(LARGE, minutes(2)),
        )
        assert newer.outcome == "loaded"
        assert older.outcome in {"loaded", "superseded"}
        assert len(numbers.rows()) == 700
        assert numbers.current()["read_at"] == minutes(2)


def test_two_loads_of_one_version_load_it_once(table: Callable[..., Table]) -> None:
    """Two runs with the same rows: one loads, the other finds them there under the lock."""
    numbers = table(NUMBERS)
    outcomes = together(*[lambda at=at: numbers.load(SMALL, minutes(at)) for at in range(3)])
    assert sorted(loaded.outcome for loaded in outcomes) == ["loaded", "unchanged", "unchanged"]
    assert len(numbers.records()) == 1
    assert numbers.current()["read_at"] == minutes(2)


@pytest.mark.parametrize(
    ("rows", "at", "outcome"), [(LARGE, 3, "unchanged"), (SMALL, 1, "superseded")]
)
def test_second_load_decides_after_the_first_has_committed(
    table: Callable[..., Table],
    monkeypatch: pytest.MonkeyPatch,
    rows: list[tuple[int]],
    at: int,
    outcome: str,
) -> None:
    """A load that starts in the middle of another's transaction waits, and then sees its record."""
    numbers = table(NUMBERS)
    numbers.load(SMALL[:1], minutes(0))
    execute = Session.execute
    with ThreadPoolExecutor(1) as pool:
        second: list[Future[Any]] = []

        def pausing(session: Session, sql: str, params: Any = None) -> int:
            if sql.startswith("DELETE FROM") and not second:
                second.append(pool.submit(numbers.load, rows, minutes(at)))
                # Long enough for a load that does not wait to get to its own transaction.
                wait(second, timeout=0.5)
                assert not second[0].done()
            return execute(session, sql, params)

        monkeypatch.setattr(Session, "execute", pausing)
        assert numbers.load(LARGE, minutes(2)).outcome == "loaded"
        assert second[0].result().outcome == outcome
    assert len(numbers.rows()) == len(LARGE)
    assert len(numbers.records()) == 2


def test_one_version_is_appended_once_by_several_at_a_time(table: Callable[..., Table]) -> None:
    """Under the lock the second finds what the first has added; other versions come in, too."""
    numbers = table(NUMBERS, mode="append")
    outcomes = together(
        lambda: numbers.load(SMALL, minutes(1)),
        lambda: numbers.load(SMALL, minutes(2)),
        lambda: numbers.load(LARGE, minutes(3)),
    )
    assert sorted(loaded.outcome for loaded in outcomes) == ["loaded", "loaded", "unchanged"]
    assert len(numbers.rows()) == 800
    assert numbers.current()["rows_in_table"] == 800
    assert numbers.current()["read_at"] == minutes(3)


def test_two_merges_are_one_after_the_other(table: Callable[..., Table]) -> None:
    """No key stands twice, and of a key that both have the later reading's row is there."""
    for _ in range(2):
        people = table(columns(id="integer", at="integer"), mode="merge", key=("id",))
        older, newer = together(
            lambda people=people: people.load([(id_, 1) for id_ in range(60)], minutes(1)),
            lambda people=people: people.load([(id_, 2) for id_ in range(30, 90)], minutes(2)),
        )
        assert newer.outcome == "loaded"
        assert older.outcome in {"loaded", "superseded"}
        rows = dict(people.rows())
        assert len(rows) == len(people.rows())
        assert all(rows[id_] == 2 for id_ in range(30, 90))


def test_refresh_that_meets_a_restore_does_not_undo_it(table: Callable[..., Table]) -> None:
    """Whichever comes first, the table ends as the restored version, pinned."""
    for _ in range(2):
        numbers = table(NUMBERS)
        numbers.load(SMALL, minutes(1))
        numbers.load(SMALL[:9], minutes(2))
        restored, refreshed = together(
            lambda numbers=numbers: numbers.load(SMALL, minutes(1), restore=True),
            lambda numbers=numbers: numbers.load(LARGE, minutes(3)),
        )
        assert restored.outcome == "loaded"
        assert refreshed.outcome in {"loaded", "pinned"}
        assert len(numbers.rows()) == 100
        assert numbers.current()["pinned"]


@pytest.mark.parametrize("kind", ["integer", "varchar(9)"])
def test_two_loads_change_the_columns_once(table: Callable[..., Table], kind: str) -> None:
    """Both have a column more, or one of another type: neither fails the other."""
    numbers = table(columns(n="integer", extra="varchar(4)"))
    numbers.load([(1, "x")], minutes(0))
    contract = columns(n="integer", extra="varchar(9)", more=kind)
    other = numbers.changed(*contract)
    outcomes = together(
        *[lambda at=at: other.load([(at, "x" * 9, 5)], minutes(at)) for at in range(1, 4)]
    )
    assert outcomes[-1].outcome == "loaded"
    assert {loaded.outcome for loaded in outcomes} <= {"loaded", "superseded"}
    assert [row[:2] for row in other.rows()] == [(3, "x" * 9)]


def test_two_rebuilds_are_one_after_the_other(table: Callable[..., Table]) -> None:
    """Both are allowed to drop a column and add it anew; the second finds that done."""
    numbers = table(columns(n="integer"))
    numbers.load([(1,)], minutes(0))
    other = numbers.changed(*columns(n="varchar(9)"))
    together(
        *[
            lambda at=at: other.load([(str(at),)], minutes(at), allow_rebuild=True)
            for at in range(1, 3)
        ]
    )
    assert other.rows() == [("2",)]


def test_reader_that_holds_a_table_up_ends_its_rebuild_in_a_sentence(
    table: Callable[..., Table], connect: Callable[[], Any]
) -> None:
    """An open transaction on the table fails the load in time, and nothing has changed."""
    numbers = table(NUMBERS)
    numbers.load(SMALL, minutes(1))
    other = numbers.changed(*NUMBERS, *columns(more="integer"))
    rows = [(n, n) for (n,) in LARGE]
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"SELECT count(*) FROM {numbers.target.quoted}")
        hasty = RedshiftClient(Redshift().connection(), retry_seconds=0.1, lock_seconds=0.3)
        with pytest.raises(WarehouseUnavailableError, match=r"LOCK .* waited 0.3 s"):
            other.load(rows, minutes(2), redshift=hasty)
        cursor.execute("ROLLBACK")
    assert len(numbers.rows()) == 100
    assert other.load(rows, minutes(2), redshift=hasty).outcome == "loaded"


def test_loads_of_different_tables_do_not_disturb_each_other(
    table: Callable[..., Table],
) -> None:
    """Several tables at the same time, all of them new: each is whole and recorded."""
    tables = [table(NUMBERS) for _ in range(4)]
    outcomes = together(*[lambda each=each: each.load(SMALL) for each in tables])
    assert [loaded.outcome for loaded in outcomes] == ["loaded"] * 4
    assert [len(each.rows()) for each in tables] == [100] * 4
    assert [each.current()["rows_in_table"] for each in tables] == [100] * 4


def test_new_warehouse_is_set_up_by_all_at_once(
    table: Callable[..., Table], connect: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """First loads that create schema and table at the same time do not fail one another."""
    target = table(NUMBERS).target
    schema = f"new_{target.table}"
    tables = [table(NUMBERS) for _ in range(4)]
    for each in tables:
        each.target = type(target)(schema, each.target.table, each.target.columns)
    outcomes = together(*[lambda each=each: each.load(SMALL) for each in tables])
    assert [loaded.outcome for loaded in outcomes] == ["loaded"] * 4


def test_lock_that_somebody_keeps_ends_in_a_sentence(
    table: Callable[..., Table], connect: Callable[[], Any]
) -> None:
    """A transaction left open on the control table fails loads in time, with what to look for."""
    numbers = table(NUMBERS)
    numbers.load(SMALL, minutes(1))
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT count(*) FROM sheet_assets.loads")
        hasty = RedshiftClient(Redshift().connection(), retry_seconds=0.1, lock_seconds=0.3)
        with pytest.raises(WarehouseUnavailableError, match=r"waited 0.3 s.*svv_transactions"):
            numbers.load(LARGE, minutes(2), redshift=hasty)
        cursor.execute("ROLLBACK")
    assert len(numbers.rows()) == 100
    assert numbers.load(LARGE, minutes(2), redshift=hasty).outcome == "loaded"
