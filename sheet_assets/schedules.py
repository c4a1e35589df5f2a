"""The schedules."""

import zoneinfo

import dagster as dg


def build_daily_refresh_schedule(cron: str, time_zone: str) -> dg.ScheduleDefinition:
    """`daily_refresh_schedule`: the whole refresh, also where no sheet has changed.

    Raises:
        ValueError: `cron` is no cron expression.
    """
    return _schedule(
        "daily_refresh_schedule",
        "refresh_job",
        ("cron", cron),
        time_zone,
        "Refreshes everything once a day. What has not changed is not loaded again.",
    )


def build_sheet_schedule(name: str, cron: str, time_zone: str) -> dg.ScheduleDefinition:
    """`<name>_schedule`: one sheet and what follows it, beside the daily refresh.

    Raises:
        ValueError: `cron` is no cron expression.
    """
    return build_asset_schedule(name, cron, time_zone, f"the sheet {name}")


def build_asset_schedule(name: str, cron: str, time_zone: str, what: str) -> dg.ScheduleDefinition:
    """`<name>_schedule`: what `<name>_job` refreshes, beside the daily refresh.

    Raises:
        ValueError: `cron` is no cron expression.
    """
    return _schedule(
        f"{name}_schedule",
        f"{name}_job",
        ("schedule", cron),
        time_zone,
        f"Refreshes {what} and what follows it. What has not changed is not loaded again.",
    )


def build_retention_schedule(cron: str, time_zone: str) -> dg.ScheduleDefinition:
    """`retention_schedule`: removes old runs, once a day.

    Raises:
        ValueError: `cron` is no cron expression.
    """
    return _schedule(
        "retention_schedule",
        "retention_job",
        ("retention_cron", cron),
        time_zone,
        "Removes the runs that are older than `keep_runs_days`, with their events and logs.",
    )


def _schedule(
    name: str, job_name: str, field_and_cron: tuple[str, str], time_zone: str, description: str
) -> dg.ScheduleDefinition:
    field, cron = field_and_cron
    try:
        return dg.ScheduleDefinition(
            name=name,
            job_name=job_name,
            cron_schedule=cron,
            execution_timezone=time_zone,
            default_status=dg.DefaultScheduleStatus.RUNNING,
            description=description,
        )
    except dg.DagsterInvalidDefinitionError as error:
        raise ValueError(
            f"{field}: {cron!r} is no cron expression of five fields, such as 0 9 * * *"
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
