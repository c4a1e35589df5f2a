"""The atomic load: a table in Redshift is always one whole version, recorded with its rows.

Staging first, then one short transaction: LOCK, decide, DELETE, INSERT, record, COMMIT. The
lock is on the control table, so other loads wait and readers of the table never do.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sheet_assets.clients.copy_rejection import explained
from sheet_assets.errors import ContractError, CopyRejectedError, QueryError, WarehouseError
from sheet_assets.sheets.contract import contract_hash
from sheet_assets.warehouse import rows as csv_rows
from sheet_assets.warehouse import statements
from sheet_assets.warehouse.types import ColumnType

if TYPE_CHECKING:
    import datetime as dt

    from sheet_assets.clients.redshift import RedshiftClient, Session
    from sheet_assets.warehouse.manifest import Reading, Snapshot
    from sheet_assets.warehouse.target import Target

MODE = "replace"
# Temporary, so of one session: every load may use the same name.
STAGING = "sheet_assets_staging"
_CATALOG_TYPES = {
    "character varying": "varchar",
    "numeric": "decimal",
    "double precision": "double",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
}


class CurrentLoad(NamedTuple):
    """The control table's current row of a table; the names are its columns."""

    version: str
    contract_hash: str
    mode: str
    rows_loaded: int
    rows_in_table: int
    loaded_at: dt.datetime
    read_at: dt.datetime
    drive_version: int | None
    modified_by: str | None
    manifest: str | None
    run_id: str | None
    pinned: bool


@dataclass(frozen=True)
class Loaded:
    """How a load ended.

    `unchanged`: the same rows are in the table already. `superseded`: a sheet that was read
    later is in it.
    """

    outcome: Literal["loaded", "unchanged", "superseded"]
    version: str
    rows: int


@dataclass(frozen=True)
class _Version:
    version: str
    contract_hash: str
    rows: int
    manifest: str | None


def load_snapshot(
    redshift: RedshiftClient,
    target: Target,
    snapshot: Snapshot,
    reading: Reading,
    *,
    manifest_url: str,
    iam_role: str,
    run_id: str | None = None,
    force: bool = False,
) -> Loaded:
    """Make the table this snapshot, by COPY.

    Raises:
        CopyRejectedError: COPY refused a file, or took another number of rows.
        ContractError: the table there is not what the contract says.
        WarehouseError: anything else; the table is as it was.
    """
    version = _Version(snapshot.version, snapshot.contract_hash, snapshot.rows, manifest_url)
    load = _Load(target, version, reading, run_id, force=force)

    def work(session: Session) -> Loaded:
        ensure(session, target)
        with session.transaction():
            session.lock(statements.LOCK_LOADS)
            done = load.decide(session)
        if done:
            return done
        session.execute(statements.create_staging(STAGING, target.schema, target.table))
        try:
            session.execute(statements.copy(STAGING, target.columns, manifest_url, iam_role))
        except CopyRejectedError as error:
            raise explained(session, error, target) from error
        copied = session.value(statements.count(statements.identifier(STAGING)))
        if copied != snapshot.rows:
            raise CopyRejectedError(
                f"COPY loaded {copied:,} of {snapshot.rows:,} rows into the staging table of "
                f"{target}. The table is as it was."
            )
        return load.swap(session, STAGING)

    return redshift.run(work)


def load_query(
    redshift: RedshiftClient,
    target: Target,
    query: str,
    reading: Reading,
    *,
    run_id: str | None = None,
    force: bool = False,
) -> Loaded:
    """Make the table the rows of a query, which is always run into staging.

    Raises:
        QueryError: the query fails, or has not the columns of the contract.
        ContractError: the table there is not what the contract says.
        WarehouseError: anything else; the table is as it was.
    """

    def work(session: Session) -> Loaded:
        ensure(session, target)
        session.execute(statements.create_staging(STAGING, target.schema, target.table))
        try:
            session.execute(statements.fill_staging(STAGING, target.columns, query))
        except QueryError as error:
            raise QueryError(
                f"The query of {target} failed. {error}. Correct `query`, or the `columns` that it "
                "must give, in the defs.yaml."
            ) from error
        load = _Load(
            target,
            _staged_version(session, STAGING, target, query),
            reading,
            run_id,
            force=force,
        )
        return load.swap(session, STAGING)

    return redshift.run(work)


def current_load(session: Session, target: Target) -> CurrentLoad | None:
    """What the control table says is in the table; None before the first load."""
    found = session.query(statements.CURRENT_LOAD, target.table_key)
    return CurrentLoad(*found[0]) if found else None


def processed_versions(redshift: RedshiftClient) -> dict[tuple[str, str], int]:
    """The Drive version that each loaded table has taken in, by schema and table.

    Raises:
        WarehouseError: the control table cannot be read.
    """

    def work(session: Session) -> dict[tuple[str, str], int]:
        if not session.query(
            statements.TABLE_COLUMNS, {"schema": statements.CONTROL_SCHEMA, "table": "loads"}
        ):
            return {}
        return {
            (schema, table): version or 0
            for schema, table, version in session.query(statements.PROCESSED_VERSIONS)
        }

    return redshift.run(work)


