"""Redshift: the login, TLS, and the rights on each schema and table of the deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.doctor.finding import Finding
from sheet_assets.doctor.redshift_copy import COPY, copied
from sheet_assets.doctor.wanted import WantedTable
from sheet_assets.errors import SheetAssetsError, WarehouseError
from sheet_assets.warehouse.statements import CONTROL_SCHEMA, identifier, qualified

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sheet_assets.clients.redshift import Session
    from sheet_assets.resources.aws import S3Versions
    from sheet_assets.resources.redshift import Redshift

LOGIN, TLS = "Redshift login", "Redshift TLS"
RETRY_SECONDS = 15
_CONTROL = WantedTable(CONTROL_SCHEMA, "loads")
_WRITING = ("SELECT", "INSERT", "UPDATE", "DELETE")

_SCHEMA_RIGHTS = """
SELECT has_schema_privilege(%(user)s, nspname, 'USAGE'),
       has_schema_privilege(%(user)s, nspname, 'CREATE')
FROM pg_catalog.pg_namespace WHERE nspname = %(schema)s
"""
_MAY_CREATE_SCHEMA = """
SELECT current_database(), has_database_privilege(%(user)s, current_database(), 'CREATE')
"""
_TABLES = """
SELECT c.relname FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = %(schema)s AND c.relkind IN ('r', 'v')
"""
_TABLE_RIGHT = "SELECT has_table_privilege(%(user)s, %(table)s, %(right)s)"


def findings(
    redshift: Redshift, tables: Sequence[WantedTable], s3: S3Versions | None
) -> Iterator[Finding]:
    """The login, TLS, schemas with their tables, and COPY; `s3` is None where it cannot be used.

    Nothing is created but a temporary table, and that is rolled back.
    """
    wanted = _by_schema([*tables, _CONTROL])
    rest = [TLS, *(f"schema {schema}" for schema in wanted), COPY]
    try:
        client = redshift.client(most_retry_seconds=RETRY_SECONDS)
        ((user,),) = client.query("SELECT current_user")
    except SheetAssetsError as error:
        yield Finding.failed(LOGIN, error)
        for what in rest:
            yield Finding.skipped(what, f"the {LOGIN}")
        return
    with client.session() as session:
        yield Finding.ok(LOGIN, f"as {user}")
        yield _tls(session.tls, redshift.tls_mode())
        for schema, of_schema in wanted.items():
            yield _rights(session, user, schema, of_schema)
        yield (
            copied(session, user, s3, redshift.iam_role())
            if s3
            else Finding.skipped(COPY, "the bucket")
        )


def _by_schema(tables: Sequence[WantedTable]) -> dict[str, list[WantedTable]]:
    found: dict[str, list[WantedTable]] = {}
    for table in tables:
        found.setdefault(table.schema, []).append(table)
    return found


def _tls(protocol: str | None, sslmode: str) -> Finding:
    if protocol is None:
        return Finding.failed(
            TLS,
            f"The connection is not encrypted: REDSHIFT_SSLMODE is {sslmode}. Set "
            "REDSHIFT_SSLMODE=verify-full.",
        )
    if sslmode == "verify-full":
        return Finding.ok(TLS, f"{protocol}, and the server is the one that was named")
    return Finding.ok(
        TLS, f"{protocol}; who the server is, is only looked at with REDSHIFT_SSLMODE=verify-full"
    )


def _rights(session: Session, user: str, schema: str, tables: Sequence[WantedTable]) -> Finding:
    what = f"schema {schema}"
    try:
        missing = _missing(session, user, schema, tables)
    except WarehouseError as error:
        return Finding.failed(what, error)
    if missing:
        return Finding.failed(
            what,
            f"The user {user!r} lacks rights. As the owner or a superuser, run: "
            f"{' '.join(missing)}",
        )
    names = ", ".join(sorted({table.table for table in tables}))
    return Finding.ok(what, f"for {names}")


def _missing(session: Session, user: str, schema: str, tables: Sequence[WantedTable]) -> list[str]:
    """The statements that would give what is missing; none where nothing is."""
    who = identifier(user)
    writes = any(table.writes for table in tables)
    found = session.query(_SCHEMA_RIGHTS, {"user": user, "schema": schema})
    if not found:
        return _missing_schema(session, user, schema, tables) if writes else []
    there = {name for (name,) in session.query(_TABLES, {"schema": schema})}
    (usage, create) = found[0]
    needed = {"USAGE": usage}
    if any(table.writes and table.table not in there for table in tables):
        needed["CREATE"] = create
    lacks = [right for right, given in needed.items() if not given]
    missing = []
    if lacks:
        missing.append(f"GRANT {', '.join(lacks)} ON SCHEMA {identifier(schema)} TO {who};")
    for table in tables:
        if table.table not in there:
            continue
        name = qualified(table.schema, table.table)
        lacks = [
            right
            for right in (_WRITING if table.writes else ("SELECT",))
            if not session.value(_TABLE_RIGHT, {"user": user, "table": name, "right": right})
        ]
        if lacks:
            missing.append(f"GRANT {', '.join(lacks)} ON {name} TO {who};")
    return list(dict.fromkeys(missing))


def _missing_schema(
    session: Session, user: str, schema: str, tables: Sequence[WantedTable]
) -> list[str]:
    """A schema that is not there is made by the first load, if it may be."""
    who = identifier(user)
    ((database, may_create),) = session.query(_MAY_CREATE_SCHEMA, {"user": user})
    if all(table.may_create_schema for table in tables if table.writes):
        return [] if may_create else [f"GRANT CREATE ON DATABASE {identifier(database)} TO {who};"]
    return [
        f"CREATE SCHEMA {identifier(schema)};",
        f"GRANT USAGE, CREATE ON SCHEMA {identifier(schema)} TO {who};",
    ]
