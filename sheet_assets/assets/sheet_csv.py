"""`sheet_csv/<name>`: a worksheet, read and checked, as typed CSV."""

from collections.abc import Iterator
from typing import Any, Literal

import dagster as dg

from sheet_assets.assets.labels import Labels
from sheet_assets.assets.lineage import COLUMN_LINEAGE, column_lineage
from sheet_assets.assets.outcome import preview, sentences, table_schema
from sheet_assets.assets.restored import restored_version
from sheet_assets.assets.run_tags import asked
from sheet_assets.assets.siblings import CONTRACT, contract_metadata, siblings
from sheet_assets.checks.contract import contract_checks, known_results
from sheet_assets.clients.google import GoogleClient
from sheet_assets.clients.sheet_report import report_cells
from sheet_assets.clients.sheet_snapshot import SheetRead, snapshot_of
from sheet_assets.errors import CellError, SheetAssetsError
from sheet_assets.resources.aws import S3Versions
from sheet_assets.resources.google import GoogleSheets
from sheet_assets.resources.redshift import Redshift
from sheet_assets.resources.snapshots import parts_folder
from sheet_assets.sheets.contract import SheetSource
from sheet_assets.warehouse.manifest import SheetVersion
from sheet_assets.warehouse.target import Target

SPREADSHEET = "sheet_assets/spreadsheet_id"
TABLE = "sheet_assets/table"
FOLDER = "sheet_assets/folder"

ReportTo = Literal["off", "notes", "tab"]
_Result = dg.MaterializeResult[SheetVersion] | dg.AssetCheckResult


def asset_key(name: str) -> dg.AssetKey:
    """`sheet_csv/nps`."""
    return dg.AssetKey(["sheet_csv", name])


def sheet_key(name: str) -> dg.AssetKey:
    """`google_sheet/nps`: the worksheet itself, which people edit."""
    return dg.AssetKey(["google_sheet", name])


def build_google_sheet(source: SheetSource, labels: Labels) -> dg.AssetSpec:
    """The sheet as something outside of Dagster, where the lineage begins."""
    return dg.AssetSpec(
        sheet_key(source.name),
        description=f"A Google spreadsheet that people edit: {_place(source)}.",
        kinds={"googlesheets"},
        group_name=labels.group_name,
        metadata={"spreadsheet": dg.MetadataValue.url(_url(source))},
    )


def build_sheet_csv(
    source: SheetSource,
    target: Target,
    *,
    labels: Labels,
    folder: str = "",
    report_to_sheet: ReportTo = "off",
) -> dg.AssetsDefinition:
    """The first asset of a sheet.

    `target` is where its rows end up; `folder` is its defs.yaml's.
    """
    key = asset_key(source.name)
    checks = contract_checks(source)

    @dg.asset(
        key=key,
        deps=[sheet_key(source.name)],
        description=(
            f"One row per row of {_place(source)} in [this spreadsheet]({_url(source)}), "
            f"checked against its contract ({len(source.columns)} typed columns). Read when the "
            "sheet changes, or by schedule. A wrong cell fails it, and nothing after it runs."
        ),
        kinds={"googlesheets", "csv"},
        metadata={
            SPREADSHEET: source.spreadsheet_id,
            TABLE: str(target),
            FOLDER: folder,
            CONTRACT: contract_metadata(source),
            "dagster/column_schema": table_schema(source.columns),
        },
        check_specs=[check.spec(key) for check in checks],
        io_manager_key="snapshots",
        group_name=labels.group_name,
        owners=labels.owners,
        tags=labels.tags_of("ingest"),
    )
    def sheet_csv(
        context: dg.AssetExecutionContext, google: GoogleSheets, redshift: Redshift, s3: S3Versions
    ) -> Iterator[_Result]:
        with sentences():
            if asked(context).restores:
                version = restored_version(context, redshift, s3, source.name, target)
                yield _restored(version)
                # Its rows have passed when they were read, by the contract of that day.
                yield from (check.result(None) for check in checks)
                return
            with parts_folder() as parts, google.client() as client:
                try:
                    fetched = google.fetched(client, source, siblings(context, source))
                    read = snapshot_of(fetched, parts)
                except SheetAssetsError as error:
                    yield from known_results(checks, error)
                    if isinstance(error, CellError):
                        _report(context, client, source, error, report_to_sheet)
                    raise
                _report(context, client, source, None, report_to_sheet)
                yield _materialized(context, source, read)
        yield from (check.result(None) for check in checks)

    return sheet_csv


def _url(source: SheetSource) -> str:
    return f"https://docs.google.com/spreadsheets/d/{source.spreadsheet_id}"


def _place(source: SheetSource) -> str:
    if source.named_range is not None:
        return f"the named range {source.named_range!r}"
    if source.sheets_table is not None:
        return f"the table {source.sheets_table!r}"
    part = f", {source.range}," if source.range else ""
    return f"the worksheet {source.worksheet!r}{part}"


def _report(
    context: dg.AssetExecutionContext,
    client: GoogleClient,
    source: SheetSource,
    error: CellError | None,
    how: ReportTo,
) -> None:
    """Show the wrong cells in the sheet, or take away what an earlier run has shown.

    That it cannot be written there is told in the log, and fails nothing.
    """
    if how == "off":
        return
    try:
        reported = report_cells(client, source, error.cells if error else (), how)
    except SheetAssetsError as refused:
        context.log.warning("The wrong cells could not be shown in the sheet. %s", refused)
        return
    if reported.added or reported.removed:
        context.log.info(
            "In the sheet: %s wrong cells are shown, %s not any more",
            reported.added,
            reported.removed,
        )


def _materialized(
    context: dg.AssetExecutionContext, source: SheetSource, read: SheetRead
) -> dg.MaterializeResult[SheetVersion]:
    snapshot, reading = read.version.snapshot, read.version.reading
    context.log.info("Read %s rows of %s", snapshot.rows, reading.worksheet)
    return dg.MaterializeResult(
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
            COLUMN_LINEAGE: column_lineage(
                (column.name, sheet_key(source.name), column.headers[0])
                for column in source.columns
            ),
        },
    )


def _restored(version: SheetVersion) -> dg.MaterializeResult[SheetVersion]:
    return dg.MaterializeResult(
        value=version,
        data_version=dg.DataVersion(version.snapshot.version),
        metadata={
            "outcome": "restored",
            "dagster/row_count": version.snapshot.rows,
            "version": version.snapshot.version,
            "read_at": dg.MetadataValue.timestamp(version.reading.read_at),
        },
    )


def _last(context: dg.AssetExecutionContext) -> Any:
    """The version that was read before this one, None before the first."""
    event = context.instance.get_latest_materialization_event(context.asset_key)
    said = event.asset_materialization.metadata if event and event.asset_materialization else {}
    return said["version"].value if "version" in said else None
