"""Whether an instance's sheets have a version as old as a date: looked up where it can be told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from sheet_assets import settings
from sheet_assets.errors import (
    ObjectStoreError,
    OperationsError,
    SheetAssetsError,
    VersionNotFoundError,
    WarehouseError,
)
from sheet_assets.operations.launch import stored_versions
from sheet_assets.sheets.dates import end_of_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.cli.kept_sheet import KeptSheet
    from sheet_assets.operations.webserver import Webserver

_NEEDED = ("REDSHIFT_HOST", "SHEET_ASSETS_S3_BUCKET")
# The run itself looks again, with more patience.
_RETRY_SECONDS = 5


def check_restorable(webserver: Webserver, sheets: Sequence[str], as_of: str) -> None:
    """Refuse a date before the first version of any of the sheets.

    It can be told where our own settings lead to the instance's versions: the one that the
    instance has stored last is then among ours. Where it cannot, the run says it.

    Raises:
        VersionNotFoundError: a sheet has no version so old; says which is the oldest.
        OperationsError: the table of one cannot be restored.
    """
    if not all(map(settings.get, _NEEDED)):
        return
    last = stored_versions(webserver, sheets)
    zone = settings.require("SHEET_ASSETS_TIME_ZONE")
    before = end_of_day(as_of, zone, now=dt.datetime.now(dt.UTC))
    try:
        for sheet in _ours(sorted(last)):
            _check(sheet, last[sheet.name], before)
    except (VersionNotFoundError, OperationsError):
        raise
    except (ObjectStoreError, WarehouseError):
        return


def _ours(names: Sequence[str]) -> list[KeptSheet]:
    """The sheets as this machine knows them; none, where it has another deployment."""
    from sheet_assets.cli.kept_sheet import kept_sheets  # noqa: PLC0415 - needed for a date only

    try:
        found = kept_sheets(names)
    except SheetAssetsError:
        return []
    from sheet_assets.resources.redshift import Redshift  # noqa: PLC0415 - Dagster's second

    redshift = Redshift().client(most_retry_seconds=_RETRY_SECONDS)
    return [replace(sheet, redshift=redshift) for sheet in found]


def _check(sheet: KeptSheet, last_version: str, before: dt.datetime) -> None:
    from sheet_assets.warehouse import history  # noqa: PLC0415 - needed for a date only

    found = sheet.versions()
    if last_version not in {record.version for record in found}:
        return
    if sheet.target.mode != "replace":
        raise OperationsError(
            f"{sheet.target} cannot be restored: its mode is {sheet.target.mode!r}, and only a "
            "table of mode 'replace' is what one version of its sheet was."
        )
    history.as_of(found, sheet.name, before)
