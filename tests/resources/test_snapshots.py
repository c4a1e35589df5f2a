"""The IO manager between the steps: two runs at once, what is kept, what is half there."""

from __future__ import annotations

import datetime as dt
import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import dagster as dg
import pytest
from small_deployment import QUIET

from sheet_assets.clients.sheet_snapshot import write_snapshot
from sheet_assets.resources.snapshots import KEPT_SECONDS, SnapshotIOManager
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
def folder(tmp_path):
    return tmp_path / "snapshots"


@pytest.fixture
def manager(folder):
    return SnapshotIOManager(base_dir=str(folder))


def version(value: int, parts: Path) -> SheetVersion:
    """A version of one row, whose part lies in `parts`."""
    read_at = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
    snapshot = write_snapshot(SOURCE, [[value]], parts)
    return SheetVersion(snapshot=snapshot, reading=Reading(read_at=read_at), folder=parts)


def keep(manager, run_id: str, made: SheetVersion) -> None:
    """What a run of the first step does."""
    with dg.build_output_context(asset_key=KEY, run_id=run_id, step_key="read") as context:
        manager.handle_output(context, made)


class LaterStep:
    """The part of a step context that the manager asks for."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id


def taken(manager, run_id: str) -> SheetVersion:
    """What a run of the second step gets."""
    with dg.build_input_context(asset_key=KEY) as context:
        context._step_context = LaterStep(run_id)
        return manager.load_input(context)


def test_a_run_takes_its_own_version(manager, tmp_path):
    """Two runs of one sheet do not see each other's files, whichever ended last."""
    first, second = version(1, tmp_path / "1"), version(2, tmp_path / "2")
    keep(manager, "run-1", first)
    keep(manager, "run-2", second)
    for run_id, made in (("run-1", first), ("run-2", second)):
        got = taken(manager, run_id)
        assert got.snapshot == made.snapshot
        assert (got.folder / got.snapshot.parts[0].file_name).is_file()


def test_a_run_without_the_earlier_step_takes_the_latest(manager, tmp_path):
    """A run of only the second step takes what was made last."""
    keep(manager, "run-1", version(1, tmp_path / "1"))
    latest = version(2, tmp_path / "2")
    keep(manager, "run-2", latest)
    assert taken(manager, "run-3").snapshot == latest.snapshot


def test_many_runs_at_once_all_end(manager, folder, tmp_path):
    """Runs that end at the same moment do not trip over one another's files."""
    made = [version(number, tmp_path / str(number)) for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: keep(manager, f"run-{number}", made[number]), range(40)))
    assert taken(manager, "another").snapshot in [each.snapshot for each in made]
    assert not list(folder.rglob("*.partial"))


def test_old_runs_are_removed_but_the_latest_stays(manager, folder, tmp_path):
    """A day after a run ended its files go, except those that a later step may still take."""
    for run_id in ("old", "older"):
        keep(manager, run_id, version(1, tmp_path / run_id))
        long_ago = time.time() - KEPT_SECONDS - 60
        os.utime(folder / "sheet_csv" / "orders" / run_id, (long_ago, long_ago))
    assert taken(manager, "next").folder.name == "older"
    keep(manager, "new", version(2, tmp_path / "new"))
    left = {path.name for path in (folder / "sheet_csv" / "orders").iterdir()}
    assert left == {"new", "latest"}


def test_a_run_that_died_half_way_is_passed_over(manager, folder, tmp_path):
    """Parts without value.json are not a version: the latest whole one is taken."""
    whole = version(1, tmp_path / "1")
    keep(manager, "whole", whole)
    half = folder / "sheet_csv" / "orders" / "half"
    half.mkdir()
    (half / "part.csv.zst").touch()
    assert taken(manager, "half").snapshot == whole.snapshot


@pytest.mark.parametrize("damage", ["nothing made", "files gone", "file cut off"])
def test_what_cannot_be_taken_is_told_in_a_sentence(manager, folder, tmp_path, damage):
    """Never a FileNotFoundError: the sentence says what to materialize together."""
    if damage != "nothing made":
        keep(manager, "run-1", version(1, tmp_path / "1"))
    value = folder / "sheet_csv" / "orders" / "run-1" / "value.json"
    if damage == "files gone":
        value.unlink()
    if damage == "file cut off":
        value.write_text(value.read_text()[:50])
    with pytest.raises(dg.Failure) as caught:
        taken(manager, "run-2")
    assert caught.value.description.startswith("What sheet_csv/orders has made does not lie on")
    assert not caught.value.allow_retries


def test_the_state_directory_is_the_default_place(tmp_path, monkeypatch):
    """Without base_dir the files lie below SHEET_ASSETS_STATE_DIR."""
    monkeypatch.setenv("SHEET_ASSETS_STATE_DIR", str(tmp_path / "state"))
    keep(SnapshotIOManager(), "run-1", version(1, tmp_path / "1"))
    assert (tmp_path / "state" / "snapshots" / "sheet_csv" / "orders" / "latest").is_file()
