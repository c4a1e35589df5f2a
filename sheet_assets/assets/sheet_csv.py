"""`sheet_csv/<name>`: a worksheet, read and checked, as typed CSV."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from sheet_assets.assets.outcome import STEP_TAG, preview, sentences, table_schema
from sheet_assets.clients.sheet_snapshot import read_sheet
from sheet_assets.resources.google import GoogleSheets
from sheet_assets.sheets.contract import SheetSource
from sheet_assets.warehouse.manifest import SheetVersion

SPREADSHEET = "sheet_assets/spreadsheet_id"
TABLE = "sheet_assets/table"
FOLDER = "sheet_assets/folder"


def asset_key(name: str) -> dg.AssetKey:
    """`sheet_csv/nps`."""
    return dg.AssetKey(["sheet_csv", name])


def build_sheet_csv(
    source: SheetSource, table: str, *, folder: str = "", group_name: str | None = None
) -> dg.AssetsDefinition:
    """The first asset of a sheet.

    `table` is where its rows end up, as `schema.table`; `folder` is its defs.yaml's.
    """

    @dg.asset(
        key=asset_key(source.name),
        description=(
            f"One row per row of the worksheet {source.worksheet!r}, checked against its contract "
            f"({len(source.columns)} typed columns). Read when the sheet changes, or by schedule. "
            "A wrong cell fails it, and nothing after it runs."
        ),
        kinds={"googlesheets", "csv"},
        group_name=group_name,
        tags={STEP_TAG: "ingest"},
        metadata={
            SPREADSHEET: source.spreadsheet_id,
            TABLE: table,
            FOLDER: folder,
            "dagster/column_schema": table_schema(source.columns),
        },
        io_manager_key="snapshots",
    )
    def sheet_csv(
        context: dg.AssetExecutionContext, google: GoogleSheets
    ) -> Iterator[dg.MaterializeResult[SheetVersion]]:
        with (
            sentences(),
            tempfile.TemporaryDirectory(prefix="sheet_csv_") as parts,
            google.client() as client,
        ):
            read = read_sheet(client, source, Path(parts))
            snapshot, reading = read.version.snapshot, read.version.reading
            context.log.info("Read %s rows of %s", snapshot.rows, reading.worksheet)
            yield dg.MaterializeResult(
                value=read.version,
                data_version=dg.DataVersion(snapshot.version),
                metadata={
                    "outcome": "unchanged" if snapshot.version == _last(context) else "read",
                    "dagster/row_count": snapshot.rows,
                    "worksheet": reading.worksheet or "",
                    "version": snapshot.version,
                    "read_at": dg.MetadataValue.timestamp(reading.read_at),
                    "drive_version": reading.drive_version,
                    "bytes": sum(part.size_bytes for part in snapshot.parts),
                    "api_calls": read.api_calls,
                    **{f"{stage}_seconds": round(s, 3) for stage, s in read.seconds.items()},
                    "preview": preview([column.name for column in source.columns], read.preview),
                },
            )

    return sheet_csv


def _last(context: dg.AssetExecutionContext) -> Any:
    """The version that was read before this one, None before the first."""
    event = context.instance.get_latest_materialization_event(context.asset_key)
    said = event.asset_materialization.metadata if event and event.asset_materialization else {}
    return said["version"].value if "version" in said else None
