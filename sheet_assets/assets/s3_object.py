"""`s3_object/<name>`: every version of a sheet in S3, kept until it is pruned or erased."""

import time

import dagster as dg

from sheet_assets.assets import sheet_csv
from sheet_assets.assets.labels import Labels
from sheet_assets.assets.lineage import COLUMN_LINEAGE, column_lineage
from sheet_assets.assets.outcome import sentences, table_schema
from sheet_assets.clients.s3 import Stored
from sheet_assets.resources.aws import S3Versions
from sheet_assets.sheets.contract import SheetSource
from sheet_assets.warehouse.manifest import SheetVersion


def asset_key(name: str) -> dg.AssetKey:
    """`s3_object/nps`."""
    return dg.AssetKey(["s3_object", name])


def build_s3_object(source: SheetSource, *, labels: Labels) -> dg.AssetsDefinition:
    """The version in S3 that `sheet_csv` has read."""
    name, upstream = source.name, sheet_csv.asset_key(source.name)

    @dg.asset(
        key=asset_key(name),
        ins={"version": dg.AssetIn(upstream, input_manager_key="snapshots")},
        description=(
            "The rows as compressed CSV parts under the hash of their bytes, and a COPY manifest "
            "a version, written last. Nothing is overwritten: the same rows upload nothing."
        ),
        kinds={"s3", "csv"},
        metadata={"dagster/column_schema": table_schema(source.columns)},
        io_manager_key="snapshots",
        group_name=labels.group_name,
        owners=labels.owners,
        tags=labels.tags_of("ingest"),
    )
    def s3_object(version: SheetVersion, s3: S3Versions) -> dg.MaterializeResult[SheetVersion]:
        started = time.perf_counter()
        with sentences():
            if version.manifest_url is not None:
                s3.store().verify(version.snapshot)
                return _stored(version, "verified", Stored(version.manifest_url, 0, 0), started)
            stored = s3.store().put(version.snapshot, version.folder)
        outcome = "uploaded" if stored.uploaded_objects else "unchanged"
        return _stored(version, outcome, stored, started)

    return s3_object


def _stored(
    version: SheetVersion, outcome: str, stored: Stored, started: float
) -> dg.MaterializeResult[SheetVersion]:
    return dg.MaterializeResult(
        value=version.model_copy(update={"manifest_url": stored.manifest_url, "folder": None}),
        data_version=dg.DataVersion(version.snapshot.version),
        metadata={
            "outcome": outcome,
            "dagster/row_count": version.snapshot.rows,
            "dagster/uri": stored.manifest_url,
            "version": version.snapshot.version,
            "uploaded_objects": stored.uploaded_objects,
            "uploaded_bytes": stored.uploaded_bytes,
            "seconds": round(time.perf_counter() - started, 3),
            COLUMN_LINEAGE: column_lineage(
                (column.name, sheet_csv.asset_key(version.snapshot.name), column.name)
                for column in version.snapshot.columns
            ),
        },
    )
