from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, ClassVar

import psycopg2
import pytest
from client_tables import minutes

from sheet_assets.clients.redshift import RedshiftClient, Session
from sheet_assets.errors import QueryError, SettingError, WarehouseUnavailableError
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox.redshift.statement_faults import StatementFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from client_tables import Table

    from sheet_assets.sandbox import Sandbox


def client(retry_seconds: float = 0.5, **changes: Any) -> RedshiftClient:
    """A client with other parameters of libpq, that soon gives up."""
    return RedshiftClient({**Redshift().connection(), **changes}, retry_seconds=retry_seconds)


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "wrong-secret"}, "refuses the user 'awsuser'.*REDSHIFT_PASSWORD"),
        ({"user": "nobody"}, "refuses the user 'nobody'.*REDSHIFT_USER"),
        ({"dbname": "prod"}, 'database "prod" does not exist.*REDSHIFT_DATABASE'),
        ({"sslrootcert": "missing.pem"}, "missing.pem.*REDSHIFT_SSLROOTCERT"),
        ({"sslmode": "secret"}, "sslmode.*Check REDSHIFT_SSLMODE"),
    ],
)
def test_wrong_setting_is_named_at_once(changes: dict[str, str], said: str) -> None:
    """What another try cannot help is not tried again; the sentence names the setting."""
    started = time.monotonic()
    with pytest.raises(SettingError, match=said) as refused:
        client(**changes).query("SELECT 1")
    assert time.monotonic() - started < 0.4
    assert "wrong-secret" not in str(refused.value)
    assert Redshift().connection()["password"] not in str(refused.value)


@pytest.mark.usefixtures("sandbox")
def test_a_statement_is_never_cut_at_a_nul() -> None:
    """It is not sent; libpq would have run the DELETE without its condition."""
    with client().session() as session:
        session.execute("CREATE TEMP TABLE kept AS SELECT 1 AS a")
        with pytest.raises(QueryError, match="holds a NUL character, and was not sent"):
            session.execute("DELETE FROM kept\0 WHERE a = 2")
        with pytest.raises(QueryError, match="cannot be sent: A string literal cannot contain NUL"):
            session.execute("DELETE FROM kept WHERE a = %(a)s", {"a": "\0"})
        with pytest.raises(QueryError, match=r"cannot be sent: .*surrogates not allowed"):
            session.execute("DELETE FROM kept WHERE a = %(a)s", {"a": "\ud800"})
        assert session.value("SELECT count(*) FROM kept") == 1


@pytest.mark.usefixtures("sandbox")
def test_other_certificate_is_refused(tmp_path: Any) -> None:
    """A server whose certificate is not signed by REDSHIFT_SSLROOTCERT is not talked to."""
    from sheet_assets.sandbox.redshift.certificate import issue_certificate

    other = tmp_path / "other-ca.pem"
    issue_certificate(other)
    with pytest.raises(SettingError, match="certificate verify failed"):
        client(sslrootcert=str(other)).query("SELECT 1")


@pytest.mark.usefixtures("sandbox")
def test_nobody_answers() -> None:
    """Where nothing listens: tried again within the budget, then host and port are named."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(
        WarehouseUnavailableError, match=rf"127.0.0.1:{port} cannot be reached.*HOST"
    ):
        client(port=port).query("SELECT 1")


@pytest.mark.usefixtures("sandbox")
def test_statement_that_fails_is_not_tried_again() -> None:
    """A wrong statement is sent once; the error has the warehouse's words."""
    tries = []

    def work(session: Session) -> None:
        tries.append(1)
        session.execute("SELECT nonsense")

    with pytest.raises(QueryError, match='column "nonsense" does not exist'):
        client().run(work)
    assert len(tries) == 1


