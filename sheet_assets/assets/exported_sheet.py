"""`exported_sheet/<name>`: a query's rows in a worksheet that people read."""

import datetime as dt
import time
from collections.abc import Sequence

import dagster as dg

from sheet_assets.assets.labels import Labels
from sheet_assets.assets.outcome import preview, sentences
from sheet_assets.assets.sheet_csv import FOLDER
from sheet_assets.clients.sheet_export import ExportTarget, export_rows
from sheet_assets.resources.google import GoogleSheets
from sheet_assets.resources.redshift import Redshift


def asset_key(name: str) -> dg.AssetKey:
    """`exported_sheet/nps_summary`."""
    return dg.AssetKey(["exported_sheet", name])


def build_exported_sheet(
    target: ExportTarget,
    query: str,
    *,
    deps: Sequence[dg.AssetKey],
    folder: str = "",
    description: str | None = None,
    labels: Labels | None = None,
    show_preview: bool = True,
) -> dg.AssetsDefinition:
    """The worksheet that shows a query's rows.

    Without `show_preview` no row appears in Dagster: a query may show what is `sensitive`.
    """
    labels = labels or Labels()

    @dg.asset(
        key=asset_key(target.name),
        deps=list(deps),
        description=(
            f"{description or 'The rows of a query, for people to read.'}\n\nWritten to the "
            f"worksheet {target.worksheet!r} from {target.anchor} in one atomic update: a reader "
            "never sees a blank or half-written sheet. Formats, charts and other people's cells "
            "stay; equal content writes nothing."
        ),
        kinds={"googlesheets"},
        freshness_policy=labels.freshness_policy(),
        group_name=labels.group_name,
        owners=labels.owners,
        tags=labels.tags_of("export"),
        metadata={
            FOLDER: folder,
            "query": dg.MetadataValue.md(f"```sql\n{query.strip()}\n```"),
        },
        pool=f"google/{target.spreadsheet_id}",
    )
    def exported_sheet(redshift: Redshift, google: GoogleSheets) -> dg.MaterializeResult:  # type: ignore[type-arg]  # it has no value
        started = time.perf_counter()
        with sentences(), google.client() as client:
            queried_at = dt.datetime.now(dt.UTC)
            names, rows = redshift.client().run(lambda session: session.named(query))
            exported = export_rows(client, target, names, rows, queried_at=queried_at)
        return dg.MaterializeResult(
            metadata={
                "outcome": exported.outcome,
                "dagster/row_count": exported.rows,
                "rectangle": exported.rectangle,
                "cells_changed": exported.cells_changed,
                "api_calls": exported.api_calls,
                "spreadsheet": dg.MetadataValue.url(
                    f"https://docs.google.com/spreadsheets/d/{target.spreadsheet_id}"
                ),
                "seconds": round(time.perf_counter() - started, 3),
                "preview": preview(names, rows if show_preview else ()),
            }
        )

    return exported_sheet
