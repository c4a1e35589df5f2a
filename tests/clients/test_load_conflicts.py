"""Redshift's serializable isolation violation (1023) in the middle of loads: made, and met by chance."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from client_tables import columns, minutes

from sheet_assets.clients.redshift import RedshiftClient, Session
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox.redshift.statement_faults import StatementFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from client_tables import Table

    from sheet_assets.sandbox import Sandbox

PAIRS = columns(id="integer", at="integer")
OLD = [(id_, 0) for id_ in range(40)]
NEW = [(id_, 1) for id_ in range(20, 60)]
MODES: dict[str, tuple[dict[str, Any], list[tuple[int, int]]]] = {
    "replace": ({}, NEW),
    "append": ({"mode": "append"}, sorted(OLD + NEW)),
    "merge": ({"mode": "merge", "key": ("id",)}, sorted({**dict(OLD), **dict(NEW)}.items())),
}
# Where in the transaction.
STATEMENTS = (
    "^lock",
    "select count",
    "^insert into .clients_tests",
    r"^\s*insert into .sheet_assets.\.",
    "^commit",
)


@pytest.fixture
def hasty(sandbox: Sandbox) -> RedshiftClient:
    """Tries again without a pause."""
    client = RedshiftClient(Redshift().connection(), retry_seconds=30)
    client._retrying.wait = lambda _: 0
    return client


@pytest.fixture
def serializable(connect: Callable[[], Any]) -> Iterator[None]:
    """The isolation of clusters that were made before 2024; sessions that begin now have it."""
    with connect().cursor() as cursor:
        cursor.execute("ALTER DATABASE dev ISOLATION LEVEL SERIALIZABLE")
        yield
        cursor.execute("ALTER DATABASE dev ISOLATION LEVEL SNAPSHOT")


@pytest.mark.parametrize("mode", MODES)
def test_violation_at_any_statement_is_tried_again(
    table: Callable[..., Table], sandbox: Sandbox, hasty: RedshiftClient, mode: str
) -> None:
    """The transaction is done again as a whole: every row once, and one record of it."""
    options, expected = MODES[mode]
    for statement in STATEMENTS:
        pairs = table(PAIRS, **options)
        pairs.load(OLD, minutes(1))
        sandbox.redshift.faults.add(StatementFault("1023", statement))
        try:
            assert pairs.load(NEW, minutes(2), redshift=hasty).outcome == "loaded"
            assert not sandbox.redshift.faults.entries()
        finally:
            sandbox.redshift.faults.clear()
        assert pairs.rows() == sorted(expected, key=repr)
        assert len(pairs.records()) == 2
        assert pairs.current()["rows_in_table"] == len(expected)


def test_rows_that_somebody_changes_meanwhile_are_a_conflict(
    table: Callable[..., Table],
    connect: Callable[[], Any],
    hasty: RedshiftClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another program commits between a load's first look and its DELETE: 1023, and then loaded."""
    pairs = table(PAIRS)
    pairs.load(OLD, minutes(1))
    execute, met = Session.execute, []
    other = connect().cursor()

    def meanwhile(session: Session, sql: str, params: Any = None) -> int:
        if sql.startswith("DELETE FROM"):
            met.append(sql)
            if len(met) == 1:
                other.execute(f"UPDATE {pairs.target.quoted} SET at = 7 WHERE id = 3")
        return execute(session, sql, params)

    monkeypatch.setattr(Session, "execute", meanwhile)
    assert pairs.load(NEW, minutes(2), redshift=hasty).outcome == "loaded"
    assert len(met) == 2
    assert pairs.rows() == sorted(NEW, key=repr)
    assert len(pairs.records()) == 2


def test_loads_at_once_in_a_serializable_database(
    table: Callable[..., Table], serializable: None, hasty: RedshiftClient
) -> None:
    """Loads of two tables, and two of one, while somebody asks what is loaded: all are there in the end."""
    tables = [table(PAIRS, **MODES["merge"][0]), table(PAIRS)]

    def load(number: int) -> str:
        each = tables[number % 2]
        outcome = each.load(OLD if number < 2 else NEW, minutes(number), redshift=hasty).outcome
        hasty.query("SELECT count(*) FROM sheet_assets.loads")
        return str(outcome)

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(load, range(4)))
    assert outcomes[2:] == ["loaded", "loaded"]
    merged, replaced = tables
    assert {id_: at for id_, at in merged.rows() if id_ >= 20} == dict(NEW)
    assert len(merged.rows()) == (60 if outcomes[0] == "loaded" else 40)
    assert replaced.rows() == sorted(NEW, key=repr)
    for each in tables:
        assert each.current()["rows_in_table"] == len(each.rows())
