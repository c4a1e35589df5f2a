"""The jobs: everything, the way in, and the way out."""

from typing import Any

import dagster as dg

from sheet_assets.assets.outcome import STEP_TAG


def build_jobs() -> list[Any]:
    """`ingest_job`, `export_job` and `refresh_job`, by the tags of the assets there are.

    `sheet_changes_job` holds other people's assets, too: the sensor runs what is downstream of
    a changed sheet, whoever wrote it.
    """
    ingest = dg.AssetSelection.tag(STEP_TAG, "ingest")
    export = dg.AssetSelection.tag(STEP_TAG, "summary") | dg.AssetSelection.tag(STEP_TAG, "export")
    return [
        dg.define_asset_job(
            "ingest_job", ingest, description="Every sheet, into S3 and its Redshift table."
        ),
        dg.define_asset_job(
            "export_job", export, description="Every summary table, and every exported sheet."
        ),
        dg.define_asset_job(
            "refresh_job", ingest | export, description="Every sheet, summary and exported sheet."
        ),
        dg.define_asset_job(
            "sheet_changes_job",
            dg.AssetSelection.all(),
            description="What sheet_changes_sensor starts: changed sheets, and what follows them.",
        ),
    ]