def raising_procedure(sqlstate: str, message: str = "", detail: str = "") -> str:
    """A statement that fails with this error."""
    client().run(
        lambda session: session.execute(
            "CREATE OR REPLACE PROCEDURE fail_with(code text, words text, more text) "
            "LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION USING ERRCODE = code, MESSAGE = words, DETAIL = more; END $$"
        )
    )
    return f"CALL fail_with('{sqlstate}', '{message}', '{detail}')"


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize(
    ("sqlstate", "message", "detail"),
    [
        ("40001", "could not serialize access", ""),
        ("40P01", "deadlock detected", ""),
        ("XX000", "1023", "Serializable isolation violation on table - 100, ..."),
        (
            "XX000",
            "Table 100 dropped by concurrent transaction: conflict with concurrent transaction",
            "",
        ),
        ("XX000", "could not open relation with OID 123", ""),
        ("57P01", "terminating connection due to administrator command", ""),
    ],
)
def test_conflict_does_the_whole_work_again(sqlstate: str, message: str, detail: str) -> None:
    """A transaction that gave way is done again from its beginning, on a new connection."""
    backends: list[int] = []
    raising = raising_procedure(sqlstate, message, detail)

    def work(session: Session) -> int:
        backends.append(session.value("SELECT pg_backend_pid()"))
        if len(backends) < 3:
            with session.transaction():
                session.execute(raising)
        return len(backends)

    assert client(retry_seconds=20).run(work) == 3
    assert len(set(backends)) == 3


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("sqlstate", ["23505", "42P07", "22012", "XX000"])
def test_what_a_retry_cannot_help_is_told_once(sqlstate: str) -> None:
    """A violated constraint or any other error is not mistaken for a conflict of transactions."""
    tries = []
    raising = raising_procedure(sqlstate, "value 1023")

    def work(session: Session) -> None:
        tries.append(1)
        session.execute(raising)

    with pytest.raises(QueryError, match="value 1023"):
        client().run(work)
    assert len(tries) == 1


@pytest.mark.usefixtures("sandbox")
def test_conflicts_without_end_stop_within_the_budget() -> None:
    """The budget is for all tries together."""
    raising = raising_procedure("40001")
    started = time.monotonic()
    with pytest.raises(WarehouseUnavailableError, match="gave way to another transaction"):
        client().run(lambda session: session.execute(raising))
    assert time.monotonic() - started < 1.5


def test_transaction_is_one(table: Callable[..., Table]) -> None:
    """What is done within `transaction` is committed together, and undone together."""
    nps = table()
    nps.load([(1, "a")], minutes(1))

    def half(session: Session) -> None:
        with session.transaction():
            session.execute(f"DELETE FROM {nps.target.quoted}")
            assert session.value(f"SELECT count(*) FROM {nps.target.quoted}") == 0
            session.execute(f"INSERT INTO {nps.target.quoted} (id) VALUES (2)")
            raise KeyError

    with pytest.raises(KeyError):
        nps.redshift.run(half)
    assert nps.rows() == [(1, "a")]


def test_session_goes_on_after_a_rollback(table: Callable[..., Table]) -> None:
    """After a rolled back transaction, statements are committed one by one again."""
    nps = table()
    nps.load([(1, "a")], minutes(1))

    def work(session: Session) -> None:
        with contextlib.suppress(QueryError), session.transaction():
            session.execute(f"DELETE FROM {nps.target.quoted}")
            session.execute("SELECT nonsense")
        session.execute(f"INSERT INTO {nps.target.quoted} (id) VALUES (2)")

    nps.redshift.run(work)
    assert nps.rows() == [(1, "a"), (2, None)]


class _Flaky(psycopg2.extensions.connection):
    """A connection whose COMMITs are carried out; the answers to the numbered ones are lost."""

    losing: ClassVar[frozenset[int]] = frozenset()
    commits = 0

    def commit(self) -> None:
        super().commit()
        _Flaky.commits += 1
        if _Flaky.commits in _Flaky.losing:
            self.close()
            raise psycopg2.OperationalError("SSL SYSCALL error: EOF detected")


def flaky(monkeypatch: pytest.MonkeyPatch, *losing: int, retry_seconds: float) -> RedshiftClient:
    """A client that loses the answers to the COMMITs of these numbers, counted from 1."""
    monkeypatch.setattr(_Flaky, "losing", frozenset(losing))
    monkeypatch.setattr(_Flaky, "commits", 0)
    return RedshiftClient(
        {**Redshift().connection(), "connection_factory": _Flaky}, retry_seconds=retry_seconds
    )


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("losing", [1, 2], ids=["decision", "swap"])
def test_lost_answer_to_a_commit_loads_once(
    table: Callable[..., Table], monkeypatch: pytest.MonkeyPatch, force: bool, losing: int
) -> None:
    """When COMMIT was carried out and its answer lost, the second try finds its own work."""
    nps = table()
    nps.load([(1, "a")], minutes(1), run_id="run 1")
    client = flaky(monkeypatch, losing, retry_seconds=10)
    loaded = nps.load(
        [(1, "a"), (2, "b")], minutes(2), run_id="run 2", force=force, redshift=client
    )
    assert (loaded.outcome, loaded.rows) == ("loaded", 2)
    assert _Flaky.commits == 3
    assert [record["run_id"] for record in nps.records()] == ["run 1", "run 2"]
    assert nps.current()["run_id"] == "run 2"


