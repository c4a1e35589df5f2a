"""`sheet-assets settings`: what can be set, and where each value comes from."""

from __future__ import annotations

import json

import click
from rich.table import Table
from rich.text import Text

from sheet_assets import settings
from sheet_assets.cli import terminal
from sheet_assets.cli.settings_export import export
from sheet_assets.cli.settings_import import import_


@click.group(name="settings")
def settings_group() -> None:
    """What can be set, and where each value comes from."""


settings_group.add_command(export)
settings_group.add_command(import_)


@settings_group.command(name="list", short_help="Every setting, its value and its source.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(*, as_json: bool) -> None:
    """Every setting: its value, where that comes from, and what it means.

    A value comes from the file named by SHEET_ASSETS_SETTINGS_FILE, else from the environment
    (./.env is loaded into it), else it is the default. Secrets are shown as ********, always; one
    that a secret manager keeps is not asked for.
    """
    found = [
        {
            "name": setting.name,
            "value": setting.shown(settings.get(setting.name)),
            "source": settings.source(setting.name),
            "required": setting.required,
            "missing": settings.is_missing(setting.name),
            "meaning": setting.meaning,
        }
        for setting in settings.DECLARED.values()
    ]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("name", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("from", no_wrap=True)
    table.add_column("meaning")
    for entry in found:
        missing = Text("required", "red") if entry["missing"] else ""
        table.add_row(
            Text(str(entry["name"])),
            Text(str(entry["value"])) if entry["value"] else missing,
            str(entry["source"] or ""),
            Text(str(entry["meaning"])),
        )
    terminal.results().print(table)
