"""When Drive tells that a spreadsheet has changed, and when not."""

from __future__ import annotations

import time

import pytest

# At Google it was some three minutes, and up to ten; a sandbox answers at once.
PATIENCE_SECONDS = 900
PAUSE_SECONDS = 5
SETTLED_SECONDS = 240

pytestmark = pytest.mark.timeout(2 * PATIENCE_SECONDS)


def waited_for(condition, patience_seconds):
    """The seconds until the condition held."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < patience_seconds, "Drive has not told of it"
        time.sleep(PAUSE_SECONDS)
    return time.monotonic() - began


def test_an_edit_moves_both_in_the_end(tab, record_property):
    """Drive's modifiedTime and version move after a write, with a lag that is recorded."""
    before = tab.spreadsheet.file()
    tab.write("A1", [["edited"]])

    def told():
        now = tab.spreadsheet.file()
        return now["modifiedTime"] > before["modifiedTime"] and int(now["version"]) > int(
            before["version"]
        )

    record_property("lag_seconds", waited_for(told, PATIENCE_SECONDS))


def test_a_recalculation_does_not_move_it(tab):
    """A volatile formula has other results with every read, and Drive tells of no change."""
    tab.write("A1", [["=RAND()"]], "USER_ENTERED")
    if not tab.spreadsheet.in_sandbox:
        # Until the write itself has been told.
        time.sleep(SETTLED_SECONDS)
    before = tab.spreadsheet.file()["modifiedTime"]
    for _ in range(2):
        tab.values("A1")
        if not tab.spreadsheet.in_sandbox:
            time.sleep(SETTLED_SECONDS / 2)
    assert tab.spreadsheet.file()["modifiedTime"] == before
