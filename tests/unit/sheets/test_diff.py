from __future__ import annotations

import tracemalloc
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheet_assets.sheets.diff import HIDDEN, Side, compare

ID = ("id",)


class Rows:
    """Rows that count how often they are read."""

    def __init__(self, rows):
        self.rows = [tuple(row) for row in rows]
        self.times = 0

    def __call__(self):  # noqa: D102 - as Side.rows
        self.times += 1
        return iter(self.rows)


def side(rows, columns="id score comment") -> Side:
    """A version of these rows; types do not matter unless they are given as `name:type`."""
    names = [name.partition(":") for name in columns.split()]
    return Side({name: kind or "varchar(9)" for name, _, kind in names}, Rows(rows))


def listed(difference) -> list[tuple]:
    """Each listed row: its sign, and its values before and after of the columns that changed."""
    return [
        (
            row.kind,
            tuple((row.before or {}).values()),
            tuple((row.after or {}).values()),
            row.columns,
        )
        for row in difference.rows
    ]


BEFORE = [("1", "3", "a"), ("2", "4", None), ("3", "5", "c"), ("4", None, "")]


@pytest.mark.parametrize(
    ("after", "counts", "first"),
    [
        (BEFORE, (0, 0, 0), None),
        (BEFORE[::-1], (0, 0, 0), None),
        ([*BEFORE, ("5", "1", "e")], (0, 0, 1), ("added", (), ("5", "1", "e"), ())),
        (BEFORE[1:], (0, 1, 0), ("removed", ("1", "3", "a"), (), ())),
        (
            [("1", "9", "a"), *BEFORE[1:]],
            (1, 0, 0),
            ("changed", ("1", "3", "a"), ("1", "9", "a"), ("score",)),
        ),
        # NULL and the empty text are two values, and so are NULL and the text that looks like it.
        (
            [*BEFORE[:3], ("4", None, None)],
            (1, 0, 0),
            ("changed", ("4", None, ""), ("4", None, None), ("comment",)),
        ),
        (
            [*BEFORE[:3], ("4", "None", "")],
            (1, 0, 0),
            ("changed", ("4", None, ""), ("4", "None", ""), ("score",)),
        ),
        ([], (0, 4, 0), ("removed", ("1", "3", "a"), (), ())),
    ],
)
def test_rows_are_told_apart_by_key(after, counts, first):
    """Changed, removed and added; the order of rows is no difference."""
    found = compare(side(BEFORE), side(after), key=ID)
    assert (found.changed, found.removed, found.added) == counts
    assert found.unchanged == len(after) - found.changed - found.added
    assert found.nothing == (counts == (0, 0, 0))
    assert (listed(found) or [None])[0] == first


@pytest.mark.parametrize(
    ("after", "removed", "added"),
    [
        (["a", "a", "b"], 0, 0),
        (["b", "a", "a"], 0, 0),
        (["a", "b"], 1, 0),
        (["a", "a", "a", "b", "b"], 0, 2),
        (["a", "a", "c"], 1, 1),
    ],
)
def test_without_a_key_equal_rows_are_counted(after, removed, added):
    """As often as a row stands there; none is changed."""
    found = compare(side(zip("aab"), "x"), side(zip(after), "x"))
    assert (found.changed, found.removed, found.added) == (0, removed, added)
    assert found.key == ()


def test_a_key_of_two_columns():
    """Both together tell rows apart."""
    before = [("1", "a", "x"), ("1", "b", "y")]
    after = [("1", "a", "x"), ("1", "b", "z"), ("2", "a", "x")]
    found = compare(side(before, "day who what"), side(after, "day who what"), key=("who", "day"))
    assert found.key == ("day", "who")
    assert listed(found) == [
        ("changed", ("1", "b", "y"), ("1", "b", "z"), ("what",)),
        ("added", (), ("2", "a", "x"), ()),
    ]


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        (["1a", "1b"], ["1b", "1a"], (0, 0, 0)),
        (["1a", "1b"], ["1a"], (0, 1, 0)),
        (["1a", "1b"], ["1a", "1b", "1c"], (0, 0, 1)),
        (["1a", "1b"], ["1a", "1c"], (1, 0, 0)),
        (["1a", "1a"], ["1a", "1c"], (1, 0, 0)),
        (["1a", "1a"], [], (0, 2, 0)),
    ],
)
def test_a_key_that_stands_twice(before, after, counts):
    """A contract that had no key yet: its rows are paired, and none is lost or counted twice."""
    found = compare(side(before, "id x"), side(after, "id x"), key=ID)
    assert (found.changed, found.removed, found.added) == counts
    assert len(found.rows) == sum(counts)


