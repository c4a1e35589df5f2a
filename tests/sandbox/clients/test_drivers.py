# ruff: noqa: DTZ001 - a timestamp of Redshift's has no time zone
from __future__ import annotations

import datetime as dt
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
import psycopg2
import pytest
import redshift_connector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.sandbox.redshift import RedshiftServer

# What redshift_connector itself does when it opens a connection.
pytestmark = pytest.mark.filterwarnings("ignore:ssl:DeprecationWarning")

DRIVERS = ["psycopg2", "psycopg", "redshift_connector"]
TABLE = """
CREATE TABLE {}.measured (
  id bigint IDENTITY(1, 1), name varchar(30) NOT NULL, price decimal(9, 2), ratio float8, sold bool,
  day date, at timestamp, seen timestamptz
) DISTSTYLE KEY DISTKEY(id) SORTKEY(day)
"""
ROW = (
    "한글 'x' %",
    Decimal("12.30"),
    0.1,
    True,
    dt.date(2024, 2, 29),
    dt.datetime(2024, 2, 29, 12, 30, 1, 500000),
    dt.datetime(2024, 2, 29, 12, 30, tzinfo=dt.UTC),
)


def connections(server: RedshiftServer) -> dict[str, Callable[[], Any]]:
    """How each driver is told where the server is, with the certificate checked."""
    libpq: dict[str, Any] = {
        "host": "localhost",
        "port": server.port,
        "dbname": server.database,
        "user": server.user,
        "password": server.password,
        "sslmode": "verify-full",
        "sslrootcert": str(server.certificate_authority),
    }
    return {
        "psycopg2": lambda: psycopg2.connect(**libpq),
        "psycopg": lambda: psycopg.connect(**libpq),
        "redshift_connector": lambda: redshift_connector.connect(
            host="localhost",
            port=server.port,
            database=server.database,
            user=server.user,
            password=server.password,
            ssl=True,
            sslmode="verify-full",
        ),
    }


@pytest.fixture(params=DRIVERS)
def driver(
    request: pytest.FixtureRequest, redshift: RedshiftServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """A connection of each driver; redshift_connector has no setting for the authority's file."""
    monkeypatch.setenv("SSL_CERT_FILE", str(redshift.certificate_authority))
    with closing(connections(redshift)[request.param]()) as connection:
        yield connection


def test_values_come_back(driver: Any, schema: str) -> None:
    """Parameters and results of every type that a sheet can have, over either protocol."""
    cursor = driver.cursor()
    cursor.execute(TABLE.format(schema))
    insert = f"INSERT INTO {schema}.measured (name, price, ratio, sold, day, at, seen) VALUES ({', '.join(['%s'] * 7)})"
    cursor.executemany(insert, [ROW, ("b", *[None] * 6)])
    driver.commit()
    cursor.execute(
        f"SELECT name, price, ratio, sold, day, at, seen FROM {schema}.measured ORDER BY id"
    )
    first, second = (tuple(row) for row in cursor.fetchall())
    assert first == ROW
    assert second == ("b", *[None] * 6)
    cursor.execute(
        "SELECT nvl(%s::varchar, 'none'), datediff(day, %s::date, %s::date)",
        (None, dt.date(2024, 1, 31), dt.date(2024, 2, 1)),
    )
    assert tuple(cursor.fetchone()) == ("none", 1)


def test_transactions_and_errors(driver: Any, schema: str) -> None:
    """An error has its SQLSTATE and aborts its transaction; a rollback undoes, TRUNCATE commits."""
    cursor = driver.cursor()
    cursor.execute(f"CREATE TABLE {schema}.t (a int, b varchar(3), PRIMARY KEY (a))")
    driver.commit()
    cursor.execute(f"INSERT INTO {schema}.t VALUES (1, 'x'), (1, 'y')")
    with pytest.raises(Exception, match="value too long for type character varying"):
        cursor.execute(f"INSERT INTO {schema}.t VALUES (2, '한글')")
    driver.rollback()
    cursor.execute(f"SELECT count(*) FROM {schema}.t")
    assert cursor.fetchone()[0] == 0
    cursor.execute(f"INSERT INTO {schema}.t VALUES (1, 'x')")
    cursor.execute(f"TRUNCATE {schema}.t")
    driver.rollback()
    cursor.execute(f"SELECT count(*) FROM {schema}.t")
    assert cursor.fetchone()[0] == 0


def test_dataframe(redshift: RedshiftServer, schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """redshift_connector reads frames, as AWS's examples do."""
    monkeypatch.setenv("SSL_CERT_FILE", str(redshift.certificate_authority))
    with closing(connections(redshift)["redshift_connector"]()) as connection:
        cursor = connection.cursor()
        cursor.execute(f"CREATE TABLE {schema}.t (a int, b varchar(9))")
        cursor.execute(f"INSERT INTO {schema}.t VALUES (1, 'x'), (2, NULL)")
        cursor.execute(f"SELECT * FROM {schema}.t ORDER BY a")
        frame = cursor.fetch_dataframe()
    assert frame.columns.tolist() == ["a", "b"]
    assert frame["a"].tolist() == [1, 2]


def test_encoding_that_psycopg_does_not_know(redshift: RedshiftServer) -> None:
    """Redshift calls its encoding UNICODE; the sandbox does so for a client that says it first."""
    connect = connections(redshift)["psycopg2"]
    with closing(connect()) as connection:
        assert connection.info.parameter_status("client_encoding") == "UTF8"
    arguments = {"client_encoding": "UNICODE"}
    libpq = psycopg2.connect(
        host=redshift.host,
        port=redshift.port,
        dbname=redshift.database,
        user=redshift.user,
        password=redshift.password,
        sslmode="require",
        **arguments,
    )
    with closing(libpq) as connection:
        assert connection.info.parameter_status("client_encoding") == "UNICODE"
        assert connection.encoding == "UNICODE"
