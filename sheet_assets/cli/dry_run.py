"""`run --dry-run`: what a run would do to sheets and exports, with nothing written anywhere."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from sheet_assets.cli import terminal
from sheet_assets.cli.export_preview import Preview, as_json, preview, print_preview
from sheet_assets.errors import SheetAssetsError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import dagster as dg

    from sheet_assets.cli.deployment import Deployment
    from sheet_assets.components import SheetTable

_LISTED_ROWS = 20


def dry_run(deployment: Deployment, names: Sequence[str], *, json_: bool) -> None:
    """Read the sheets and compare the exports that the names mean; the exit code is 1 on an error.

    A table that a query builds is not tried: what it would hold is known once it is built.
    """
    keys = _keys(deployment, names)
    told: dict[str, Any] = {}
    previews: list[Preview] = []
    errors: dict[str, str] = {}
    for table, _ in deployment.tables:
        if _means(keys, table):
            with terminal.progress().status(f"reading {table.name} …"):
                _try(table.name, errors, lambda table=table: told.update(_sheet(table)))
    for export, _ in deployment.exports:
        if ("exported_sheet", export.name) in keys:
            _try(
                export.name,
                errors,
                lambda export=export: previews.append(preview(export, _LISTED_ROWS)),
            )
    if json_:
        exports = {each.name: as_json(each) for each in previews}
        click.echo(
            json.dumps(
                {"sheets": told, "exports": exports, "errors": errors}, indent=2, ensure_ascii=False
            )
        )
    else:
        _print(told, previews, errors)
    if errors:
        sys.exit(1)


def _keys(deployment: Deployment, names: Sequence[str]) -> set[tuple[str, ...]]:
    from sheet_assets.cli import execution  # noqa: PLC0415 - Dagster costs a second

    job, assets = execution.select(deployment.definitions, names)
    keys: Collection[dg.AssetKey] = assets
    if job is not None:
        layer = deployment.definitions.get_repository_def().get_job(job).asset_layer
        keys = layer.selected_asset_keys
    return {tuple(key.path) for key in keys}


def _means(keys: set[tuple[str, ...]], table: SheetTable) -> bool:
    target = table.target()
    of_sheet = {("sheet_csv", table.name), ("s3_object", table.name)}
    return bool(keys & {*of_sheet, (target.schema, target.table)})


def _try(name: str, errors: dict[str, str], work: Any) -> None:
    try:
        work()
    except SheetAssetsError as error:
        errors[name] = str(error)


def _sheet(table: SheetTable) -> dict[str, Any]:
    """Read a sheet, check every cell, and say whether its table would change."""
    from sheet_assets.cli.kept_sheet import current_version  # noqa: PLC0415 - psycopg2
    from sheet_assets.clients.sheet_snapshot import read_sheet  # noqa: PLC0415 - gspread
    from sheet_assets.resources.google import GoogleCredentials, GoogleSheets  # noqa: PLC0415
    from sheet_assets.resources.snapshots import parts_folder  # noqa: PLC0415 - Dagster

    google = GoogleSheets(credentials=GoogleCredentials())
    with parts_folder() as parts, google.client() as client:
        snapshot = read_sheet(client, table.source(), parts).version.snapshot
    current, pinned = current_version(table.target())
    outcome = "pinned" if pinned else "unchanged" if current == snapshot.version else "would_load"
    return {
        table.name: {
            "outcome": outcome,
            "rows": snapshot.rows,
            "version": snapshot.version,
            "table": str(table.target()),
        }
    }


def _print(told: dict[str, Any], previews: Sequence[Preview], errors: dict[str, str]) -> None:
    console = terminal.results()
    if told:
        table = Table("sheet", "outcome", "rows", "table", box=None, pad_edge=False)
        for name, sheet in told.items():
            said = sheet["outcome"].replace("_", " ")
            table.add_row(name, said, f"{sheet['rows']:,}", sheet["table"])
        console.print(table)
    for each in previews:
        print_preview(console, each)
    for name, sentence in errors.items():
        click.secho(f"{name} would fail: {sentence}", fg="red", err=True)
    if not (told or previews or errors):
        console.print("Nothing of this can be tried without doing it: it reads no sheet.")
