"""The heartbeat: a GET that tells a dead-man's switch that all is well."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests

from sheet_assets.clients.alert_targets import unlogged
from sheet_assets.errors import SettingError, SheetAssetsError

SETTING = "SHEET_ASSETS_HEARTBEAT_URL"
TIMEOUT_SECONDS = 10


def push_heartbeat(url: str) -> None:
    """Tell the switch; whatever it answers but an error is fine.

    Raises:
        SettingError: the setting is no address.
        SheetAssetsError: it does not answer, or refuses; the URL is a secret and not named.
    """
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        valid = False
    if not valid:
        raise SettingError(f"{SETTING} is no address; it must begin with https:// or http://.")
    try:
        with unlogged():
            answer = requests.get(url, timeout=TIMEOUT_SECONDS)
    except requests.RequestException as error:
        raise SheetAssetsError(
            f"The heartbeat did not reach {SETTING} ({type(error).__name__}). The next tick tries "
            "again; until then the switch at the other end counts us as dead."
        ) from None
    if not answer.ok:
        raise SheetAssetsError(
            f"{SETTING} answered {answer.status_code} to the heartbeat. Is the check still there? "
            "Correct the setting."
        )
