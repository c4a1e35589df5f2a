"""`sheet-assets trigger`: start a run on a running instance, checked before it starts."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from sheet_assets.cli import terminal
from sheet_assets.cli.run import check_date
from sheet_assets.cli.webserver import json_option, location_option, table, url_option
from sheet_assets.errors import OperationsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from sheet_assets.operations.launch import Launch
    from sheet_assets.operations.run_events import RunEvents
    from sheet_assets.operations.runs import Run
    from sheet_assets.operations.webserver import Webserver

# What takes runs from the queue; without it a run is accepted, and never starts.
_QUEUE = "QUEUED_RUN_COORDINATOR"


@click.command(short_help="Start a job or assets on a running instance.")
@click.argument("names", nargs=-1, required=True, metavar="JOB|ASSET…")
@click.option(
    "--as-of",
    metavar="DATE",
    help="Load the sheets as they were at the end of that day, from S3; pins their tables.",
)
@click.option("--force", is_flag=True, help="Load again what is loaded already.")
@click.option("--wait", is_flag=True, help="Wait until it has ended; the exit code is its result.")
@location_option
@url_option
@json_option
def trigger(
    names: tuple[str, ...],
    *,
    as_of: str | None,
    force: bool,
    wait: bool,
    location: str | None,
    url: str | None,
    as_json: bool,
) -> None:
    """Start a run of a job, or of assets, on the instance behind a Dagster webserver.

    A name is a job (refresh_job), an asset's key (raw_data/nps), or the last part of keys: `nps`
    means all assets of that sheet. What cannot run is refused before anything starts. Ctrl-C
    while waiting ends the waiting, not the run.

    \b
    Examples:
      sheet-assets trigger refresh_job --wait
      sheet-assets trigger nps --as-of 2026-11-20
      sheet-assets trigger raw_data/nps --force --json
    """  # noqa: D301 - click's \b keeps the lines apart
    if as_of is not None:
        check_date(as_of)
    from sheet_assets.operations import launch as operation  # noqa: PLC0415 - HTTP, not for --help
    from sheet_assets.operations.webserver import connected  # noqa: PLC0415 - HTTP
    from sheet_assets.operations.workspace import workspace  # noqa: PLC0415 - HTTP

    webserver = connected(url)
    defined = workspace(webserver).within(location)
    asked = operation.chosen(defined, names, as_of=as_of, force=force)
    if as_of is not None:
        from sheet_assets.cli.restorable import check_restorable  # noqa: PLC0415 - HTTP

        check_restorable(webserver, asked.sheets, as_of)
    notes = [*asked.notes, *_of_the_queue(webserver)]
    run_id = operation.launch(webserver, asked)
    for note in notes:
        click.secho(f"Note: {note}", fg="yellow", err=True)
    said = _said(webserver, asked, run_id, notes)
    if not wait:
        click.echo(
            json.dumps(said, indent=2)
            if as_json
            else f"{' '.join(names)} is asked for: run {run_id}\n{webserver.run_url(run_id)}"
        )
        return
    run, events = _ended(webserver, run_id)
    if as_json:
        click.echo(json.dumps({**said, **_result(run, events)}, indent=2))
    else:
        _report(run, events)
    sys.exit(0 if run.status == "SUCCESS" else 1)


def _of_the_queue(webserver: Webserver) -> Iterator[str]:
    from sheet_assets.operations.health import required_daemons  # noqa: PLC0415 - HTTP

    for daemon in required_daemons(webserver.ask("daemons")):
        if daemon.name == _QUEUE and not daemon.alive(webserver.now):
            yield (
                "the daemon that takes runs from the queue is not alive, so this run waits there "
                "until `dagster-daemon run` is up. `sheet-assets health` says more."
            )


def _said(webserver: Webserver, asked: Launch, run_id: str, notes: list[str]) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "url": webserver.run_url(run_id),
        "status": "QUEUED",
        "job": None if asked.assets else asked.job,
        "assets": [asset.name for asset in asked.assets],
        "tags": asked.tags,
        "notes": notes,
    }


def _ended(webserver: Webserver, run_id: str) -> tuple[Run, RunEvents]:
    """Wait for a run, and say how far it is."""
    from sheet_assets.operations.progress import progress  # noqa: PLC0415 - HTTP

    console = terminal.progress()
    console.print(f"run {run_id}: {webserver.run_url(run_id)}", style="dim")
    goes_on = f"The run goes on: {webserver.run_url(run_id)}"
    try:
        with console.status("asked for …") as status:
            for run, events in progress(webserver, run_id):
                status.update(_doing(run, events))
    except (KeyboardInterrupt, SystemExit):
        _print_plainly(console, goes_on)
        raise
    except OperationsError as error:
        raise OperationsError(f"{error} {goes_on}") from error
    return run, events


def _print_plainly(console: Console, text: str) -> None:
    console.print(text, markup=False)


def _doing(run: Run, events: RunEvents) -> str:
    if events.working:
        return f"{events.ended} done, working on {', '.join(events.working)} …"
    return f"{run.status.lower()} …"


def _result(run: Run, events: RunEvents) -> dict[str, Any]:
    return {
        "status": run.status,
        "seconds": None if run.seconds is None else round(run.seconds, 3),
        "results": [vars(made) for made in events.made],
        "not_run": events.not_made,
        "errors": events.errors or ({} if run.status == "SUCCESS" else {"run": events.reason}),
    }


def _report(run: Run, events: RunEvents) -> None:
    rows = [
        [made.asset, made.outcome, "" if made.rows is None else f"{made.rows:,}"]
        for made in events.made
    ]
    rows += [[asset, "failed", ""] for asset in events.planned if asset in events.errors]
    rows += [[asset, "not run", ""] for asset in events.not_made]
    if rows:
        terminal.results().print(table("", ["asset", "outcome", "rows"], rows))
    for what, sentence in events.errors.items():
        click.secho(f"{what} failed: {sentence}", fg="red", err=True)
    if run.status == "SUCCESS":
        terminal.progress().print(f"[green]✓[/] done in {run.seconds or 0:.1f} s")
    elif not events.errors:
        click.secho(f"The run ended as {run.status}: {events.reason}", fg="red", err=True)
