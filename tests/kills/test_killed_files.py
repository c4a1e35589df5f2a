"""SIGKILL before files of the state directory that an ingest opens, moves or removes."""

from __future__ import annotations

import os
import time

import pytest
from forked_work import WORK
from kill_scenes import Ingest

from sheet_assets import settings

KILLED = -9
EVERY = 4


@pytest.fixture
def scene(world):
    return Ingest(world, "ingest")


def in_two_days(folder):
    """Let all that lies there be two days older."""
    then = time.time() - 2 * 86_400
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (then, then))


def test_half_written_files_are_never_read_and_do_not_stay(world, forks, scene):
    """The next run is not disturbed by them, and a day later all of them are gone."""
    # The very first makes the folders.
    scene.step()
    scene.do()
    scene.step()
    files = int(forks.do("killed_at_file", place=scene.place, at=0))
    assert files > 20
    for at in range(1, files + 1, EVERY):
        scene.step()
        loads = scene.count()
        assert forks.begin("killed_at_file", place=scene.place, at=at).wait() == KILLED
        world.settle()
        scene.check()
        scene.do()
        scene.check_done()
        assert scene.count() == loads + 1
    state = settings.state_dir()
    assert len(list((state / "parts").iterdir())) > 1
    in_two_days(state)
    scene.step()
    scene.do()
    assert not list((state / "parts").iterdir())
    for step in ("sheet_csv", "s3_object"):
        folder = state / "snapshots" / step / scene.place.name
        run_id = (folder / "latest").read_text()
        assert {path.name for path in folder.iterdir()} == {"latest", run_id}


def test_log_of_the_quota_is_not_held_by_the_dead(world, forks, scene):
    """The next process writes into it at once, and what the dead one had not written counts for nothing."""
    for _ in range(2):
        scene.step()
        assert forks.begin("killed_in_quota", place=scene.place).wait() == KILLED
        scene.check()
        assert WORK["ingest"](scene.place) == "loaded"
        scene.check_done()
