"""What the commands that ask a Dagster webserver have in common: where it is, and times."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from rich.table import Table
from rich.text import Text

from sheet_assets import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

url_option = click.option(
    "--url",
    metavar="URL",
    help="Where the Dagster webserver is; else SHEET_ASSETS_WEBSERVER_URL, "
    "else http://127.0.0.1:3000.",
)
location_option = click.option(
    "--location", metavar="NAME", help="This code location only, where there are several."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")

_STYLES = {
    **dict.fromkeys(("SUCCESS", "materialized", "RUNNING", "loaded", "written"), "green"),
    **dict.fromkeys(("FAILURE", "failed"), "red"),
    **dict.fromkeys(("STOPPED", "CANCELED", "never materialized", "not run", "unchanged"), "dim"),
    **dict.fromkeys(("QUEUED", "STARTING", "STARTED", "running", "queued"), "yellow"),
}


def when(seconds: float | None) -> str:
    """A moment in the time zone of SHEET_ASSETS_TIME_ZONE; empty where there was none."""
    if seconds is None:
        return ""
    zone = ZoneInfo(settings.require("SHEET_ASSETS_TIME_ZONE"))
    return dt.datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d %H:%M:%S")


def zoned(header: str) -> str:
    """The header of a column of moments, which says whose clock they are by."""
    return f"{header} ({settings.require('SHEET_ASSETS_TIME_ZONE')})"


def table(title: str, headers: Sequence[str], rows: Sequence[Sequence[str | None]]) -> Table:
    """Rows for people: names are never cut, states have their colour."""
    made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for position, header in enumerate(headers):
        made.add_column(header, no_wrap=position == 0, overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell or "", _STYLES.get(cell or "", "")) for cell in row))
    return made
