"""The history of a sheet: the loads that the control table records, summed up as versions."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - a NamedTuple keeps its annotations
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.errors import VersionNotFoundError
from sheet_assets.warehouse.statements import LOADS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_SHORTEST_HASH = 4
SHORT_HASH = 8


class Load(NamedTuple):
    """One row of the control table; the names are its columns."""

    version: str
    first_read_at: dt.datetime
    read_at: dt.datetime
    loaded_at: dt.datetime
    rows_loaded: int
    drive_version: int | None
    modified_by: str | None
    run_id: str | None
    mode: str
    is_current: bool
    pinned: bool


@dataclass(frozen=True)
class VersionRecord:
    """A version of a sheet over one stretch of its history.

    A sheet that went from A to B and back to A has three records. What is not known of a
    version that was never loaded is None.

    Args:
        first_read_at, read_at: When the sheet was first and last seen to be so.
        loaded_at: When it was last put into the table.
        last_used_at: When another version took its place in the table, or the sheet was last
            seen to be so, whichever was later; of one never loaded, when it was stored.
        rows: How many there are.
        stored_at: When its manifest was written; None: it is not in S3.
    """

    version: str
    first_read_at: dt.datetime | None
    read_at: dt.datetime | None
    loaded_at: dt.datetime | None
    last_used_at: dt.datetime
    rows: int | None
    drive_version: int | None
    modified_by: str | None
    run_id: str | None
    mode: str | None
    is_current: bool
    pinned: bool
    stored_at: dt.datetime | None

    @property
    def since(self) -> dt.datetime:
        """When it was first read; of one never loaded, when it was stored."""
        return self.first_read_at or self.stored_at or self.last_used_at

    @property
    def stored(self) -> bool:
        """Whether it is in S3."""
        return self.stored_at is not None

    @property
    def short(self) -> str:
        """The beginning of its hash, for people."""
        return self.version[:SHORT_HASH]


def select_loads(*, with_first_read: bool) -> str:
    """Every load of a table.

    A control table of an earlier release has no `first_read_at` until the next load.
    """
    first_read = "first_read_at" if with_first_read else "read_at"
    return f"""
SELECT version, {first_read}, read_at, loaded_at, rows_loaded, drive_version, modified_by,
       run_id, mode, is_current, pinned
