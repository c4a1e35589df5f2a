"""The jobs: everything, the way in, the way out, and the history that goes."""

import datetime as dt
from typing import Any

import dagster as dg

from sheet_assets.assets import sheet_csv
from sheet_assets.assets.labels import STEP_TAG
from sheet_assets.run_history import (
    REPOSITORY_TAG,
    old_runs,
    prune,
    remove_freshness_changes,
    remove_tick_logs,
)
from sheet_assets.signs_of_life import in_process_executor

# One takes 70 ms on SQLite (2 cores): what is left is removed by the next run.
_MOST_RUNS = 5_000
_MOST_SECONDS = 900


def build_jobs() -> list[Any]:
    """`ingest_job`, `export_job` and `refresh_job`, by the tags of the assets there are.

    `sheet_changes_job` holds other people's assets, too, but for partitioned ones: the sensor
    runs what is downstream of a changed sheet, whoever wrote it.
    """
    ingest = dg.AssetSelection.tag(STEP_TAG, "ingest")
    export = dg.AssetSelection.tag(STEP_TAG, "summary") | dg.AssetSelection.tag(STEP_TAG, "export")
    return [
        _job("ingest_job", ingest, "Every sheet, into S3 and its Redshift table."),
        _job("export_job", export, "Every summary table, and every exported sheet."),
        _job("refresh_job", ingest | export, "Every sheet, summary and exported sheet."),
        _job(
            "sheet_changes_job",
            dg.AssetSelection.all() & _without_partitions(),
            "What sheet_changes_sensor starts: changed sheets, and what follows them.",
        ),
    ]


def build_sheet_job(name: str) -> Any:
    """`<name>_job`: one sheet and everything that follows it, for a schedule of its own."""
    return build_asset_job(name, sheet_csv.asset_key(name), f"The sheet {name}")


def build_asset_job(name: str, key: dg.AssetKey, what: str) -> Any:
    """`<name>_job`: one asset and everything that follows it."""
    followed = dg.AssetSelection.assets(key).downstream() & _without_partitions()
    return _job(f"{name}_job", followed, f"{what}, and what follows it.")


def build_retention_job(keep_runs_days: int) -> dg.JobDefinition:
    """`retention_job`: removes old runs with their events and logs, which Dagster never does."""

    @dg.op(
        name="prune_runs",
        description="Removes old runs, at most 5,000 or a quarter of an hour at once.",
    )
    def prune_runs(context: dg.OpExecutionContext) -> None:
        before = dt.datetime.now(dt.UTC) - dt.timedelta(days=keep_runs_days)
        repository = context.run.tags.get(REPOSITORY_TAG)
        pruned = prune(
            context.instance,
            old_runs(context.instance, before, repository),
            most_runs=_MOST_RUNS,
            most_seconds=_MOST_SECONDS,
        )
        remove_freshness_changes(context.instance, before)
        remove_tick_logs(context.instance, before, repository)
        context.log.info(
            "Removed %s runs that are older than %s days; kept %s that hold the last state of an "
            "asset.%s",
            pruned.removed,
            keep_runs_days,
            pruned.kept,
            "" if pruned.finished else " There are more; the next run goes on.",
        )

    @dg.job(
        name="retention_job",
        description=(
            f"Removes the runs of this code location that are older than {keep_runs_days} days, "
            "with their events and logs, but for those that hold the last state of an asset."
        ),
        executor_def=in_process_executor,
    )
    def retention_job() -> None:
        prune_runs()

    return retention_job


def _without_partitions() -> dg.AssetSelection:
    """A job holds one kind of partitions only, and a sheet tells no partition."""
    return dg.AssetSelection.from_string('partitions:"none"')


def _job(name: str, selection: dg.AssetSelection, description: str) -> Any:
    """Its steps share one process: each of its own would cost some four seconds of CPU."""
    return dg.define_asset_job(
        name, selection, description=description, executor_def=in_process_executor
    )
