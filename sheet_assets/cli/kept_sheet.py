"""A sheet of this deployment by its name, and where its versions are kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sheet_assets import settings
from sheet_assets.cli import project, terminal
from sheet_assets.errors import SettingError, SheetAssetsError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sheet_assets.clients.redshift import RedshiftClient, Session
    from sheet_assets.clients.s3 import VersionStore
    from sheet_assets.sheets.contract import Column
    from sheet_assets.warehouse.history import VersionRecord
    from sheet_assets.warehouse.target import Target


@dataclass(frozen=True)
class KeptSheet:
    """A SheetTable, its contract of today, and clients for what is kept of it."""

    name: str
    columns: tuple[Column, ...]
    target: Target
    redshift: RedshiftClient
    store: VersionStore

    def versions(self) -> list[VersionRecord]:
        """Its history, newest first.

        Raises:
            WarehouseError, ObjectStoreError: it cannot be read.
        """
        from sheet_assets.clients.versions import versions  # noqa: PLC0415 - pydantic's 0.2 s

        return versions(self.redshift, self.store, self.target, self.name)


def kept_sheets(names: Sequence[str] | None, *, or_export: bool = False) -> list[KeptSheet]:
    """The sheets with these names; None: all there are.

    `or_export` is where an export could have been named as well: the refusal lists those, too.

    Raises:
        SheetAssetsError: there is no such sheet (lists what there is), or a defs.yaml is wrong.
        SettingError: a setting of S3 or Redshift is missing.
    """
    with terminal.progress().status("loading the definitions …"):
        from sheet_assets.resources.aws import AwsCredentials, S3Versions  # noqa: PLC0415
        from sheet_assets.resources.redshift import Redshift  # noqa: PLC0415

        deployment = project.deployment()
        tables = {table.name: table for table, _ in deployment.tables}
        exports = {export.name for export, _ in deployment.exports}
    for name in names or ():
        if name not in tables:
            raise _unknown(name, tables, exports, or_export=or_export)
    redshift, store = Redshift().client(), S3Versions(credentials=AwsCredentials()).store()
    return [
        KeptSheet(name, tables[name].source().columns, tables[name].target(), redshift, store)
        for name in (sorted(tables) if names is None else dict.fromkeys(names))
    ]


def _unknown(
    name: str, tables: Collection[str], exports: Collection[str], *, or_export: bool
) -> SheetAssetsError:
    sheets = ", ".join(sorted(tables)) or "none"
    if or_export:
        return SheetAssetsError(
            f"There is no sheet and no export {name!r} in defs/. Sheets: {sheets}. "
            f"Exports: {', '.join(sorted(exports)) or 'none'}."
        )
    if name in exports:
        return SheetAssetsError(f"{name} is an export, which keeps no versions. Sheets: {sheets}.")
    return SheetAssetsError(f"There is no sheet {name!r} in defs/; there is {sheets}.")


def current_version(target: Target) -> tuple[str | None, bool]:
    """The version that is in a table, None before the first load; and whether it is pinned.

    Raises:
        WarehouseError: it cannot be asked.
    """
    from sheet_assets.clients.load_record import current_load  # noqa: PLC0415 - psycopg2
    from sheet_assets.resources.redshift import Redshift  # noqa: PLC0415
    from sheet_assets.warehouse import statements  # noqa: PLC0415

    control = {"schema": statements.CONTROL_SCHEMA, "table": "loads"}

    def work(session: Session) -> tuple[str | None, bool]:
        there = session.query(statements.TABLE_COLUMNS, control)
        current = current_load(session, target) if there else None
        return (current.version, current.pinned) if current else (None, False)

    return Redshift().client().run(work)


def time_zone() -> ZoneInfo:
    """The zone that dates are of: SHEET_ASSETS_TIME_ZONE.

    Raises:
        SettingError: there is none of that name.
    """
    name = settings.require("SHEET_ASSETS_TIME_ZONE")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingError(
            f"SHEET_ASSETS_TIME_ZONE is {name!r}, which is no time zone; it must be a name such "
            "as Europe/Berlin or UTC."
        ) from error


def local(moment: dt.datetime | None, zone: ZoneInfo) -> str:
    """A moment to the minute, as the clock there had it."""
    return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def record_as_json(record: VersionRecord) -> dict[str, Any]:
    """For `--json`: every field of a record, moments in ISO 8601."""
    said = {**vars(record), "stored": record.stored}
    return {
        name: value.isoformat() if isinstance(value, dt.datetime) else value
        for name, value in said.items()
    }
