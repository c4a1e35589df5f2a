"""The control table `sheet_assets.loads`: what was loaded, and what is current of each table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_assets.warehouse import ddl, statements
from sheet_assets.warehouse.decision import CurrentLoad, InTable

if TYPE_CHECKING:
    from sheet_assets.clients.redshift import RedshiftClient, Session
    from sheet_assets.warehouse.decision import Candidate
    from sheet_assets.warehouse.manifest import Reading
    from sheet_assets.warehouse.target import Target

_CONTROL = {"schema": statements.CONTROL_SCHEMA, "table": "loads"}


@dataclass(frozen=True)
class Loading:
    """What is recorded of a version, beside what came of it."""

    target: Target
    candidate: Candidate
    contract_hash: str
    manifest: str | None
    reading: Reading


def current_load(session: Session, target: Target) -> CurrentLoad | None:
    """What the control table says is in the table; None before the first load."""
    found = session.query(statements.CURRENT_LOAD, target.table_key)
    return CurrentLoad(*found[0]) if found else None


def in_table(session: Session, target: Target, candidate: Candidate) -> InTable:
    """Whether a version is among the rows of a table that is appended to."""
    (found,) = session.query(
        statements.LOADS_IN_TABLE,
        {**target.table_key, "version": candidate.version, "run_id": candidate.run_id},
    )
    return InTable(*found)


def processed_versions(redshift: RedshiftClient) -> dict[tuple[str, str], int]:
    """The Drive version that each loaded table has taken in, by schema and table.

    Raises:
        WarehouseError: the control table cannot be read.
    """

    def work(session: Session) -> dict[tuple[str, str], int]:
        if not session.query(statements.TABLE_COLUMNS, _CONTROL):
            return {}
        return {
            (schema, table): version or 0
            for schema, table, version in session.query(statements.PROCESSED_VERSIONS)
        }

    return redshift.run(work)


def ensure_control_table(session: Session) -> None:
    """Create it, or give one of an earlier release the column that it lacks.

    Raises:
        WarehouseError: the user may not.
    """
    columns = _columns(session)
    if not columns:
        # IF NOT EXISTS asks for CREATE on the database even where the schema exists.
        if not session.query(ddl.SCHEMA, _CONTROL):
            session.execute(ddl.create_schema(statements.CONTROL_SCHEMA))
        session.execute(statements.CREATE_LOADS)
    elif "first_read_at" not in columns:
        with session.transaction():
            session.lock(statements.LOCK_LOADS)
            # Another load may have been first.
            if "first_read_at" not in _columns(session):
                session.execute(statements.ADD_FIRST_READ_AT)
                session.execute(statements.FILL_FIRST_READ_AT)


def note_reading(session: Session, loading: Loading, current: CurrentLoad) -> None:
    """The sheet was read and no row changed: it is not read again for the same Drive version.

    When the current version was last read moves on only if it is what was read.
    """
    same = current.version == loading.candidate.version
    session.execute(
        statements.ADVANCE_CURRENT if same else statements.ADVANCE_DRIVE_VERSION,
        {
            **loading.target.table_key,
            "read_at": loading.reading.read_at,
            "drive_version": loading.reading.drive_version,
        },
    )


def pin(session: Session, target: Target, *, pinned: bool) -> None:
    """Keep the current version against refreshes, or let it go."""
    session.execute(statements.PIN_CURRENT, {**target.table_key, "pinned": pinned})


def record(
    session: Session, loading: Loading, current: CurrentLoad | None, rows_in_table: int
) -> None:
    """Record a load in the transaction that did it.

    It becomes the current one, unless it appended an older reading than that. The Drive version
    of the current row never goes back, also not when an older version is restored: the later
    edits have been seen.
    """
    reading, mine = loading.reading, loading.candidate
    newest = current is None or mine.mode != "append" or not mine.read_at < current.read_at
    seen = [reading.drive_version, current.drive_version if current and newest else None]
    drive_version = max((version for version in seen if version is not None), default=None)
    if newest:
        session.execute(statements.RETIRE_CURRENT, loading.target.table_key)
    else:
        session.execute(
            statements.COUNT_CURRENT,
            {
                **loading.target.table_key,
                "rows_in_table": rows_in_table,
                "drive_version": drive_version,
            },
        )
    session.execute(
        statements.RECORD_LOAD,
        {
            **loading.target.table_key,
            "version": mine.version,
            "contract_hash": loading.contract_hash,
            "mode": mine.mode,
            "rows_loaded": mine.rows,
            "rows_in_table": rows_in_table,
            "read_at": reading.read_at,
            "drive_version": drive_version,
            "modified_by": reading.modified_by,
            "manifest": loading.manifest,
            "run_id": mine.run_id,
            "is_current": newest,
            "pinned": mine.restore,
        },
    )


def _columns(session: Session) -> set[str]:
    return {name for name, *_ in session.query(statements.TABLE_COLUMNS, _CONTROL)}
