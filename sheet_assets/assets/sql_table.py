"""`<schema>/<table>`: a table in Redshift that a query builds."""

import datetime as dt
import time
from collections.abc import Iterator, Sequence

import dagster as dg

from sheet_assets.assets.labels import Labels
from sheet_assets.assets.lineage import COLUMN_LINEAGE, column_lineage
from sheet_assets.assets.outcome import sentences, table_schema
from sheet_assets.assets.redshift_table import asset_key, materialized
from sheet_assets.assets.run_tags import asked
from sheet_assets.checks.rows import known_results, passed_results, spec
from sheet_assets.clients.table_load import load_query
from sheet_assets.errors import RowCheckError
from sheet_assets.resources.redshift import Redshift
from sheet_assets.warehouse.known_tables import KnownTables
from sheet_assets.warehouse.manifest import Reading
from sheet_assets.warehouse.row_checks import RowChecks
from sheet_assets.warehouse.target import Target

_Result = dg.MaterializeResult[None] | dg.AssetCheckResult


def build_sql_table(
    target: Target,
    query: str,
    *,
    deps: Sequence[dg.AssetKey],
    checks: RowChecks,
    known: KnownTables,
    description: str | None = None,
    labels: Labels | None = None,
) -> dg.AssetsDefinition:
    """The table that holds a query's rows; `known` are tables that it may read."""
    labels = labels or Labels()
    key = asset_key(target)

    @dg.asset(
        key=key,
        deps=list(deps),
        description=(
            f"{description or 'The rows of a query.'}\n\nBuilt and checked in staging, and "
            "replaced as a whole in one transaction: nobody sees rows that break a check. Equal "
            "rows are left alone."
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
        check_specs=[spec(check, key) for check in checks.all],
        pool=f"redshift/{target.schema}/{target.table}",
    )
    def sql_table(context: dg.AssetExecutionContext, redshift: Redshift) -> Iterator[_Result]:
        started = time.perf_counter()
        with sentences():
            said = asked(context)
            try:
                loaded = load_query(
                    redshift.client(),
                    target,
                    query,
                    Reading(read_at=dt.datetime.now(dt.UTC)),
                    checks=checks,
                    run_id=context.run.run_id,
                    force=said.force,
                    allow_rebuild=said.allow_rebuild,
                )
            except RowCheckError as error:
                yield from known_results(checks, error)
                raise
        yield materialized(target, loaded, started, {COLUMN_LINEAGE: _lineage()})
        yield from passed_results(checks)

    def _lineage() -> dg.TableColumnLineage:
        names = {column.name for column in target.columns}
        return column_lineage(
            (name, dg.AssetKey([source.schema, source.table]), source.column)
            for name, sources in known.sources(query).items()
            if name in names
            for source in sources
        )

    return sql_table
