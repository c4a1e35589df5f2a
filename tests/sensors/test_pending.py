"""What the sensor keeps of a change until it is in its tables."""

from __future__ import annotations

import dagster as dg
import pytest

from sheet_assets.clients.google import Changes
from sheet_assets.sensors.sheet_changes import (
    Pending,
    retry_seconds,
    run_key,
    still_pending,
    with_changes,
)


def test_changes_of_strangers_are_not_taken_in():
    """Only watched spreadsheets become pending, at the newest version Drive tells."""
    changes = Changes({"a": 5, "stranger": 9}, frozenset(), "2")
    assert with_changes({}, changes, {"a", "b"}) == {"a": Pending(version=5)}


def test_a_version_that_is_listed_again_keeps_its_waiting_time():
    """Its attempts go on counting; a newer version starts afresh."""
    waiting = Pending(version=5, attempts=3, not_before=99.0)
    again = with_changes({"a": waiting}, Changes({"a": 5}, frozenset(), "2"), {"a"})
    assert again == {"a": waiting}
    newer = with_changes({"a": waiting}, Changes({"a": 6}, frozenset(), "2"), {"a"})
    assert newer == {"a": Pending(version=6)}


@pytest.mark.parametrize(
    ("processed", "stays"),
    [
        ({}, True),
        ({("raw", "a"): 4, ("raw", "b"): 5}, True),
        ({("raw", "a"): 5}, True),
        ({("raw", "a"): 5, ("raw", "b"): 5}, False),
        ({("raw", "a"): 7, ("raw", "b"): 6}, False),
    ],
)
def test_a_change_is_done_when_all_its_tables_have_it(processed, stays):
    """Processed means: every table of the spreadsheet has stored that Drive version or a later."""
    sheets = {"s": {dg.AssetKey("a"): ("raw", "a"), dg.AssetKey("b"): ("raw", "b")}}
    found = still_pending({"s": Pending(version=5)}, sheets, processed)
    assert bool(found) == stays


def test_waiting_times_grow_to_an_hour():
    """A minute, then twice as long each time, and an hour at most."""
    assert [retry_seconds(attempts) for attempts in (1, 2, 3, 6, 7, 50)] == [
        60,
        120,
        240,
        1920,
        3600,
        3600,
    ]


def test_a_run_key_is_used_for_one_attempt_only():
    """Dagster never launches a key again: version, attempt and page token each make a new one."""
    first = run_key("7", {"a": Pending(version=5)})
    assert first == run_key("7", {"a": Pending(version=5, not_before=9.0)})
    others = {
        run_key("7", {"a": Pending(version=6)}),
        run_key("7", {"a": Pending(version=5, attempts=1)}),
        run_key("7", {"b": Pending(version=5)}),
        run_key("8", {"a": Pending(version=5)}),
    }
    assert len(others) == 4
    assert first not in others


def test_a_run_key_is_short_however_many_sheets_changed():
    """PostgreSQL indexes at most 2.7 kB of a run tag."""
    many = {f"spreadsheet-with-a-long-id-{number}": Pending(version=5) for number in range(500)}
    assert len(run_key("7", many)) < 100
