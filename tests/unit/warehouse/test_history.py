from __future__ import annotations

import datetime as dt
from itertools import count

import pytest

from sheet_assets.errors import VersionNotFoundError
from sheet_assets.warehouse.history import (
    Load,
    VersionRecord,
    as_of,
    by_hash,
    current,
    previous,
    records,
    select_loads,
    unused_since,
)

A, B, C, D = "a1a1", "b2b2", "c3c3", "d4d4"
ALL = (A, B, C, D)


def day(number: float) -> dt.datetime:
    """So many days after the first of November, at midnight."""
    return dt.datetime(2026, 11, 1, tzinfo=dt.UTC) + dt.timedelta(days=number)


def loads(*said: tuple, **last) -> list[Load]:
    """Loads in order: (version, first read on day[, read again on day]); the last is current."""
    runs = count(1)
    found = []
    for version, first, *again in said:
        found.append(
            Load(
                version=version,
                first_read_at=day(first),
                read_at=day(again[0] if again else first),
                loaded_at=day(first + 0.1),
                rows_loaded=10,
                drive_version=int(first),
                modified_by=f"editor{next(runs)}@sandbox.invalid",
                run_id=f"run-{len(found) + 1}",
                mode="replace",
                is_current=False,
                pinned=False,
            )
        )
    found[-1] = found[-1]._replace(is_current=True, **last)
    return found


def history(*said: tuple, stored=None, **last) -> list[VersionRecord]:
    """The records of such loads; their versions, or others, were stored on day 0."""
    used = {version for version, *_ in said} if stored is None else stored
    return records(loads(*said, **last), dict.fromkeys(used, day(0)))


def told(found: list[VersionRecord]) -> list[tuple[str, str]]:
    """Each record's version and state, newest first."""
    return [
        (
            each.version,
            " ".join(
                word
                for word, holds in (
                    ("current", each.is_current),
                    ("pinned", each.pinned),
                    ("unloaded", each.loaded_at is None),
                    ("gone", not each.stored),
                )
                if holds
            ),
        )
        for each in found
    ]


RESTORED = ((A, 1), (B, 3), (A, 1))


@pytest.mark.parametrize(
    ("said", "stored", "expected"),
    [
        (((A, 1),), (A,), [(A, "current")]),
        (((A, 1), (B, 3)), (A, B), [(B, "current"), (A, "")]),
        (((A, 1), (B, 3)), (B,), [(B, "current"), (A, "gone")]),
        # There and back again is three records; the same version loaded again is one.
        (((A, 1), (B, 3), (A, 4)), (A, B), [(A, "current"), (B, ""), (A, "")]),
        (((A, 1), (A, 2), (B, 3)), (A, B), [(B, "current"), (A, "")]),
        # What was stored and never loaded stands where it was stored: on day 0.
        (((A, 1),), (A, D), [(A, "current"), (D, "unloaded")]),
    ],
)
def test_loads_are_summed_up(said, stored, expected):
    """Newest first, one record a stretch of the same version, with what S3 has of it."""
    assert told(history(*said, stored=stored)) == expected


def test_a_restored_version_is_the_record_it_came_from():
    """It is recorded with its first reading, so the history has no new version: one is marked."""
    found = history(*RESTORED, loaded_at=day(5), pinned=True)
    assert told(found) == [(B, ""), (A, "current pinned")]
    assert found[1].loaded_at == day(5)
    assert found[1].first_read_at == day(1)


def test_what_a_record_says():
    """First read and last read, last loaded, and when another version took its place."""
    (second, first) = history((A, 1), (A, 2, 2.5), (B, 30))
    assert (first.first_read_at, first.read_at, first.loaded_at) == (day(1), day(2.5), day(2.1))
    assert first.last_used_at == day(30.1)
    assert (first.run_id, first.modified_by) == ("run-2", "editor2@sandbox.invalid")
    assert (first.rows, first.drive_version, first.mode) == (10, 2, "replace")
    assert second.last_used_at == second.loaded_at == day(30.1)


def test_nothing_was_ever_loaded():
    """No loads and no versions is an empty history, and versions alone are one, too."""
    assert records([], {}) == []
    (only,) = records([], {A: day(2)})
    assert (only.since, only.last_used_at, only.is_current) == (day(2), day(2), False)
    assert current([only]) is None
    assert previous([only]) is None


@pytest.mark.parametrize(
    ("said", "last", "expected"),
    [
        (((A, 1),), {}, None),
        (((A, 1), (B, 3)), {}, A),
        (((A, 1), (B, 3), (C, 4)), {}, B),
        (((A, 1), (B, 3), (A, 4)), {}, B),
        (((A, 1), (B, 3), (B, 4)), {}, A),
        # After a restore it is what the restore has replaced, so that it can be undone.
        (RESTORED, {"loaded_at": day(5)}, B),
    ],
)
def test_previous_is_what_was_in_the_table_before(said, last, expected):
    """Another version than the current one, and the one that was loaded last of these."""
    found = previous(history(*said, **last))
    assert (found.version if found else None) == expected


