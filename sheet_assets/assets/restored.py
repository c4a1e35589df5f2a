"""An earlier version of a sheet, which a run's tags ask for: from S3, not from the sheet."""

import datetime as dt

import dagster as dg

from sheet_assets import settings
from sheet_assets.assets.run_tags import asked
from sheet_assets.clients.versions import version_as_of, version_by_hash
from sheet_assets.errors import WarehouseError
from sheet_assets.resources.aws import S3Versions
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sheets.dates import end_of_day
from sheet_assets.warehouse.manifest import SheetVersion
from sheet_assets.warehouse.target import Target


def restored_version(
    context: dg.AssetExecutionContext,
    redshift: Redshift,
    s3: S3Versions,
    name: str,
    target: Target,
) -> SheetVersion:
    """The version that the tag `sheet_assets/as_of` or `sheet_assets/version` means.

    Raises:
        WarehouseError: the table is appended to or merged into, so no version is all of it.
        VersionNotFoundError: there is none so old, or none with that hash.
    """
    said = asked(context)
    if target.mode != "replace":
        raise WarehouseError(
            f"{target} cannot be restored: its mode is {target.mode!r}, so it holds the rows of "
            "many versions and no version alone is what it was. Only tables of mode 'replace' can."
        )
    if said.as_of:
        zone = settings.require("SHEET_ASSETS_TIME_ZONE")
        before = end_of_day(said.as_of, zone, now=dt.datetime.now(dt.UTC))
        return version_as_of(redshift.client(), s3.store(), target, name, before)
    return version_by_hash(redshift.client(), s3.store(), target, name, str(said.version))
