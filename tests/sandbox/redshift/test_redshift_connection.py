from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from extended_client import ExtendedClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from psycopg2 import extensions

    from sheet_assets.sandbox.redshift import RedshiftServer


def wait_until(condition: Callable[[], Any], seconds: float = 20) -> None:
    """Wait for something that comes true soon."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def test_verify_full(
    redshift: RedshiftServer, connect: Callable[..., extensions.connection]
) -> None:
    """The certificate is right for the address and the name, and signed by the authority."""
    for host in ("127.0.0.1", "localhost"):
        connection = connect(
            host=host, sslmode="verify-full", sslrootcert=str(redshift.certificate_authority)
        )
        assert connection.info.ssl_in_use


def test_other_authority_is_not_trusted(
    redshift: RedshiftServer, connect: Callable[..., extensions.connection], tmp_path: Path
) -> None:
    """verify-full with another authority's certificate fails."""
    from sheet_assets.sandbox.redshift.certificate import issue_certificate

    issue_certificate(tmp_path / "ca.pem")
    assert [path.name for path in tmp_path.iterdir()] == ["ca.pem"]
    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        connect(sslmode="verify-full", sslrootcert=str(tmp_path / "ca.pem"))


def test_plain_connection_is_refused(connect: Callable[..., extensions.connection]) -> None:
    """Without TLS nobody gets in, and is told so."""
    with pytest.raises(psycopg2.OperationalError, match="SSL off"):
        connect(sslmode="disable")


@pytest.mark.parametrize(
    "wrong", [{"password": "wrong"}, {"user": "nobody"}, {"password": "wrong", "dbname": "x"}]
)
def test_wrong_password(
    connect: Callable[..., extensions.connection], wrong: dict[str, str]
) -> None:
    """A wrong password or user is refused, whatever the database."""
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        connect(**wrong)


def test_missing_database(connect: Callable[..., extensions.connection]) -> None:
    """A database that does not exist is named."""
    with pytest.raises(psycopg2.OperationalError, match='database "x" does not exist'):
        connect(dbname="x")


def test_looks_like_redshift(connect: Callable[..., extensions.connection]) -> None:
    """Drivers read the version that Redshift reports."""
    connection = connect(application_name="editor", options="-c statement_timeout=1234")
    assert connection.server_version == 80002
    with connection.cursor() as cursor:
        cursor.execute("SHOW application_name; SHOW statement_timeout")
        assert cursor.fetchone() == ("1234ms",)


def test_unknown_startup_parameters_are_dropped(redshift: RedshiftServer) -> None:
    """What Redshift's own drivers send at the start does not end the connection."""
    parameters = {
        "user": redshift.user,
        "database": redshift.database,
        "client_protocol_version": "2",
        "driver_version": "Redshift Python Driver 2.1",
        "os_version": "Linux",
        "plugin_name": "",
    }
    context = ssl.create_default_context(cafile=redshift.certificate_authority)
    with socket.create_connection((redshift.host, redshift.port), timeout=10) as plain:
        plain.sendall(struct.pack("!II", 8, 80877103))
        assert plain.recv(1) == b"S"
        with context.wrap_socket(plain, server_hostname="localhost") as encrypted:
            body = struct.pack("!I", 196608) + b"".join(
                f"{name}\0{value}\0".encode() for name, value in parameters.items()
            )
            encrypted.sendall(struct.pack("!I", len(body) + 5) + body + b"\0")
            assert encrypted.recv(9) == b"R" + struct.pack("!II", 8, 3)  # a password, please


