"""`sheet-assets start` and `stop`: the switch of a schedule or a sensor."""

from __future__ import annotations

import json

import click

from sheet_assets.cli.webserver import json_option, location_option, url_option


@click.command(short_help="Switch a schedule or a sensor on.")
@click.argument("name", metavar="SCHEDULE|SENSOR")
@location_option
@url_option
@json_option
def start(name: str, *, location: str | None, url: str | None, as_json: bool) -> None:
    """Switch a schedule or a sensor on: from now on it starts runs by itself.

    \b
    Examples:
      sheet-assets start daily_refresh_schedule
    """  # noqa: D301 - click's \b keeps the lines apart
    _switch(name, "RUNNING", location, url, as_json)


@click.command(short_help="Switch a schedule or a sensor off.")
@click.argument("name", metavar="SCHEDULE|SENSOR")
@location_option
@url_option
@json_option
def stop(name: str, *, location: str | None, url: str | None, as_json: bool) -> None:
    """Switch a schedule or a sensor off; runs that it has started go on.

    \b
    Examples:
      sheet-assets stop sheet_changes_sensor
    """  # noqa: D301 - click's \b keeps the lines apart
    _switch(name, "STOPPED", location, url, as_json)


def _switch(name: str, status: str, location: str | None, url: str | None, as_json: bool) -> None:
    from sheet_assets.operations.switch import switch, switchable  # noqa: PLC0415 - HTTP
    from sheet_assets.operations.webserver import connected  # noqa: PLC0415 - HTTP
    from sheet_assets.operations.workspace import workspace  # noqa: PLC0415 - HTTP

    webserver = connected(url)
    what = switchable(workspace(webserver).within(location), name)
    changed = switch(webserver, what, status)
    if as_json:
        click.echo(json.dumps({"name": name, "status": status, "changed": changed}, indent=2))
    else:
        click.echo(f"{name} is {status}." if changed else f"{name} was {status} already.")
