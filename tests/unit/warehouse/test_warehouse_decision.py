from __future__ import annotations

import datetime as dt

import pytest

from sheet_assets.warehouse.decision import Candidate, CurrentLoad, Found, InTable, decide

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
LATER = NOON + dt.timedelta(minutes=1)
CURRENT = CurrentLoad(
    version="A",
    contract_hash="c",
    mode="replace",
    rows_loaded=2,
    rows_in_table=2,
    loaded_at=NOON,
    first_read_at=NOON,
    read_at=NOON,
    drive_version=1,
    modified_by=None,
    manifest=None,
    run_id="run 1",
    pinned=False,
)
PINNED = CURRENT._replace(pinned=True)


def candidate(version="B", **options):
    """A later reading of B, by another run."""
    return Candidate(
        **{"version": version, "rows": 2, "read_at": LATER, "run_id": "run 2", **options}
    )


def found(current=CURRENT, **options):
    """The current load is whole in the table."""
    return Found(**{"current": current, "rows": 2, **options})


EARLIER = {"read_at": NOON - dt.timedelta(minutes=1)}
CASES = [
    # what, the version on its way, what is found, how it ends
    ("nothing is there", candidate(), found(None, rows=0), None),
    ("another version", candidate(), found(), None),
    ("the same version", candidate("A"), found(), "unchanged"),
    ("the same version, another count", candidate("A"), found(rows=3), None),
    ("the same version, other columns", candidate("A"), found(reshaped=True), None),
    ("the same version, by force", candidate("A", force=True), found(), None),
    ("the second try", candidate("A", run_id="run 1"), found(), "loaded"),
    ("the second try, by force", candidate("A", run_id="run 1", force=True), found(), "loaded"),
    ("no run's second try", candidate("A", run_id=None), found(CURRENT._replace(run_id=None)), "unchanged"),
    ("an older reading", candidate(**EARLIER), found(), "superseded"),
    ("an older reading, by force", candidate(**EARLIER, force=True), found(), "superseded"),
    ("an older reading of the same", candidate("A", **EARLIER), found(), "unchanged"),
    ("an older reading of the same, by force", candidate("A", **EARLIER, force=True), found(), "superseded"),
    ("a reading of the same moment", candidate(read_at=NOON), found(), None),
    ("a restore", candidate(**EARLIER, restore=True), found(), None),
    ("a restore of what is there", candidate("A", **EARLIER, restore=True), found(), "unchanged"),
    ("a restore over a pinned one", candidate(**EARLIER, restore=True), found(PINNED), None),
    ("a refresh while pinned", candidate(), found(PINNED), "pinned"),
    ("a refresh of the same while pinned", candidate("A"), found(PINNED), "pinned"),
    ("a refresh while pinned, by force", candidate(force=True), found(PINNED), "pinned"),
    ("a refresh of a pinned table that is not whole", candidate("A"), found(PINNED, rows=9), "pinned"),
    ("the second try of a restore", candidate("A", run_id="run 1", restore=True), found(PINNED), "loaded"),
    ("an unpinned table", candidate(unpin=True), found(PINNED), None),
    ("an unpinned table with the same", candidate("A", unpin=True), found(PINNED), "unchanged"),
    ("a merge of another version", candidate(mode="merge"), found(), None),
    ("a merge of the same", candidate("A", mode="merge"), found(), "unchanged"),
    ("a merge of an older reading", candidate(mode="merge", **EARLIER), found(), "superseded"),
    ("an append", candidate(mode="append"), found(in_table=InTable(0, 0)), None),
    ("an append of an older reading", candidate(mode="append", **EARLIER), found(in_table=InTable(0, 0)), None),
    ("an append of what is there", candidate(mode="append"), found(in_table=InTable(1, 0)), "unchanged"),
    ("an append by force of what is there", candidate(mode="append", force=True), found(in_table=InTable(1, 0)), "unchanged"),
    ("the second try of an append", candidate(mode="append"), found(in_table=InTable(1, 1)), "loaded"),
    ("an append to a table that was emptied", candidate(mode="append"), found(rows=0, in_table=InTable(1, 0)), None),
    ("an append of no rows to no rows", candidate(mode="append", rows=0), found(rows=0, in_table=InTable(1, 0)), "unchanged"),
]  # fmt: skip


@pytest.mark.parametrize(("mine", "there", "outcome"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])  # fmt: skip
def test_decision(mine, there, outcome):
    """Every combination of version, reading, run and pin ends as the table of cases says."""
    assert decide(mine, there) == outcome
