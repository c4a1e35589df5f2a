"""The table of a case: what it may become, and what it became."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg2.errors
from chaos_broken import BrokenError
from chaos_records import Record, State, check_processed, check_progress, check_records

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from chaos_records import Contents
    from chaos_sheet import ChaosSheet, Rows
    from chaos_world import World

    from sheet_assets.clients.table_load import Loaded
    from sheet_assets.warehouse.target import Target

_RECORDS = """
SELECT version, rows_loaded, rows_in_table, read_at, drive_version, run_id, is_current, pinned
FROM sheet_assets.loads WHERE table_schema = '{}' AND table_name = '{}'
"""
# What tells contents apart without sending all of them, and what is recorded at the same moment.
_GLIMPSE = """
SELECT count(*), COALESCE(sum(id), 0), COALESCE(sum(revision * id), 0),
       COALESCE(sum(octet_length(text)), 0), {} FROM {}
"""
_RECORDED = "(SELECT rows_in_table FROM sheet_assets.loads WHERE table_name = '{}' AND is_current)"
Digest = tuple[int, int, int, int]


@dataclass(frozen=True)
class Attempt:
    """A version on its way into the table."""

    version: str
    read_at: dt.datetime
    run_id: str
    restore: bool = False
    unpin: bool = False


class ChaosTable:
    """What the table holds, by what was done and the rules of its mode.

    `loaded` is what the load of this step has said.
    """

    def __init__(self, world: World, target: Target, sheet: ChaosSheet) -> None:
        self.loaded: Loaded | None = None
        self.target = target
        self.state = State(Counter(), ())
        self._world = world
        self._sheet = sheet
        self._versions: dict[str, Rows] = {}
        self._attempt: Attempt | None = None
        self._whole = {_digest(Counter())}

    @property
    def records(self) -> tuple[Record, ...]:
        """What is recorded of it."""
        return self.state.records

    def read(self, version: str, rows: Rows) -> None:
        """A version was read.

        Raises:
            BrokenError: it is nothing that the sheet ever held.
        """
        if Counter(self._versions.setdefault(version, rows)) != Counter(rows):
            raise BrokenError(f"two contents have the version {version[:12]}")
        if Counter(rows) not in map(Counter, self._sheet.since(0)):
            raise BrokenError(
                f"the version {version[:12]}, {len(rows)} rows, never stood in the sheet"
            )

    def begin(self, attempt: Attempt) -> None:
        """From now on it may become this."""
        self._attempt = attempt
        self._whole = {_digest(self.state.rows), _digest(self._after(attempt))}

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Another run loads meanwhile, and is settled, before this one goes on."""
        attempt = self._attempt
        yield
        self.settle()
        if attempt:
            self.begin(attempt)

    def look(self, *, alone: bool) -> None:
        """What a reader sees in the middle of things.

        Args:
            alone: No load holds the control table, so that it can be read as well.

        Raises:
            BrokenError: it is no whole version, or another one than is recorded.
        """
        recorded = _RECORDED.format(self.target.table) if alone else "NULL"
        try:
            (found,) = self._world.ask(_GLIMPSE.format(recorded, self.target.quoted))
        except psycopg2.errors.UndefinedTable:
            return
        seen = int(found[0]), int(found[1]), int(found[2]), int(found[3])
        if seen not in self._whole:
            raise BrokenError(
                f"a reader saw {seen[0]} rows that are no whole version; before it was {self.state}"
            )
        if alone and (found[4] or 0) != seen[0]:
            raise BrokenError(f"a reader saw {seen[0]} rows while {found[4]} were recorded")

    def settle(self) -> str:
        """Compare everything after a step, and with what it said, if it did; what became of it.

        Raises:
            BrokenError: something is not as it must be.
        """
        before, attempt, loaded, now = self.state, self._attempt, self.loaded, self._read()
        check_records(now, self._versions, self.target.mode)
        became = attempt is not None and self._became(before, now, attempt)
        if not became and (now.rows, len(now.records)) != (before.rows, len(before.records)):
            raise BrokenError(
                f"the table went from {before} to {now}, which is neither what it was nor what was "
                "to be loaded"
            )
        if loaded and attempt:
            _check_outcome(loaded, attempt, before, now, became=became)
        restored = attempt is not None and (attempt.restore or attempt.unpin)
        check_progress(before, now, restored=restored)
        check_processed(now, self._versions, self.target.mode, self._sheet)
        self.state, self._attempt, self.loaded = now, None, None
        self._whole = {_digest(now.rows)}
        return "became" if became else "stayed"

    def wanted(self, rows: Rows) -> bool:
        """Whether it is what it must be while the sheet holds these rows."""
        if self.target.mode == "append":
            return Counter(rows) in [Counter(self._versions[each.version]) for each in self.records]
        if self.target.mode == "merge" and not self.target.delete_missing:
            return not Counter(rows) - self.state.rows
        return self.state.rows == Counter(rows)

    def _after(self, attempt: Attempt) -> Contents:
        mine, mode = Counter(self._versions[attempt.version]), self.target.mode
        if mode == "replace" or (mode == "merge" and self.target.delete_missing):
            return mine
        if mode == "append":
            return self.state.rows + mine
        ids = {row[0] for row in mine}
        return Counter({row: n for row, n in self.state.rows.items() if row[0] not in ids}) + mine

    def _became(self, before: State, now: State, attempt: Attempt) -> bool:
        """Whether it became what was attempted, which must have been allowed."""
        if len(now.records) != len(before.records) + 1 or now.rows != self._after(attempt):
            return False
        new = [each for each in now.records if each.run_id == attempt.run_id]
        if [each.version for each in new] != [attempt.version]:
            raise BrokenError("the rows are those of this run, and the record is not")
        current = before.current
        if self.target.mode == "append":
            # One without rows may be recorded again: nothing is there twice.
            again = any(each.version == attempt.version for each in before.records)
            if again and self._versions[attempt.version]:
                raise BrokenError(f"the version {attempt.version[:12]} was appended twice")
        elif current and not attempt.restore:
            if attempt.read_at < current.read_at:
                raise BrokenError(f"rows read at {attempt.read_at} replaced later ones")
            if current.pinned and not attempt.unpin:
                raise BrokenError("a pinned table was loaded")
        return True

    def _read(self) -> State:
        rows, records = [], []
        try:
            rows = self._world.ask(f"SELECT id, revision, text FROM {self.target.quoted}")
            records = self._world.ask(_RECORDS.format(self.target.schema, self.target.table))
        except psycopg2.errors.UndefinedTable:
            pass
        return State(Counter(rows), tuple(Record(*each) for each in records))


def _check_outcome(
    loaded: Loaded, attempt: Attempt, before: State, now: State, *, became: bool
) -> None:
    """What a load said against what it did."""
    current = before.current
    mine = [each for each in before.records if each.run_id == attempt.run_id]
    older = current is not None and attempt.read_at < current.read_at
    holds = {
        "loaded": became or any(each.version == attempt.version for each in mine),
        "unchanged": not became and current is not None,
        "superseded": not became and older,
        "pinned": not became and current is not None and current.pinned,
    }
    if not holds[loaded.outcome]:
        raise BrokenError(f"a load said {loaded.outcome}, and that is not so")
    pinned = now.current is not None and now.current.pinned
    done = loaded.outcome in {"loaded", "unchanged"} and (attempt.restore or attempt.unpin)
    if done and pinned != attempt.restore:
        raise BrokenError("a restored table is not pinned, or one that was let go is")
    if loaded.rows != now.rows.total():
        raise BrokenError(f"a load said {loaded.rows} rows of {now.rows.total()}")


def _digest(rows: Contents) -> Digest:
    each = list(rows.elements())
    return (
        len(each),
        sum(row[0] for row in each),
        sum(row[0] * row[1] for row in each),
        sum(len((row[2] or "").encode()) for row in each),
    )
