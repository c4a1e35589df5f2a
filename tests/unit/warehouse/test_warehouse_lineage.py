from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.warehouse.lineage import tables_of


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        ("SELECT 1", []),
        ("SELECT * FROM analytics.nps_summary ORDER BY date;", ["analytics.nps_summary"]),
        ("SELECT a.x FROM s.a AS a JOIN s.b b ON a.x = b.x", ["s.a", "s.b"]),
        ("SELECT * FROM s.a, s.b, s.a AS again", ["s.a", "s.b"]),
        ("WITH x AS (SELECT * FROM s.a) SELECT * FROM x", ["s.a"]),
        ("WITH a AS (SELECT 1) SELECT * FROM a JOIN s.a AS b ON true", ["s.a"]),
        ("WITH x AS (SELECT 1), y AS (SELECT * FROM x JOIN s.a ON true) SELECT * FROM y", ["s.a"]),
        ("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT * FROM r", []),
        ("SELECT * FROM (SELECT * FROM s.a) q WHERE EXISTS (SELECT 1 FROM s.b)", ["s.a", "s.b"]),
        (
            "SELECT (SELECT max(x) FROM s.a) FROM s.b WHERE x IN (SELECT 1 FROM s.c)",
            ["s.a", "s.b", "s.c"],
        ),
        ("SELECT 1 FROM s.a UNION ALL (SELECT 2 FROM s.b)", ["s.a", "s.b"]),
        ('SELECT * FROM Raw_Data.NPS, "Raw_Data"."NPS", "S"."B"', ["raw_data.nps", "s.b"]),
        ("SELECT * FROM s.a -- s.b\n/* s.c */ WHERE x = 's.d'", ["s.a"]),
        ("SELECT * FROM local_table", []),
        ("SELECT * FROM s.t, s.t.items AS item", ["s.t"]),
        ("SELECT * FROM s.t AS t, t.items AS item, item.parts AS part", ["s.t"]),
        ("SELECT * FROM s.f(1)", []),
        ("SELECT x FROM s.t QUALIFY row_number() OVER (ORDER BY x) = 1", ["s.t"]),
    ],
)
def test_tables_of_a_query(query, tables):
    """Tables with a schema, in lower case, each once: no CTE, alias, comment, text or function."""
    assert [".".join(table) for table in tables_of(query)] == tables


@pytest.mark.parametrize(
    "query", ["SELECT (", "SELECT * FROM", "SELECT 'open", "WITH s.x AS (SELECT 1) SELECT 1"]
)
def test_sql_that_cannot_be_read(query):
    """The sentence has the parser's reason and the way around it."""
    with pytest.raises(
        ValueError, match=r"the query cannot be read \(.+\); declare the tables it reads in `deps`"
    ):
        tables_of(query)


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ;",
        "-- nothing",
        "DELETE FROM s.a",
        "INSERT INTO s.a SELECT * FROM s.b",
        "CREATE TABLE s.x AS SELECT * FROM s.a",
        "TRUNCATE s.a",
        "SELECT * FROM s.a; SELECT * FROM s.b",
    ],
)
def test_what_is_no_query(query):
    """Only one SELECT has rows to put into a table or a sheet."""
    with pytest.raises(ValueError, match="the query must be one SELECT"):
        tables_of(query)


@given(
    st.text()
    | st.text(alphabet="SELECT FROM s.t()'\",;-*/", max_size=30).map(lambda text: f"SELECT {text}")
)
def test_any_text_is_read_or_refused(text):
    """Whatever stands in the YAML, the answer is tables or a ValueError."""
    with contextlib.suppress(ValueError):
        assert all(len(table) == 2 for table in tables_of(text))
