"""The versions of a sheet: what S3 keeps of them, and what the control table says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.warehouse import history, manifest, statements
from sheet_assets.warehouse.history import Load
from sheet_assets.warehouse.manifest import Reading, SheetVersion

if TYPE_CHECKING:
    import datetime as dt

    from sheet_assets.clients.redshift import RedshiftClient, Session
    from sheet_assets.clients.s3 import VersionStore
    from sheet_assets.warehouse.history import VersionRecord
    from sheet_assets.warehouse.target import Target


def versions(
    redshift: RedshiftClient, store: VersionStore, target: Target, name: str
) -> list[VersionRecord]:
    """The history of a sheet, newest first, with what was never loaded or is not in S3 any more.

    One listing of S3 and one query of the loads, however many there are.

    Raises:
        WarehouseError, ObjectStoreError: they cannot be asked.
    """
    return history.records(_loads(redshift, target), store.stored(name))


def version_as_of(
    redshift: RedshiftClient, store: VersionStore, target: Target, name: str, before: dt.datetime
) -> SheetVersion:
    """The newest version that was read before a moment, as if the sheet had been read again.

    Raises:
        VersionNotFoundError: there is none so old, or it was removed from S3; says which is the
            oldest.
        WarehouseError, ObjectStoreError: they cannot be asked.
    """
    found = history.as_of(versions(redshift, store, target, name), name, before)
    return _taken(store, name, found)


def version_by_hash(
    redshift: RedshiftClient, store: VersionStore, target: Target, name: str, said: str
) -> SheetVersion:
    """The version whose hash begins so (at least 4 digits), or `current`, or `previous`.

    Raises:
        VersionNotFoundError: there is none, or several begin so, or it was removed from S3; says
            which there are.
        WarehouseError, ObjectStoreError: they cannot be asked.
    """
    found = history.by_hash(versions(redshift, store, target, name), name, said)
    return _taken(store, name, found)


def _taken(store: VersionStore, name: str, record: VersionRecord) -> SheetVersion:
    key = manifest.manifest_key(store.prefix, name, record.version)
    return SheetVersion(
        snapshot=store.snapshot(name, record.version),
        reading=Reading(
            read_at=record.since,
            drive_version=record.drive_version,
            modified_by=record.modified_by,
        ),
        manifest_url=store.objects.url(key),
    )


def _loads(redshift: RedshiftClient, target: Target) -> list[Load]:
    """Every load of the table; none where the control table is not there yet."""
    control = {"schema": statements.CONTROL_SCHEMA, "table": "loads"}

    def work(session: Session) -> list[Load]:
        there = {name for name, *_ in session.query(statements.TABLE_COLUMNS, control)}
        if not there:
            return []
        select = history.select_loads(with_first_read="first_read_at" in there)
        return [Load(*row) for row in session.query(select, target.table_key)]

    return redshift.run(work)
