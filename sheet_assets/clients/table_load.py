"""The atomic load: readers of a table in Redshift see it before or after a load, never between.

Staging first, then one short transaction: LOCK, decide, change, INSERT, record, COMMIT. The
lock is on the control table, so other loads wait and readers of the table never do, except while
a load changes the table's columns.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheet_assets.clients import load_record, table_shape
from sheet_assets.clients.copy_rejection import explained
from sheet_assets.clients.load_record import Loading, current_load, processed_versions
from sheet_assets.clients.row_checks import verify
from sheet_assets.errors import CopyRejectedError, QueryError, RowCountError, WarehouseError
from sheet_assets.sheets.contract import contract_hash
from sheet_assets.warehouse import ddl, row_checks, statements
from sheet_assets.warehouse import rows as csv_rows
from sheet_assets.warehouse.decision import Candidate, Found, Outcome, decide
from sheet_assets.warehouse.manifest import SheetVersion
from sheet_assets.warehouse.restoring import staged_columns
from sheet_assets.warehouse.row_checks import RowChecks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.clients.redshift import RedshiftClient, Session
    from sheet_assets.clients.s3 import VersionStore
    from sheet_assets.warehouse.manifest import Reading, Snapshot
    from sheet_assets.warehouse.target import Target
    from sheet_assets.warehouse.types import TableColumn

__all__ = ["Loaded", "current_load", "load_query", "load_snapshot", "processed_versions"]

# Temporary, so of one session: every load may use the same name.
STAGING = "sheet_assets_staging"


@dataclass(frozen=True)
class Loaded:
    """How a load ended, and how many rows are in the table now.

    `unchanged`: the rows are in the table already. `superseded`: a sheet that was read later is
    in it. `pinned`: it keeps a restored version. Of an append or a merge that was `loaded`, how
    many rows it added, replaced by their key (changed or not) and deleted; None where that is
    not known.
    """

    outcome: Outcome
    version: str
    rows: int
    rows_inserted: int | None = None
    rows_updated: int | None = None
    rows_deleted: int | None = None


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
    restore: bool = False,
    unpin: bool = False,
    allow_rebuild: bool = False,
    store: VersionStore | None = None,
) -> Loaded:
    """Load this snapshot into the table, in the mode of the target, by COPY.

    Args:
        redshift: Where the table is.
        target: The table.
        snapshot: What its rows are, and in which parts they lie.
        reading: When and by whom; of a restored version, when it was first read.
        manifest_url: The COPY manifest of those parts.
        iam_role: What COPY reads them as.
        run_id: The run that asks: its second try ends as the first did.
        force: Load also what is in the table. Not into a table that is appended to: the rows
            would be there twice, and nothing would tell them apart.
        restore: Make the table this version although a later reading is in it, and pin it.
        unpin: Let a pinned table go, and load.
        allow_rebuild: Drop and add columns where the contract has changed so.
        store: Where the parts can be looked into, to name the cell that COPY refuses.

    Raises:
        CellError: COPY refused a cell of the sheet.
        CopyRejectedError: COPY refused a file, or took another number of rows.
        RowCountError: the table would not hold the rows that were loaded.
        ContractError: the table there, or the version, is not what the contract says.
        WarehouseError: anything else; the table is as it was.
    """
    if restore and unpin:
        raise ValueError("a version is restored and pinned, or the table is unpinned: not both")
    if restore and target.mode != "replace":
        raise WarehouseError(
            f"{target} cannot be restored: its mode is {target.mode!r}, so it holds the rows of "
            "many versions, and no version alone is what it was."
        )
    version = SheetVersion(snapshot=snapshot, reading=reading)
    columns = staged_columns(target, snapshot, restore=restore)
    candidate = Candidate(
        snapshot.version,
        snapshot.rows,
        reading.read_at,
        mode=target.mode,
        run_id=run_id,
        force=force,
        restore=restore,
        unpin=unpin,
    )
    loading = Loading(target, candidate, snapshot.contract_hash, manifest_url, reading)

    def work(session: Session) -> Loaded:
        pending = table_shape.ensure(session, target, allow_rebuild=allow_rebuild).pending
        load = _Load(loading, columns, reshape=pending, allow_rebuild=allow_rebuild)
        with session.transaction():
            session.lock(statements.LOCK_LOADS)
            done = load.decided(session)
        if done:
            return done
        session.execute(ddl.create_staging(STAGING, columns, target.key))
        try:
            session.execute(statements.copy(STAGING, columns, manifest_url, iam_role))
        except CopyRejectedError as error:
            raise explained(session, error, target, version, store) from error
        copied = session.value(statements.count(statements.identifier(STAGING)))
        if copied != snapshot.rows:
            raise CopyRejectedError(
                f"COPY loaded {copied:,} of {snapshot.rows:,} rows into the staging table of "
                f"{target}. The table is as it was."
            )
        return load.swap(session)

    return redshift.run(work)


def load_query(
    redshift: RedshiftClient,
    target: Target,
    query: str,
    reading: Reading,
    *,
    checks: RowChecks | None = None,
    run_id: str | None = None,
    force: bool = False,
    allow_rebuild: bool = False,
) -> Loaded:
    """Make the table the rows of a query, which is always run into staging.

    Checks of what it reads come first; those of its rows (by default, the columns') are made in
    staging, so that no reader ever sees rows that break one.

    Raises:
        RowCheckError: a check does not hold.
        QueryError: the query fails, or has not the columns of the contract.
        ContractError: the table there is not what the contract says.
        WarehouseError: anything else; the table is as it was.
    """
    if target.mode != "replace":
        raise WarehouseError(
            f"{target} is the rows of a query, which replace it as a whole; its mode cannot be "
            f"{target.mode!r}."
        )
    checks = checks or RowChecks(output=row_checks.of_columns(target.columns))

    def work(session: Session) -> Loaded:
        verify(session, target, checks.input, STAGING)
        pending = table_shape.ensure(session, target, allow_rebuild=allow_rebuild).pending
        # It takes NULL everywhere: the checks tell all that is wrong at once, and in words.
        session.execute(ddl.create_staging(STAGING, target.columns, nullable=True))
        try:
            session.execute(statements.fill_staging(STAGING, target.columns, query))
        except QueryError as error:
            raise QueryError(
                f"The query of {target} failed. {error}. Correct `query`, or the `columns` that it "
                "must give, in the defs.yaml."
            ) from error
        verify(session, target, checks.output, STAGING)
        contract = contract_hash(target.columns)
        version, rows = _staged_version(session, target, contract, query)
        candidate = Candidate(version, rows, reading.read_at, run_id=run_id, force=force)
        loading = Loading(target, candidate, contract, None, reading)
        load = _Load(loading, target.columns, reshape=pending, allow_rebuild=allow_rebuild)
        return load.swap(session)

    return redshift.run(work)


class _Load:
    """One version on its way from staging into one table.

    Args:
        loading: What is loaded.
        columns: Those of the staging table.
        reshape: Whether the table's columns must change.
        allow_rebuild: Whether some may be dropped for that.
    """

    def __init__(
        self,
        loading: Loading,
        columns: Sequence[TableColumn],
        *,
        reshape: bool,
        allow_rebuild: bool,
    ) -> None:
        self._loading = loading
        self._target = loading.target
        self._mine = loading.candidate
        self._columns = columns
        self._reshape = reshape
        self._allow_rebuild = allow_rebuild

    def decided(self, session: Session) -> Loaded | None:
        """Under the lock: how it ends without a change of rows, and that recorded; or None."""
        return self._decided(session, self._found(session))

    def swap(self, session: Session) -> Loaded:
        """The one short transaction."""
        target = self._target
        with session.transaction():
            session.lock(statements.LOCK_LOADS)
            found = self._found(session)
            done = self._decided(session, found)
            if done:
                return done
            if self._reshape:
                table_shape.reshape(session, target, allow_rebuild=self._allow_rebuild)
            expected, loaded = self._fill(session, found.rows)
            in_table = session.value(statements.count(target.quoted))
            if in_table != expected:
                raise RowCountError(
                    f"{target} would hold {in_table:,} rows instead of {expected:,}; "
                    "nothing was committed. Is another program writing into it?"
                )
            load_record.record(session, self._loading, found.current, in_table)
        return loaded

    def _found(self, session: Session) -> Found:
        appends = self._mine.mode == "append"
        return Found(
            current=current_load(session, self._target),
            rows=session.value(statements.count(self._target.quoted)),
            reshaped=self._reshape,
            in_table=load_record.in_table(session, self._target, self._mine) if appends else None,
        )

    def _decided(self, session: Session, found: Found) -> Loaded | None:
        outcome, current = decide(self._mine, found), found.current
        if outcome is None or current is None:
            return None
        if outcome in {"unchanged", "pinned"}:
            load_record.note_reading(session, self._loading, current)
        pinned = self._mine.restore
        if outcome == "unchanged" and current.pinned != pinned:
            load_record.pin(session, self._target, pinned=pinned)
        theirs = outcome in {"superseded", "pinned"}
        return Loaded(outcome, current.version if theirs else self._mine.version, found.rows)

    def _fill(self, session: Session, before: int) -> tuple[int, Loaded]:
        """Change the rows; how many there must be now, and what is to be said of it."""
        if self._mine.mode == "merge":
            return self._merge(session, before)
        table = (self._target.schema, self._target.table)
        kept = 0
        if self._mine.mode == "append":
            kept = before
        else:
            session.execute(statements.delete_all(*table))
        session.execute(statements.insert_staged(*table, STAGING, self._columns))
        rows = kept + self._mine.rows
        inserted = self._mine.rows if self._mine.mode == "append" else None
        return rows, Loaded("loaded", self._mine.version, rows, rows_inserted=inserted)

    def _merge(self, session: Session, before: int) -> tuple[int, Loaded]:
        target, key = self._target, self._target.key
        table = (target.schema, target.table)
        rows, keys = map(int, session.query(statements.count_keys(STAGING, self._columns, key))[0])
        if rows != keys:
            raise WarehouseError(
                f"{rows - keys:,} of the {rows:,} rows for {target} have the key of another one "
                f"({', '.join(key)}) and differ from it, so a merge cannot tell which to keep. "
                "Nothing was changed; make the key unique in the sheet."
            )
        updated = session.value(statements.count_matches(*table, STAGING, key))
        replaced = session.execute(statements.delete_matches(*table, STAGING, key))
        gone = (
            session.execute(statements.delete_missing(*table, STAGING, key))
            if target.delete_missing
            else 0
        )
        session.execute(statements.insert_staged(*table, STAGING, self._columns, distinct=True))
        after = before - replaced - gone + rows
        return after, Loaded(
            "loaded",
            self._mine.version,
            after,
            rows_inserted=rows - updated,
            rows_updated=updated,
            rows_deleted=gone,
        )


def _staged_version(session: Session, target: Target, contract: str, query: str) -> tuple[str, int]:
    version = csv_rows.VersionHash(contract, hashlib.sha256(query.encode()).hexdigest())
    rows = 0

    def counted() -> Any:
        nonlocal rows
        for row in session.stream(statements.ordered_rows(STAGING, target.columns)):
            rows += 1
            yield row

    with session.transaction():
        for text in csv_rows.lines(counted()):
            version.update(text)
    return version.hexdigest(), rows
