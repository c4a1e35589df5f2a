"""The schedules."""

import dagster as dg


def build_daily_refresh_schedule(cron: str, time_zone: str) -> dg.ScheduleDefinition:
    """`daily_refresh_schedule`: the whole refresh, also where no sheet has changed."""
    return dg.ScheduleDefinition(
        name="daily_refresh_schedule",
        job_name="refresh_job",
        cron_schedule=cron,
        execution_timezone=time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Refreshes everything once a day. What has not changed is not loaded again.",
    )
