"""`sheet-assets health`: whether everything that Dagster needs is up."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click
from rich.text import Text

from sheet_assets.cli import terminal
from sheet_assets.cli.webserver import json_option, url_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.operations.health import Health


@click.command(short_help="Whether Dagster's database, daemons and code are well.")
@url_option
@json_option
def health(*, url: str | None, as_json: bool) -> None:
    """Whether the metadata database answers, every daemon is alive, and all code loads.

    A daemon counts as dead 45 s after its last heartbeat; the scheduler, which gives one a
    minute, after 75 s. Dagster's own pages say so after half an hour. The exit code is 0 when all
    is well and 1 when anything is not, also when no webserver answers. As JSON, `metadatabase`
    and `scheduler` are what Airflow's /health had.

    \b
    Examples:
      sheet-assets health
      sheet-assets health --json --url http://dagster.internal:3000
    """  # noqa: D301 - click's \b keeps the lines apart
    from sheet_assets.operations import health as operation  # noqa: PLC0415 - HTTP, not for --help
    from sheet_assets.operations.webserver import connected  # noqa: PLC0415 - HTTP

    found = operation.health(connected(url))
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2))
    else:
        for line in _lines(found):
            terminal.results().print(line)
        for problem in found.problems:
            click.secho(problem, fg="red", err=True)
    sys.exit(0 if found.healthy else 1)


def _lines(found: Health) -> Iterator[Text]:
    if found.unavailable:
        yield _line(False, "webserver", "does not answer")
        return
    yield _line(True, "webserver", f"Dagster {found.version}")
    yield _line(not found.storage_error, "metadata database", "")
    for daemon in found.daemons:
        age = daemon.age(found.now)
        beat = "never a heartbeat" if age is None else f"heartbeat {age:.0f} s ago"
        errors = f"; its last error: {daemon.errors[0]}" if daemon.errors else ""
        yield _line(found.alive(daemon), f"daemon {daemon.name}", beat + errors)
    for location in found.locations:
        well = location.status != "FAILED"
        yield _line(well, f"code location {location.name}", location.status.lower())


def _line(well: bool, what: str, how: str) -> Text:
    return Text.assemble(("✓ ", "green") if well else ("✗ ", "red"), f"{what:<33} ", (how, "dim"))
