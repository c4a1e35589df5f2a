"""`<schema>/<table>`: a sheet's rows in Redshift, always one whole version."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from sheet_assets.assets import s3_object
from sheet_assets.assets.labels import Labels
from sheet_assets.assets.lineage import COLUMN_LINEAGE, column_lineage
from sheet_assets.assets.outcome import sentences, table_schema
from sheet_assets.assets.run_tags import asked
from sheet_assets.checks.load import BROKEN_BY, HAS_EVERY_ROW
from sheet_assets.checks.load import loaded as counted
from sheet_assets.clients.table_load import Loaded, load_snapshot
from sheet_assets.errors import ContractError, WarehouseError
from sheet_assets.resources.aws import S3Versions
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sheets.contract import contract_hash
from sheet_assets.warehouse.manifest import SheetVersion
from sheet_assets.warehouse.target import Target


def asset_key(target: Target) -> dg.AssetKey:
    """`raw_data/nps`."""
    return dg.AssetKey([target.schema, target.table])


_Result = dg.MaterializeResult[None] | dg.AssetCheckResult
_HOW = {
    "replace": "replaced as a whole by COPY",
    "append": "added version by version, each once, by COPY",
    "merge": "merged in by key, after a COPY into staging,",
}


def build_redshift_table(
    name: str, target: Target, *, labels: Labels, description: str | None = None
) -> dg.AssetsDefinition:
    """The table that a sheet fills."""
    key, upstream = asset_key(target), s3_object.asset_key(name)

    @dg.asset(
        key=key,
        ins={"version": dg.AssetIn(upstream, input_manager_key="snapshots")},
        description=(
            f"{description or 'One row per row of the sheet.'}\n\n"
            f"The rows of the sheet {name!r}, {_HOW[target.mode]} in one transaction: readers "
            "see the table before or after it, never half of it. What was loaded, when it was "
            "read and by whom it was changed stands in sheet_assets.loads."
        ),
        kinds={"redshift"},
        metadata={
            "dagster/table_name": str(target),
            "dagster/column_schema": table_schema(target.columns),
        },
        check_specs=[HAS_EVERY_ROW.spec(key)],
        freshness_policy=labels.freshness_policy(),
        group_name=labels.group_name,
        owners=labels.owners,
        tags=labels.tags_of("ingest"),
        pool=f"redshift/{target.schema}/{target.table}",
    )
    def redshift_table(
        context: dg.AssetExecutionContext,
        version: SheetVersion,
        redshift: Redshift,
        s3: S3Versions,
    ) -> Iterator[_Result]:
        started = time.perf_counter()
        with sentences():
            if version.manifest_url is None:
                raise WarehouseError(
                    f"{name} is not in S3 yet. Materialize s3_object/{name} together with this "
                    "asset."
                )
            said = asked(context)
            # A restored version may have an older contract; whether it fits, the load finds out.
            if not said.restores and version.snapshot.contract_hash != contract_hash(
                target.columns
            ):
                raise ContractError(
                    f"The columns of {name} have changed since the sheet was read. Materialize "
                    f"sheet_csv/{name} and s3_object/{name} together with this asset."
                )
            try:
                loaded = load_snapshot(
                    redshift.client(),
                    target,
                    version.snapshot,
                    version.reading,
                    manifest_url=version.manifest_url,
                    iam_role=redshift.iam_role(),
                    run_id=context.run.run_id,
                    force=said.force,
                    restore=said.restores,
                    unpin=said.latest,
                    allow_rebuild=said.allow_rebuild,
                    store=s3.store(),
                )
            except BROKEN_BY as error:
                yield HAS_EVERY_ROW.result(error)
                raise
        lineage = column_lineage((column.name, upstream, column.name) for column in target.columns)
        yield materialized(target, loaded, started, {COLUMN_LINEAGE: lineage})
        yield counted(loaded.rows)

    return redshift_table


def materialized(
    target: Target, loaded: Loaded, started: float, more: Mapping[str, Any] | None = None
) -> dg.MaterializeResult:  # type: ignore[type-arg]  # it has no value
    """What a load says in the UI; `started` is its `time.perf_counter()`."""
    return dg.MaterializeResult(
        data_version=dg.DataVersion(loaded.version),
        metadata={
            "outcome": loaded.outcome,
            "dagster/row_count": loaded.rows,
            "dagster/table_name": str(target),
            "version": loaded.version,
            **{name: count for name, count in _changed(loaded).items() if count is not None},
            "seconds": round(time.perf_counter() - started, 3),
            **(more or {}),
        },
    )


def _changed(loaded: Loaded) -> dict[str, int | None]:
    """What an append or a merge did to the rows."""
    return {
        "rows_inserted": loaded.rows_inserted,
        "rows_updated": loaded.rows_updated,
        "rows_deleted": loaded.rows_deleted,
    }
