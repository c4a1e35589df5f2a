"""Alerts and the heartbeat as a Dagster resource."""

import dagster as dg

from sheet_assets import settings
from sheet_assets.clients import alert_targets, heartbeat, secrets


class Notify(dg.ConfigurableResource):  # type: ignore[type-arg]  # as Dagster documents it
    """Who is told: SHEET_ASSETS_ALERT_URLS and SHEET_ASSETS_HEARTBEAT_URL.

    Both are secrets and looked up at each tick. They are no fields, since fields are shown in
    the UI.
    """

    def targets(self) -> list[alert_targets.AlertTarget]:
        """Where alerts go; nowhere, when the setting is not set.

        Raises:
            SettingError: a URL is malformed.
        """
        return alert_targets.alert_targets(secrets.get(alert_targets.SETTING) or "")

    def heartbeat(self) -> bool:
        """Push the heartbeat; whether there is somewhere to push it to.

        Raises:
            SheetAssetsError: it did not arrive, or the setting is no address.
        """
        url = secrets.get(heartbeat.SETTING)
        if url is None:
            return False
        heartbeat.push_heartbeat(url)
        return True

    def ui_url(self) -> str:
        """What links to the Dagster UI begin with."""
        named = settings.get("SHEET_ASSETS_UI_URL")
        return (named or settings.require("SHEET_ASSETS_WEBSERVER_URL")).rstrip("/")
