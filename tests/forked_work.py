"""What a forked process does: an ingest, a restore, an export, as the steps of a run do them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import signal
import sys
import uuid
from dataclasses import dataclass
from time import monotonic
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import dagster as dg

from sheet_assets import settings
from sheet_assets.assets.labels import Labels
from sheet_assets.assets.redshift_table import build_redshift_table
from sheet_assets.assets.s3_object import build_s3_object
from sheet_assets.assets.sheet_csv import build_sheet_csv
from sheet_assets.cli import execution
from sheet_assets.clients import quota, sheet_snapshot
from sheet_assets.clients.sheet_export import plan, staging
from sheet_assets.clients.sheet_export.export import export_result
from sheet_assets.clients.sheet_export.query import queried
from sheet_assets.clients.sheet_export.target import ExportTarget
from sheet_assets.clients.sheet_snapshot import read_sheet
from sheet_assets.clients.table_load import load_query, load_snapshot
from sheet_assets.clients.versions import version_by_hash
from sheet_assets.resources.aws import AwsCredentials, S3Versions
from sheet_assets.resources.google import GoogleCredentials, GoogleSheets
from sheet_assets.resources.redshift import Redshift
from sheet_assets.resources.snapshots import SnapshotIOManager, parts_folder
from sheet_assets.sheets.contract import Column, SheetSource
from sheet_assets.warehouse.manifest import Reading, SheetVersion
from sheet_assets.warehouse.target import Target

# https://docs.python.org/3/library/audit_events.html
FILE_EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "sqlite3.connect"}
# So that a small sheet has several.
ROWS_A_PART = 20
COLUMNS = (
    Column(name="id", type="integer", required=True),
    Column(name="amount", type="integer"),
)


@dataclass(frozen=True)
class Place:
    """A spreadsheet, its worksheet and its table, all of one name; how it is loaded or exported."""

    name: str
    schema: str
    spreadsheet_id: str
    mode: Any = "replace"
    staged: bool = False

    @property
    def source(self) -> SheetSource:
        """The worksheet."""
        return SheetSource(
            name=self.name,
            spreadsheet_id=self.spreadsheet_id,
            worksheet=self.name,
            columns=COLUMNS,
        )

    @property
    def table(self) -> Target:
        """The table that the worksheet fills."""
        key = ("id",) if self.mode == "merge" else ()
        return Target(self.schema, self.name, COLUMNS, mode=self.mode, key=key)

    @property
    def tab(self) -> ExportTarget:
        """The worksheet that the table's rows are shown in."""
        key = ("id",) if self.mode == "upsert" else ()
        return ExportTarget(self.name, self.spreadsheet_id, self.name, mode=self.mode, key=key)

    @property
    def query(self) -> str:
        """What an export or a SQL table shows of the table."""
        return f"SELECT id, amount FROM {self.schema}.{self.name} ORDER BY id"


def ingest(place: Place, *, window_seconds: float = 60.0) -> str:
    """From the sheet to the table, with the snapshots' folders between; how it ended.

    `window_seconds` is what counts as a minute of Google's quota.
    """
    run_id = str(uuid.uuid4())
    with (
        patch.dict(quota.SlidingWindow.__init__.__kwdefaults__, window_seconds=window_seconds),
        patch.object(sheet_snapshot, "ROWS_A_PART", ROWS_A_PART),
        parts_folder() as parts,
        GoogleSheets(credentials=GoogleCredentials()).client() as google,
    ):
        version = _kept("sheet_csv", read_sheet(google, place.source, parts).version, run_id)
    store = S3Versions(credentials=AwsCredentials()).store()
    assert version.folder is not None
    stored = store.put(version.snapshot, version.folder)
    version = version.model_copy(update={"manifest_url": stored.manifest_url, "folder": None})
    return _loaded(place, _kept("s3_object", version, run_id), run_id=run_id)


