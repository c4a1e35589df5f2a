"""The cursor of `sheet_changes_sensor`: where Drive's changes go on, and what is not loaded yet."""

import hashlib
from collections.abc import Collection, Mapping
from typing import TypeAlias

import dagster as dg
from pydantic import BaseModel

from sheet_assets.clients.google import Changes

# Of each spreadsheet, the assets that read it and the tables they end up in.
Sheets: TypeAlias = Mapping[str, Mapping[dg.AssetKey, tuple[str, str]]]

FIRST_RETRY_SECONDS = 60
LAST_RETRY_SECONDS = 3600
# Drive puts some changes into its list minutes after they were made; a token may be older by then.
OVERLAP_SECONDS = 300
SWEEP_SECONDS = 6 * 3600
# A sheet that is never quiet is taken all the same after so many quiet times.
MOST_QUIET_TIMES = 10


class Pending(BaseModel):
    """A change that is not in the table yet: the Drive version, and the runs it has had.

    Version 0 is a sheet that no table has taken in so far.
    """

    version: int
    attempts: int = 0
    not_before: float = 0.0
    first_seen: float = 0.0


class Cursor(BaseModel):
    """Where Drive's list of changes goes on, and what of it is not in the tables yet.

    Args:
        page_token: Where the list is read from: at least OVERLAP_SECONDS ago.
        next_token: Where it is read from once `next_at` is that long ago.
        seen: The versions that were listed since `page_token`.
        pending: The changes that are not in their tables.
        gone: The spreadsheets that were deleted or unshared, and when that was seen.
        swept_at: When all spreadsheets were last looked at.
        watched: A hash of the sheets and tables there were then.
    """

    page_token: str = ""
    next_token: str = ""
    next_at: float = 0.0
    seen: dict[str, int] = {}
    pending: dict[str, Pending] = {}
    gone: dict[str, float] = {}
    swept_at: float = 0.0
    watched: str = ""

    def begin(self, page_token: str) -> None:
        """Read the list from here on."""
        self.page_token, self.next_token, self.seen = page_token, "", {}

    def take_in(
        self, changes: Changes, watched: Collection[str], now: float, quiet_seconds: float
    ) -> None:
        """Note what was listed, and move on in the list."""
        self.pending = with_changes(
            self.pending, self.seen, changes, watched, now=now, quiet_seconds=quiet_seconds
        )
        self.gone = {
            name: self.gone.get(name, now)
            for name in (self.gone.keys() | changes.removed) - changes.versions.keys()
            if name in watched
        }
        self.seen = {name: at for name, at in changes.versions.items() if name in watched}
        if not self.next_token:
            self.next_token, self.next_at = changes.next_page_token, now
        elif now - self.next_at >= OVERLAP_SECONDS:
            self.page_token = self.next_token
            self.next_token, self.next_at = changes.next_page_token, now

    def why_sweep(self, watched: str, now: float) -> str:
        """Why all spreadsheets are to be looked at, or nothing."""
        if not self.swept_at:
            return "The first tick"
        if watched != self.watched:
            return "The sheets in defs/ have changed"
        return f"{SWEEP_SECONDS // 3600} hours later" * (now - self.swept_at >= SWEEP_SECONDS)


def with_changes(
    pending: Mapping[str, Pending],
    seen: Mapping[str, int],
    changes: Changes,
    watched: Collection[str],
    *,
    now: float,
    quiet_seconds: float,
) -> dict[str, Pending]:
    """What was pending and what has changed since, of the spreadsheets that are watched.

    A version that Drive lists again keeps its attempts and its waiting time, or is done already.
    A new one waits until nobody has edited the sheet for `quiet_seconds`.
    """
    merged = {
        name: change
        for name, change in pending.items()
        if name in watched and name not in changes.removed
    }
    for name, version in changes.versions.items():
        before = merged.get(name)
        if name not in watched or max(seen.get(name, -1), before.version if before else -1) >= (
            version
        ):
            continue
        first_seen = before.first_seen if before and not before.attempts else now
        merged[name] = Pending(
            version=version,
            first_seen=first_seen,
            not_before=min(now + quiet_seconds, first_seen + MOST_QUIET_TIMES * quiet_seconds),
        )
    return merged


def behind(
    sheets: Sheets, versions: Mapping[str, int], processed: Mapping[tuple[str, str], int]
) -> dict[str, Pending]:
    """The spreadsheets whose tables are older than these versions, or not loaded at all."""
    found = {name: Pending(version=versions.get(name, 0)) for name in sheets}
    return still_pending(found, sheets, processed)


def still_pending(
    pending: Mapping[str, Pending], sheets: Sheets, processed: Mapping[tuple[str, str], int]
) -> dict[str, Pending]:
    """The changes that some table has not taken in: its Drive version is older, or it has none."""
    return {
        spreadsheet: change
        for spreadsheet, change in pending.items()
        if any(processed.get(table, -1) < change.version for table in sheets[spreadsheet].values())
    }


def retry_seconds(attempts: int) -> float:
    """How long a change waits for its next run: a minute, then twice as long, an hour at most."""
    return float(min(FIRST_RETRY_SECONDS * 2 ** min(attempts - 1, 16), LAST_RETRY_SECONDS))


def run_key(page_token: str, due: Mapping[str, Pending]) -> str:
    """What Dagster launches one run for, ever: these versions, this attempt, since this token.

    A hash: PostgreSQL's index over run tags takes 2.7 kB, which 60 spreadsheets would exceed.
    """
    parts = sorted(f"{name}@{change.version}#{change.attempts + 1}" for name, change in due.items())
    return hashlib.sha256("\n".join([page_token, *parts]).encode()).hexdigest()


def watched_hash(sheets: Sheets) -> str:
    """The same as long as the same spreadsheets are loaded into the same tables."""
    parts = sorted(
        f"{name}>{schema}.{table}"
        for name, assets in sheets.items()
        for schema, table in assets.values()
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
