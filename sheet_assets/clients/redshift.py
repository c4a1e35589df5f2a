"""Redshift: connections, queries and transactions, with errors in sentences."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg2
import psycopg2.extensions
import tenacity

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
# Serialization failures (Redshift's 1023 is XX000 with that text), deadlocks, and two sessions
# that create the same thing at once: the whole transaction works when it is done again.
_CONFLICTS = {"40001", "40P01", "23505", "42P06", "42P07"}
_CONFLICT_TEXTS = (
    "1023",
    "conflict with concurrent transaction",
    "could not open relation with OID",
    "Serializable isolation violation",
)
# Connection exceptions, and a server that shuts down or has no more connections to give.
_LOST = ("08", "57P", "53300")
_REFUSED_LOGIN = ("password authentication failed", "no password supplied", "pg_hba.conf")


class RedshiftClient:
    """Opens one connection a piece of work; `connection` are libpq's parameters by name."""

    def __init__(self, connection: Mapping[str, Any], *, retry_seconds: float = 300.0) -> None:
        self._connection = connection
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(WarehouseUnavailableError),
            wait=tenacity.wait_random_exponential(multiplier=0.2, max=30),
            stop=tenacity.stop_after_delay(retry_seconds),
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

        def once() -> Result:
            with self.session() as session:
                return work(session)

        return self._retrying(once)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One connection in autocommit mode, closed in the end.

        Raises:
            WarehouseUnavailableError, SettingError: it cannot be opened.
        """
        with closing(self._connect()) as connection:
            connection.autocommit = True
            yield Session(connection)

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
        try:
            connection: psycopg2.extensions.connection = psycopg2.connect(**self._connection)
        except psycopg2.OperationalError as error:
            where = f"{self._connection.get('host')}:{self._connection.get('port')}"
            text = " ".join(str(error).split())
            if any(refused in text for refused in _REFUSED_LOGIN):
                raise SettingError(
                    f"Redshift at {where} refuses the user {self._connection.get('user')!r}. "
                    "Check REDSHIFT_USER, REDSHIFT_PASSWORD and REDSHIFT_DATABASE."
                ) from error
            raise WarehouseUnavailableError(
                f"Redshift at {where} cannot be reached: {text}. Check REDSHIFT_HOST and "
                "REDSHIFT_PORT, and that this machine may connect (security group, VPN)."
            ) from error
        return connection


class Session:
    """One connection: statements by themselves, or together in `transaction`."""

    def __init__(self, connection: psycopg2.extensions.connection) -> None:
        self._connection = connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """BEGIN … COMMIT; ROLLBACK when anything is raised inside, and by a lost connection.

        Raises:
            WarehouseError: the COMMIT failed, or its answer was lost.
        """
        self._connection.autocommit = False
        try:
            yield
            with _translated("COMMIT"):
                self._connection.commit()
        finally:
            if not self._connection.closed:
                with suppress(psycopg2.Error):
                    self._connection.rollback()
                    self._connection.autocommit = True

    def execute(self, sql: str, params: Mapping[str, Any] | None = None) -> int:
        """Run a statement; the rows it touched, -1 where Redshift does not say.

        Raises:
            WarehouseError: it failed.
        """
        with _translated(sql), self._connection.cursor() as cursor:
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
        with _translated(sql), self._connection.cursor() as cursor:
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
        with _translated(sql), self._connection.cursor(name="rows") as cursor:
            cursor.itersize = _FETCH_ROWS
            cursor.execute(sql)
            yield from cursor


@contextmanager
def _translated(sql: str) -> Iterator[None]:
    try:
        yield
    except psycopg2.Error as error:
        said = _said(error)
        if _is_lost(error):
            raise WarehouseUnavailableError(
                f"The connection to Redshift was lost: {said}. The table is as it was."
            ) from error
        if error.pgcode in _CONFLICTS or any(text in said for text in _CONFLICT_TEXTS):
            raise WarehouseUnavailableError(
                f"Redshift gave way to another transaction, to every try: {said}"
            ) from error
        if sql.lstrip().upper().startswith("COPY"):
            raise CopyRejectedError(f"COPY did not take the file: {said}") from error
        raise QueryError(f"Redshift refused a statement: {said}") from error


def _is_lost(error: psycopg2.Error) -> bool:
    """Whether the connection, and not the statement, is at fault."""
    if error.pgcode:
        return error.pgcode.startswith(_LOST)
    return isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError)


def _said(error: psycopg2.Error) -> str:
    detail = error.diag.message_detail if error.diag else None
    message = (error.diag.message_primary if error.diag else None) or str(error).strip()
    return f"{message} ({detail})" if detail else message
