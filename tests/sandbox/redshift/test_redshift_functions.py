# ruff: noqa: DTZ001 - a timestamp of Redshift's has no time zone
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest

if TYPE_CHECKING:
    from psycopg2 import extensions

# By the page that says so, below https://docs.aws.amazon.com/redshift/latest/dg/: what is asked,
# and what it answers.
EXPRESSIONS: list[tuple[str, str, Any]] = [
    ("r_GETDATE", "date_trunc('second', getdate()) = getdate()", True),
    ("r_SYSDATE", "sysdate > '2024-01-01' and sysdate >= getdate() - interval '1 second'", True),
    ("r_NVL_function", "nvl(null, 3)", 3),
    ("r_NVL_function", "isnull(null::int, nvl(null, 4))", 4),
    ("r_NVL2", "nvl2(null::int, 'there', 'missing') || nvl2(1, 'a', 'b')", "missinga"),
    ("r_DECODE_expression", "decode(3, 1, 'one', 3, 'three', 'other')", "three"),
    ("r_DECODE_expression", "decode(null::int, null, 'both', 'one')", "both"),
    ("r_DECODE_expression", "decode(7, 1, 'one')", None),
    ("r_CONVERT_function", "convert(integer, '12') + 1", 13),
    ("r_DATEADD_function", "dateadd(day, 30, '2008-01-01')", dt.datetime(2008, 1, 31)),
    ("r_DATEADD_function", "dateadd(month, 18, date '2008-02-28')", dt.datetime(2009, 8, 28)),
    ("r_DATEADD_function", "dateadd('qtr', -1, '2024-03-31'::timestamp)", dt.datetime(2023, 12, 31)),
    ("r_DATEADD_function", "dateadd(ms, 1500, '2024-01-01')", dt.datetime(2024, 1, 1, 0, 0, 1, 500000)),
    ("r_DATEDIFF_function", "datediff(week, '2009-01-01', '2009-12-31')", 52),
    ("r_DATEDIFF_function", "datediff(qtr, '1998-07-01', date '2018-01-01')", 78),
    ("r_DATEDIFF_function", "datediff(year, '2023-12-31', '2024-01-01')", 1),
    ("r_DATEDIFF_function", "datediff(hour, '2024-01-01 00:59', '2024-01-01 01:01')", 1),
    ("r_DATEDIFF_function", "datediff(mon, '2024-01-31', '2024-02-01')", 1),
    ("r_DATEDIFF_function", "datediff(day, '2024-01-02', '2024-01-01 23:59')", -1),
    ("r_DATE_PART_function", "date_part(dow, date '2024-02-01')", 4.0),
    ("r_DATE_PART_function", "date_part('mins', '2024-02-01 10:11:12')", 11.0),
    ("r_EXTRACT_function", "extract(year from date '2024-02-01')", 2024),
    ("r_EXTRACT_function", "extract(milliseconds from timestamp '2009-09-09 12:08:43.101')", 101),
    ("r_DATE_TRUNC", "date_trunc('mon', date '2024-02-05')", dt.datetime(2024, 2, 1)),
    ("r_MONTHS_BETWEEN_function", "months_between('1969-01-18', '1969-03-18')", -2.0),
    ("r_MONTHS_BETWEEN_function", "months_between('2024-03-31', '2024-02-29')", 1.0),
    ("r_LAST_DAY", "last_day('2024-02-03')", dt.date(2024, 2, 29)),
    ("r_ADD_MONTHS", "add_months('2024-02-29', 1)", dt.datetime(2024, 3, 31)),
    ("r_NEXT_DAY", "next_day('2014-08-20', 'Tuesday')", dt.date(2014, 8, 26)),
    ("r_TO_DATE_function", "to_date('02 Oct 2001', 'DD Mon YYYY')", dt.date(2001, 10, 2)),
    ("r_TO_CHAR", "to_char(date '2024-02-05', 'YYYY/MM/DD')", "2024/02/05"),
    ("r_TO_TIMESTAMP", "to_timestamp('2011-12-18 11:15', 'YYYY-MM-DD HH24:MI') at time zone 'UTC'", dt.datetime(2011, 12, 18, 11, 15)),
    ("CONVERT_TIMEZONE", "convert_timezone('Asia/Seoul', '2024-01-01 00:00')", dt.datetime(2024, 1, 1, 9)),
    ("CONVERT_TIMEZONE", "convert_timezone('America/New_York', 'UTC', '2013-02-01 08:00')", dt.datetime(2013, 2, 1, 13)),
    ("r_LEN", "len('한글') + octet_length('한글')", 8),
    ("r_CHARINDEX", "charindex('fish', 'dogfish')", 4),
    ("r_CONCAT", "concat('a', null)", None),
    ("r_STRTOL", "strtol('0xABCDEF', 16) - strtol('-11', 2)", 11259378),
    ("REGEXP_REPLACE", "regexp_replace('a1b2', '[0-9]', '-')", "a-b-"),
    ("REGEXP_SUBSTR", "regexp_substr('abc', 'z') || regexp_substr('a1b22', '[0-9]+', 1, 2)", "22"),
    ("REGEXP_COUNT", "regexp_count('abcabc', 'b')", 2),
    ("SPLIT_PART", "split_part('abc$def', '$', 2)", "def"),
    ("r_MD5", "md5('a') = '0cc175b9c0f1b6a831c399e269772661'", True),
    ("SHA2", "left(sha2('abc', 256), 8)", "ba7816bf"),
    ("JSON_EXTRACT_PATH_TEXT", """json_extract_path_text('{"a": {"b": "c"}}', 'a', 'b')""", "c"),
    ("JSON_EXTRACT_PATH_TEXT", "json_extract_path_text('no JSON', 'a', true)", None),
    ("JSON_EXTRACT_ARRAY_ELEMENT_TEXT", "json_extract_array_element_text('[1, 22]', 1)", "22"),
    ("JSON_ARRAY_LENGTH", "json_array_length('[1, 2]') + is_valid_json('[]')::int", 2),
    ("r_ROUND", "round(2.567::float8, 1)", 2.6),
    ("r_CAST_function", "cast('한글' as varchar(4))", "한"),
    ("r_CAST_function", "'x'::nvarchar(max) || cast(1 as varchar(max))", "x1"),
    ("r_version", "left(version(), 16) || ' ' || (version() like '%Redshift 1.0.%')", "PostgreSQL 8.0.2 true"),
]  # fmt: skip

