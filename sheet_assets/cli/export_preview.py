"""What an export would change in its worksheet: its query is run, and nothing is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheet_assets.cli import project, terminal
from sheet_assets.cli.difference import as_json as difference_as_json
from sheet_assets.cli.difference import print_rows

if TYPE_CHECKING:
    from rich.console import Console

    from sheet_assets.clients.sheet_export.plan import Plan
    from sheet_assets.clients.sheet_export.result import Result
    from sheet_assets.components import SheetExport
    from sheet_assets.sheets.diff import Difference

_SENTENCES = {
    "unchanged": "Nothing to write: the worksheet holds these rows already.",
    "superseded": "Nothing to write: a result that was queried later stands there.",
}


@dataclass(frozen=True)
class Preview:
    """An export and what it would do."""

    name: str
    planned: Plan
    rows: int
    difference: Difference | None


def export_named(name: str) -> SheetExport | None:
    """The export of this deployment with this name, or asset key; None where there is none.

    A sheet of the same name comes first: its key is not meant by the name alone.

    Raises:
        SheetAssetsError: a defs.yaml is wrong.
    """
    with terminal.progress().status("loading the definitions …"):
        deployment = project.deployment()
        sheets = {table.name for table, _ in deployment.tables}
        exports = {export.name: export for export, _ in deployment.exports}
    plain = name.removeprefix("exported_sheet/")
    return None if name in sheets else exports.get(plain)


def preview(export: SheetExport, limit: int) -> Preview:
    """Run its query, and compare the result with the worksheet.

    Raises:
        SheetAssetsError: what would make the export fail.
    """
    from sheet_assets.clients.sheet_export.plan import plan  # noqa: PLC0415 - psycopg2, gspread
    from sheet_assets.clients.sheet_export.query import queried  # noqa: PLC0415
    from sheet_assets.resources.google import GoogleCredentials, GoogleSheets  # noqa: PLC0415
    from sheet_assets.resources.redshift import Redshift  # noqa: PLC0415

    target = export.target()
    with terminal.progress().status(f"comparing {export.name} with its worksheet …"):
        result, queried_at = queried(Redshift().client(), target, export.sql)
        google = GoogleSheets(credentials=GoogleCredentials())
        with result, google.client() as client:
            planned = plan(client, target, result, queried_at=queried_at, listed_rows=limit)
            return Preview(export.name, planned, result.rows, _difference(planned, export, result))


def _difference(planned: Plan, export: SheetExport, result: Result) -> Difference | None:
    """What would change, without values in which something sensitive may be."""
    from sheet_assets.clients.sheet_export.difference import hiding  # noqa: PLC0415

    if planned.difference is None:
        return None
    shown = result.names if export.shown is None else export.shown
    return hiding(planned.difference, {name for name in result.names if name not in shown})


def print_preview(console: Console, each: Preview) -> None:
    """Its rows that differ as a coloured table."""
    planned = each.planned
    console.print(f"{each.name}: {each.rows:,} rows for {planned.where}", style="bold")
    if each.difference is None or planned.changes is None:
        console.print(_SENTENCES[planned.outcome])
        return
    print_rows(console, each.difference)
    by = ", by a staging tab" if planned.staged else ""
    console.print(
        f"{planned.changes.cells_changed:,} cells would change{by}. Nothing was written; "
        f"`sheet-assets run exported_sheet/{each.name}` writes it."
    )


def as_json(each: Preview) -> dict[str, Any]:
    """For `--json`; rows and counts are there where something would change."""
    planned, changes = each.planned, each.planned.changes
    return {
        "name": each.name,
        "outcome": "would_write" if planned.outcome == "written" else planned.outcome,
        "rectangle": planned.where,
        "rows": each.rows,
        "cells_changed": changes.cells_changed if changes and planned.outcome == "written" else 0,
        "staged": planned.staged,
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        **({} if each.difference is None else difference_as_json(each.difference)),
    }