def run(place: Place) -> str:
    """The same as a run in Dagster's instance, as `sheet-assets run` does it; how the table ended."""
    source, target, labels = place.source, place.table, Labels()
    credentials = GoogleCredentials()
    definitions = dg.Definitions(
        assets=[
            build_sheet_csv(source, target, labels=labels),
            build_s3_object(source, labels=labels),
            build_redshift_table(place.name, target, labels=labels),
        ],
        resources={
            "google": GoogleSheets(credentials=credentials),
            "s3": S3Versions(credentials=AwsCredentials()),
            "redshift": Redshift(),
            "snapshots": SnapshotIOManager(),
        },
        executor=dg.in_process_executor,
    )
    with (
        patch.object(sheet_snapshot, "ROWS_A_PART", ROWS_A_PART),
        dg.DagsterInstance.get() as instance,
    ):
        _, keys = execution.select(definitions, [place.name])
        result = execution.execute(definitions, instance, assets=keys)
    assert result.success, result.errors
    return result.assets[-1].outcome


def restore(place: Place, version: str) -> str:
    """An earlier version into the table; how it ended."""
    redshift = Redshift().client()
    store = S3Versions(credentials=AwsCredentials()).store()
    found = version_by_hash(redshift, store, place.table, place.name, version)
    store.verify(found.snapshot)
    return _loaded(place, found, restore=True)


def summarize(place: Place) -> str:
    """The rows of a query into the table `<name>_summary`; how it ended."""
    target = dataclasses.replace(place.table, table=f"{place.name}_summary")
    reading = Reading(read_at=dt.datetime.now(dt.UTC))
    return load_query(Redshift().client(), target, place.query, reading).outcome


def export(place: Place) -> str:
    """The table's rows into the worksheet; how it ended."""
    google = GoogleSheets(credentials=GoogleCredentials())
    with (
        # What a staging tab is for begins at a few rows here, and a chunk is a few rows.
        patch.object(plan, "_MOST_REQUEST_BYTES", 500 if place.staged else 2_000_000),
        patch.object(staging, "_CHUNK_BYTES", 400),
        google.alone(place.spreadsheet_id),
    ):
        result, queried_at = queried(Redshift().client(), place.tab, place.query)
        with result, google.client() as client:
            return export_result(client, place.tab, result, queried_at=queried_at).outcome


def killed_at_file(place: Place, at: int) -> int:
    """An ingest that is killed before it opens, moves or removes a file of the state directory.

    `at` counts them from 1; how many there were, where it came to its end.
    """
    state, seen = str(settings.state_dir()), 0

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal seen
        if event in FILE_EVENTS and str(args[0]).startswith(state):
            seen += 1
            if seen == at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    ingest(place)
    return seen


def killed_in_quota(place: Place) -> str:
    """An ingest that is killed while it holds the lock of the quota log."""

    def time() -> float:
        os.kill(os.getpid(), signal.SIGKILL)
        return 0.0

    with patch.object(quota, "time", SimpleNamespace(time=time, monotonic=monotonic)):
        return ingest(place)


WORK = {
    work.__name__: work
    for work in (ingest, run, restore, summarize, export, killed_at_file, killed_in_quota)
}


def _kept(step: str, version: SheetVersion, run_id: str) -> SheetVersion:
    """A version as the next step gets it."""
    key = dg.AssetKey([step, version.snapshot.name])
    # Dagster's own context for tests makes an instance, at 0.3 s of CPU.
    context: Any = SimpleNamespace(asset_key=key, run_id=run_id)
    SnapshotIOManager().handle_output(context, version)
    folder = settings.state_dir().joinpath("snapshots", *key.path, run_id)
    kept = SheetVersion.model_validate_json((folder / "value.json").read_text())
    return kept.model_copy(update={"folder": folder})


def _loaded(place: Place, version: SheetVersion, **options: Any) -> str:
    redshift = Redshift()
    assert version.manifest_url is not None
    return load_snapshot(
        redshift.client(),
        place.table,
        version.snapshot,
        version.reading,
        manifest_url=version.manifest_url,
        iam_role=redshift.iam_role(),
        **options,
    ).outcome
