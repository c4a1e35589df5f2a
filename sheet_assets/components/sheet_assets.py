"""`type: sheet_assets.SheetAssets`: once a project, what all sheets share."""

import dagster as dg
from pydantic import Field

from sheet_assets import settings
from sheet_assets.components.fields import WithSettings, of_field
from sheet_assets.jobs import build_jobs
from sheet_assets.resources.aws import AwsCredentials, S3Versions
from sheet_assets.resources.google import GoogleCredentials, GoogleSheets
from sheet_assets.resources.redshift import Redshift
from sheet_assets.resources.snapshots import SnapshotIOManager
from sheet_assets.schedules import build_daily_refresh_schedule, check_time_zone
from sheet_assets.sensors.sheet_changes import build_sheet_changes_sensor


class SheetAssets(WithSettings, dg.Model, dg.Resolvable):
    """Resources, jobs, the daily schedule and the sensors of a project. Exactly one a project."""

    cron: str = Field(default="0 9 * * *", description="When everything is refreshed.")
    time_zone: str = Field(
        default="", description="The schedule's time zone; empty: SHEET_ASSETS_TIME_ZONE."
    )
    minimum_interval_seconds: int = Field(
        default=30, ge=5, description="How often the sensor looks for changed sheets."
    )

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Resources, jobs, schedule and sensor.

        Raises:
            ValueError: a field or setting is wrong, or this is not the only one.
        """
        if len(context.component_tree.get_all_components(SheetAssets)) > 1:
            raise ValueError("a project has one component of type SheetAssets; remove the others")
        google = GoogleCredentials()
        aws = AwsCredentials()
        return dg.Definitions(
            resources={
                "google": GoogleSheets(credentials=google),
                "s3": S3Versions(credentials=aws),
                "redshift": Redshift(),
                "snapshots": SnapshotIOManager(),
            },
            jobs=build_jobs(),
            schedules=[build_daily_refresh_schedule(self.cron, self._time_zone())],
            sensors=[build_sheet_changes_sensor(self.minimum_interval_seconds)],
        )

    def _time_zone(self) -> str:
        name = self.time_zone or settings.require("SHEET_ASSETS_TIME_ZONE")
        field = "time_zone" if self.time_zone else "SHEET_ASSETS_TIME_ZONE"
        of_field(field, check_time_zone, name)
        return name
