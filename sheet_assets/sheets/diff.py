"""The difference of two versions of a sheet: rows added, removed and changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping

    Row = tuple[str | None, ...]

HIDDEN = "hidden"


@dataclass(frozen=True)
class Side:
    """One of two versions: the type of each column by its name, and a way to read its rows.

    `rows` may be called twice. A row has the texts of its values, None for NULL.
    """

    columns: Mapping[str, str]
    rows: Callable[[], Iterable[Row]]


@dataclass(frozen=True)
class RowDifference:
    """A row that is not the same: its values by column, of a sensitive one only HIDDEN.

    `before` is None for an added row, `after` for a removed one; `columns` are those that
    changed.
    """

    kind: Literal["changed", "removed", "added"]
    before: Mapping[str, str | None] | None
    after: Mapping[str, str | None] | None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """What two versions differ in.

    Args:
        key: The columns that rows were told apart by; without any, no row counts as changed.
        rows_before, rows_after, changed, removed, added: How many rows there are of each.
        rows: The first of them that differ: changed, then removed, then added.
        only_before, only_after: Columns that one side alone has; they were not compared.
        retyped: Columns of another type, before and after; their texts were compared.
    """

    key: tuple[str, ...]
    rows_before: int
    rows_after: int
    changed: int
    removed: int
    added: int
    rows: tuple[RowDifference, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    retyped: Mapping[str, tuple[str, str]]

    @property
    def unchanged(self) -> int:
        """How many rows are the same."""
        return self.rows_after - self.added - self.changed

    @property
    def nothing(self) -> bool:
        """Whether rows and columns are the same."""
        rows = self.changed + self.removed + self.added
        return not (rows or self.only_before or self.only_after or self.retyped)


def compare(
    before: Side,
    after: Side,
    *,
    key: Collection[str] = (),
    sensitive: Collection[str] = (),
    limit: int = 20,
) -> Difference:
    """Compare the columns that both sides have; list the first `limit` rows that differ.

    The key is used where both sides have all of its columns. A key that stands on several rows
    pairs them in their order. Memory grows with the rows of `before` (a key and a hash, 300 bytes
    each when measured), not with those of `after`; `before` is read a second time for the rows
    that are listed.

    Raises:
        ValueError: the two have no column in common.
    """
    columns = tuple(name for name in after.columns if name in before.columns)
    if not columns:
        raise ValueError("they have no column in common")
    key = tuple(name for name in columns if name in key) if set(key) <= set(columns) else ()
    of_before, of_after = _Reader(before, columns, key), _Reader(after, columns, key)
    show = _Shown(columns, sensitive)

    left: dict[Hashable, list[bytes]] = {}
    rows_before = rows_after = changed = added = 0
    for place, digest, _ in of_before:
        rows_before += 1
        left.setdefault(place, []).append(digest)
    # The hash of each changed row's former self, to find it in `before` again.
    changes: list[tuple[tuple[Hashable, bytes], Row]] = []
    additions: list[RowDifference] = []
    for place, digest, row in of_after:
        rows_after += 1
        there = left.get(place)
        if not there:
            added += 1
            if len(additions) < limit:
                additions.append(RowDifference("added", None, show(row)))
            continue
        former = digest if digest in there else there[0]
        there.remove(former)
        if not there:
            del left[place]
        if former != digest:
            changed += 1
            if len(changes) < limit:
                changes.append(((place, former), row))
    removed = sum(map(len, left.values()))
    formers, removals = _looked_up(
        of_before, {former for former, _ in changes}, left, min(limit, removed)
    )
    listed = [
        *(show.changed(formers[former], row) for former, row in changes),
        *(RowDifference("removed", show(row), None) for row in removals),
        *additions,
    ]
    return Difference(
        key=key,
        rows_before=rows_before,
        rows_after=rows_after,
        changed=changed,
        removed=removed,
        added=added,
        rows=tuple(listed[:limit]),
        only_before=tuple(name for name in before.columns if name not in columns),
        only_after=tuple(name for name in after.columns if name not in columns),
        retyped={
            name: (before.columns[name], after.columns[name])
            for name in columns
            if before.columns[name] != after.columns[name]
        },
    )


def told(row: RowDifference, key: Collection[str], shown: Callable[[str, str | None], str]) -> str:
    """`score: 3 → 5`, or all values but the key of a row that only one side has.

    `shown` is how a column's value is written.
    """
    if row.before is not None and row.after is not None:
        return ", ".join(
            f"{name}: {shown(name, row.before[name])} → {shown(name, row.after[name])}"
            for name in row.columns
        )
    values = row.after or row.before or {}
    return ", ".join(
        f"{name}: {shown(name, value)}" for name, value in values.items() if name not in key
    )


class _Reader:
    """The rows of a side, cut down to some columns: where each belongs, its hash, its values."""

    def __init__(self, side: Side, columns: tuple[str, ...], key: tuple[str, ...]) -> None:
        names = list(side.columns)
        self._side = side
        self._columns = [names.index(name) for name in columns]
        self._key = [names.index(name) for name in key]

    def __iter__(self) -> Iterator[tuple[Hashable, bytes, Row]]:
        for values in self._side.rows():
            row = tuple([values[index] for index in self._columns])
            digest = hashlib.blake2b(repr(row).encode(), digest_size=16).digest()
            # Without a key a row is told by all of its values.
            place = tuple([values[index] for index in self._key]) if self._key else digest
            yield place, digest, row


class _Shown:
    """Rows as they are listed, by column and without what is sensitive."""

    def __init__(self, columns: tuple[str, ...], sensitive: Collection[str]) -> None:
        self._columns = columns
        self._sensitive = sensitive

    def __call__(self, row: Row) -> dict[str, str | None]:
        return {
            name: HIDDEN if name in self._sensitive else value
            for name, value in zip(self._columns, row, strict=True)
        }

    def changed(self, before: Row, after: Row) -> RowDifference:
        differ = tuple(
            name for name, was, now in zip(self._columns, before, after, strict=True) if was != now
        )
        return RowDifference("changed", self(before), self(after), differ)


def _looked_up(
    reader: _Reader,
    wanted: set[tuple[Hashable, bytes]],
    left: dict[Hashable, list[bytes]],
    removed: int,
) -> tuple[dict[tuple[Hashable, bytes], Row], list[Row]]:
    """The rows of `wanted`, and the first `removed` of those in `left`, which it uses up."""
    found: dict[tuple[Hashable, bytes], Row] = {}
    removals: list[Row] = []
    if not wanted and not removed:
        return found, removals
    for place, digest, row in reader:
        if (place, digest) in wanted:
            found[place, digest] = row
        if len(removals) < removed and digest in left.get(place, ()):
            left[place].remove(digest)
            removals.append(row)
        if len(found) == len(wanted) and len(removals) == removed:
            break
    return found, removals
