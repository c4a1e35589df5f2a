from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from types import SimpleNamespace

import pytest

from sheet_assets.clients import quota
from sheet_assets.clients.quota import QuotaLog
from sheet_assets.errors import SettingError, SheetQuotaError

LIMIT = 4
WINDOW_SECONDS = 0.4
# What a run does: it asks for `count` requests, one after the other.
ACQUIRE = """
import json, sys
from pathlib import Path
from sheet_assets.clients.quota import QuotaLog
path, limit, window_seconds, count = json.loads(sys.argv[1])
log = QuotaLog(Path(path), "account", {"read": limit}, window_seconds=window_seconds)
print(json.dumps([log.acquire("read") for _ in range(count)]))
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "google_quota.sqlite"


@pytest.fixture
def log(path):
    """Make a log; several share the file."""

    def log(account="account", *, reads=LIMIT, writes=LIMIT, **window):
        window = {"window_seconds": WINDOW_SECONDS, "patience_seconds": 0.0} | window
        return QuotaLog(path, account, {"read": reads, "write": writes}, **window)

    return log


def use_up(log, kind="read"):
    assert [log.acquire(kind) < WINDOW_SECONDS for _ in range(LIMIT)] == [True] * LIMIT


def remember_all(path):
    """Keep every entry of the log, which itself forgets those that left the window."""
    with closing(sqlite3.connect(path)) as store:
        store.execute("CREATE TABLE history (sent_at REAL)")
        store.execute(
            "CREATE TRIGGER remember AFTER INSERT ON sheet_assets_google_requests "
            "BEGIN INSERT INTO history VALUES (new.sent_at); END"
        )
        store.commit()


def history(path):
    with closing(sqlite3.connect(path)) as store:
        return [
            sent_at for (sent_at,) in store.execute("SELECT sent_at FROM history ORDER BY sent_at")
        ]


def assert_never_more_than_the_limit(sent):
    for first, one_too_many in zip(sent, sent[LIMIT:], strict=False):
        assert one_too_many - first > WINDOW_SECONDS - 1e-6


def test_two_processes_share_one_window(log, path):
    """Whoever asks, no window of time ever holds more requests than the limit."""
    use_up(log("another"))
    remember_all(path)
    argument = json.dumps([str(path), LIMIT, WINDOW_SECONDS, 6])
    started = time.monotonic()
    command = [sys.executable, "-c", ACQUIRE, argument]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as one,
        subprocess.Popen(command, stdout=subprocess.PIPE) as other,
    ):
        waited = [json.loads(process.communicate(timeout=60)[0]) for process in (one, other)]
    assert one.returncode == other.returncode == 0
    sent = history(path)
    assert len(sent) == 12
    assert_never_more_than_the_limit(sent)
    assert max(max(each) for each in waited) > 0.1
    assert time.monotonic() - started >= 2 * WINDOW_SECONDS


def test_threads_share_one_window(log, path):
    """One log object may be used by several threads at once."""
    use_up(log("another"))
    remember_all(path)
    shared = log(patience_seconds=60)
    threads = [
        threading.Thread(target=lambda: [shared.acquire("read") for _ in range(3)])
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = history(path)
    assert len(sent) == 9
    assert_never_more_than_the_limit(sent)


def test_accounts_and_kinds_are_apart(log):
    """Reads do not use up writes, and one account not another's."""
    use_up(log(window_seconds=60))
    use_up(log(window_seconds=60), "write")
    use_up(log("another", window_seconds=60))
    with pytest.raises(SheetQuotaError):
        log(window_seconds=60).acquire("read")


def test_patience_ends_with_a_sentence(log):
    """When the wait would be longer than the patience, the error says so at once."""
    use_up(log())
    started = time.monotonic()
    with pytest.raises(SheetQuotaError) as caught:
        log(patience_seconds=0.1).acquire("read")
    assert time.monotonic() - started < WINDOW_SECONDS
    assert caught.value.transient
    assert f"Google's quota of {LIMIT} reads a minute" in str(caught.value)
    assert "SHEET_ASSETS_READS_PER_MINUTE" in str(caught.value)


def test_waits_until_the_window_has_room(log):
    """A request that does not fit waits as long as it must, and says how long it waited."""
    use_up(log())
    waited = log(patience_seconds=60).acquire("read")
    assert waited > 0


def test_lowered_limit_waits_for_enough_room(log, path, monkeypatch):
    """With a lower limit than before, more than one request must leave the window first."""
    clock = iter([100.0, 100.1, 100.2, 100.3, 100.4])
    set_clock(monkeypatch, lambda: next(clock))
    use_up(log())
    # Of 100.0, .1, .2 and .3 all but one must be gone: 100.2 leaves at 100.7.
    assert log(reads=2)._try("read") == pytest.approx(100.2 + WINDOW_SECONDS - 100.4)


def set_clock(monkeypatch, clock):
    """Give the quota log another clock; the servers of the suite keep theirs."""
    own = SimpleNamespace(time=clock, monotonic=time.monotonic, sleep=time.sleep)
    monkeypatch.setattr(quota, "time", own)


def test_clock_that_was_set_back(log, monkeypatch):
    """Entries of the future count for nothing: nobody waits until the clock is there again."""
    now = time.time()
    set_clock(monkeypatch, lambda: now)
    use_up(log())
    set_clock(monkeypatch, lambda: now - 3600)
    use_up(log())
    with pytest.raises(SheetQuotaError):
        log().acquire("read")


@pytest.mark.parametrize("make", ["no database", "no directory"])
def test_log_that_cannot_be_written(log, path, make):
    """A broken log is a sentence with the setting that helps, not an sqlite3 traceback."""
    if make == "no database":
        path.parent.mkdir()
        path.write_text("this is no database, and longer than the header of one " * 5)
    else:
        path.parent.write_text("a file where the directory should be")
    with pytest.raises(
        SettingError, match=r"quota log .*sqlite cannot be written \(.+\).*SHEET_ASSETS_STATE_DIR"
    ):
        log().acquire("read")
