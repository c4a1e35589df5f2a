"""Versions that are removed from S3 for good: those out of use, or one that must not be kept."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import ObjectStoreError, WarehouseError
from sheet_assets.warehouse import history, manifest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sheet_assets.clients.bucket import ObjectVersion
    from sheet_assets.clients.s3 import VersionStore
    from sheet_assets.warehouse.history import VersionRecord
    from sheet_assets.warehouse.target import Target

# An upload takes minutes: what has lain without a manifest for so long was given up.
GIVEN_UP = dt.timedelta(days=1)
_READ_AT_ONCE = 8
_KEY = re.compile(r"(?:versions/([^/]+)/(manifest|snapshot)\.json|parts/([^/]+\.csv\.zst))")


@dataclass(frozen=True)
class Removed:
    """What was removed: the versions, the file names of parts, how many objects and bytes.

    In a bucket with versioning each version of an object counts. `kept` are the versions that
    an upload put back meanwhile; they are whole.
    """

    versions: tuple[str, ...]
    parts: tuple[str, ...]
    objects: int
    size_bytes: int
    kept: tuple[str, ...]


def erasable(
    store: VersionStore, records: Sequence[VersionRecord], target: Target, name: str, said: str
) -> str:
    """The version whose hash begins so, also one that was removed half-way.

    Raises:
        VersionNotFoundError: there is none, or several begin so.
        WarehouseError: it is what the table holds.
    """
    there = {record.version for record in records} | _Objects(store, name).named
    version = history.completed(there, records, name, said)
    now = history.current(records)
    if now and now.version == version:
        raise WarehouseError(
            f"The version {now.short} of {name} is what {target} holds now, so it is not erased. "
            f"Load another one first: correct the sheet and run `sheet-assets run {name}`, or "
            f"restore an earlier version."
        )
    return version


def remove(
    store: VersionStore,
    name: str,
    versions: Collection[str],
    *,
    now: dt.datetime,
    only_theirs: bool = False,
) -> Removed:
    """Remove versions, and what uploads and removals that were cut off have left behind.

    The manifests go first, so that no version looks whole and is not; then the parts that no
    other version needs, but for those of the last day, which an upload may be about to name;
    then what says which parts they were, so that the same call again finishes the work; last the
    manifests that a run has written meanwhile, of versions that are not whole any more.
    `only_theirs` leaves alone what others left behind, and takes young parts too.

    Raises:
        ObjectStoreError: what the other versions need cannot be read, and nothing was removed;
            or S3 kept something.
    """
    before = _Objects(store, name)
    others = before.alive(now) - set(versions)
    needed = before.parts_of(others)
    theirs = before.parts_of(before.named & set(versions))
    manifests = [each for version in versions for each in before.manifests[version]]
    store.objects.delete(manifests)

    after = _Objects(store, name)
    gone = set(versions) - after.whole
    alive = after.alive(now) - gone
    needed |= after.parts_of(alive - others)
    going = {
        part: objects
        for part, objects in after.parts.items()
        if part not in needed
        and (part in theirs if only_theirs else _modified_at(objects) < now - GIVEN_UP)
    }
    parts = [each for objects in going.values() for each in objects]
    store.objects.delete(parts)

    dead = gone if only_theirs else gone | (after.named - alive)
    rest = [
        each for version in dead for each in (*after.manifests[version], *after.snapshots[version])
    ]
    store.objects.delete(rest)
    torn = _Objects(store, name).torn(gone)
    store.objects.delete(torn)
    done = {*manifests, *parts, *rest, *torn}
    return Removed(
        tuple(version for version in versions if version in gone),
        tuple(sorted(going)),
        len(done),
        sum(each.size_bytes for each in done),
        tuple(version for version in versions if version not in gone),
    )


class _Objects:
    """Everything that stands in S3 for a sheet, at one moment, by what it is."""

    def __init__(self, store: VersionStore, name: str) -> None:
        self._bucket = store.objects
        self.manifests: dict[str, list[ObjectVersion]] = defaultdict(list)
        self.snapshots: dict[str, list[ObjectVersion]] = defaultdict(list)
        self.parts: dict[str, list[ObjectVersion]] = defaultdict(list)
        folder = f"{manifest.folder(store.prefix, name)}/"
        for each in store.objects.versions(folder):
            match = _KEY.fullmatch(each.key.removeprefix(folder))
            if match and match[3]:
                self.parts[match[3]].append(each)
            elif match:
                files = self.manifests if match[2] == "manifest" else self.snapshots
                files[match[1]].append(each)
        self.whole = {version for version, found in self.manifests.items() if _live(found)}
        self.named = {*self.manifests, *self.snapshots}

    def alive(self, now: dt.datetime) -> set[str]:
        """The versions that are whole, or may be on their way to it."""
        young = {
            version
            for version, found in self.snapshots.items()
            if _live(found) and _modified_at(found) >= now - GIVEN_UP
        }
        return self.whole | young

    def torn(self, versions: Iterable[str]) -> list[ObjectVersion]:
        """The manifests of those of the versions that look whole and are not."""
        return [
            each
            for version in self.whole.intersection(versions)
            if not (
                _live(self.snapshots[version]) and self.parts_of({version}) <= self.parts.keys()
            )
            for each in self.manifests[version]
        ]

    def parts_of(self, versions: Iterable[str]) -> set[str]:
        """The file names of the parts that versions have."""
        with ThreadPoolExecutor(_READ_AT_ONCE) as pool:
            return set().union(*pool.map(self._parts_of, versions))

    def _parts_of(self, version: str) -> set[str]:
        said = [*self.manifests.get(version, ()), *self.snapshots.get(version, ())]
        said = [each for each in said if not each.is_marker]
        if not said:
            return set()
        each = max(said, key=attrgetter("is_live", "modified_at"))
        text = self._bucket.read(each.key, None if each.is_live else each.version_id)
        if text is not None:
            return _named_parts(text, self._bucket.url(each.key))
        if any(found[:2] == each[:2] for found in self._bucket.versions(each.key)):
            # To believe it would be to remove the parts of a version that is whole.
            raise ObjectStoreError(
                f"S3 lists {self._bucket.url(each.key)}, and answers that it is not there. So it "
                "is not known which parts its version needs, and none was removed. The next run "
                "tries again."
            )
        return set()  # somebody else has removed it meanwhile


def _named_parts(text: bytes, url: str) -> set[str]:
    """The parts that a manifest.json or a snapshot.json names."""
    try:
        said: dict[str, Any] = json.loads(text)
        if "entries" in said:
            return {entry["url"].rpartition("/")[2] for entry in said["entries"]}
        return {f"{part['sha256']}.csv.zst" for part in said["parts"]}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ObjectStoreError(
            f"{url} cannot be read, so it is not known which parts its version needs, and none "
            "was removed. If that version is of no use, delete its folder by hand."
        ) from error


def _live(objects: Iterable[ObjectVersion]) -> bool:
    return any(each.is_live for each in objects)


def _modified_at(objects: Iterable[ObjectVersion]) -> dt.datetime:
    return max(each.modified_at for each in objects)
