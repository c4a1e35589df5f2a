"""An asset with a schedule of its own, where its component has one."""

import dagster as dg

from sheet_assets import settings
from sheet_assets.jobs import build_asset_job
from sheet_assets.schedules import build_asset_schedule


def scheduled(
    asset: dg.AssetsDefinition, *, name: str, what: str, cron: str | None
) -> dg.Definitions:
    """The asset, and `<name>_job` and `<name>_schedule` for it and what follows it.

    Args:
        asset: With one key.
        name: What job and schedule are called by.
        what: What people call it, for example "table analytics.nps_summary".
        cron: When; without it the asset is alone.
    """
    if not cron:
        return dg.Definitions(assets=[asset])
    zone = settings.require("SHEET_ASSETS_TIME_ZONE")
    return dg.Definitions(
        assets=[asset],
        jobs=[build_asset_job(name, asset.key, f"The {what}")],
        schedules=[build_asset_schedule(name, cron, zone, f"the {what}")],
    )
