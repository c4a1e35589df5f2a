"""What stands in a table and what is recorded of it, and whether the two agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from chaos_broken import BrokenError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from chaos_sheet import ChaosSheet, Row, Rows

    from sheet_assets.warehouse.target import Mode

Contents = Counter["Row"]


class Record(NamedTuple):
    """A row of sheet_assets.loads."""

    version: str
    rows_loaded: int
    rows_in_table: int
    read_at: dt.datetime
    drive_version: int | None
    run_id: str | None
    is_current: bool
    pinned: bool


@dataclass(frozen=True)
class State:
    """What stands in the table, and what is recorded of it."""

    rows: Contents
    records: tuple[Record, ...]

    def __str__(self) -> str:
        return f"{self.rows.total()} rows and {len(self.records)} records"

    @property
    def current(self) -> Record | None:
        """The record that says what is in the table.

        Raises:
            BrokenError: there are several.
        """
        current = [record for record in self.records if record.is_current]
        if len(current) > 1:
            raise BrokenError(f"{len(current)} loads of the table are current")
        return current[0] if current else None


def check_records(now: State, versions: Mapping[str, Rows], mode: Mode) -> None:
    """The records by themselves, and against the rows of the table.

    Raises:
        BrokenError: they do not agree.
    """
    current, count = now.current, now.rows.total()
    if current is None and (count or now.records):
        raise BrokenError(f"{count} rows have no current record")
    if current and current.rows_in_table != count:
        raise BrokenError(f"{current.rows_in_table} rows are recorded, and there are {count}")
    for run_id, times in Counter(each.run_id for each in now.records).items():
        if times > 1:
            raise BrokenError(f"the run {run_id} is recorded {times} times")
    for each in now.records:
        if len(versions.get(each.version, ())) != each.rows_loaded:
            raise BrokenError(f"{each.rows_loaded} rows are recorded of {each.version[:12]}")
    if current and mode == "replace" and now.rows != Counter(versions[current.version]):
        raise BrokenError("the table does not hold the version that is recorded")
    if mode == "append" and now.rows != sum(
        (Counter(versions[each.version]) for each in now.records), Counter()
    ):
        raise BrokenError("the table does not hold each recorded version once")


def check_progress(before: State, now: State, *, restored: bool) -> None:
    """What was read later stays so.

    Raises:
        BrokenError: Drive's version or the time of reading went back, or a pin came or went.
    """
    one, other = before.current, now.current
    if one is None or other is None:
        return
    if (other.drive_version or 0) < (one.drive_version or 0):
        raise BrokenError(f"Drive's version went back to {other.drive_version}")
    if other.read_at < one.read_at and not restored:
        raise BrokenError(f"the time of reading went back to {other.read_at}")
    if other.pinned != one.pinned and not restored:
        raise BrokenError("the table was pinned or let go, and nobody asked for that")


def check_processed(
    now: State, versions: Mapping[str, Rows], mode: Mode, sheet: ChaosSheet
) -> None:
    """What is recorded as taken in was taken in.

    Raises:
        BrokenError: the rows of that Drive version, or later ones, were never loaded.
    """
    current = now.current
    if current is None or current.pinned or current.drive_version is None:
        return
    held = [Counter(rows) for rows in sheet.since(current.drive_version)]
    taken = now.records if mode == "append" else (current,)
    if not any(Counter(versions[each.version]) in held for each in taken):
        raise BrokenError(
            f"Drive's version {current.drive_version} is recorded, whose rows were never loaded"
        )