def test_unknown_end_of_a_commit_is_said(
    table: Callable[..., Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When no try is left after a lost COMMIT, the sentence does not claim that nothing happened."""
    nps = table()
    nps.load([(0, "z")], minutes(1))
    hopeless = flaky(monkeypatch, 2, retry_seconds=0.01)
    with pytest.raises(WarehouseUnavailableError, match=r"Whether it was committed is not known"):
        nps.load([(1, "a")], minutes(2), redshift=hopeless)
    assert nps.rows() == [(1, "a")]


def test_lost_commit_is_told_also_when_later_tries_do_not_come_so_far(
    table: Callable[..., Table], sandbox: Sandbox
) -> None:
    """A try that failed earlier on has committed nothing, but the one before it may have."""
    nps = table()
    nps.load([(0, "z")], minutes(1))
    for fault in (
        StatementFault("delay", "^COMMIT"),
        StatementFault("reset after applying", "^COMMIT"),
        StatementFault("delay", "^LOCK", times=2),
        StatementFault("reset", "^LOCK", times=1000),
    ):
        sandbox.redshift.faults.add(fault)
    try:
        with pytest.raises(WarehouseUnavailableError, match="it was committed is not known"):
            nps.load([(1, "a")], minutes(2), redshift=client(retry_seconds=2))
    finally:
        sandbox.redshift.faults.clear()
    assert nps.rows() == [(1, "a")]


def test_connection_that_dies_in_a_load_changes_nothing(
    table: Callable[..., Table], connect: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that is ended between DELETE and INSERT leaves the old rows; the load goes on."""
    nps = table()
    nps.load([(1, "a")], minutes(1))
    connection = connect()
    ended: list[int] = []
    seen: list[int] = []
    execute = Session.execute

    def ending(session: Session, sql: str, params: Any = None) -> int:
        touched = execute(session, sql, params)
        if sql.startswith("DELETE FROM") and not ended:
            ended.append(session.value("SELECT pg_backend_pid()"))
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", (ended[0],))
                cursor.execute(f"SELECT count(*) FROM {nps.target.quoted}")
                seen.append(cursor.fetchone()[0])
        return touched

    monkeypatch.setattr(Session, "execute", ending)
    assert nps.load([(2, "b"), (3, "c")], minutes(2)).outcome == "loaded"
    assert seen == [1]
    assert nps.rows() == [(2, "b"), (3, "c")]
    assert len(nps.records()) == 2


def test_work_leaves_no_connection_open(sandbox: Any) -> None:
    """Work that ended, well or not, has closed its connection."""
    named = client(application_name="open_or_not")
    named.query("SELECT 1")
    with pytest.raises(QueryError):
        named.query("SELECT nonsense")
    deadline = time.monotonic() + 5
    count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'open_or_not'"
    while client().query(count) != [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.usefixtures("sandbox")
def test_stream_gives_all_rows() -> None:
    """A streamed query gives as many rows as there are, beyond one fetch."""

    def work(session: Session) -> int:
        with session.transaction():
            return sum(n for (n,) in session.stream("SELECT generate_series(1, 12000)"))

    assert client().run(work) == 12000 * 12001 // 2


@pytest.mark.usefixtures("sandbox")
def test_frame_keeps_values_as_they_are() -> None:
    """A frame for people has Python's own values: NULL is None, a decimal keeps its digits."""
    from decimal import Decimal

    frame = client().frame("SELECT 1 AS a, NULL AS b, 1.50 AS c")
    assert list(frame.columns) == ["a", "b", "c"]
    assert frame.iloc[0].tolist() == [1, None, Decimal("1.50")]


def test_server_that_hangs_up_is_unavailable() -> None:
    """A server that closes every connection is tried again, then reported as unreachable."""
    accepted = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        ended = threading.Event()

        def hang_up() -> None:
            while not ended.is_set():
                with contextlib.suppress(TimeoutError):
                    listener.accept()[0].close()
                    accepted.append(1)

        thread = threading.Thread(target=hang_up)
        thread.start()
        try:
            unreachable = RedshiftClient(
                {
                    "host": "127.0.0.1",
                    "port": listener.getsockname()[1],
                    "user": "awsuser",
                    "password": "sandbox-only",
                    "dbname": "dev",
                    "sslmode": "require",
                },
                retry_seconds=1.5,
            )
            with pytest.raises(WarehouseUnavailableError, match="cannot be reached") as lost:
                unreachable.query("SELECT 1")
        finally:
            ended.set()
            thread.join()
    assert len(accepted) > 1
    assert "sandbox-only" not in str(lost.value)