def test_rubbish_is_answered(redshift: RedshiftServer) -> None:
    """Bytes of another protocol get a FATAL error, not silence."""
    with socket.create_connection((redshift.host, redshift.port), timeout=10) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
        answer = plain.recv(1000)
        assert answer[:1] == b"E"
        assert b"FATAL" in answer


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"Q\0\0\0\x08SELE", b"invalid string in message"),
        (b"?\0\0\0\x04", b"invalid frontend message type 63"),
        (b"S\x7f\0\0\0", b"invalid message length"),
        (b"X\0\0\0\0", b"invalid message length"),
    ],
)
def test_a_malformed_message_is_answered(
    redshift: RedshiftServer, caplog: pytest.LogCaptureFixture, sent: bytes, said: bytes
) -> None:
    """A client that does not speak the protocol is told so and let go; nothing has failed."""
    with contextlib.closing(ExtendedClient(redshift)) as client:
        client.socket.sendall(sent)
        answer = b"".join(iter(lambda: client.socket.recv(1000), b""))
    assert said in answer
    assert answer.startswith(b"E")
    assert b"FATAL\0C08P01\0" in answer
    assert not caplog.records


def test_parameters_and_named_cursors(connection: extensions.connection) -> None:
    """psycopg2's parameters and server-side cursors work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::int + 1, %s, nvl(%s::int, 7), len('한글')", (1, "it's %", None))
        assert cursor.fetchone() == (2, "it's %", 7, 2)
    with connection.cursor("rows") as named:
        named.itersize = 100
        named.execute("SELECT * FROM generate_series(1, %s)", (1000,))
        assert [row[0] for row in named] == list(range(1, 1001))


def test_information_schema(cursor: extensions.cursor) -> None:
    """A table's columns can be asked for."""
    cursor.execute("CREATE TABLE target (a int NOT NULL, b varchar(5) DEFAULT 'x')")
    cursor.execute(
        "SELECT column_name, data_type, character_maximum_length, is_nullable "
        "FROM information_schema.columns WHERE table_schema = 't' AND table_name = 'target' "
        "ORDER BY ordinal_position"
    )
    assert cursor.fetchall() == [
        ("a", "integer", None, "NO"),
        ("b", "character varying", 5, "YES"),
    ]


def test_large_result(cursor: extensions.cursor) -> None:
    """40 MB of rows come through in order."""
    cursor.execute("SELECT i, repeat('x', 1000) FROM generate_series(1, 40000) i")
    found = cursor.fetchall()
    assert [row[0] for row in found] == list(range(1, 40_001))
    assert {len(row[1]) for row in found} == {1000}


def test_two_connections_copy_at_once(
    connect: Callable[..., extensions.connection],
    connection: extensions.connection,
    cursor: extensions.cursor,
    put: Callable[[str, str | bytes], str],
) -> None:
    """Loads of two connections run side by side, each in its own transaction."""
    lines = "".join(f"{row}\n" for row in range(50_000))
    url = put("a.csv", lines)
    cursor.execute("CREATE TABLE target (a int)")
    connection.commit()

    def load() -> None:
        other = connect()
        with other.cursor() as other_cursor:
            other_cursor.execute(f"COPY t.target FROM '{url}' IAM_ROLE default CSV")
        other.commit()

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cursor.execute("SELECT count(*), count(DISTINCT a) FROM target")
    assert cursor.fetchone() == (100_000, 50_000)


CANCELLING_CLIENT = """
import sys, threading
import psycopg2
dsn, sql = sys.stdin.read().split("\\n", 1)
connection = psycopg2.connect(dsn)
threading.Timer(0.3, connection.cancel).start()
try:
    connection.cursor().execute(sql)
except psycopg2.errors.QueryCanceled as error:
    print(error.pgcode, connection.info.backend_pid)
"""


@pytest.fixture
def cancel(redshift: RedshiftServer) -> Callable[[str], list[str]]:
    """Runs a statement, cancels it from another thread, and returns what the client prints.

    It has a process of its own: psycopg2 keeps Python's lock while it waits for the answer to
    a cancel request, so a server in the same process could not give one.
    """
    dsn = psycopg2.extensions.make_dsn(
        host=redshift.host,
        port=redshift.port,
        dbname=redshift.database,
        user=redshift.user,
        password=redshift.password,
        sslmode="require",
    )

    def run(sql: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", CANCELLING_CLIENT],
            input=f"{dsn}\n{sql}",
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        )
        return done.stdout.split()

    return run


