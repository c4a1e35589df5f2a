"""The files of one version on this machine, removed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import dagster as dg
import pytest
from small_deployment import QUIET

from sheet_assets.clients.sheet_snapshot import write_snapshot
from sheet_assets.resources.snapshots import SnapshotIOManager
from sheet_assets.sheets.contract import Column, SheetSource
from sheet_assets.warehouse.manifest import Reading, SheetVersion

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = QUIET

KEY = dg.AssetKey(["sheet_csv", "orders"])
SOURCE = SheetSource(
    name="orders",
    spreadsheet_id="unused",
    worksheet="orders",
    columns=(Column(name="id", type="integer"),),
)


@pytest.fixture
def manager(tmp_path: Path) -> SnapshotIOManager:
    return SnapshotIOManager(base_dir=str(tmp_path / "snapshots"))


def keep(manager: SnapshotIOManager, run_id: str, value: int, parts: Path) -> SheetVersion:
    """What a run of the first step leaves: a version of one row."""
    snapshot = write_snapshot(SOURCE, [[value]], parts)
    read_at = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
    made = SheetVersion(snapshot=snapshot, reading=Reading(read_at=read_at), folder=parts)
    with dg.build_output_context(asset_key=KEY, run_id=run_id, step_key="read") as context:
        manager.handle_output(context, made)
    return made


def left(tmp_path: Path) -> set[str]:
    """The folders of runs that are there."""
    return {path.name for path in (tmp_path / "snapshots" / "sheet_csv" / "orders").glob("*/")}


def test_every_run_of_the_version_and_no_other(manager, tmp_path):
    """All folders that hold it go, also the latest; those of other versions stay."""
    one = keep(manager, "run-1", 1, tmp_path / "1")
    keep(manager, "run-2", 2, tmp_path / "2")
    keep(manager, "run-3", 1, tmp_path / "3")
    assert manager.remove_version(KEY, one.snapshot.version, ()) == 2
    assert left(tmp_path) == {"run-2"}
    assert manager.remove_version(KEY, one.snapshot.version, ()) == 0


def test_what_a_run_that_died_has_left_of_it(manager, tmp_path):
    """A folder without value.json is known by the parts in it."""
    one = keep(manager, "run-1", 1, tmp_path / "1")
    other = keep(manager, "run-2", 2, tmp_path / "2")
    for run_id in ("run-1", "run-2"):
        (tmp_path / "snapshots" / "sheet_csv" / "orders" / run_id / "value.json").unlink()
    parts = [part.file_name for part in one.snapshot.parts]
    assert one.snapshot.parts != other.snapshot.parts
    assert manager.remove_version(KEY, one.snapshot.version, parts) == 1
    assert left(tmp_path) == {"run-2"}


def test_nothing_was_ever_made_here(manager):
    """On another machine there is nothing to remove, and that is no mistake."""
    assert manager.remove_version(KEY, "0" * 64, ["x.csv.zst"]) == 0
