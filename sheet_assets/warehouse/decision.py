"""What becomes of a version that is about to be loaded, by what is in its table already."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - a NamedTuple keeps its annotations
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from sheet_assets.warehouse.target import Mode

Outcome = Literal["loaded", "unchanged", "superseded", "pinned"]


class CurrentLoad(NamedTuple):
    """The control table's current row of a table; the names are its columns."""

    version: str
    contract_hash: str
    mode: str
    rows_loaded: int
    rows_in_table: int
    loaded_at: dt.datetime
    first_read_at: dt.datetime
    read_at: dt.datetime
    drive_version: int | None
    modified_by: str | None
    manifest: str | None
    run_id: str | None
    pinned: bool


class InTable(NamedTuple):
    """How often a version is among the rows of the table, and how often by this run."""

    loads: int
    by_this_run: int


@dataclass(frozen=True)
class Candidate:
    """A version on its way into a table, and how it was asked for.

    Args:
        rows: How many it has.
        force: Load what is there already.
        restore: Load it although a later reading is there, and pin the table.
        unpin: Load it although the table is pinned.
    """

    version: str
    rows: int
    read_at: dt.datetime
    mode: Mode = "replace"
    run_id: str | None = None
    force: bool = False
    restore: bool = False
    unpin: bool = False


@dataclass(frozen=True)
class Found:
    """What a load finds under the lock.

    Args:
        current: None before the first load.
        rows: How many are in the table.
        reshaped: Whether the table's columns must change, so that it cannot be whole.
        in_table: Of an append, where the version is.
    """

    current: CurrentLoad | None
    rows: int
    reshaped: bool = False
    in_table: InTable | None = None


def decide(mine: Candidate, found: Found) -> Outcome | None:
    """How a load ends without a change of rows; None: it must be done.

    A retry after the answer to a COMMIT was lost ends as `loaded`, as the first try would have.
    No older reading replaces a newer one, by force neither: only a restore does that. While a
    restored version is pinned, nothing else does anything.
    """
    if found.current is None:
        return None
    if mine.mode == "append":
        return _decide_append(mine, found)
    current = found.current
    whole = (
        current.version == mine.version
        and current.rows_in_table == found.rows
        and not found.reshaped
    )
    if whole and mine.run_id is not None and current.run_id == mine.run_id:
        return "loaded"
    if current.pinned and not (mine.restore or mine.unpin):
        return "pinned"
    if whole and not mine.force:
        return "unchanged"
    if mine.read_at < current.read_at and not mine.restore:
        return "superseded"
    return None


def _decide_append(mine: Candidate, found: Found) -> Outcome | None:
    """A version is never appended twice, by force neither: its rows could not be told apart.

    The order of readings does not matter, since the rows of all versions stay. A table that was
    emptied has none of them.
    """
    emptied = found.rows == 0 and mine.rows > 0
    if found.in_table is None or not found.in_table.loads or emptied:
        return None
    return "loaded" if found.in_table.by_this_run else "unchanged"
