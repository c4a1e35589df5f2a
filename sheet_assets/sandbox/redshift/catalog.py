"""The system catalog of the Redshift server: what is there before the first client."""

from __future__ import annotations

import threading
from importlib import resources
from typing import TYPE_CHECKING, Any

import psycopg2

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PRELUDES = (
    "loads.sql",
    "functions.sql",
    "dates.sql",
    "late_views.sql",
    "tables.sql",
    "system_views.sql",
)
_COLUMNS = """
SELECT c.relname, pg_catalog.array_agg(a.attname::text)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'v') AND a.attnum > 0
  AND c.relnamespace IN ('pg_catalog'::regnamespace, 'pg_internal'::regnamespace)
GROUP BY c.relname
"""


class Catalog:
    """A connection of the server's own, whose writes outlive a client's rollback."""

    def __init__(self, socket_directory: Path, *, port: int, user: str, password: str) -> None:
        self._arguments: dict[str, Any] = {
            "host": str(socket_directory),
            # Empty ones keep libpq from taking PGHOSTADDR and PGOPTIONS of the environment.
            "hostaddr": "",
            "options": "",
            "port": port,
            "user": user,
            "password": password,
        }
        self.columns: dict[str, frozenset[str]] = {}
        """The columns of the system's own relations."""
        self._lock = threading.Lock()
        self._connection: psycopg2.extensions.connection | None = None

    def create(self, database: str) -> None:
        """Make the database, with Redshift's functions and system tables in it.

        Raises:
            psycopg2.Error: PostgreSQL refuses.
        """
        # Renaming takes no time; CREATE DATABASE copies a template of 7 MB.
        self._execute("template1", f'ALTER DATABASE postgres RENAME TO "{database}"')
        files = resources.files(__package__)
        preludes = [files.joinpath(name).read_text("utf-8") for name in _PRELUDES]
        self._execute(database, "\n".join(preludes))
        self.open(database)

    def open(self, database: str) -> None:
        """Connect to a database that was made before.

        Raises:
            psycopg2.Error: PostgreSQL refuses.
        """
        self._connection = psycopg2.connect(dbname=database, **self._arguments)
        self._connection.autocommit = True
        self.columns = {name: frozenset(columns) for name, columns in self.execute(_COLUMNS, {})}

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def execute(self, sql: str, arguments: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a statement on this connection, and give its rows if it has any."""
        with self._lock:
            if self._connection is None:
                return []
            with self._connection.cursor() as cursor:
                cursor.execute(sql, arguments)
                return cursor.fetchall() if cursor.description else []

    def _execute(self, database: str, sql: str) -> None:
        connection = psycopg2.connect(dbname=database, **self._arguments)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
        finally:
            connection.close()