def test_columns_that_one_side_alone_has():
    """What both have is compared, in whatever order; the rest is named."""
    before = side([("1", "old", "3")], "id:integer gone score:smallint")
    after = side([("3", "1", "new")], "score:integer id:integer came")
    found = compare(before, after, key=ID)
    assert (found.changed, found.removed, found.added) == (0, 0, 0)
    assert (found.only_before, found.only_after) == (("gone",), ("came",))
    assert found.retyped == {"score": ("smallint", "integer")}
    assert not found.nothing


def test_a_key_that_one_side_lacks_is_not_used():
    """Rows are then told by all of their values."""
    found = compare(side([("1", "a")], "id x"), side([("a",)], "x"), key=ID)
    assert (found.key, found.unchanged) == ((), 1)


def test_nothing_in_common():
    """Two contracts without one column of the same name cannot be compared."""
    with pytest.raises(ValueError, match="no column in common"):
        compare(side([], "a"), side([], "b"))


def test_sensitive_values_are_hidden():
    """That they changed is told, and not what they are; in a key, too."""
    after = [("1", "3", "SECRET"), ("7", "SECRET", "x")]
    found = compare(side(BEFORE), side(after), key=ID, sensitive={"comment", "score", "id"})
    assert "SECRET" not in repr(found)
    assert found.rows[0].columns == ("comment",)
    assert found.rows[0].before == {"id": HIDDEN, "score": HIDDEN, "comment": HIDDEN}


@pytest.mark.parametrize("limit", [0, 1, 3, 5, 100])
def test_the_list_is_bounded_and_the_totals_are_not(limit):
    """Changed first, then removed, then added, and no more than asked for."""
    before = [(str(n), "x") for n in range(10)]
    after = [(str(n), "y" if n < 5 else "x") for n in range(3, 14)]
    found = compare(side(before, "id x"), side(after, "id x"), key=ID, limit=limit)
    assert (found.changed, found.removed, found.added, found.unchanged) == (2, 3, 4, 5)
    expected = ["changed"] * 2 + ["removed"] * 3 + ["added"] * 4
    assert [row.kind for row in found.rows] == expected[:limit]


def test_before_is_read_again_only_where_its_rows_are_listed():
    """Equal versions and additions are told in one reading of each."""
    before, after = side(BEFORE), side([*BEFORE, ("9", "9", "9")])
    compare(before, after, key=ID)
    assert (before.rows.times, after.rows.times) == (1, 1)
    compare(before, side(BEFORE[1:]), key=ID)
    assert before.rows.times == 3


def test_memory_does_not_grow_with_the_second_side():
    """Of 50,000 new rows only those listed are kept."""
    before = side([("1", "x")], "id x")
    after = Side(before.columns, lambda: ((str(n), "y" * 100) for n in range(50_000)))
    tracemalloc.start()
    try:
        found = compare(before, after, key=ID)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.added == 49_999
    assert most < 200_000


ROW = st.tuples(
    st.sampled_from("12345"), st.one_of(st.none(), st.sampled_from(["", "a", "None", "b"]))
)


@given(st.lists(ROW, max_size=12), st.lists(ROW, max_size=12), st.booleans(), st.randoms())
@settings(max_examples=200, deadline=None)
def test_applied_to_the_first_it_gives_the_second(before, after, keyed, dice):
    """Take away what is removed, change what is changed, add what is added: the other side."""
    dice.shuffle(before)
    found = compare(side(before, "id x"), side(after, "id x"), key=ID if keyed else (), limit=1000)
    rows = Counter(before)
    for row in found.rows:
        if row.before:
            rows[tuple(row.before.values())] -= 1
        if row.after:
            rows[tuple(row.after.values())] += 1
        if row.kind == "changed":
            assert row.before["id"] == row.after["id"]
            assert row.columns == ("x",)
    assert +rows == Counter(after)
    assert min(rows.values(), default=0) >= 0
    assert found.rows_before == len(before)
    assert len(found.rows) == found.changed + found.removed + found.added
    keys = Counter(key for key, _ in before) & Counter(key for key, _ in after)
    assert found.changed <= (keys.total() if keyed else 0)