FROM {LOADS} WHERE table_schema = %(schema)s AND table_name = %(table)s
"""  # noqa: S608 - names of our own


def records(loads: Sequence[Load], stored: Mapping[str, dt.datetime]) -> list[VersionRecord]:
    """The history, newest first, of the loads and of what `stored` says is in S3 since when.

    Loads that follow one another with the same version are one record. So is a restored
    version with the record it was taken from, since it is recorded with that reading.
    """
    in_order = sorted(loads, key=attrgetter("first_read_at", "loaded_at"))
    replaced = _replaced(loads)
    found = [
        _record(list(group), replaced, stored.get(version))
        for version, group in groupby(in_order, key=attrgetter("version"))
    ]
    loaded = {load.version for load in loads}
    found += [
        _never_loaded(version, stored_at)
        for version, stored_at in stored.items()
        if version not in loaded
    ]
    return sorted(found, key=lambda record: (record.since, record.is_current), reverse=True)


def current(history: Sequence[VersionRecord]) -> VersionRecord | None:
    """What is in the table."""
    return next((record for record in history if record.is_current), None)


def previous(history: Sequence[VersionRecord]) -> VersionRecord | None:
    """What was in the table before, which may have been read later than a restored version."""
    now = current(history)
    others = [
        record
        for record in history
        if now and record.version != now.version and record.loaded_at is not None
    ]
    return max(others, key=attrgetter("loaded_at"), default=None)


def as_of(history: Sequence[VersionRecord], name: str, before: dt.datetime) -> VersionRecord:
    """The newest version that was read before a moment; `name` is the sheet's, for messages.

    Raises:
        VersionNotFoundError: none was, or it is not in S3 any more.
    """
    read = [record for record in history if record.first_read_at is not None]
    for record in read:
        if record.since < before:
            return _in_store(record, history, name)
    if not read:
        raise VersionNotFoundError(
            f"No version of {name} was ever loaded. Run `sheet-assets run {name}` first."
        )
    raise VersionNotFoundError(
        f"No version of {name} was read before {before:%Y-%m-%d %H:%M %Z}. {_oldest(history)}"
    )


def by_hash(history: Sequence[VersionRecord], name: str, said: str) -> VersionRecord:
    """The version whose hash begins so, or `current`, or `previous`; of several, the newest.

    Raises:
        VersionNotFoundError: there is none, or several begin so, or it is not in S3 any more.
    """
    if said in {"current", "previous"}:
        record = current(history) if said == "current" else previous(history)
        if record is None:
            raise VersionNotFoundError(f"There is no {said} version of {name}. {_newest(history)}")
        return _in_store(record, history, name)
    versions = {record.version for record in history}
    stored = {record.version for record in history if record.stored}
    # What is not in S3 any more cannot be meant where something that begins so is.
    if any(version.startswith(said.lower()) for version in stored):
        versions = stored
    version = completed(versions, history, name, said)
    return _in_store(next(record for record in history if record.version == version), history, name)


def completed(
    versions: Collection[str], history: Sequence[VersionRecord], name: str, said: str
) -> str:
    """The one of some versions that begins so.

    Raises:
        VersionNotFoundError: none does, or several do, or it is no hash; lists what there is.
    """
    begins = said.lower()
    if len(begins) < _SHORTEST_HASH or set(begins) - set("0123456789abcdef"):
        raise VersionNotFoundError(
            f"{said!r} names no version of {name}: write at least {_SHORTEST_HASH} hexadecimal "
            f"digits of its hash. {_newest(history)}"
        )
    found = sorted(version for version in versions if version.startswith(begins))
    if len(found) > 1:
        raise VersionNotFoundError(
            f"{len(found)} versions of {name} begin with {said}: "
            f"{', '.join(version[:16] for version in found[:5])}. Write more digits."
        )
    if not found:
        raise VersionNotFoundError(f"No version of {name} begins with {said}. {_newest(history)}")
    return found[0]


def unused_since(history: Sequence[VersionRecord], moment: dt.datetime) -> list[VersionRecord]:
    """The stored versions that were last in use before a moment, newest first, each once.

    Never the one in the table, nor the one before it, so that a restore is always possible; nor
    one that was uploaded since. None at all where no load is recorded: nothing then says which
    version is needed.
    """
    now, before = current(history), previous(history)
    if now is None:
        return []
    kept = {now.version} | ({before.version} if before else set())
    kept |= {record.version for record in history if record.last_used_at >= moment}
    unused = {
        record.version: record
        for record in reversed(history)
        if record.stored_at and record.stored_at < moment and record.version not in kept
    }
    return sorted(unused.values(), key=attrgetter("since"), reverse=True)


def _replaced(loads: Sequence[Load]) -> dict[Load, dt.datetime]:
    """When another load took the place of each in the table; not of the last."""
    in_order = sorted(loads, key=attrgetter("loaded_at", "is_current"))
    return {load: later.loaded_at for load, later in pairwise(in_order)}


def _record(
    loads: Sequence[Load], replaced: Mapping[Load, dt.datetime], stored_at: dt.datetime | None
) -> VersionRecord:
    last = max(loads, key=attrgetter("loaded_at", "is_current"))
    read_at = max(load.read_at for load in loads)
    return VersionRecord(
        version=last.version,
        first_read_at=min(load.first_read_at for load in loads),
        read_at=read_at,
        loaded_at=last.loaded_at,
        last_used_at=max(read_at, *(replaced.get(load, load.loaded_at) for load in loads)),
        rows=last.rows_loaded,
        drive_version=max((load.drive_version or 0 for load in loads), default=0) or None,
        modified_by=last.modified_by,
        run_id=last.run_id,
        mode=last.mode,
        is_current=any(load.is_current for load in loads),
        pinned=any(load.is_current and load.pinned for load in loads),
        stored_at=stored_at,
    )


def _never_loaded(version: str, stored_at: dt.datetime) -> VersionRecord:
    return VersionRecord(
        version=version,
        first_read_at=None,
        read_at=None,
        loaded_at=None,
        last_used_at=stored_at,
        rows=None,
        drive_version=None,
        modified_by=None,
        run_id=None,
        mode=None,
        is_current=False,
        pinned=False,
        stored_at=stored_at,
    )


def _in_store(record: VersionRecord, history: Sequence[VersionRecord], name: str) -> VersionRecord:
    if not record.stored:
        raise VersionNotFoundError(
            f"The version {record.short} of {name}, read {_moment(record.since)}, is not in S3 any "
            f"more: it was pruned or erased. {_oldest(history)}"
        )
    return record


def _oldest(history: Sequence[VersionRecord]) -> str:
    there = [record for record in history if record.stored and record.first_read_at]
    if not there:
        return "None is in S3."
    return f"The oldest in S3 is {there[-1].short}, read {_moment(there[-1].since)}."


def _newest(history: Sequence[VersionRecord], count: int = 5) -> str:
    there = {record.version: record for record in reversed(history) if record.stored}
    if not there:
        return "None is in S3."
    newest = sorted(there.values(), key=attrgetter("since"), reverse=True)
    listed = ", ".join(f"{each.short} ({_moment(each.since)})" for each in newest[:count])
    more = f" and {len(newest) - count} older" if len(newest) > count else ""
    return f"There is {listed}{more}."


def _moment(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M %Z}"