def ensure(session: Session, target: Target) -> None:
    """Create schema, control table and target where they are missing.

    Raises:
        ContractError: the target is there with other columns.
        QueryError: the user may not create them.
    """
    control = {"schema": statements.CONTROL_SCHEMA, "table": "loads"}
    if not session.query(statements.TABLE_COLUMNS, control):
        session.execute(statements.create_schema(statements.CONTROL_SCHEMA))
        session.execute(statements.CREATE_LOADS)
    found = session.query(statements.TABLE_COLUMNS, target.table_key)
    if not found:
        session.execute(statements.create_schema(target.schema))
        session.execute(statements.create_table(target.schema, target.table, target.columns))
        return
    there = {name: _catalog_type(*rest) for name, *rest in found}
    problems = [
        f'column "{column.name}" is {there.get(column.name, "missing")}, not {column.type}'
        for column in target.columns
        if there.get(column.name) != str(column.type)
    ]
    if problems:
        raise ContractError(
            f"The table {target} is not what the contract says: {'; '.join(problems)}. "
            "Change the contract, or ALTER or drop the table; it was left as it is."
        )


class _Load:
    """One version on its way into one table."""

    def __init__(
        self,
        target: Target,
        version: _Version,
        reading: Reading,
        run_id: str | None,
        *,
        force: bool,
    ) -> None:
        self._target = target
        self._version = version
        self._reading = reading
        self._run_id = run_id
        self._force = force

    def decide(self, session: Session) -> Loaded | None:
        """Under the lock: nothing to load (and the record advanced), or None.

        `force` loads what is in the table already; it lets no older reading replace a newer one.
        """
        current = current_load(session, self._target)
        if current is None:
            return None
        mine = self._version
        in_table = session.value(statements.count(self._target.quoted))
        whole = current.version == mine.version and in_table == current.rows_in_table
        # The answer to our COMMIT was lost, and this is the second try.
        if whole and self._run_id is not None and current.run_id == self._run_id:
            return Loaded("loaded", mine.version, in_table)
        if whole and not self._force:
            session.execute(
                statements.ADVANCE_CURRENT,
                {
                    **self._target.table_key,
                    "read_at": self._reading.read_at,
                    "drive_version": self._reading.drive_version,
                },
            )
            return Loaded("unchanged", mine.version, in_table)
        if self._reading.read_at < current.read_at:
            return Loaded("superseded", current.version, in_table)
        return None

    def swap(self, session: Session, staging: str) -> Loaded:
        """The one short transaction: readers see the old version or the new one."""
        target = self._target
        with session.transaction():
            session.lock(statements.LOCK_LOADS)
            done = self.decide(session)
            if done:
                return done
            session.execute(statements.delete_all(target.schema, target.table))
            session.execute(
                statements.insert_staged(target.schema, target.table, staging, target.columns)
            )
            in_table = session.value(statements.count(target.quoted))
            if in_table != self._version.rows:
                raise WarehouseError(
                    f"{target} would hold {in_table:,} rows instead of {self._version.rows:,}; "
                    "nothing was committed. Is another program writing into it?"
                )
            session.execute(statements.RETIRE_CURRENT, target.table_key)
            session.execute(
                statements.RECORD_LOAD,
                {
                    **target.table_key,
                    "version": self._version.version,
                    "contract_hash": self._version.contract_hash,
                    "mode": MODE,
                    "rows_loaded": self._version.rows,
                    "rows_in_table": in_table,
                    "read_at": self._reading.read_at,
                    "drive_version": self._reading.drive_version,
                    "modified_by": self._reading.modified_by,
                    "manifest": self._version.manifest,
                    "run_id": self._run_id,
                },
            )
        return Loaded("loaded", self._version.version, in_table)


def _staged_version(session: Session, staging: str, target: Target, query: str) -> _Version:
    contract = contract_hash(target.columns)
    version = csv_rows.VersionHash(contract, hashlib.sha256(query.encode()).hexdigest())
    rows = 0

    def counted() -> Any:
        nonlocal rows
        for row in session.stream(statements.ordered_rows(staging, target.columns)):
            rows += 1
            yield row

    with session.transaction():
        for text in csv_rows.lines(counted()):
            version.update(text)
    return _Version(version.hexdigest(), contract, rows, None)


def _catalog_type(
    data_type: str, length: int | None, precision: int | None, scale: int | None, *_: Any
) -> str:
    kind = _CATALOG_TYPES.get(data_type, data_type)
    if kind == "varchar":
        return str(ColumnType(kind, length=length or 0))
    if kind == "decimal":
        return str(ColumnType(kind, precision=precision or 0, scale=scale or 0))
    return str(ColumnType(kind))
