"""Redshift: connections, queries and transactions, with errors in sentences."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg2
import psycopg2.extensions
import tenacity

from sheet_assets.clients.interrupts import interruptible
from sheet_assets.errors import (
    CopyRejectedError,
    QueryError,
    SettingError,
    WarehouseError,
    WarehouseUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd

Result = TypeVar("Result")

_FETCH_ROWS = 5000
# Serialization failures (Redshift's 1023 is XX000 with that text) and deadlocks: the whole
# transaction works when it is done again.
_CONFLICTS = {"40001", "40P01"}
_CONFLICT_TEXTS = (
    "conflict with concurrent transaction",
    "could not open relation with OID",
    "Serializable isolation violation",
)
# Two sessions that CREATE the same thing at once, in spite of IF NOT EXISTS.
_CREATED_TWICE = {"23505", "42P06", "42P07"}
# Connection exceptions, and a server that shuts down or has no more connections to give.
_LOST = ("08", "57P", "53300")
# What libpq asks back when nobody listens; our sentence goes on with what to check.
_LIBPQ_ASKS = "Is the server running on that host and accepting TCP/IP connections?"
# What libpq says when another try cannot help, and which settings to look at.
_WRONG_SETTINGS = {
    "REDSHIFT_USER, REDSHIFT_PASSWORD and REDSHIFT_DATABASE": (
        "password authentication failed",
        "no password supplied",
        "pg_hba.conf",
        'FATAL:  database "',
        'FATAL: database "',
        'FATAL:  role "',
        'FATAL: role "',
    ),
    "REDSHIFT_SSLMODE and REDSHIFT_SSLROOTCERT": (
        "certificate verify failed",
        "root certificate file",
        "does not match host name",
        "server does not support SSL",
        "invalid sslmode value",
    ),
}


class RedshiftClient:
    """Opens one connection a piece of work.

    Args:
        connection: libpq's parameters by name, or what gives them for each connection.
        retry_seconds: How long failing work is tried again, in all.
        lock_seconds: How long a LOCK waits for other sessions.
    """

    def __init__(
        self,
        connection: Mapping[str, Any] | Callable[[], Mapping[str, Any]],
        *,
        retry_seconds: float = 300.0,
        lock_seconds: float = 300.0,
    ) -> None:
        self._connection = connection
        self._lock_seconds = lock_seconds
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(WarehouseUnavailableError),
            wait=tenacity.wait_random_exponential(multiplier=0.2, max=30),
            stop=tenacity.stop_before_delay(retry_seconds),
            reraise=True,
        )

    def run(self, work: Callable[[Session], Result]) -> Result:
        """Do `work` on a new connection, and again as a whole where that may help.

        `work` must come to the same end when it is done twice, since the answer to a COMMIT
        can be lost.

        Raises:
            WarehouseUnavailableError: Redshift was not reached, or conflicts did not end.
            WarehouseError: a statement failed.
            SettingError: Redshift refuses the login.
        """
        in_doubt: WarehouseUnavailableError | None = None

        def once() -> Result:
            nonlocal in_doubt
            with self.session() as session:
                try:
                    return work(session)
                except WarehouseUnavailableError as error:
                    if session.is_in_doubt:
                        in_doubt = error
                    raise

        try:
            return self._retrying(once)
        except WarehouseUnavailableError as error:
            # A later try says of itself alone that it has committed nothing.
            if in_doubt is None or in_doubt is error:
                raise
            raise in_doubt from error

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One connection in autocommit mode, closed in the end.

        A signal that ends the process ends its statement.

        Raises:
            WarehouseUnavailableError, SettingError: it cannot be opened.
        """
        with closing(self._connect()) as connection, interruptible(connection):
            connection.autocommit = True
            yield Session(connection, lock_seconds=self._lock_seconds)

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query.

        Raises:
            WarehouseError: it failed.
        """
        return self.run(lambda session: session.query(sql, params))

    def frame(self, sql: str, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """A query's rows as a frame of Python's own values, for people to look at.

        Raises:
            WarehouseError: it failed.
        """
        import pandas as pd  # noqa: PLC0415 - 0.4 s that a load does not need

        names, rows = self.run(lambda session: session.named(sql, params))
        return pd.DataFrame(rows, columns=list(names), dtype=object)

    def _connect(self) -> psycopg2.extensions.connection:
        parameters = self._connection() if callable(self._connection) else self._connection
        try:
            connection: psycopg2.extensions.connection = psycopg2.connect(**parameters)
        except psycopg2.OperationalError as error:
            where = f"{parameters.get('host')}:{parameters.get('port')}"
            text = " ".join(str(error).replace(_LIBPQ_ASKS, "").split())
            for names, said in _WRONG_SETTINGS.items():
                if any(each in text for each in said):
                    raise SettingError(
                        f"Redshift at {where} refuses the user "
                        f"{parameters.get('user')!r}: {text}. Check {names}."
                    ) from error
            raise WarehouseUnavailableError(
                f"Redshift at {where} cannot be reached: {text}. Check REDSHIFT_HOST and "
                "REDSHIFT_PORT, and that this machine may connect (security group, VPN)."
            ) from error
        return connection


class Session:
    """One connection: statements by themselves, or together in `transaction`."""

    def __init__(
        self, connection: psycopg2.extensions.connection, *, lock_seconds: float = 300.0
    ) -> None:
        self._connection = connection
        self._lock_seconds = lock_seconds
        self._is_in_doubt = False

    @property
    def is_in_doubt(self) -> bool:
        """Whether the answer to a COMMIT was lost, so that it may have been carried out."""
        return self._is_in_doubt

    @property
    def user(self) -> str:
        """Who is logged in; a login of IAM says `IAM:` before the user's name."""
        return self._connection.info.user.removeprefix("IAM:")

    @property
    def tls(self) -> str | None:
        """The protocol that encrypts the connection, such as TLSv1.3; None where none does."""
        info = self._connection.info
        return info.ssl_attribute("protocol") if info.ssl_in_use else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """BEGIN … COMMIT; ROLLBACK when anything is raised inside, and by a lost connection.

        Raises:
            WarehouseError: the COMMIT failed, or its answer was lost.
        """
        self._connection.autocommit = False
        try:
            yield
            with self._translated("COMMIT"):
                self._connection.commit()
        finally:
            if not self._connection.closed:
                with suppress(psycopg2.Error):
                    self._connection.rollback()
                    self._connection.autocommit = True

    def lock(self, sql: str) -> None:
        """Run a LOCK, before its transaction reads or writes a table.

        It does not wait for ever: a query tool that reads the table in a transaction and leaves
        it open would hold up every load.

        Raises:
            WarehouseUnavailableError: another session kept the lock for `lock_seconds`.
        """
        self.execute(f"SET LOCAL statement_timeout TO {round(self._lock_seconds * 1000)}")
        try:
            self.execute(sql)
        except QueryError as error:
            if not isinstance(error.__cause__, psycopg2.extensions.QueryCanceledError):
                raise
            raise WarehouseUnavailableError(
                f"{sql} waited {self._lock_seconds:g} s for another session, which holds it still. "
                "Find it in svv_transactions, and end it with pg_terminate_backend, or close the "
                "transaction that a query tool left open. Nothing was changed."
            ) from error
        self.execute("SET LOCAL statement_timeout TO DEFAULT")

    def execute(self, sql: str, params: Mapping[str, Any] | None = None) -> int:
        """Run a statement; the rows it touched, -1 where Redshift does not say.

        Raises:
            WarehouseError: it failed.
        """
        with self._translated(sql), self._connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.rowcount

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query.

        Raises:
            WarehouseError: it failed.
        """
        return self.named(sql, params)[1]

    def named(
        self, sql: str, params: Mapping[str, Any] | None = None
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """The names of a query's columns, and all of its rows.

        Raises:
            WarehouseError: it failed.
        """
        with self._translated(sql), self._connection.cursor() as cursor:
            cursor.execute(sql, params)
            names = tuple(column.name for column in cursor.description or ())
            return names, cursor.fetchall()

    def value(self, sql: str, params: Mapping[str, Any] | None = None) -> Any:
        """The one value of a query with one row.

        Raises:
            WarehouseError: it failed.
        """
        return self.query(sql, params)[0][0]

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """A query's rows through a server-side cursor: memory does not grow with them.

        Needs a transaction around it.

        Raises:
            WarehouseError: it failed.
        """
        return self.stream_named(sql)[1]

    def stream_named(self, sql: str) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
        """The names of a query's columns, and its rows as `stream` gives them.

        Raises:
            WarehouseError: it failed.
        """
        with self._translated(sql):
            cursor = self._connection.cursor(name="rows")
            cursor.itersize = _FETCH_ROWS
            cursor.execute(sql)
            # A cursor on the server tells its columns with the first rows.
            first = cursor.fetchmany(_FETCH_ROWS)
        names = tuple(column.name for column in cursor.description or ())

        def rows() -> Iterator[tuple[Any, ...]]:
            with self._translated(sql), cursor:
                yield from first
                yield from cursor

        return names, rows()

    @contextmanager
    def _translated(self, sql: str) -> Iterator[None]:
        if "\0" in sql:
            # libpq would run what stands before it, such as a DELETE without its WHERE.
            raise QueryError("A statement holds a NUL character, and was not sent: remove it.")
        try:
            yield
        except psycopg2.Error as error:
            raise self._warehouse_error(error, sql) from error
        except ValueError as error:
            # A value with a NUL, or a text that is no UTF-8 (half of a surrogate pair).
            raise QueryError(f"A statement or its values cannot be sent: {error}") from error

    def _warehouse_error(self, error: psycopg2.Error, sql: str) -> WarehouseError:
        said = _said(error)
        kind = sql.split(maxsplit=1)[0].upper()
        if self._is_lost(error):
            self._is_in_doubt |= kind == "COMMIT"
            known = (
                "Whether it was committed is not known; a load finds out when it is run again."
                if kind == "COMMIT"
                else "Nothing of the transaction was committed."
            )
            return WarehouseUnavailableError(
                f"The connection to Redshift was lost: {said}. {known}"
            )
        if (
            error.pgcode in _CONFLICTS
            or (kind == "CREATE" and error.pgcode in _CREATED_TWICE)
            or any(text in said for text in _CONFLICT_TEXTS)
        ):
            return WarehouseUnavailableError(
                f"Redshift gave way to another transaction, to every try: {said}"
            )
        if kind == "COPY":
            return CopyRejectedError(f"COPY did not take the file: {said}")
        if error.pgcode == "42501":
            return QueryError(
                f"Redshift does not let the user {self._connection.info.user!r} do this: {said}. "
                "GRANT it the right, or let the owner do it."
            )
        return QueryError(f"Redshift refused a statement: {said}")

    def _is_lost(self, error: psycopg2.Error) -> bool:
        """Whether the connection, and not the statement, is at fault."""
        if error.pgcode:
            return error.pgcode.startswith(_LOST)
        return bool(self._connection.closed) or isinstance(
            error, psycopg2.OperationalError | psycopg2.InterfaceError
        )


def sqlstate(error: WarehouseError) -> str | None:
    """PostgreSQL's code of what Redshift refused, such as 42501; None where it gave none."""
    return error.__cause__.pgcode if isinstance(error.__cause__, psycopg2.Error) else None


def _said(error: psycopg2.Error) -> str:
    message = (error.diag.message_primary if error.diag else None) or str(error).strip()
    detail = error.diag.message_detail if error.diag else None
    # The detail of a violated constraint (class 23) is the whole row.
    if not detail or (error.pgcode or "").startswith("23"):
        return message
    return f"{message} ({detail})"
