"""`sheet-assets settings`: what can be set, and where each value comes from."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from sheet_assets import settings


@click.group(name="settings")
def settings_group() -> None:
    """What can be set, and where each value comes from."""


@settings_group.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(*, as_json: bool) -> None:
    """Every setting: its value (secrets are masked, always), its source and its meaning."""
    found = [
        {
            "name": setting.name,
            "value": _shown(setting),
            "source": settings.source(setting.name),
            "required": setting.required,
            "meaning": setting.meaning,
        }
        for setting in settings.DECLARED.values()
    ]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("name", "value", "source", "meaning"):
        table.add_column(name, overflow="fold")
    for entry in found:
        table.add_row(*(str(entry[name] or "") for name in ("name", "value", "source", "meaning")))
    Console().print(table)


def _shown(setting: settings.Setting) -> str | None:
    value = settings.get(setting.name)
    return "********" if value and setting.secret else value
