"""A PostgreSQL that hosts share, as `deploy/` has it: Dagster's storage, the quota, the locks."""

from __future__ import annotations

import secrets
import uuid
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest

from sheet_assets.sandbox.redshift.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Database:
    """A database on loopback."""

    host: str
    port: int
    user: str
    password: str
    name: str

    @property
    def url(self) -> str:
        """Its address, as libpq takes it."""
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{self.name}"

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What a statement gives; none for one that gives nothing."""
        with closing(psycopg2.connect(self.url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session")
def running_postgres() -> Iterator[Postgres]:
    """One server for the session. Ask for one of the databases instead."""
    server = Postgres(user="dagster", password=secrets.token_urlsafe(12), on_loopback=True)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def database(running_postgres: Postgres) -> Database:
    """An empty database."""
    return created(running_postgres)


@pytest.fixture(scope="session")
def dagster_database(running_postgres: Postgres) -> Database:
    """The database of one instance for the session: to make its tables takes seconds."""
    return created(running_postgres)


def created(server: Postgres) -> Database:
    """A new database with a name of its own."""

    def named(name: str) -> Database:
        return Database("127.0.0.1", server.port, server.user, server.password, name)

    name = f"shared_{uuid.uuid4().hex[:12]}"
    everywhere = named("postgres")
    everywhere.query(f"CREATE DATABASE {name}")
    # The sandbox's servers are Redshift's in this; others are as PostgreSQL's default has it.
    everywhere.query(f"ALTER DATABASE {name} SET default_transaction_isolation = 'read committed'")
    return named(name)