# The same, of the table `t` with the rows (1, 'a', 10), (2, 'b', 11), (3, 'a', NULL).
QUERIES: list[tuple[str, str, list[tuple[Any, ...]]]] = [
    ("r_AVG", "SELECT avg(id), avg(n), avg(n::bigint), avg(n::decimal(9, 2)) FROM t", [(2, 10, 10, Decimal("10.5"))]),
    ("r_AVG", "SELECT avg(n) FROM t WHERE id > 9", [(None,)]),
    ("r_LISTAGG", "SELECT listagg(name, ',') WITHIN GROUP (ORDER BY id DESC) FROM t", [("a,b,a",)]),
    ("r_LISTAGG", "SELECT name, listagg(n) FROM t GROUP BY name ORDER BY 1", [("a", "10"), ("b", "11")]),
    ("r_LISTAGG", "SELECT listagg(DISTINCT name, '|') WITHIN GROUP (ORDER BY name) FROM t", [("a|b",)]),
    ("r_WF_LISTAGG", "SELECT id, listagg(id, '') WITHIN GROUP (ORDER BY id) OVER (PARTITION BY name) FROM t ORDER BY 1", [(1, "13"), (2, "2"), (3, "13")]),
    ("r_COUNT", "SELECT APPROXIMATE COUNT(DISTINCT name) FROM t", [(2,)]),
    ("r_MEDIAN", "SELECT median(id) FROM t", [(2.0,)]),
    ("r_QUALIFY_clause", "SELECT * FROM t QUALIFY row_number() OVER (PARTITION BY name ORDER BY id DESC) = 1 ORDER BY id", [(2, "b", 11), (3, "a", None)]),
    ("r_QUALIFY_clause", "SELECT id, rank() OVER (ORDER BY id DESC) AS r FROM t WHERE id < 3 QUALIFY r = 1 LIMIT 1", [(2, 1)]),
    ("r_QUALIFY_clause", "SELECT name FROM (SELECT name, sum(n) AS s FROM t GROUP BY name QUALIFY rank() OVER (ORDER BY sum(n)) = 1) q", [("a",)]),
    ("r_SELECT_list", "SELECT TOP 1 id FROM t ORDER BY id DESC", [(3,)]),
    ("r_SELECT_list", "SELECT id FROM t WHERE id = (SELECT TOP 1 id FROM t ORDER BY id)", [(1,)]),
    ("r_UNION", "SELECT name FROM t MINUS SELECT 'b'", [("a",)]),
    ("r_names", 'SELECT "ID", "t"."Name" FROM "T" WHERE "iD" = 1', [(1, "a")]),
    ("r_WHERE_clause", "SELECT count(*) FROM t WHERE 1", [(3,)]),
]  # fmt: skip


