"""`type: sheet_assets.SheetAssets`: once a project, what all sheets share."""

from typing import Any

import dagster as dg
from pydantic import Field

from sheet_assets import settings
from sheet_assets.components.fields import WithSettings, of_field
from sheet_assets.components.scaffold import YamlTemplate
from sheet_assets.jobs import build_jobs, build_retention_job
from sheet_assets.resources.aws import AwsCredentials, S3Versions
from sheet_assets.resources.bucket_snapshots import BucketSnapshotIOManager
from sheet_assets.resources.google import GoogleCredentials, GoogleSheets
from sheet_assets.resources.notify import Notify
from sheet_assets.resources.redshift import Redshift
from sheet_assets.resources.snapshots import SnapshotIOManager
from sheet_assets.schedules import (
    build_daily_refresh_schedule,
    build_retention_schedule,
    check_time_zone,
)
from sheet_assets.sensors.check_failures import build_check_failure_alert_sensor
from sheet_assets.sensors.freshness import build_freshness_alert_sensor
from sheet_assets.sensors.health import build_health_sensor
from sheet_assets.sensors.lost_runs import build_lost_runs_sensor
from sheet_assets.sensors.run_failures import build_run_failure_alert_sensor
from sheet_assets.sensors.sheet_alerts import build_sheet_alert_sensor
from sheet_assets.sensors.sheet_changes import build_sheet_changes_sensor


@dg.scaffold_with(YamlTemplate)
class SheetAssets(WithSettings, dg.Model, dg.Resolvable):
    """Resources, jobs, the daily schedule and the sensors of a project. Exactly one a project."""

    cron: str = Field(default="0 9 * * *", description="When everything is refreshed.")
    time_zone: str = Field(
        default="", description="The schedule's time zone; empty: SHEET_ASSETS_TIME_ZONE."
    )
    minimum_interval_seconds: int = Field(
        default=30, ge=5, description="How often the sensor looks for changed sheets."
    )
    quiet_seconds: int | None = Field(
        default=None,
        ge=0,
        description="How long nobody may have edited a sheet before its change is loaded; by "
        "default SHEET_ASSETS_QUIET_SECONDS. One that is never quiet is loaded after ten times "
        "as long.",
    )
    queued_too_long_minutes: int = Field(
        default=15, ge=1, description="How long a run may wait before people are told."
    )
    running_too_long_minutes: int = Field(
        default=120, ge=1, description="How long a run may take before people are told."
    )
    lost_after_minutes: int = Field(
        default=5,
        ge=3,
        description="How long a run's process may give no sign of life, of which there is one a "
        "minute, before the run counts as lost and fails.",
    )
    keep_runs_days: int | None = Field(
        default=None,
        ge=1,
        description="Remove the runs of this code location that are older, with their events and "
        "logs, but for those that hold an asset's last state. By default none is removed.",
    )
    retention_cron: str = Field(
        default="30 3 * * *", description="When old runs are removed, with keep_runs_days."
    )

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Resources, jobs, schedules and sensors.

        Raises:
            ValueError: a field or setting is wrong, or this is not the only one.
        """
        if len(context.component_tree.get_all_components(SheetAssets)) > 1:
            raise ValueError("a project has one component of type SheetAssets; remove the others")
        time_zone = self._time_zone()
        jobs: list[Any] = build_jobs()
        schedules = [build_daily_refresh_schedule(self.cron, time_zone)]
        if self.keep_runs_days is not None:
            jobs.append(build_retention_job(self.keep_runs_days))
            schedules.append(build_retention_schedule(self.retention_cron, time_zone))
        google = GoogleCredentials()
        s3 = S3Versions(credentials=AwsCredentials())
        return dg.Definitions(
            resources={
                "google": GoogleSheets(credentials=google),
                "s3": s3,
                "redshift": Redshift(),
                "snapshots": _snapshots(s3),
                "notify": Notify(),
            },
            jobs=jobs,
            schedules=schedules,
            sensors=[
                build_sheet_changes_sensor(self.minimum_interval_seconds, self._quiet_seconds()),
                build_sheet_alert_sensor(),
                build_run_failure_alert_sensor(),
                build_check_failure_alert_sensor(),
                build_freshness_alert_sensor(),
                build_health_sensor(self.queued_too_long_minutes, self.running_too_long_minutes),
                build_lost_runs_sensor(self.lost_after_minutes),
            ],
        )

    def _quiet_seconds(self) -> int:
        if self.quiet_seconds is None:
            return settings.number("SHEET_ASSETS_QUIET_SECONDS")
        return self.quiet_seconds

    def _time_zone(self) -> str:
        name = self.time_zone or settings.require("SHEET_ASSETS_TIME_ZONE")
        field = "time_zone" if self.time_zone else "SHEET_ASSETS_TIME_ZONE"
        of_field(field, check_time_zone, name)
        return name


def _snapshots(s3: S3Versions) -> dg.ConfigurableIOManager:
    if settings.valid("SHEET_ASSETS_SNAPSHOTS") == "bucket":
        return BucketSnapshotIOManager(s3=s3)
    return SnapshotIOManager()