@pytest.mark.parametrize(
    ("said", "before", "expected"),
    [
        (((A, 1), (B, 3)), 1.5, A),
        (((A, 1), (B, 3)), 3, A),
        (((A, 1), (B, 3)), 3.5, B),
        (((A, 1, 9), (B, 3)), 5, B),
        (((A, 1), (B, 3), (A, 4)), 2, A),
        (((A, 1), (B, 3), (A, 4)), 3.5, B),
        (((A, 1), (B, 3), (A, 4)), 4.5, A),
        # What the sheet held is asked for, not what somebody restored.
        (RESTORED, 5, B),
    ],
)
def test_a_date_means_what_was_read_before(said, before, expected):
    """The newest version first read before the moment, however often another was read again."""
    assert as_of(history(*said), "orders", day(before)).version == expected


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ([], "No version of orders was ever loaded. Run `sheet-assets run orders`"),
        (
            history((A, 1), (B, 3)),
            "was read before 2026-11-02 00:00 UTC. The oldest in S3 is a1a1, read 2026-11-02",
        ),
        (history((A, 0.5), (B, 3), stored=(B,)), "The version a1a1 of orders, read 2026-11-01 12"),
        (history((A, 0.5), (B, 3), stored=(B,)), "pruned or erased. The oldest in S3 is b2b2"),
        (history((A, 1), stored=()), "None is in S3."),
        (records([], {A: day(0)}), "No version of orders was ever loaded"),
        # What was never loaded was not read at any known time.
        (records(loads((B, 3)), {B: day(3), D: day(0)}), "The oldest in S3 is b2b2, read 2026"),
    ],
)
def test_no_version_is_so_old(found, sentence):
    """An older version is never taken instead; the sentence says which is the oldest."""
    with pytest.raises(VersionNotFoundError) as refused:
        as_of(found, "orders", day(1))
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("said", "expected"),
    [("a1a1", A), ("A1A1", A), ("b2b2", B), ("current", C), ("previous", B)],
)
def test_a_version_by_its_hash(said, expected):
    """The beginning of a hash in any case, or a word."""
    assert by_hash(history((A, 1), (B, 3), (C, 4)), "orders", said).version == expected


def test_of_several_with_one_beginning_what_is_in_s3_is_meant():
    """A version that was pruned makes no beginning ambiguous."""
    one, other = "abcd1", "abcd2"
    found = records(loads((one, 1), (other, 2)), {one: day(0)})
    assert by_hash(found, "orders", "abcd").version == one


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("a1a", "'a1a' names no version of orders: write at least 4 hexadecimal digits"),
        ("xyz1", "'xyz1' names no version"),
        ("", "'' names no version"),
        ("ffff", "No version of orders begins with ffff. There is b2b2 (2026-11-04 00:00 UTC)"),
        ("abcd", "2 versions of orders begin with abcd: abcd1, abcd2. Write more digits."),
        ("a1a1", "The version a1a1 of orders, read 2026-11-02 00:00 UTC, is not in S3 any more"),
        ("previous", "The version a1a1 of orders"),
    ],
)
def test_no_version_has_that_hash(said, sentence):
    """Too short, no hash, unknown, ambiguous, removed: each says what there is."""
    found = records(loads((A, 1), (B, 3)), {B: day(0), "abcd1": day(0.1), "abcd2": day(0.2)})
    with pytest.raises(VersionNotFoundError) as refused:
        by_hash(found, "orders", said)
    assert sentence in str(refused.value)


def test_there_is_no_previous_version_yet():
    """After one load there is nothing before it."""
    with pytest.raises(VersionNotFoundError, match="There is no previous version of orders"):
        by_hash(history((A, 1)), "orders", "previous")


@pytest.mark.parametrize(
    ("said", "moment", "expected"),
    [
        # B took A's place on day 3.1, so it was in use until then; C is in the table.
        (((A, 1), (B, 3), (C, 9)), 3, []),
        (((A, 1), (B, 3), (C, 9)), 3.2, [A]),
        (((A, 1, 8), (B, 3), (C, 9)), 5, []),
        # The current version and the one before it stay, however old.
        (((A, 1), (B, 3), (C, 9)), 99, [A]),
        (((A, 1), (B, 3)), 99, []),
        (((A, 1),), 99, []),
        # A version that came back is in use by its last stretch.
        (((A, 1), (B, 3), (A, 4), (C, 9), (D, 12)), 6, [B]),
        (((A, 1), (B, 3), (A, 4), (C, 9), (D, 12)), 10, [A, B]),
    ],
)
def test_what_is_out_of_use(said, moment, expected):
    """Nothing that was in the table since, nor the last two that were in it."""
    found = unused_since(history(*said), day(moment))
    assert [each.version for each in found] == expected


@pytest.mark.parametrize(("stored_on", "expected"), [(0, [D]), (4.9, [D]), (5.1, [])], ids=str)
def test_what_was_never_loaded_goes_by_its_age(stored_on, expected):
    """A version that was uploaded and never loaded goes, but not what may be loaded in a moment."""
    found = records(loads((A, 1)), {A: day(0), D: day(stored_on)})
    assert [each.version for each in unused_since(found, day(5))] == expected


def test_a_version_that_was_uploaded_again_is_not_out_of_use():
    """The run that uploaded it is about to load it."""
    found = records(loads((A, 1), (B, 2), (C, 3)), {A: day(98), B: day(0), C: day(0)})
    assert unused_since(found, day(90)) == []


def test_without_a_record_of_loads_nothing_is_out_of_use():
    """Another warehouse with the same bucket: what is needed is not known, so all is kept."""
    assert unused_since(records([], dict.fromkeys(ALL, day(0))), day(99)) == []


def test_the_query_asks_an_older_control_table_for_what_it_has():
    """Without first_read_at the reading that was last seen stands for it."""
    assert "first_read_at" in select_loads(with_first_read=True)
    assert "first_read_at" not in select_loads(with_first_read=False)
