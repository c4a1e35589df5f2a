"""The schedules."""

import zoneinfo

import dagster as dg


def build_daily_refresh_schedule(cron: str, time_zone: str) -> dg.ScheduleDefinition:
    """`daily_refresh_schedule`: the whole refresh, also where no sheet has changed.

    Raises:
        ValueError: `cron` is no cron expression.
    """
    try:
        return dg.ScheduleDefinition(
            name="daily_refresh_schedule",
            job_name="refresh_job",
            cron_schedule=cron,
            execution_timezone=time_zone,
            default_status=dg.DefaultScheduleStatus.RUNNING,
            description=(
                "Refreshes everything once a day. What has not changed is not loaded again."
            ),
        )
    except dg.DagsterInvalidDefinitionError as error:
        raise ValueError(
            f"cron: {cron!r} is no cron expression of five fields, such as 0 9 * * *"
        ) from error


def check_time_zone(name: str) -> None:
    """Refuse what no clock goes by.

    Raises:
        ValueError: there is no such time zone.
    """
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{name!r} is no time zone; it must be a name such as Europe/Berlin or UTC"
        ) from None
