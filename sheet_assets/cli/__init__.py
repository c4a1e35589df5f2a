"""The command `sheet-assets`: one file a group of commands."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from sheet_assets import __version__
from sheet_assets.errors import SheetAssetsError
from sheet_assets.settings import load_dotenv  # not the module: a command of ours has its name

_COMMANDS = {
    "demo": ("sheet_assets.cli.demo", "demo"),
    "dev": ("sheet_assets.cli.dev", "dev"),
    "run": ("sheet_assets.cli.run", "run"),
    "sandbox": ("sheet_assets.cli.sandbox", "sandbox"),
    "settings": ("sheet_assets.cli.settings", "settings_group"),
}


class _Commands(click.Group):
    """Imports a command's module when it is named: `--help` does not wait for Dagster."""

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
        try:
            load_dotenv(Path.cwd())
            return super().invoke(ctx)
        except SheetAssetsError as error:
            click.secho(f"Error: {error}", fg="red", err=True)
            sys.exit(1)


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with `sheet-assets demo`: it needs no account.",
)
@click.version_option(__version__, prog_name="sheet-assets")
def main() -> None:
    """Google Sheets and Amazon Redshift kept in step, both ways, as Dagster assets."""
