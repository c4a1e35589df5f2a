"""`sheet-assets versions prune` and `erase`: versions of sheets, removed for good."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from sheet_assets.cli import terminal
from sheet_assets.cli.kept_sheet import KeptSheet, kept_sheets, local, record_as_json, time_zone
from sheet_assets.errors import ObjectStoreError, SheetAssetsError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sheet_assets.clients.retention import Removed
    from sheet_assets.warehouse.history import VersionRecord


@click.command(short_help="Remove versions that were out of use for some days.")
@click.argument("names", nargs=-1, metavar="[NAME…]")
@click.option("--all", "every", is_flag=True, help="All sheets.")
@click.option(
    "--keep-days",
    type=click.IntRange(min=1),
    required=True,
    help="Keep what was in use within so many days.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def prune(
    names: tuple[str, ...], *, every: bool, keep_days: int, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Remove the versions of sheets that were out of use for some days, from S3 and for good.

    A version is in use while it is in the table, and whenever the sheet is read and found so. The
    one in the table and the one before it are always kept. Parts that a version still needs stay.
    The record of what was loaded stays, too; it holds no rows.

    \b
    Examples:
      sheet-assets versions prune nps --keep-days 365 --dry-run
      sheet-assets versions prune --all --keep-days 365 --yes
    """  # noqa: D301 - click's \b keeps the lines apart
    if bool(names) == every:
        raise click.UsageError("Say whose versions: the names of sheets, or --all.")
    from sheet_assets.clients.retention import remove  # noqa: PLC0415 - boto3's 0.3 s
    from sheet_assets.warehouse.history import unused_since  # noqa: PLC0415 - pydantic's 0.2 s

    zone, now = time_zone(), dt.datetime.now(dt.UTC)
    sheets = kept_sheets(None if every else names)
    found: dict[str, list[VersionRecord]] = {}
    for sheet in sheets:
        records = sheet.versions()
        found[sheet.name] = unused_since(records, now - dt.timedelta(days=keep_days))
        if records and not any(record.is_current for record in records):
            terminal.progress().print(
                f"{sheet.name}: nothing is recorded as loaded into {sheet.target} of this "
                "warehouse, so it is not known which version is needed, and all are kept.",
                style="yellow",
            )
    count = sum(map(len, found.values()))
    if not as_json:
        _print_unused(found, zone)
    if count and not dry_run:
        _confirm(f"Remove {_versions(count)} for good?", yes=yes)
    done = {
        sheet.name: remove(
            sheet.store, sheet.name, [each.version for each in found[sheet.name]], now=now
        )
        for sheet in ([] if dry_run else sheets)
        # Without versions to remove, too: another prune may have been cut off.
    }
    if as_json:
        said = [
            {
                "name": name,
                "versions": [record_as_json(each) for each in unused],
                "removed": _removed_as_json(done[name]) if name in done else None,
            }
            for name, unused in found.items()
        ]
        click.echo(json.dumps(said, indent=2))
        return
    if dry_run:
        click.echo(f"{_versions(count)} would be removed; nothing was.")
        return
    _print_removed(list(done.values()))


@click.command(short_help="Remove one version for good: it holds what must not be kept.")
@click.argument("name")
@click.argument("version")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def erase(name: str, version: str, *, yes: bool, as_json: bool) -> None:
    """Remove one version of the sheet NAME for good: from S3, and from this machine.

    For rows that must not be kept, such as those of a person who asks to be forgotten. VERSION is
    the beginning of its hash, at least 4 digits. In a bucket with versioning, all versions of its
    objects are removed. What the table holds now is refused: load another version first. What
    else may hold these rows is told; see docs/versions.md.

    \b
    Examples:
      sheet-assets versions erase nps 3fa94c2d
    """  # noqa: D301 - click's \b keeps the lines apart
    from sheet_assets.assets import s3_object, sheet_csv  # noqa: PLC0415 - Dagster costs a second
    from sheet_assets.clients.retention import erasable, remove  # noqa: PLC0415
    from sheet_assets.resources.snapshots import SnapshotIOManager  # noqa: PLC0415

    (sheet,) = kept_sheets([name])
    records = sheet.versions()
    whole = erasable(sheet.store, records, sheet.target, name, version)
    _confirm(f"Remove the version {whole[:12]} of {name} for good?", yes=yes)
    now = dt.datetime.now(dt.UTC)
    removed = remove(sheet.store, name, [whole], now=now, only_theirs=True)
    if removed.kept:
        raise ObjectStoreError(
            f"A run uploaded the version {whole[:12]} of {name} again while it was removed: the "
            "sheet holds these rows. Correct the sheet, load it, and erase the version then."
        )
    snapshots = SnapshotIOManager()
    folders = sum(
        snapshots.remove_version(asset.asset_key(name), whole, removed.parts)
        for asset in (sheet_csv, s3_object)
    )
    runs = sorted({each.run_id for each in records if each.version == whole and each.run_id})
    if as_json:
        said = {**_removed_as_json(removed), "folders": folders, "run_ids": runs}
        click.echo(json.dumps({"name": name, "version": whole, **said}, indent=2))
        return
    if removed.objects:
        _print_removed([removed])
    else:
        click.echo(f"Nothing of the version {whole[:12]} was left in S3.")
    if folders:
        click.echo(f"Removed {folders} folders of it on this machine.")
    for sentence in _elsewhere(sheet, runs):
        click.echo(sentence)


def _elsewhere(sheet: KeptSheet, run_ids: list[str]) -> list[str]:
    """Where rows of an erased version may still be, and what to do about it."""
    said = []
    if sheet.target.mode != "replace":
        said.append(
            f"{sheet.target} is filled by {sheet.target.mode}, so it may still hold rows of this "
            "version: DELETE them there."
        )
    if run_ids:
        said.append(
            "Dagster's history may hold a preview of 10 rows, and wrong cells, of its runs: "
            + "; ".join(f"`dagster run delete {run_id}`" for run_id in run_ids)
            + "."
        )
    return said


def _print_unused(found: dict[str, list[VersionRecord]], zone: ZoneInfo) -> None:
    if not any(found.values()):
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("sheet", "version", f"read ({zone.key})", "last in use", "rows"):
        table.add_column(title, no_wrap=True, justify="right" if title == "rows" else "left")
    for name, unused in found.items():
        for record in unused:
            table.add_row(
                name,
                record.short,
                local(record.since, zone),
                local(record.last_used_at, zone),
                "" if record.rows is None else f"{record.rows:,}",
            )
    terminal.results().print(table)


def _print_removed(done: list[Removed]) -> None:
    count = sum(len(each.versions) for each in done)
    objects = sum(each.objects for each in done)
    size_bytes = sum(each.size_bytes for each in done)
    click.echo(f"Removed {_versions(count)}: {objects:,} objects, {size_bytes:,} bytes.")


def _confirm(question: str, *, yes: bool) -> None:
    if yes:
        return
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort:  # nobody is there to answer
        agreed = False
    if not agreed:
        raise SheetAssetsError("Nothing was removed. Answer y, or say --yes.")


def _versions(count: int) -> str:
    return f"{count:,} version" + ("" if count == 1 else "s")


def _removed_as_json(removed: Removed) -> dict[str, Any]:
    return {
        "versions": list(removed.versions),
        "parts": list(removed.parts),
        "objects": removed.objects,
        "bytes": removed.size_bytes,
    }
