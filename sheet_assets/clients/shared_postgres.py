"""The PostgreSQL that several hosts share: connections, and errors in sentences."""

from __future__ import annotations

import hashlib
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psycopg2
import psycopg2.extensions

from sheet_assets.errors import SettingError, SharedStateUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What libpq and PostgreSQL say when another try cannot help.
_WRONG_SETTINGS = (
    "password authentication failed",
    "no password supplied",
    "pg_hba.conf",
    "does not exist",
    "is not permitted to log in",
    "certificate verify failed",
    "root certificate file",
    "does not match host name",
    "does not support SSL",
)
# A server that was the primary until a moment ago.
_READ_ONLY = "25006"


class SharedPostgres:
    """Opens one connection a piece of work; `url` is libpq's, with user, password and database."""

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def place(self) -> str:
        """Where it is, without user and password."""
        parts = urlsplit(self._url)
        return f"{parts.netloc.rpartition('@')[2]}{parts.path}"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A connection in autocommit mode, closed in the end.

        Raises:
            SharedStateUnavailableError: it cannot be reached.
            SettingError: it refuses the login.
        """
        with closing(self._connect()) as connection:
            connection.autocommit = True
            yield Session(connection, self.place)

    @contextmanager
    def transaction(self, lock: str) -> Iterator[Session]:
        """A transaction that is alone with the lock of this name; not committed when it raises.

        Raises:
            SharedStateUnavailableError, SettingError: it cannot be begun or committed.
        """
        with self.session() as session:
            # Each statement is to see what the lock's last holder has committed.
            session.query("BEGIN ISOLATION LEVEL READ COMMITTED")
            session.query("SET LOCAL statement_timeout = '30s'")
            session.query("SELECT pg_advisory_xact_lock(%s)", [lock_key(lock)])
            yield session
            session.query("COMMIT")

    def _connect(self) -> psycopg2.extensions.connection:
        try:
            connection: psycopg2.extensions.connection = psycopg2.connect(
                self._url,
                connect_timeout=10,
                application_name="sheet_assets",
                # A firewall drops idle connections without a word while a long export runs.
                keepalives=1,
                keepalives_idle=60,
            )
        except psycopg2.Error as error:
            raise _translated(error, self.place) from error
        return connection


class Session:
    """One connection to it."""

    def __init__(self, connection: psycopg2.extensions.connection, place: str) -> None:
        self._connection = connection
        self._place = place

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a statement gives; none for one that gives nothing.

        Raises:
            SharedStateUnavailableError: the connection is lost.
            SettingError: PostgreSQL refuses the statement.
        """
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall() if cursor.description else []
        except psycopg2.Error as error:
            raise _translated(error, self._place) from error


def lock_key(name: str) -> int:
    """The number of an advisory lock: whoever uses the database shares them, so it is a hash."""
    digest = hashlib.sha256(f"sheet_assets/{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _translated(error: psycopg2.Error, place: str) -> SettingError | SharedStateUnavailableError:
    text = " ".join(str(error).split())
    lost = isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError)
    if error.pgcode == _READ_ONLY or (lost and not any(map(text.__contains__, _WRONG_SETTINGS))):
        return SharedStateUnavailableError(
            f"The PostgreSQL that hosts share did not answer at {place} ({text}). Nothing was "
            "sent to Google; the next run tries again."
        )
    return SettingError(
        f"The PostgreSQL that hosts share refuses it at {place} ({text}). Correct "
        "SHEET_ASSETS_POSTGRES_URL, or what its user may do there."
    )
