"""Data of any kind, and near misses of what is meant."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

# What SQL, CSV, JSON, patterns and Python's own formatting each take for something else.
ODD_TEXTS = [
    "", " ", "\0", "\n", "\\", "'", '"', "''", "\\'", "';--", '"; DROP', "$$", "/*", "*/", "%s", "%(x)s", "{}",
    "{{ x }}", "null", "true", "=1", "\ud800", "\ufeff", "İ", "\u017f", "\u0663", "\u202e", "👩‍👩‍👧", "e\u0301", "a" * 300,
    "[", "(", "(" * 300, "a{99999999999}", "a{4294967295}", "[[a]", "(?i", "a(?i)b", "\\N{", "%", "%Y-%m-%d", "%Q", "%-d",
]  # fmt: skip
TEXTS = st.sampled_from(ODD_TEXTS) | st.text(max_size=30)
# As JSON and YAML have numbers: with any number of digits.
NUMBERS = st.one_of(
    st.integers(),
    st.integers(-3, 12),
    st.sampled_from([10**400, -(10**400), 2**63, 2**53, 1e308, 1e-320, -0.0]),
    st.floats(allow_nan=False, allow_infinity=False),
)
JSON_SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
YAML_SCALARS = st.one_of(
    JSON_SCALARS,
    st.sampled_from([float("nan"), float("inf"), float("-inf")]),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.binary(max_size=5),
    st.just({1, "a"}),
)


def trees(leaves: SearchStrategy[Any], keys: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Lists and mappings of such leaves, a few levels deep."""
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=6,
    )


YAML_DATA = trees(YAML_SCALARS, st.text(max_size=5) | st.integers() | st.booleans() | st.none())
JSON_DATA = trees(JSON_SCALARS, st.text(max_size=5))


def mostly(meant: SearchStrategy[Any], other: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """What is meant, and something else about one time in ten."""
    # Not at an end of the numbers, which are drawn more often.
    return st.integers(0, 9).flatmap(lambda number: other if number == 6 else meant)
