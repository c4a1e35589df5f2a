"""Several processes at work at once: the right rows, nothing twice, and nobody in another's way."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections import Counter
from contextlib import contextmanager

import pytest
from forked_work import WORK
from kill_scenes import Ingest, Restore

from sheet_assets.clients.retention import remove
from sheet_assets.clients.versions import versions
from sheet_assets.resources.aws import AwsCredentials, S3Versions
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox.google import Limits, limits
from sheet_assets.warehouse.history import unused_since

READS = 10
SERVERS = ("google", "s3", "redshift")


@pytest.fixture
def observed(world):
    """Lets something observe the three servers for the length of a block."""

    @contextmanager
    def observed(observer):
        for name in SERVERS:
            getattr(world.sandbox, name).observer = observer
        try:
            yield
        finally:
            for name in SERVERS:
                getattr(world.sandbox, name).observer = None

    return observed


@pytest.fixture
def quota(world, monkeypatch):
    """The server lets ten reads a second through, and the log, which has room for delays, ten in three."""
    google = world.sandbox.google
    monkeypatch.setattr(limits, "WINDOW_SECONDS", 1)
    monkeypatch.setattr(google.drive, "limits", Limits(reads_per_minute_per_user=READS))
    monkeypatch.setenv("SHEET_ASSETS_READS_PER_MINUTE", str(READS))
    google.requests.clear()
    return 3.0


def test_ten_sheets_at_once(world, forks, quota):
    """Five tabs of one spreadsheet and five spreadsheets: every row is there, no request is refused."""
    scenes = [Ingest(world, "sheet") for _ in range(10)]
    book = world.workbook(scenes[0].place)
    for scene in scenes[1:5]:
        book.add_worksheet(scene.place.name)
        scene.place = dataclasses.replace(scene.place, spreadsheet_id=book.spreadsheet_id)
    for scene in scenes:
        scene.step()
    begun = [forks.begin("ingest", place=scene.place, window_seconds=quota) for scene in scenes]
    assert [(fork.wait(), fork.answer) for fork in begun] == [(0, "loaded")] * 10
    for scene in scenes:
        scene.check()
        assert (scene.now(), scene.count()) == (scene.after, 1)
    world.settle()
    statuses = [entry.status for entry in world.sandbox.google.requests]
    assert len(statuses) > 2 * READS
    assert 429 not in statuses


@pytest.mark.parametrize("older_is_late", [False, True])
def test_two_runs_of_one_sheet_that_was_edited_between(world, forks, observed, older_is_late):
    """Whichever comes first, the later reading is in the table in the end."""
    scene = Ingest(world, "sheet")
    scene.step()
    scene.do()
    scene.step()
    older_rows = scene.after
    newer, read = [], threading.Event()

    def between(crossing):
        if "values:batchGet" in crossing.what and crossing.phase == "after" and not read.is_set():
            read.set()
            scene.step()
            newer.append(forks.begin("ingest", place=scene.place))
        elif (
            older_is_late and crossing.what.startswith("PUT") and read.is_set() and len(newer) == 1
        ):
            newer.append(None)
            assert newer[0].wait() == 0

    with observed(between):
        older = forks.begin("ingest", place=scene.place)
        assert older.wait() == 0
        if not older_is_late:
            assert newer[0].wait() == 0
    assert newer[0].answer == "loaded"
    assert older.answer == "superseded" if older_is_late else {"loaded", "superseded"}
    world.settle()
    assert scene.now() == scene.after != older_rows
    scene.check_done()


def test_two_exports_into_one_spreadsheet_at_once(world, forks):
    """A small and a large one, to two tabs, three times: each tab is its own result, and no tab is left."""
    names = ("t_small", "t_large")
    scenes = [Ingest(world, name) for name in names]
    book = world.workbook(scenes[0].place)
    book.add_worksheet(scenes[1].place.name)
    places = [
        dataclasses.replace(scene.place, spreadsheet_id=book.spreadsheet_id, staged=staged)
        for scene, staged in zip(scenes, (False, True), strict=True)
    ]
    for number in range(3):
        rows = [[(n, number * 10 + tab) for n in range(40 - number)] for tab in range(2)]
        for place, wanted in zip(places, rows, strict=True):
            world.put(place.name, wanted)
        begun = [forks.begin("export", place=place) for place in places]
        assert [(fork.wait(), fork.answer) for fork in begun] == [(0, "written")] * 2
        for place, wanted in zip(places, rows, strict=True):
            values = book.worksheet(place.name).values()
            assert values == [["id", "amount"], *map(list, wanted)]
    assert len(book.worksheets) == 2
    world.settle()


def test_two_exports_into_one_tab_at_once(world, forks):
    """The tab is one of the results as a whole, and the next export finds its record."""
    scene = Ingest(world, "tab")
    for staged in (False, True):
        place = dataclasses.replace(scene.place, staged=staged)
        world.put(place.name, [(n, int(staged)) for n in range(30)])
        begun = [forks.begin("export", place=place) for _ in range(2)]
        assert [fork.wait() for fork in begun] == [0, 0]
        # The later one asks its query when the first has written.
        assert sorted(fork.answer for fork in begun) == ["unchanged", "written"]
        assert WORK["export"](place) == "unchanged"
    assert len(world.workbook(scene.place).worksheets) == 1


class Meanwhile:
    """Does something once, at a crossing of another process into S3."""

    def __init__(self, at, do):
        self.seen, self._at, self._do, self._busy = 0, at, do, False

    def __call__(self, crossing):
        """Called by the servers, in their threads."""
        if crossing.service != "s3" or self._busy:
            return
        self.seen += 1
        if self.seen == self._at:
            self._busy = True
            self._do()
            self._busy = False


class Alternating(Ingest):
    """A sheet that goes from one of three versions to the next, and to the first again."""

    def _next_rows(self):
        return [(row, self._number % 3) for row in range(30)]


def test_prune_at_any_moment_of_an_ingest(world, forks, observed):
    """A version that was out of use comes back while it is pruned: it is whole, and loaded by this run or the next."""
    scene = Alternating(world, "sheet")
    redshift, store = Redshift().client(), S3Versions(credentials=AwsCredentials()).store()
    for _ in range(3):
        scene.step()
        scene.do()

    at, ended = 1, Counter()
    while True:
        scene.step()
        world.age(scene.place.name, days=2)
        there = Meanwhile(at, lambda: prune(scene, redshift, store))
        with observed(there):
            fork = forks.begin("ingest", place=scene.place)
            fork.wait()
        ended[fork.answer.partition(":")[0]] += 1
        world.settle()
        scene.check()
        scene.do()
        scene.check_done()
        store.verify(store.snapshot(scene.place.name, world.current(scene.place.name)))
        if there.seen < at:
            break
        at += 1
    assert at > 5
    # Where it was removed just before the COPY: the next run uploads it again.
    assert set(ended) <= {"loaded", "CopyRejectedError"}


def test_ingest_at_any_moment_of_a_prune(world, forks, observed):
    """The same, seen from the other side: whatever the prune still removes, no version looks whole that is not."""
    scene = Alternating(world, "sheet")
    redshift, store = Redshift().client(), S3Versions(credentials=AwsCredentials()).store()
    for _ in range(3):
        scene.step()
        scene.do()
    at = 1
    while True:
        scene.step()
        world.age(scene.place.name, days=2)
        there = Meanwhile(at, lambda: forks.do("ingest", place=scene.place))
        with observed(there):
            prune(scene, redshift, store)
        if there.seen < at:
            break
        scene.check_done()
        scene.do()
        scene.check_done()
        store.verify(store.snapshot(scene.place.name, world.current(scene.place.name)))
        at += 1
    assert at > 4


def prune(scene, redshift, store):
    """Remove what is out of use of a sheet, however short."""
    records = versions(redshift, store, scene.place.table, scene.place.name)
    unused = unused_since(records, dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
    gone = [record.version for record in unused]
    remove(store, scene.place.name, gone, now=dt.datetime.now(dt.UTC))


def test_restore_at_any_moment_of_an_ingest(world, forks, observed):
    """The table ends as the restored version, pinned, and the edit is noted as seen."""
    restore = Restore(world, "sheet")
    scene = Ingest(world, "sheet")
    scene.place = restore.place
    for at in range(1, 12, 3):
        scene.step()
        restore.step()
        there = Meanwhile(at, restore.do)
        with observed(there):
            assert forks.do("ingest", place=scene.place) == "pinned"
        assert restore.now() == restore.after
        restore.check_done()
