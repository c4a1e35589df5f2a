"""`<schema>/<table>`: a table in Redshift that a query builds."""

import datetime as dt
import time
from collections.abc import Sequence

import dagster as dg

from sheet_assets.assets.labels import Labels
from sheet_assets.assets.outcome import sentences, table_schema
from sheet_assets.assets.redshift_table import asset_key, materialized
from sheet_assets.assets.run_tags import asked
from sheet_assets.clients.table_load import load_query
from sheet_assets.resources.redshift import Redshift
from sheet_assets.warehouse.manifest import Reading
from sheet_assets.warehouse.target import Target


def build_sql_table(
    target: Target,
    query: str,
    *,
    deps: Sequence[dg.AssetKey],
    description: str | None = None,
    labels: Labels | None = None,
) -> dg.AssetsDefinition:
    """The table that holds a query's rows."""
    labels = labels or Labels()

    @dg.asset(
        key=asset_key(target),
        deps=list(deps),
        description=(
            f"{description or 'The rows of a query.'}\n\nBuilt in staging and replaced as a whole "
            "in one transaction; equal rows are left alone."
        ),
        kinds={"redshift", "sql"},
        freshness_policy=labels.freshness_policy(),
        group_name=labels.group_name,
        owners=labels.owners,
        tags=labels.tags_of("summary"),
        metadata={
            "dagster/table_name": str(target),
            "dagster/column_schema": table_schema(target.columns),
            "query": dg.MetadataValue.md(f"```sql\n{query.strip()}\n```"),
        },
        pool=f"redshift/{target.schema}/{target.table}",
    )
    def sql_table(context: dg.AssetExecutionContext, redshift: Redshift) -> dg.MaterializeResult:  # type: ignore[type-arg]  # it has no value
        started = time.perf_counter()
        with sentences():
            said = asked(context)
            loaded = load_query(
                redshift.client(),
                target,
                query,
                Reading(read_at=dt.datetime.now(dt.UTC)),
                run_id=context.run.run_id,
                force=said.force,
                allow_rebuild=said.allow_rebuild,
            )
        return materialized(target, loaded, started)

    return sql_table