@pytest.fixture
def rows(cursor: extensions.cursor) -> extensions.cursor:
    """A cursor with a small table."""
    cursor.execute("CREATE TABLE t (id int, name varchar(9), n int)")
    cursor.execute("INSERT INTO t VALUES (1, 'a', 10), (2, 'b', 11), (3, 'a', NULL)")
    return cursor


def test_expressions(cursor: extensions.cursor) -> None:
    """Functions answer as AWS's pages say, over either protocol."""
    for page, expression, expected in EXPRESSIONS:
        cursor.execute(f"SELECT {expression}")
        assert cursor.fetchone() == (expected,), f"{page}: {expression}"


def test_queries(rows: extensions.cursor) -> None:
    """Clauses and aggregates answer as AWS's pages say."""
    for page, query, expected in QUERIES:
        rows.execute(query)
        assert rows.fetchall() == expected, f"{page}: {query}"


def test_columns_keep_their_names(rows: extensions.cursor) -> None:
    """QUALIFY adds no column, and quoted names are told in lower case."""
    rows.execute('SELECT *, 1 AS "One" FROM t QUALIFY row_number() OVER (ORDER BY id) = 1')
    assert [column.name for column in rows.description] == ["id", "name", "n", "one"]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT dateadd(fortnight, 1, '2024-01-01')", '"fortnight" is not a valid date part'),
        ("SELECT strtol('12', 2)", "not valid to be converted to base 2"),
        ("SELECT json_extract_path_text('no JSON', 'a')", "JSON parsing error"),
        ("SELECT listagg(repeat('x', 1000), '') FROM generate_series(1, 66)", "Result size exceeds LISTAGG limit"),
        ("SELECT nvl2(1, 2)", "takes 3 arguments"),
        ("SELECT * FROM t PIVOT (sum(n) FOR name IN ('a', 'b'))", "does not implement PIVOT"),
        ("SELECT DISTINCT name FROM t QUALIFY rank() OVER (ORDER BY id) = 1", "does not implement QUALIFY with DISTINCT"),
        ("SELECT TOP 1 id FROM t UNION SELECT 2", "does not implement TOP with LIMIT or a set operation"),
        ("SELECT listagg(DISTINCT name) OVER () FROM t", "does not implement LISTAGG (DISTINCT …) OVER"),
        ("SELECT json_parse('[1]')", "function json_parse(unknown) does not exist"),
        ("SELECT id + 1 AS more FROM t WHERE more = 2", 'column "more" does not exist'),
        ("SELECT listagg() FROM t", "function listagg() does not exist"),
        ("SELECT decode() FROM t", "function decode() does not exist"),
        (f"SELECT 1 AS top, {'(' * 3000}1{')' * 3000}", "stack depth limit exceeded"),
        (f"SELECT 1 AS {'long' * 16}", "does not implement names of more than 63 bytes, such as longlong"),
    ],
)  # fmt: skip
def test_what_fails_is_named(rows: extensions.cursor, sql: str, said: str) -> None:
    """A wrong argument, and what the sandbox does not implement, is an error that names it."""
    with pytest.raises(psycopg2.Error) as failed:
        rows.execute(sql)
    assert said in str(failed.value)


def test_error_points_at_the_clients_character(rows: extensions.cursor) -> None:
    """Whatever was rewritten before it, the position is one in the client's own text."""
    sql = "SELECT nvl(id, 0), decode(id, 1, 'x', 2, 'y'), nonsense FROM t QUALIFY rank() OVER (ORDER BY id) = 1"
    with pytest.raises(psycopg2.errors.UndefinedColumn) as failed:
        rows.execute(sql)
    assert int(failed.value.diag.statement_position) == sql.index("nonsense") + 1
