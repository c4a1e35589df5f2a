"""`sheet-assets list`: the jobs, schedules, sensors and assets of a running instance."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from sheet_assets.cli import terminal
from sheet_assets.cli.webserver import (
    json_option,
    location_option,
    table,
    url_option,
    when,
    zoned,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from sheet_assets.operations.last_runs import LastRun, LastRuns
    from sheet_assets.operations.webserver import Webserver
    from sheet_assets.operations.workspace import Workspace


@click.command(name="list", short_help="Jobs, schedules, sensors and assets, and their state.")
@click.option("--active", is_flag=True, help="Only what starts by itself, and what that runs.")
@location_option
@url_option
@json_option
def list_(*, active: bool, location: str | None, url: str | None, as_json: bool) -> None:
    """All jobs, schedules, sensors and assets: their state, last run and next tick.

    With --active, the schedules and sensors that are on, the jobs they start, and the assets of
    those. All of it is listed, however much there is.

    \b
    Examples:
      sheet-assets list
      sheet-assets list --active
      sheet-assets list --active --json
    """  # noqa: D301 - click's \b keeps the lines apart
    from sheet_assets.operations.last_runs import last_runs  # noqa: PLC0415 - HTTP, not for --help
    from sheet_assets.operations.webserver import connected  # noqa: PLC0415 - HTTP
    from sheet_assets.operations.workspace import workspace  # noqa: PLC0415 - HTTP

    webserver = connected(url)
    defined = workspace(webserver)
    _tell_what_is_missing(webserver)
    defined = defined.within(location)
    if active:
        defined = defined.active()
    last = last_runs(webserver, defined)
    if as_json:
        click.echo(json.dumps(_as_json(defined, last), indent=2))
        return
    results = terminal.results()
    for position, each in enumerate(_tables(defined, last)):
        results.print(*([""] if position else []), each, sep="\n")


def _tell_what_is_missing(webserver: Webserver) -> None:
    """A code location that does not load has definitions which nobody can list."""
    from sheet_assets.operations.health import code_locations  # noqa: PLC0415 - HTTP

    for each in code_locations(webserver.ask("code_locations")):
        if each.status != "LOADED":
            click.secho(
                f"The code location {each.name} is missing below; it is {each.status.lower()}"
                f"{f': {each.error}' if each.error else '.'}",
                fg="red",
                err=True,
            )


def _as_json(defined: Workspace, last: LastRuns) -> dict[str, Any]:
    return {
        "jobs": [
            {
                "name": job.name,
                "location": job.repository.location,
                "started_by": [each.name for each in defined.starters_of(job)],
                "last_run": _run_json(last.of_job(job)),
            }
            for job in defined.jobs
        ],
        "schedules": [
            {
                "name": each.name,
                "location": each.repository.location,
                "status": each.status,
                "job": each.job,
                "cron": each.cron,
                "time_zone": each.time_zone,
                "next_tick": _iso(each.next_tick),
                "last_run": _run_json(last.of_starter(each)),
            }
            for each in defined.schedules
        ],
        "sensors": [
            {
                "name": each.name,
                "location": each.repository.location,
                "status": each.status,
                "jobs": list(each.jobs),
                "last_tick": each.last_tick or None,
                "last_tick_said": each.said or None,
                "next_tick": _iso(each.next_tick),
                "last_run": _run_json(last.of_starter(each)),
            }
            for each in defined.sensors
        ],
        "assets": [
            {
                "name": each.name,
                "location": each.repository.location,
                "group": each.group,
                "state": last.of_asset(each).state if each.materializable else "external",
                "last_materialized": _iso(last.of_asset(each).materialized),
                "last_run": _run_json(last.of_asset(each).last_run),
                "jobs": list(each.jobs),
            }
            for each in defined.assets
        ],
    }


def _tables(defined: Workspace, last: LastRuns) -> Iterator[Table]:
    ran = zoned("last run")
    yield table(
        f"Jobs ({len(defined.jobs)})",
        ["job", "last run ended", ran, "started by"],
        [
            [
                job.name,
                *_run_cells(last.of_job(job)),
                ", ".join(each.name for each in defined.starters_of(job)),
            ]
            for job in defined.jobs
        ],
    )
    yield table(
        f"Schedules ({len(defined.schedules)})",
        ["schedule", "state", "starts", "cron", zoned("next tick"), "last run ended", ran],
        [
            [
                each.name,
                each.status,
                each.job,
                f"{each.cron} ({each.time_zone})",
                when(each.next_tick),
                *_run_cells(last.of_starter(each)),
            ]
            for each in defined.schedules
        ],
    )
    yield table(
        f"Sensors ({len(defined.sensors)})",
        ["sensor", "state", "last tick", "said", zoned("next tick"), "last run ended", ran],
        [
            [
                each.name,
                each.status,
                each.last_tick,
                each.said,
                when(each.next_tick),
                *_run_cells(last.of_starter(each)),
            ]
            for each in defined.sensors
        ],
    )
    yield table(
        f"Assets ({len(defined.assets)})",
        ["asset", "state", zoned("last materialized"), "group"],
        [
            [
                each.name,
                last.of_asset(each).state if each.materializable else "external",
                when(last.of_asset(each).materialized),
                each.group,
            ]
            for each in defined.assets
        ],
    )


def _run_cells(run: LastRun | None) -> list[str]:
    return [run.status, when(run.at)] if run else ["", ""]


def _run_json(run: LastRun | None) -> dict[str, Any] | None:
    return {"run_id": run.run_id, "status": run.status, "at": _iso(run.at)} if run else None


def _iso(seconds: float | None) -> str | None:
    from sheet_assets.operations.runs import iso  # noqa: PLC0415 - HTTP, not for --help

    return iso(seconds)
