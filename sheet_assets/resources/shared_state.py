"""What all processes of a deployment share: in files of this host, or in PostgreSQL on several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets import settings
from sheet_assets.clients import secrets
from sheet_assets.clients.locks import FileLocks, Locks, SharedLocks
from sheet_assets.clients.quota import QuotaLog
from sheet_assets.clients.shared_postgres import SharedPostgres
from sheet_assets.clients.shared_quota import SharedQuotaLog
from sheet_assets.errors import SettingError

if TYPE_CHECKING:
    from sheet_assets.clients.quota import Kind, Quota

_SETTING = "SHEET_ASSETS_POSTGRES_URL"


def postgres() -> SharedPostgres | None:
    """The PostgreSQL that hosts share; None where there is one host.

    Raises:
        SettingError: its address is none, or cannot be read where it is kept.
    """
    url = secrets.get(_SETTING)
    if url is None:
        return None
    problem = settings.DECLARED[_SETTING].problem(url)
    if problem:
        raise SettingError(problem)
    return SharedPostgres(url.strip())


def google_quota(account: str, outage_seconds: float) -> Quota:
    """The log in which a service account's requests are counted.

    While it cannot be asked, for `outage_seconds`, nothing is sent to Google.

    Raises:
        SettingError: a limit, or PostgreSQL's address, is malformed.
    """
    limits: dict[Kind, int] = {
        "read": settings.number("SHEET_ASSETS_READS_PER_MINUTE"),
        "write": settings.number("SHEET_ASSETS_WRITES_PER_MINUTE"),
    }
    shared = postgres()
    if shared is not None:
        return SharedQuotaLog(shared, account, limits, outage_seconds=outage_seconds)
    return QuotaLog(settings.state_dir() / "google_quota.sqlite", account, limits)


def export_locks() -> Locks:
    """The locks by which one export at a time writes into a spreadsheet.

    Raises:
        SettingError: PostgreSQL's address is malformed.
    """
    shared = postgres()
    return FileLocks(settings.state_dir() / "exports") if shared is None else SharedLocks(shared)
