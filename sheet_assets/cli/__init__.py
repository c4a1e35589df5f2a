"""The command `sheet-assets`: one file a group of commands."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from sheet_assets import __version__
from sheet_assets.cli import signals
from sheet_assets.cli.processes import CommandError
from sheet_assets.errors import SheetAssetsError
from sheet_assets.garbage import leave_at_exit
from sheet_assets.settings import load_dotenv

_COMMANDS = {
    "code-server": ("sheet_assets.cli.code_server", "code_server"),
    "demo": ("sheet_assets.cli.demo", "demo"),
    "dev": ("sheet_assets.cli.dev", "dev"),
    "diff": ("sheet_assets.cli.diff", "diff"),
    "doctor": ("sheet_assets.cli.doctor", "doctor"),
    "health": ("sheet_assets.cli.health", "health"),
    "infer": ("sheet_assets.cli.infer", "infer"),
    "list": ("sheet_assets.cli.listing", "list_"),
    "restore": ("sheet_assets.cli.restore", "restore"),
    "run": ("sheet_assets.cli.run", "run"),
    "runs": ("sheet_assets.cli.runs", "runs"),
    "sandbox": ("sheet_assets.cli.sandbox", "sandbox"),
    "serve": ("sheet_assets.cli.serve", "serve"),
    "settings": ("sheet_assets.cli.settings", "settings_group"),
    "users": ("sheet_assets.cli.users", "users"),
    "versions": ("sheet_assets.cli.versions", "versions"),
    "start": ("sheet_assets.cli.switch", "start"),
    "stop": ("sheet_assets.cli.switch", "stop"),
    "trigger": ("sheet_assets.cli.trigger", "trigger"),
}


class _Commands(click.Group):
    """Imports a command's module when it is named, and no Dagster for any `--help`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Errors of this package end in their sentence, not in a traceback."""
        leave_at_exit()
        try:
            with signals.raised():
                load_dotenv(Path.cwd())
                return super().invoke(ctx)
        except SheetAssetsError as error:
            click.secho(f"Error: {error}", fg="red", err=True)
            sys.exit(error.exit_code if isinstance(error, CommandError) else 1)
        except KeyboardInterrupt:
            click.secho("Interrupted.", err=True)
            sys.exit(128 + signal.SIGINT)


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`sheet-assets COMMAND --help` has examples. Errors are one sentence with the remedy; "
    "the exit code is 0 only on success.",
)
@click.version_option(__version__, prog_name="sheet-assets")
def main() -> None:
    """Google Sheets and Amazon Redshift kept in step, both ways, as Dagster assets.

    Start with `sheet-assets demo`: it needs no account. What is loaded from where stands in the
    defs/ of the dg project around the current directory, else in sheet_assets/defs/, one folder a
    sheet; settings and credentials stand in the environment or in ./.env (`sheet-assets settings
    list`).
    """
