from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from extended_client import ExtendedClient

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.redshift.statement_faults import StatementFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg2 import extensions

    from sheet_assets.sandbox.crossing import Crossing
    from sheet_assets.sandbox.redshift import RedshiftServer

ROWS = "1,a\n2,b\n" * 100_000


@pytest.fixture(autouse=True)
def _no_fault_is_left(redshift: RedshiftServer) -> Iterator[None]:
    yield
    redshift.faults.clear()
    redshift.observer = None


@pytest.fixture
def counted(connect: Callable[..., extensions.connection]) -> Iterator[Callable[[], int]]:
    """An empty table f.target (a, b), and how many rows another connection sees in it."""
    with contextlib.closing(connect()) as watching, watching.cursor() as cursor:
        watching.autocommit = True
        cursor.execute("DROP SCHEMA IF EXISTS f CASCADE; CREATE SCHEMA f")
        cursor.execute("CREATE TABLE f.target (a int, b varchar(9))")

        def count() -> int:
            cursor.execute("SELECT count(*) FROM f.target")
            return cursor.fetchall()[0][0]

        yield count


INSERT = "INSERT INTO f.target VALUES (1, 'a')"


@pytest.mark.parametrize(
    ("fault", "raised", "said", "rows"),
    [
        (StatementFault("reset", "insert into F"), psycopg2.OperationalError, "EOF|closed|reset", 0),
        (StatementFault("reset", "^commit"), psycopg2.OperationalError, "EOF|closed|reset", 0),
        (StatementFault("reset after applying", "insert"), psycopg2.OperationalError, "EOF|closed|reset", 0),
        (StatementFault("reset after applying", "^commit"), psycopg2.OperationalError, "EOF|closed|reset", 1),
        (StatementFault("error", "insert", sqlstate="55006", message="busy"), psycopg2.errors.ObjectInUse, "busy", 0),
        (StatementFault("error", "^commit"), psycopg2.InternalError, "system requested abort query", 0),
        (StatementFault("1023", "insert"), psycopg2.InternalError, "1023\n.*Serializable isolation violation", 0),
        (StatementFault("1023", "^commit"), psycopg2.InternalError, "1023\n.*Serializable isolation violation", 0),
    ],
    ids=lambda value: f"{value.kind}-{value.statement}" if isinstance(value, StatementFault) else "",
)  # fmt: skip
def test_a_transaction_ends_as_asked(  # noqa: PLR0917 - a row of a table
    redshift: RedshiftServer,
    connect: Callable[..., extensions.connection],
    counted: Callable[[], int],
    fault: StatementFault,
    raised: type[Exception],
    said: str,
    rows: int,
) -> None:
    """As psycopg2 shows it; what was committed is there although no answer came."""
    connection = connect()
    redshift.faults.add(fault)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        with pytest.raises(raised, match=said):
            cursor.execute(INSERT), connection.commit()
        assert not redshift.faults.entries()
        assert counted() == rows
        assert bool(connection.closed) == fault.kind.startswith("reset")
        if fault.kind.startswith("reset"):
            return
        if fault.statement == "insert":
            with pytest.raises(psycopg2.errors.InFailedSqlTransaction):
                cursor.execute("SELECT 1")
            connection.rollback()
        # A COMMIT that fails leaves no transaction.
        cursor.execute("SELECT 1")
        cursor.execute(INSERT), connection.commit()
        assert counted() == 1


@pytest.mark.parametrize("kind", ["reset during copy", "error during copy", "reset after applying"])
@pytest.mark.parametrize("body", [ROWS, ""], ids=["rows", "none"])
def test_a_copy_breaks_off(  # noqa: PLR0917 - a row of a table
    redshift: RedshiftServer,
    connect: Callable[..., extensions.connection],
    counted: Callable[[], int],
    put: Callable[[str, str | bytes], str],
    kind: Any,
    body: str,
) -> None:
    """After its first part nothing of it stays; after its end, in autocommit, all of it."""
    connection = connect()
    connection.autocommit = True
    url = put("rows.csv", body)
    fault = StatementFault(kind, times=1, sqlstate="58030", message="disk full")
    with connection.cursor() as cursor:
        redshift.faults.add(fault)
        if kind != "reset after applying":
            # It waits for a COPY, and a text that only tells of one is none.
            cursor.execute("SELECT 'copy f.target'")
        copy = f"/* load */ COPY f.target FROM '{url}' IAM_ROLE default CSV"
        raised = (
            psycopg2.errors.IoError if kind == "error during copy" else psycopg2.OperationalError
        )
        with pytest.raises(
            raised, match="disk full" if kind == "error during copy" else "EOF|closed"
        ):
            cursor.execute(copy)
        applied = kind == "reset after applying"
        assert counted() == (body.count("\n") if applied else 0)
        if kind == "error during copy":
            cursor.execute(copy)
            assert counted() == body.count("\n")


