"""`sheet-assets diff`: what changed from one version of a sheet to another."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from sheet_assets.cli import export_preview, terminal
from sheet_assets.cli.difference import as_json, print_rows
from sheet_assets.cli.kept_sheet import KeptSheet, kept_sheets, local, time_zone
from sheet_assets.errors import SheetAssetsError
from sheet_assets.sheets.dates import end_of_day

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sheet_assets.sheets.diff import Difference
    from sheet_assets.warehouse.history import VersionRecord
    from sheet_assets.warehouse.manifest import Snapshot


@dataclass(frozen=True)
class _Compared:
    """Two versions of a sheet, and what they differ in."""

    sheet: KeptSheet
    records: tuple[VersionRecord, VersionRecord]
    snapshots: tuple[Snapshot, Snapshot]
    difference: Difference


@click.command(short_help="What changed in a sheet, or what an export would change.")
@click.argument("name")
@click.argument("before", metavar="[A]", required=False)
@click.argument("after", metavar="[B]", required=False)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="List so many rows; they are always counted.",
)
@click.option("--json", "json_", is_flag=True, help="Print as JSON.")
def diff(name: str, before: str | None, after: str | None, *, limit: int, json_: bool) -> None:
    """Tell what changed in the sheet NAME from version A to version B, or preview the export NAME.

    Of an export: runs its query, and shows the rows that it would add, change and remove in the
    worksheet. Nothing is written.

    Of a sheet: A and B are the beginnings of hashes (at least 4 digits; `sheet-assets versions
    NAME` lists them), dates such as 2026-11-20 (the newest version read before the end of that day
    in SHEET_ASSETS_TIME_ZONE), `current` (what is in the table) or `previous` (what was in it
    before). Without them: from `previous` to `current`.

    Rows are told apart by the contract's key columns; without any, a row that changed is one
    removed and one added. Values of sensitive columns are hidden.

    \b
    Examples:
      sheet-assets diff nps
      sheet-assets diff nps 2026-11-19 2026-11-20
      sheet-assets diff nps 3fa94c2d current --json
      sheet-assets diff nps_summary
    """  # noqa: D301 - click's \b keeps the lines apart
    zone = time_zone()
    export = export_preview.export_named(name)
    if export is not None:
        if before is not None:
            raise SheetAssetsError(
                f"{name} is an export, which keeps no versions: `sheet-assets diff {name}` shows "
                "what it would change in its worksheet now."
            )
        seen = export_preview.preview(export, limit)
        if json_:
            told = export_preview.as_json(seen)
            click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        else:
            export_preview.print_preview(terminal.results(), seen)
        return
    (sheet,) = kept_sheets([name], or_export=True)
    with terminal.progress().status("comparing …"):
        said = (before or "previous", after or "current")
        compared = _compared(sheet, said, zone, limit)
    if json_:
        click.echo(json.dumps(_as_json(compared), indent=2, ensure_ascii=False))
        return
    _print(compared, zone)


def _compared(sheet: KeptSheet, said: tuple[str, str], zone: ZoneInfo, limit: int) -> _Compared:
    from sheet_assets.sheets.diff import Side, compare  # noqa: PLC0415

    history = sheet.versions()
    first, second = (_chosen(sheet.name, history, each, zone) for each in said)
    snapshots = tuple(
        sheet.store.snapshot(sheet.name, record.version) for record in (first, second)
    )
    before, after = (
        Side(
            {column.name: str(column.type) for column in snapshot.columns},
            partial(sheet.store.rows, snapshot),
        )
        for snapshot in snapshots
    )
    try:
        difference = compare(
            before,
            after,
            key=sheet.target.key,
            sensitive={column.name for column in sheet.columns if column.sensitive},
            limit=limit,
        )
    except ValueError as error:
        raise SheetAssetsError(
            f"The versions {first.short} and {second.short} of {sheet.name} cannot be compared: "
            f"{error}."
        ) from error
    return _Compared(sheet, (first, second), (snapshots[0], snapshots[1]), difference)


def _chosen(name: str, history: list[VersionRecord], said: str, zone: ZoneInfo) -> VersionRecord:
    from sheet_assets.warehouse.history import as_of, by_hash  # noqa: PLC0415

    if "-" in said:
        now = dt.datetime.now(dt.UTC)
        return as_of(history, name, end_of_day(said, zone.key, now=now))
    return by_hash(history, name, said)


def _print(compared: _Compared, zone: ZoneInfo) -> None:
    console, difference = terminal.results(), compared.difference
    for sign, record, snapshot in zip("-+", compared.records, compared.snapshots, strict=True):
        console.print(
            Text(
                f"{sign} {record.short}  read {local(record.since, zone)} {zone.key}, "
                f"{snapshot.rows:,} rows"
            )
        )
    for sentence in _about_columns(compared):
        console.print(Text(sentence, "yellow"))
    if difference.nothing:
        console.print(f"No difference: all {difference.rows_after:,} rows are the same.")
        return
    texts = {
        column.name for column in compared.snapshots[1].columns if column.type.kind == "varchar"
    }
    print_rows(console, difference, texts)


def _about_columns(compared: _Compared) -> list[str]:
    """What the totals do not say: a contract that changed, and a key that is not used."""
    difference = compared.difference
    said = [
        f"Not compared: {', '.join(names)}, which only the {which} has."
        for names, which in (
            (difference.only_before, "first"),
            (difference.only_after, "second"),
        )
        if names
    ]
    said += [
        f"{name} was {was} and is {now}: its values are compared as they are written."
        for name, (was, now) in difference.retyped.items()
    ]
    if compared.sheet.target.key and not difference.key:
        said.append(
            f"Not told apart by key: {', '.join(compared.sheet.target.key)} is not in both."
        )
    return said


def _as_json(compared: _Compared) -> dict[str, Any]:
    sides = {
        side: {
            "version": record.version,
            "read_at": record.since.isoformat(),
            "rows": snapshot.rows,
        }
        for side, record, snapshot in zip(
            ("before", "after"), compared.records, compared.snapshots, strict=True
        )
    }
    return {"name": compared.sheet.name, **sides, **as_json(compared.difference)}
