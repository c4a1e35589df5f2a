"""`sheet-assets sandbox`: Google Sheets, S3 and Redshift on this machine."""

from __future__ import annotations

import json
import shlex
import signal
import sys
from pathlib import Path

import click

from sheet_assets import settings
from sheet_assets.cli import processes, terminal
from sheet_assets.cli.sandboxed import sandboxed, seed_files, seed_yours

_empty = click.option("--empty", is_flag=True, help="Put no rows into the sheets.")
_seed = click.option(
    "--seed",
    "files",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Make a spreadsheet of a CSV or Parquet file: its id is the file's name without the "
    "suffix, its tab Sheet1. Can be given more than once.",
)
_quota = click.option(
    "--no-quota",
    "with_quota",
    flag_value=False,
    default=True,
    help="Answer any number of requests a minute, not Google's 60 reads and 60 writes.",
)


@click.group()
def sandbox() -> None:
    """Google Sheets, S3 and Redshift on this machine.

    Three servers that speak the real protocols, on ports the system chooses and with keys made
    when they start. Everything is gone when they stop, unless `start` is given a --state-dir.
    """


@sandbox.command(short_help="Start the sandbox for another shell, until Ctrl-C.")
@_empty
@_seed
@_quota
@click.option(
    "--state-dir",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the data in this folder when the sandbox stops, and find them again.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the settings as JSON, in one line.")
def start(
    *,
    empty: bool,
    files: tuple[Path, ...],
    with_quota: bool,
    state_dir: Path | None,
    as_json: bool,
) -> None:
    """Start the sandbox, print its settings, and keep it up until Ctrl-C.

    Paste the printed lines into another shell, and everything there talks to the sandbox: this
    package, and boto3, psycopg2 and libpq's programs by their usual variables.

    With --state-dir a sandbox that was stopped goes on where it was: its spreadsheets, objects
    and tables are there again, and no sample rows are put into the sheets.
    """
    console = terminal.progress()
    with sandboxed(console, state_dir=state_dir, with_quota=with_quota) as services:
        if not empty and not services.is_restored:
            seed_yours(services, console)
        seed_files(services, files, console)
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
@_seed
@_quota
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- CMD ARG…")
def run(
    command: tuple[str, ...], *, empty: bool, files: tuple[Path, ...], with_quota: bool
) -> None:
    """Run a command against a fresh sandbox; the exit code is the command's.

    The command finds the sandbox by the variables it would find the real services by. The sheets
    that the project's defs/ names are there, with the rows of the sample.csv beside each defs.yaml
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
    with sandboxed(console, with_quota=with_quota) as services:
        if not empty:
            seed_yours(services, console)
        seed_files(services, files, console)
        changes = {**services.settings, **settings.passed_on()}
        code = processes.run_to_end(command, env=settings.environment(changes))
    sys.exit(code)
