from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.warehouse.column_sources import column_sources

KNOWN = {("s", "a"): ["id", "x", "email"], ("s", "b"): ["id", "y"]}


def sources(query: str) -> str:
    """In short: `total: s.a.x s.b.y, one: nothing`."""
    return ", ".join(
        f"{name}: {' '.join('.'.join(source) for source in found) or 'nothing'}"
        for name, found in column_sources(query, KNOWN).items()
    )


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT x FROM s.a", "x: s.a.x"),
        ("SELECT x AS k, 1 AS one, COUNT(*) AS n FROM s.a;", "k: s.a.x, one: nothing, n: nothing"),
        ('SELECT A.ID, "X" FROM S.A', "id: s.a.id, x: s.a.x"),
        ("SELECT s.a.x, y FROM s.a JOIN s.b ON s.a.id = s.b.id", "x: s.a.x, y: s.b.y"),
        ("SELECT id FROM s.a JOIN s.b USING (id)", "id: s.a.id s.b.id"),
        ("SELECT ROUND(SUM(x) / COUNT(id), 2) AS k FROM s.a", "k: s.a.id s.a.x"),
        ("SELECT CASE WHEN email = '' THEN y END AS k FROM s.a, s.b", "k: s.a.email s.b.y"),
        ("SELECT ROW_NUMBER() OVER (PARTITION BY x ORDER BY id) r FROM s.a", "r: s.a.id s.a.x"),
        ("SELECT x::date, CAST(id AS date) AS d FROM s.a", "x: s.a.x, d: s.a.id"),
        # What a * stands for, where the table is known, and where it is not.
        ("SELECT * FROM s.a", "id: s.a.id, x: s.a.x, email: s.a.email"),
        ("SELECT a.*, y FROM s.a AS a, s.b", "id: s.a.id, x: s.a.x, email: s.a.email, y: s.b.y"),
        ("SELECT * EXCLUDE (email) FROM s.a", "id: s.a.id, x: s.a.x"),
        ("SELECT *, 1 AS one FROM s.u", "one: nothing"),
        ("WITH q AS (SELECT * FROM s.u) SELECT k, UPPER(v) AS w FROM q", "k: s.u.k, w: s.u.v"),
        # Through subqueries, WITH and UNION, by name and by place.
        ("SELECT q.k FROM (SELECT x AS k FROM s.a) AS q", "k: s.a.x"),
        ("SELECT q.d FROM (SELECT x, id FROM s.a) AS q(c, d)", "d: s.a.id"),
        ("WITH a AS (SELECT x AS k FROM s.a) SELECT k FROM a", "k: s.a.x"),
        ("SELECT x FROM s.a UNION ALL SELECT y FROM s.b", "x: s.a.x s.b.y"),
        ("(SELECT x FROM s.a) UNION (SELECT id FROM s.b)", "x: s.a.x s.b.id"),
        (
            "WITH q AS (SELECT id, x FROM s.a UNION ALL SELECT y, id FROM s.b) SELECT * FROM q",
            "id: s.a.id s.b.y, x: s.a.x s.b.id",
        ),
        (
            "SELECT (SELECT MAX(y) FROM s.b WHERE b.id = a.id) AS m, (SELECT a.x) AS o FROM s.a AS a",
            "m: s.b.y, o: s.a.x",
        ),
        (
            "SELECT x IN (SELECT id FROM s.b) AS t, EXISTS (SELECT 1 FROM s.b) AS e FROM s.a",
            "t: s.a.x s.b.id, e: nothing",
        ),
        # An alias that is used again, unless a column of the table has that name.
        ("SELECT x AS k, k + 1 AS l, l * 2 AS m FROM s.a", "k: s.a.x, l: s.a.x, m: s.a.x"),
        ("SELECT x AS id, id + 1 AS l FROM s.a", "id: s.a.x, l: s.a.id"),
        # Tables that nothing is known of.
        ("SELECT k, k + 1 AS l FROM s.u", "k: s.u.k, l: s.u.k"),
        ("SELECT u.k, v.l FROM s.u AS u, s.v AS v", "k: s.u.k, l: s.v.l"),
        ("SELECT t.id, item.sku FROM s.t AS t, t.items AS item", "id: s.t.id"),
    ],
)
def test_sources_of_columns(query, told):
    """Every column of the result, with the columns of tables that its values come from."""
    assert sources(query) == told


@pytest.mark.parametrize(
    "query",
    [
        "SELECT COUNT(*), SUM(x) FROM s.a",  # Redshift gives them names of its own
        "SELECT * FROM s.u",
        "SELECT k FROM s.u, s.v",  # of either
        "SELECT k FROM s.a, s.u",  # of s.a, too, where it has more columns than are known
        "SELECT a.id, b.id FROM s.a, s.b",  # one name twice
        "SELECT x FROM a",  # the session says in which schema
        "SELECT k FROM other.s.a",
        "SELECT k FROM s.f(1)",
        "SELECT a FROM s.a",  # a whole row, or nothing
        "SELECT user, sysdate FROM s.u",
        "SELECT * FROM s.a UNION SELECT * FROM s.a",  # in an order that only the table knows
        "SELECT k FROM (SELECT * FROM s.a) AS q(k, l, m)",
        "SELECT k FROM (SELECT id, x FROM s.a) PIVOT (SUM(x) FOR id IN (1 AS k, 2))",
        "WITH RECURSIVE r(n) AS (SELECT id FROM s.a UNION ALL SELECT n + 1 FROM r) SELECT n FROM r",
        "SELECT (",
        "DELETE FROM s.a",
        "",
    ],
)
def test_what_cannot_be_told_is_left_out(query):
    """Neither a guess nor an error, whatever the SQL is."""
    assert sources(query) == ""


def test_an_alias_of_an_unknown_table_may_be_a_column_of_it():
    """`l` comes from `k` or from `j`: only the table knows."""
    assert sources("SELECT j AS k, k + 1 AS l FROM s.u") == "k: s.u.j"


def test_long_chains_take_no_longer_than_they_are():
    """Every column that two others are made of is looked up once."""
    steps = ["q0 AS (SELECT x AS k, id AS l FROM s.a)"]
    steps += [f"q{i} AS (SELECT k + l AS k, k - l AS l FROM q{i - 1})" for i in range(1, 40)]
    assert sources(f"WITH {', '.join(steps)} SELECT k FROM q39") == "k: s.a.id s.a.x"


@given(
    st.text()
    | st.text(alphabet="SELECT FROM s.a()'\",*;xid", max_size=30).map(lambda text: f"SELECT {text}")
)
def test_any_text_has_sources_or_none(text):
    """Whatever stands in the YAML, nothing is raised."""
    assert all(
        len(source) == 3 for found in column_sources(text, KNOWN).values() for source in found
    )
