"""`exported_sheet/<name>`: a query's rows in a worksheet that people read."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg

from sheet_assets.assets.labels import Labels
from sheet_assets.assets.lineage import COLUMN_LINEAGE, column_lineage
from sheet_assets.assets.outcome import changed_rows, preview, sentences
from sheet_assets.assets.run_tags import asked
from sheet_assets.assets.sheet_csv import FOLDER
from sheet_assets.clients.sheet_export.export import Exported, export_result
from sheet_assets.clients.sheet_export.query import queried
from sheet_assets.clients.sheet_export.result import Result
from sheet_assets.clients.sheet_export.target import ExportTarget
from sheet_assets.resources.google import GoogleSheets
from sheet_assets.resources.redshift import Redshift

_MODES = {
    "replace": "a reader never sees a blank or half-written sheet. Formats, charts and other "
    "people's cells stay; equal content writes nothing",
    "append": "each result's rows are added below the ones before, each result once. What stands "
    "there stays",
    "upsert": "rows are replaced by their key, in the order they stand in, and new ones are added "
    "below. Other people's cells beside them stay",
}


def asset_key(name: str) -> dg.AssetKey:
    """`exported_sheet/nps_summary`."""
    return dg.AssetKey(["exported_sheet", name])


def build_exported_sheet(
    target: ExportTarget,
    query: str,
    *,
    deps: Sequence[dg.AssetKey],
    sources: Mapping[str, Iterable[tuple[dg.AssetKey, str]]] | None = None,
    folder: str = "",
    description: str | None = None,
    labels: Labels | None = None,
    show_preview: bool = True,
) -> dg.AssetsDefinition:
    """The worksheet that shows a query's rows.

    Args:
        target: Which, and how it is written.
        query: The SELECT.
        deps: The assets that it reads.
        sources: Which columns of them each column of the query comes from, as far as known.
        folder: Where its defs.yaml is.
        description: What one row is.
        labels: What the asset is filed under.
        show_preview: Without it no row appears in Dagster: a query may show what is `sensitive`.
    """
    labels = labels or Labels()

    @dg.asset(
        key=asset_key(target.name),
        deps=list(deps),
        description=(
            f"{description or 'The rows of a query, for people to read.'}\n\nWritten to the "
            f"worksheet {target.worksheet!r} from {target.anchor} in one atomic update: "
            f"{_MODES[target.mode]}."
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
    def exported_sheet(
        context: dg.AssetExecutionContext, redshift: Redshift, google: GoogleSheets
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]  # it has no value
        started = time.perf_counter()
        with sentences():
            force = asked(context).force
            result, queried_at = queried(redshift.client(), target, query)
            with result, google.client() as client, google.alone(target.spreadsheet_id):
                exported = export_result(
                    client,
                    target,
                    result,
                    queried_at=queried_at,
                    run_id=context.run.run_id,
                    force=force,
                )
                told = _told(exported, result, show_preview=show_preview)
        return dg.MaterializeResult(
            metadata={
                **told,
                "spreadsheet": dg.MetadataValue.url(
                    f"https://docs.google.com/spreadsheets/d/{target.spreadsheet_id}"
                ),
                "seconds": round(time.perf_counter() - started, 3),
                COLUMN_LINEAGE: _lineage(result, sources or {}),
            }
        )

    return exported_sheet


def _told(exported: Exported, result: Result, *, show_preview: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "outcome": exported.outcome,
        "dagster/row_count": exported.rows,
        "rectangle": exported.rectangle,
        "cells_changed": exported.cells_changed,
        "api_calls": exported.api_calls,
        "preview": preview(result.headers, result.first_rows if show_preview else ()),
    }
    if exported.difference is not None:
        told["rows_added"] = exported.difference.added
        told["rows_changed"] = exported.difference.changed
        told["rows_removed"] = exported.difference.removed
        if show_preview:
            told["changes"] = changed_rows(exported.difference)
    return told


def _lineage(
    result: Result, sources: Mapping[str, Iterable[tuple[dg.AssetKey, str]]]
) -> dg.TableColumnLineage:
    """From the tables' columns to the headers that people read."""
    return column_lineage(
        (header, key, column)
        for name, header in zip(result.names, result.headers, strict=True)
        for key, column in sources.get(name, ())
    )