def test_texts_count_as_a_whole(
    redshift: RedshiftServer,
    connect: Callable[..., extensions.connection],
    counted: Callable[[], int],
) -> None:
    """A text of several statements meets a fault once, and all of it runs or nothing."""
    connection = connect()
    connection.autocommit = True
    several = f"{INSERT}; {INSERT}; SELECT 1"
    redshift.faults.add(StatementFault("error", "insert", times=2, message="no"))
    with connection.cursor() as cursor:
        for _ in range(2):
            with pytest.raises(psycopg2.InternalError, match="no"):
                cursor.execute(several)
        cursor.execute(several)
        assert counted() == 2
        redshift.faults.add(StatementFault("reset after applying", "select 1"))
        with pytest.raises(psycopg2.OperationalError):
            cursor.execute(several)
        assert counted() == 4


def test_connections_are_refused_and_statements_delayed(
    redshift: RedshiftServer, connect: Callable[..., extensions.connection]
) -> None:
    """As often as asked, at the start of a session; a delay ends well."""
    open_already = connect()
    redshift.faults.add(StatementFault("refuse", times=2))
    redshift.faults.add(StatementFault("delay", "select 7", seconds=0.01))
    for _ in range(2):
        with pytest.raises(psycopg2.OperationalError):
            connect()
    with connect().cursor() as cursor, open_already.cursor() as other:
        cursor.execute("SELECT 7")
        other.execute("SELECT 7")
        assert cursor.fetchall() == other.fetchall() == [(7,)]
    assert not redshift.faults.entries()


def test_the_extended_protocol(redshift: RedshiftServer, counted: Callable[[], int]) -> None:
    """Drivers that prepare their statements meet the same faults, at Execute."""
    with contextlib.closing(ExtendedClient(redshift)) as client:
        redshift.faults.add(StatementFault("1023", "insert"))
        assert client.execute("SELECT 1", INSERT, "SELECT 2") == "312TDC" + "312nEZ"
        assert client.error()["D"].startswith("Serializable isolation violation")
        client.execute("BEGIN", INSERT)
        redshift.faults.add(StatementFault("error", "commit"))
        assert client.execute("COMMIT") == "312nEZ"
        assert client.frames[-1].payload == b"I"
        assert client.execute(INSERT) == "312nCZ"
        assert counted() == 1
        redshift.faults.add(StatementFault("reset after applying", "insert"))
        with pytest.raises((OSError, AssertionError)):
            client.execute(INSERT)
        assert counted() == 2


def test_crossings_are_observed(
    redshift: RedshiftServer,
    connect: Callable[..., extensions.connection],
    counted: Callable[[], int],
    put: Callable[[str, str | bytes], str],
) -> None:
    """Before each text and after what was applied, with the parts of a COPY between."""
    seen: list[tuple[str, str]] = []
    rows: list[int] = []

    def observe(crossing: Crossing) -> None:
        if crossing.what.startswith("SELECT count"):
            return
        assert crossing.service == "redshift"
        seen.append((crossing.what, crossing.phase))
        if crossing.what == "COMMIT":
            rows.append(counted())

    url = put("rows.csv", ROWS)
    copy = f"COPY f.target FROM '{url}' IAM_ROLE default CSV"
    connection = connect()
    redshift.observer = observe
    with connection.cursor() as cursor:
        cursor.execute(copy)
        connection.commit()
        with pytest.raises(psycopg2.errors.UndefinedTable):
            cursor.execute("SELECT 1 FROM f.missing")
    parts = [
        (f"COPY part {number}", phase)
        for number in range(1, len(seen) // 2 - 3)
        for phase in ("before", "after")
    ]
    assert len(parts) >= 4
    around = [(text, phase) for text in ("BEGIN", "COMMIT") for phase in ("before", "after")]
    assert seen == [
        *around[:2],
        (copy[:200], "before"),
        *parts,
        (copy[:200], "after"),
        *around[2:],
        *around[:2],
        ("SELECT 1 FROM f.missing", "before"),
    ]
    assert rows == [0, 200_000]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"kind": "503"}, "'503' is no fault: they are refuse, reset"),
        ({"kind": "reset", "statement": "("}, "no regular expression"),
        ({"kind": "error", "sqlstate": "oops"}, "'oops' is no SQLSTATE"),
        ({"kind": "error", "message": ""}, "An error has a message"),
        ({"kind": "reset", "path": "/"}, "path is no field"),
    ],
)
def test_what_is_no_fault_is_refused(
    redshift: RedshiftServer, fault: dict[str, Any], said: str
) -> None:
    """In a sentence that names it; none of a list is taken then."""
    with pytest.raises(SandboxError, match=said.replace("(", r"\(")):
        redshift.faults.add_json({"faults": [{"kind": "reset"}, fault]})
    assert not redshift.faults.entries()