def test_cancel(cancel: Callable[[str], list[str]]) -> None:
    """A statement can be cancelled while it runs."""
    assert cancel("SELECT pg_sleep(20)")[0] == "57014"


def test_cancel_of_a_copy(
    cancel: Callable[[str], list[str]],
    connect: Callable[..., extensions.connection],
    connection: extensions.connection,
    cursor: extensions.cursor,
    put: Callable[[str, str | bytes], str],
) -> None:
    """A COPY that waits for a lock is cancelled as itself, and records no load error."""
    url = put("a.csv", "1\n")
    cursor.execute("CREATE TABLE target (a int)")
    connection.commit()
    with connect().cursor() as holder:
        holder.execute("LOCK t.target")
        sqlstate, pid = cancel(f"COPY t.target FROM '{url}' IAM_ROLE default CSV")
    assert sqlstate == "57014"
    cursor.execute("SELECT count(*) FROM sys_load_error_detail WHERE session_id = %s", (int(pid),))
    assert cursor.fetchone() == (0,)


@pytest.fixture
def vanish() -> Callable[[extensions.connection], None]:
    """Closes a connection's socket as a process that is killed does."""

    def close(connection: extensions.connection) -> None:
        descriptor = socket.socket(fileno=connection.fileno())
        descriptor.shutdown(socket.SHUT_RDWR)
        descriptor.detach()

    return close


def alive(cursor: extensions.cursor, pid: int) -> bool:
    """Whether PostgreSQL still has the session."""
    # Within one transaction PostgreSQL shows one and the same list of sessions.
    cursor.connection.rollback()
    cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", (pid,))
    return cursor.fetchone()[0]


def test_client_that_vanishes(
    connect: Callable[..., extensions.connection],
    cursor: extensions.cursor,
    vanish: Callable[[extensions.connection], None],
) -> None:
    """Its backend ends, also one in a long statement."""
    for statement in (None, "SELECT pg_sleep(60)"):
        other = connect()
        pid = other.info.backend_pid
        running = None
        if statement:
            running = threading.Thread(target=execute_quietly, args=(other, statement))
            running.start()
            time.sleep(0.3)
        vanish(other)
        wait_until(lambda pid=pid: not alive(cursor, pid))
        if running:
            running.join()


def execute_quietly(connection: extensions.connection, statement: str) -> None:
    """Execute what must fail, in a thread of its own."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except psycopg2.Error:
        return
    raise AssertionError("it should have failed")


def test_client_that_vanishes_during_a_copy(
    connect: Callable[..., extensions.connection],
    connection: extensions.connection,
    cursor: extensions.cursor,
    put: Callable[[str, str | bytes], str],
    vanish: Callable[[extensions.connection], None],
) -> None:
    """Nothing of its COPY stays, and its backend ends."""
    url = put("a.csv", "".join(f"{row}\n" for row in range(2_000_000)))
    cursor.execute("CREATE TABLE target (a int)")
    connection.commit()
    other = connect()
    other.autocommit = True
    pid = other.info.backend_pid
    copy = f"COPY t.target FROM '{url}' IAM_ROLE default CSV"
    running = threading.Thread(target=execute_quietly, args=(other, copy))
    running.start()
    cursor.execute("SELECT 1")

    def copying() -> bool:
        connection.rollback()
        cursor.execute("SELECT tuples_processed FROM pg_stat_progress_copy WHERE pid = %s", (pid,))
        return any(row[0] for row in cursor.fetchall())

    wait_until(copying)
    vanish(other)
    running.join()
    connection.rollback()
    wait_until(lambda: not alive(cursor, pid))
    cursor.execute("SELECT count(*) FROM target")
    assert cursor.fetchone() == (0,)
