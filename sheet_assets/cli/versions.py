"""`sheet-assets versions`: the versions of a sheet, listed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from sheet_assets.cli import terminal
from sheet_assets.cli.kept_sheet import kept_sheets, local, record_as_json, time_zone
from sheet_assets.cli.removal import erase, prune

if TYPE_CHECKING:
    from sheet_assets.warehouse.history import VersionRecord


class _Versions(click.Group):
    """`versions NAME` is short for `versions list NAME`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` in front of what is no subcommand."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_Versions,
    subcommand_metavar="NAME | prune NAME… | erase NAME VERSION",
    short_help="The versions of a sheet, and how long they are kept.",
)
def versions() -> None:
    """The versions of a sheet, and how long they are kept.

    Every version of a sheet that was read stays in S3 until it is pruned or erased.

    \b
    Examples:
      sheet-assets versions nps
      sheet-assets versions prune --all --keep-days 365 --dry-run
      sheet-assets versions erase nps 3fa94c2d
    """  # noqa: D301 - click's \b keeps the lines apart


versions.add_command(prune)
versions.add_command(erase)


@versions.command(name="list", short_help="List them; `versions NAME` is the same.")
@click.argument("name")
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="The newest so many."
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, with whole hashes and ids.")
def list_(name: str, *, limit: int, as_json: bool) -> None:
    """List the versions of the sheet NAME, the newest first.

    A version stands where the sheet was first read so: a sheet that went from A to B and back to
    A has three lines. Times are those of SHEET_ASSETS_TIME_ZONE. `current` is in the table,
    `pinned` was restored and stays there, `not in S3` was pruned or erased.

    \b
    Examples:
      sheet-assets versions nps
      sheet-assets versions nps --limit 5 --json
    """  # noqa: D301 - click's \b keeps the lines apart
    zone = time_zone()
    (sheet,) = kept_sheets([name])
    records = sheet.versions()
    if as_json:
        found = [record_as_json(record) for record in records[:limit]]
        click.echo(json.dumps({"name": name, "versions": found, "total": len(records)}, indent=2))
        return
    if not records:
        click.echo(f"{name} has no versions yet: it was never loaded into {sheet.target}.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("version", f"read ({zone.key})", "last read so", "rows"):
        table.add_column(title, no_wrap=True, justify="right" if title == "rows" else "left")
    for title in ("last changed by", "run", "state"):
        table.add_column(title, overflow="fold")
    for record in records[:limit]:
        read, again = local(record.since, zone), local(record.read_at, zone)
        table.add_row(
            record.short,
            read,
            "" if again == read else again,
            "" if record.rows is None else f"{record.rows:,}",
            Text(record.modified_by or ""),
            Text((record.run_id or "")[:8]),
            _state(record),
        )
    terminal.results().print(table)
    if len(records) > limit:
        click.echo(f"… and {len(records) - limit:,} older (--limit).")


def _state(record: VersionRecord) -> Text:
    words = [
        (record.is_current, "current", "green"),
        (record.pinned, "pinned", "yellow"),
        (record.loaded_at is None, "never loaded", "dim"),
        (not record.stored, "not in S3", "dim"),
    ]
    said = [Text(word, style) for holds, word, style in words if holds]
    return Text(", ").join(said)
