"""`s3_object/<name>`: every version of a sheet in S3, kept for good."""

import time

import dagster as dg

from sheet_assets.assets import sheet_csv
from sheet_assets.assets.outcome import STEP_TAG, sentences
from sheet_assets.errors import ObjectStoreError
from sheet_assets.resources.aws import S3Versions
from sheet_assets.warehouse.manifest import SheetVersion


def asset_key(name: str) -> dg.AssetKey:
    """`s3_object/nps`."""
    return dg.AssetKey(["s3_object", name])


def build_s3_object(name: str, *, group_name: str | None = None) -> dg.AssetsDefinition:
    """The version in S3 that `sheet_csv` has read."""

    @dg.asset(
        key=asset_key(name),
        ins={"version": dg.AssetIn(sheet_csv.asset_key(name), input_manager_key="snapshots")},
        description=(
            "The rows as compressed CSV parts under the hash of their bytes, and a COPY manifest "
            "a version, written last. Nothing is overwritten: the same rows upload nothing."
        ),
        kinds={"s3", "csv"},
        group_name=group_name,
        tags={STEP_TAG: "ingest"},
        io_manager_key="snapshots",
    )
    def s3_object(version: SheetVersion, s3: S3Versions) -> dg.MaterializeResult[SheetVersion]:
        started = time.perf_counter()
        with sentences():
            if version.folder is None:
                raise ObjectStoreError(
                    f"The parts of {name} are not on this machine. Materialize "
                    f"sheet_csv/{name} together with this asset."
                )
            stored = s3.store().put(version.snapshot, version.folder)
        return dg.MaterializeResult(
            value=version.model_copy(update={"manifest_url": stored.manifest_url, "folder": None}),
            data_version=dg.DataVersion(version.snapshot.version),
            metadata={
                "outcome": "uploaded" if stored.uploaded_objects else "unchanged",
                "dagster/row_count": version.snapshot.rows,
                "dagster/uri": stored.manifest_url,
                "version": version.snapshot.version,
                "uploaded_objects": stored.uploaded_objects,
                "uploaded_bytes": stored.uploaded_bytes,
                "seconds": round(time.perf_counter() - started, 3),
            },
        )

    return s3_object
