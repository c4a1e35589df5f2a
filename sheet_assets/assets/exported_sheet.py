"""`exported_sheet/<name>`: a query's rows in a worksheet that people read."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import dagster as dg

from sheet_assets.assets.labels import Labels
from sheet_assets.assets.lineage import COLUMN_LINEAGE, column_lineage
from sheet_assets.assets.outcome import changed_rows, preview, sentences
from sheet_assets.assets.plot import plot, plot_again
from sheet_assets.assets.run_tags import asked
from sheet_assets.assets.sheet_csv import FOLDER
from sheet_assets.clients.sheet_export.chart import Chart
from sheet_assets.clients.sheet_export.difference import hiding
from sheet_assets.clients.sheet_export.export import Exported, export_result
from sheet_assets.clients.sheet_export.query import queried
from sheet_assets.clients.sheet_export.result import Result
from sheet_assets.clients.sheet_export.target import ExportTarget
from sheet_assets.resources.google import GoogleSheets
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sheets.diff import HIDDEN
from sheet_assets.warehouse.column_sources import Source
from sheet_assets.warehouse.known_tables import KnownTables

# Under which Dagster files a data version: https://docs.dagster.io/api/dagster/internals
_DATA_VERSION = "dagster/data_version"
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
    known: KnownTables,
    folder: str = "",
    description: str | None = None,
    labels: Labels | None = None,
) -> dg.AssetsDefinition:
    """The worksheet that shows a query's rows.

    Args:
        target: Which, and how it is written.
        query: The SELECT.
        deps: The assets that it reads.
        known: The tables that it may read: where columns come from, and which are sensitive.
        folder: Where its defs.yaml is.
        description: What one row is.
        labels: What the asset is filed under.
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
            # The query as well: results are written in the order in which they were asked for.
            with google.alone(target.spreadsheet_id):
                result, queried_at = queried(redshift.client(), target, query)
                with result, google.client() as client:
                    exported = export_result(
                        client,
                        target,
                        result,
                        queried_at=queried_at,
                        run_id=context.run.run_id,
                        force=force,
                    )
                    told = _told(context, exported, result, known.shown(query), target.chart)
        return dg.MaterializeResult(
            data_version=dg.DataVersion(result.fingerprint),
            metadata={
                **told,
                "spreadsheet": dg.MetadataValue.url(
                    f"https://docs.google.com/spreadsheets/d/{target.spreadsheet_id}"
                ),
                "seconds": round(time.perf_counter() - started, 3),
                COLUMN_LINEAGE: _lineage(result, known.sources(query)),
            },
        )

    return exported_sheet


def _told(
    context: dg.AssetExecutionContext,
    exported: Exported,
    result: Result,
    shown: Collection[str] | None,
    chart: Chart | None,
) -> dict[str, Any]:
    """What the materialization says; columns in which something sensitive may be are hidden."""
    hidden = set() if shown is None else {name for name in result.names if name not in shown}
    rows = [
        [HIDDEN if name in hidden else value for name, value in zip(result.names, row, strict=True)]
        for row in result.first_rows
    ]
    told: dict[str, Any] = {
        "outcome": exported.outcome,
        "dagster/row_count": exported.rows,
        "rectangle": exported.rectangle,
        "cells_changed": exported.cells_changed,
        "api_calls": exported.api_calls,
        "preview": preview(result.headers, rows),
    }
    if exported.difference is not None:
        told["rows_added"] = exported.difference.added
        told["rows_changed"] = exported.difference.changed
        told["rows_removed"] = exported.difference.removed
        told["changes"] = changed_rows(hiding(exported.difference, hidden))
    if chart is not None and not hidden.intersection(chart.columns):
        told["plot"] = _plot(context, result, chart)
    return told


def _plot(context: dg.AssetExecutionContext, result: Result, chart: Chart) -> dg.MetadataValue:
    """The picture of the last materialization, if it shows these very rows, else a new one."""
    event = context.instance.get_latest_materialization_event(context.asset_key)
    last = event.asset_materialization if event else None
    if last is not None and (last.tags or {}).get(_DATA_VERSION) == result.fingerprint:
        again = plot_again(last.metadata.get("plot"), x=chart.x, y=chart.y)
        if again is not None:
            return again
    return plot(result.names, result.values(), x=chart.x, y=chart.y)


def _lineage(result: Result, sources: Mapping[str, Iterable[Source]]) -> dg.TableColumnLineage:
    """From the tables' columns to the headers that people read."""
    return column_lineage(
        (header, dg.AssetKey([source.schema, source.table]), source.column)
        for name, header in zip(result.names, result.headers, strict=True)
        for source in sources.get(name, ())
    )
