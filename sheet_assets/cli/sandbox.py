"""`sheet-assets sandbox`: Google Sheets, S3 and Redshift on this machine."""

from __future__ import annotations

import shlex
import signal
import sys

import click
from rich.console import Console

from sheet_assets import settings
from sheet_assets.cli.processes import child
from sheet_assets.cli.sandboxed import sandboxed, seed_from


@click.group()
def sandbox() -> None:
    """Google Sheets, S3 and Redshift on this machine, over their real protocols."""


@sandbox.command()
@click.option("--empty", is_flag=True, help="Seed no sheets.")
def start(*, empty: bool) -> None:
    """Start the sandbox, print its settings, and keep it up until Ctrl-C.

    Paste the printed lines into another shell, and everything there talks to the sandbox.
    """
    console = Console(stderr=True)
    with sandboxed(console) as services:
        if not empty:
            _seed(console, services)
        click.echo(f"export {settings.SETTINGS_FILE}={services.state_dir / 'settings.env'}")
        for name, value in services.settings.items():
            click.echo(f"export {name}={shlex.quote(value)}" if value else f"unset {name}")
        sys.stdout.flush()
        console.print("Ctrl-C stops it.")
        try:
            signal.pause()
        except KeyboardInterrupt:
            console.print("stopping …")


@sandbox.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
@click.option("--empty", is_flag=True, help="Seed no sheets.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- CMD ARG…")
def run(command: tuple[str, ...], *, empty: bool) -> None:
    """Run a command against a fresh sandbox; its exit code is the command's.

    The sheets that the deployment in defs/ names are there, with the rows of the sample.csv
    beside each defs.yaml (without one, with rows made from its contract).

    \b
      sheet-assets sandbox run -- pytest
      sheet-assets sandbox run -- dagster job execute -m sheet_assets.definitions -j refresh_job
    """  # noqa: D301 - click's \b keeps the lines apart
    console = Console(stderr=True)
    with sandboxed(console) as services:
        if not empty:
            _seed(console, services)
        changes = {**services.settings, **settings.passed_on()}
        with child(command, env=settings.environment(changes)) as process:
            try:
                code = process.wait()
            except KeyboardInterrupt:
                # The terminal sent it to the child as well; let it end in its own way.
                code = process.wait()
    # A child that a signal ended has a negative code; a shell says 128 and the signal.
    sys.exit(code if code >= 0 else 128 - code)


def _seed(console: Console, services: object) -> None:
    from sheet_assets.cli.deployment import Deployment  # noqa: PLC0415 - Dagster costs a second
    from sheet_assets.sandbox import Sandbox  # noqa: PLC0415 - an extra

    assert isinstance(services, Sandbox)  # noqa: S101 - for mypy
    with console.status("seeding the sheets of defs/ …"):
        import sheet_assets.defs  # noqa: PLC0415 - the deployment

        count = seed_from(services, Deployment(sheet_assets.defs))
    console.print(f"[green]✓[/] {count} worksheets seeded", highlight=False)
