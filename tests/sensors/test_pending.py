"""What the sensor keeps of a change until it is in its tables."""

from __future__ import annotations

import dagster as dg
import pytest

from sheet_assets.clients.google import Changes
from sheet_assets.sensors.sheet_changes_cursor import (
    Cursor,
    Pending,
    behind,
    retry_seconds,
    run_key,
    still_pending,
    watched_hash,
    with_changes,
)

SHEETS = {"s": {dg.AssetKey("a"): ("raw", "a"), dg.AssetKey("b"): ("raw", "b")}}


def merged(pending, versions, *, removed=(), seen=None, now=1000.0, quiet=0.0):
    """`with_changes` of spreadsheets a and b."""
    changes = Changes(versions, frozenset(removed), "2")
    return with_changes(pending, seen or {}, changes, {"a", "b"}, now=now, quiet_seconds=quiet)


def test_changes_of_strangers_are_not_taken_in():
    """Only watched spreadsheets become pending, at the newest version Drive tells."""
    found = merged({}, {"a": 5, "stranger": 9})
    assert found == {"a": Pending(version=5, first_seen=1000, not_before=1000)}


def test_a_version_that_is_listed_again_keeps_its_waiting_time():
    """Its attempts go on counting; a newer version starts afresh."""
    waiting = Pending(version=5, attempts=3, not_before=99.0)
    assert merged({"a": waiting}, {"a": 5}) == {"a": waiting}
    newer = merged({"a": waiting}, {"a": 6})
    assert newer == {"a": Pending(version=6, first_seen=1000, not_before=1000)}


def test_a_version_that_was_seen_is_done_when_it_is_not_pending():
    """The overlap lists a change again after its run: it starts no other; a newer one does."""
    assert merged({}, {"a": 5}, seen={"a": 5}) == {}
    assert merged({}, {"a": 6}, seen={"a": 5})["a"].version == 6


def test_a_removed_spreadsheet_is_pending_no_more():
    """Nobody can read it."""
    assert merged({"a": Pending(version=5)}, {}, removed=["a"]) == {}


def test_a_sheet_that_is_edited_waits_until_it_is_quiet():
    """Each edit lets it wait anew, but ten quiet times after the first it is taken."""
    pending = merged({}, {"a": 1}, now=0, quiet=60)
    assert pending["a"].not_before == 60
    for now in range(50, 601, 50):
        pending = merged(pending, {"a": now}, now=now, quiet=60)
    assert pending["a"] == Pending(version=600, first_seen=0, not_before=600)


def test_an_edit_after_a_failed_run_waits_anew():
    """What was typed before the run does not count for the quiet time."""
    tried = Pending(version=5, attempts=1, not_before=99, first_seen=1)
    assert merged({"a": tried}, {"a": 6}, now=700, quiet=60)["a"].not_before == 760


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
    assert bool(still_pending({"s": Pending(version=5)}, SHEETS, processed)) == stays


@pytest.mark.parametrize(
    ("versions", "processed", "found"),
    [
        ({}, {}, {"s": Pending(version=0)}),
        ({}, {("raw", "a"): 0}, {"s": Pending(version=0)}),
        ({}, {("raw", "a"): 0, ("raw", "b"): 3}, {}),
        ({"s": 4}, {("raw", "a"): 4, ("raw", "b"): 3}, {"s": Pending(version=4)}),
        ({"s": 4, "stranger": 9}, {("raw", "a"): 4, ("raw", "b"): 5}, {}),
    ],
)
def test_a_sweep_finds_what_is_behind(versions, processed, found):
    """A sheet that was never loaded is behind whatever Drive says; others by their version."""
    assert behind(SHEETS, versions, processed) == found


def test_the_list_is_read_again_from_minutes_ago():
    """Drive puts changes into its list late: the token moves on 5 minutes after it was given."""
    cursor = Cursor(page_token="A")
    tokens = []
    for now, token in ((0, "B"), (200, "C"), (299, "D"), (300, "E"), (599, "F"), (600, "G")):
        cursor.take_in(Changes({"s": 1, "stranger": 1}, frozenset(), token), {"s"}, now, 0)
        tokens.append(cursor.page_token)
    assert tokens == ["A", "A", "A", "B", "B", "E"]
    assert cursor.seen == {"s": 1}


def test_a_spreadsheet_is_gone_until_it_is_listed_again():
    """When it went is kept; one that is watched no more is forgotten."""
    cursor = Cursor(page_token="A", gone={"s": 7.0, "old": 1.0})
    cursor.take_in(Changes({}, frozenset({"s", "stranger"}), "B"), {"s"}, 9, 0)
    assert cursor.gone == {"s": 7.0}
    cursor.take_in(Changes({"s": 3}, frozenset(), "C"), {"s"}, 10, 0)
    assert cursor.gone == {}


@pytest.mark.parametrize(
    ("cursor", "watched", "now", "why"),
    [
        (Cursor(), "x", 1000, "The first tick"),
        (Cursor(swept_at=1000, watched="x"), "x", 1001, ""),
        (Cursor(swept_at=1000, watched="x"), "x", 1000 + 6 * 3600, "6 hours later"),
        (Cursor(swept_at=1000, watched="x"), "y", 1001, "The sheets in defs/ have changed"),
    ],
)
def test_all_sheets_are_looked_at_now_and_then(cursor, watched, now, why):
    """At first, when the sheets have changed, and every six hours."""
    assert cursor.why_sweep(watched, now) == why


def test_the_hash_of_the_sheets_tells_tables_and_spreadsheets():
    """The same whatever the order; another one when a table is added."""
    table = {dg.AssetKey("c"): ("raw", "c")}
    assert watched_hash({**SHEETS, "t": table}) == watched_hash({"t": table, **SHEETS})
    assert len({watched_hash({}), watched_hash(SHEETS), watched_hash({"t": SHEETS["s"]})}) == 3


def test_waiting_times_grow_to_an_hour():
    """A minute, then twice as long each time, and an hour at most."""
    assert [retry_seconds(attempts) for attempts in (1, 2, 3, 6, 7, 50, 5000)] == [
        60,
        120,
        240,
        1920,
        3600,
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
