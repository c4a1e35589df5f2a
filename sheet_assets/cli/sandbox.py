"""`sheet-assets sandbox`: Google Sheets, S3 and Redshift on this machine."""

from __future__ import annotations

import json
import shlex
import signal
import sys

import click

from sheet_assets import settings
from sheet_assets.cli import processes, terminal
from sheet_assets.cli.sandboxed import sandboxed, seed_yours

_empty = click.option("--empty", is_flag=True, help="Put no rows into the sheets.")


@click.group()
def sandbox() -> None:
    """Google Sheets, S3 and Redshift on this machine.

    Three servers that speak the real protocols, on ports the system chooses and with keys made
    when they start. Everything is gone when they stop.
    """


@sandbox.command(short_help="Start the sandbox for another shell, until Ctrl-C.")
@_empty
@click.option("--json", "as_json", is_flag=True, help="Print the settings as JSON, in one line.")
def start(*, empty: bool, as_json: bool) -> None:
    """Start the sandbox, print its settings, and keep it up until Ctrl-C.

    Paste the printed lines into another shell, and everything there talks to the sandbox: this
    package, and boto3, psycopg2 and libpq's programs by their usual variables.
    """
    console = terminal.progress()
    with sandboxed(console) as services:
        if not empty:
            seed_yours(services, console)
        changes = {**services.settings, **settings.passed_on()}
        if as_json:
            click.echo(json.dumps(changes))
        else:
            for name, value in changes.items():
                click.echo(f"export {name}={shlex.quote(value)}" if value else f"unset {name}")
        sys.stdout.flush()
        console.print(f"The sheets, in a browser: {services.google.page_url}\nCtrl-C stops it.")
        try:
            signal.pause()
        except KeyboardInterrupt:
            return


@sandbox.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    short_help="Run a command against a fresh sandbox.",
)
@_empty
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- CMD ARG…")
def run(command: tuple[str, ...], *, empty: bool) -> None:
    """Run a command against a fresh sandbox; the exit code is the command's.

    The command finds the sandbox by the variables it would find the real services by. The sheets
    that sheet_assets/defs/ names are there, with the rows of the sample.csv beside each defs.yaml
    (without one, with rows made from its columns). When the command ends, everything stops, also
    what it left running.

    \b
    Examples:
      sheet-assets sandbox run -- pytest
      sheet-assets sandbox run -- sheet-assets run refresh_job
      sheet-assets sandbox run --empty -- env
    """  # noqa: D301 - click's \b keeps the lines apart
    processes.check_command(command[0])
    console = terminal.progress()
    with sandboxed(console) as services:
        if not empty:
            seed_yours(services, console)
        changes = {**services.settings, **settings.passed_on()}
        code = processes.run_to_end(command, env=settings.environment(changes))
    sys.exit(code)
