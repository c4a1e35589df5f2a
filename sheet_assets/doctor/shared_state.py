"""The PostgreSQL that hosts share: whether a request of Google's can be counted there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.clients.shared_quota import SharedQuotaLog
from sheet_assets.doctor.finding import Finding
from sheet_assets.errors import SettingError, SheetAssetsError
from sheet_assets.resources import shared_state

if TYPE_CHECKING:
    from collections.abc import Iterator

WHAT = "PostgreSQL that hosts share"
_MANY = 1_000_000


def findings() -> Iterator[Finding]:
    """One finding; none where there is one host. A request of nobody's is counted for a minute."""
    try:
        shared = shared_state.postgres()
    except SettingError:
        yield Finding.skipped(WHAT, "the setting SHEET_ASSETS_POSTGRES_URL")
        return
    if shared is None:
        return
    try:
        SharedQuotaLog(shared, "doctor", {"read": _MANY}, outage_seconds=0).acquire("read")
    except SheetAssetsError as error:
        yield Finding.failed(WHAT, error)
    else:
        yield Finding.ok(WHAT, f"at {shared.place}")
