"""`sheet-assets runs`: which runs there were, how they ended, and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from sheet_assets.cli import terminal
from sheet_assets.cli.webserver import json_option, table, url_option, when, zoned
from sheet_assets.errors import OperationsError

if TYPE_CHECKING:
    from sheet_assets.operations.runs import Run
    from sheet_assets.operations.webserver import Webserver

# As operations.runs has them, which is not imported for --help.
_STATUSES = (
    *("QUEUED", "NOT_STARTED", "STARTING", "STARTED", "SUSPENDED"),
    *("SUCCESS", "FAILURE", "CANCELING", "CANCELED"),
)


@click.command(short_help="The newest runs, how they ended, and why they failed.")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice(_STATUSES, case_sensitive=False),
    metavar="STATUS",
    help=f"Only runs in this state; may be given again. One of {', '.join(_STATUSES)}.",
)
@click.option("--job", metavar="JOB", help="Only runs of this job.")
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    metavar="N",
    help="How many at most.",
)
@url_option
@json_option
def runs(
    *, statuses: tuple[str, ...], job: str | None, limit: int, url: str | None, as_json: bool
) -> None:
    """The newest runs first; each that failed with the sentence of what did.

    \b
    Examples:
      sheet-assets runs
      sheet-assets runs --status failure --limit 5
      sheet-assets runs --job refresh_job --json
    """  # noqa: D301 - click's \b keeps the lines apart
    from sheet_assets.operations import runs as operation  # noqa: PLC0415 - HTTP, not for --help
    from sheet_assets.operations.webserver import connected  # noqa: PLC0415 - HTTP

    webserver = connected(url)
    found = operation.runs(webserver, statuses=statuses, job=job, limit=limit)
    if job and not found:
        _check_job(webserver, job)
    reasons = {run.run_id: operation.reason(webserver, run) for run in found}
    if as_json:
        told = [{**run.as_json(), "reason": reasons[run.run_id] or None} for run in found]
        click.echo(json.dumps(told, indent=2))
        return
    if not found:
        click.echo("No runs.")
        return
    terminal.results().print(
        table("", ["run", "status", "what", zoned("created"), "seconds", "by"], _rows(found))
    )
    for run in found:
        if reasons[run.run_id]:
            click.secho(f"{run.run_id[:8]} {reasons[run.run_id]}", fg="red")


def _check_job(webserver: Webserver, job: str) -> None:
    """A job that was removed has runs still; one without any may be misspelt."""
    from sheet_assets.operations.workspace import workspace  # noqa: PLC0415 - HTTP

    jobs = [each.name for each in workspace(webserver).jobs]
    if job not in jobs:
        raise OperationsError(f"There is no job {job!r}. Jobs: {', '.join(jobs) or 'none'}.")


def _rows(found: list[Run]) -> list[list[str]]:
    return [
        [
            run.run_id[:8],
            run.status,
            run.what,
            when(run.created),
            "" if run.seconds is None else f"{run.seconds:.1f}",
            run.started_by,
        ]
        for run in found
    ]
