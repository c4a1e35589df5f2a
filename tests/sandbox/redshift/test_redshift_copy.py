from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg2 import extensions

    from sheet_assets.sandbox.redshift import RedshiftServer

PRODUCTION_COPY = (
    "COPY staging (id, name) FROM '{url}' IAM_ROLE '{role}' MANIFEST CSV ZSTD IGNOREHEADER 1 "
    "NULL AS '@NULL@' DATEFORMAT 'auto' TIMEFORMAT 'auto' COMPUPDATE OFF STATUPDATE OFF"
)


def rows(cursor: extensions.cursor, table: str = "target") -> list[tuple[Any, ...]]:
    """All rows of a table, by its first column."""
    cursor.execute(f"SELECT * FROM {table} ORDER BY 1 NULLS LAST")
    return cursor.fetchall()


def test_production_load(
    redshift: RedshiftServer,
    connection: extensions.connection,
    cursor: extensions.cursor,
    put: Callable[[str, str | bytes], str],
    put_manifest: Callable[..., str],
) -> None:
    """The statements that production sends replace a table in one transaction."""
    part = put(
        "part.csv.zst", zstandard.compress('id,name\n1,"한글, ""q"""\n2,\n,@NULL@\n'.encode())
    )
    cursor.execute("CREATE SCHEMA IF NOT EXISTS t")
    cursor.execute(
        "CREATE TABLE IF NOT EXISTS t.target (id bigint, name varchar(40) DEFAULT 'x', "
        "at timestamptz DEFAULT getdate())"
    )
    cursor.execute("CREATE TABLE IF NOT EXISTS t.loads (rows_loaded bigint NOT NULL)")
    cursor.execute("INSERT INTO t.target (id) VALUES (99)")
    connection.commit()
    cursor.execute("CREATE TEMP TABLE staging (LIKE t.target INCLUDING DEFAULTS)")
    cursor.execute(PRODUCTION_COPY.format(url=put_manifest(part), role=redshift.iam_role))
    assert (cursor.statusmessage, cursor.rowcount) == ("COPY", -1)
    assert connection.notices[-1:] == [
        "INFO:  Load into table 'staging' completed, 3 record(s) loaded successfully.\n"
    ]
    cursor.execute("SELECT pg_last_copy_count()")
    assert cursor.fetchone() == (3,)
    connection.commit()
    cursor.execute("BEGIN; LOCK t.loads; DELETE FROM t.target")
    cursor.execute("INSERT INTO t.target (id, name) SELECT id, name FROM staging")
    cursor.execute("INSERT INTO t.loads SELECT count(*) FROM staging; COMMIT")
    cursor.execute("SELECT id, name FROM t.target ORDER BY id")
    assert cursor.fetchall() == [(1, '한글, "q"'), (2, ""), (None, None)]
    assert rows(cursor, "t.loads") == [(3,)]


def test_empty_fields(cursor: extensions.cursor, put: Callable[[str, str | bytes], str]) -> None:
    """An empty field is '' in a text and NULL elsewhere, quoted or not."""
    url = put("a.csv", ',,,\n"","","",""\n')
    cursor.execute("CREATE TABLE target (a int, b varchar(9), c char(3), d date)")
    cursor.execute(f"COPY target FROM '{url}' IAM_ROLE default CSV")
    assert rows(cursor) == [(None, "", "   ", None)] * 2


def test_null_marker(cursor: extensions.cursor, put: Callable[[str, str | bytes], str]) -> None:
    r"""NULL AS matches quoted or not; without it \N does, and nothing else."""
    url = put("a.csv", '1,@NULL@\n2,"@NULL@"\n3,\\N\n4,@NULL@ \n')
    cursor.execute("CREATE TABLE target (a int, b varchar(9))")
    cursor.execute(f"COPY target FROM '{url}' IAM_ROLE default CSV NULL AS '@NULL@'")
    assert rows(cursor) == [(1, None), (2, None), (3, "\\N"), (4, "@NULL@ ")]
    cursor.execute(f"DELETE FROM target; COPY target FROM '{url}' IAM_ROLE default CSV")
    assert rows(cursor) == [(1, "@NULL@"), (2, "@NULL@"), (3, None), (4, "@NULL@ ")]


@pytest.mark.parametrize(
    "text",
    [
        "two\nlines",
        "two\r\nlines",
        'a "quoted" word',
        "한글 🙂",
        "\\.",
        "\\",
        " blanks ",
        "a,b",
        "'",
    ],
)
def test_texts_arrive_as_they_are(
    cursor: extensions.cursor, put: Callable[[str, str | bytes], str], text: str
) -> None:
    """Line breaks, quotes, Korean, backslashes and blanks survive."""
    quoted = text.replace('"', '""')
    url = put("a.csv", f'1,"{quoted}"\n2,x\n')
    cursor.execute("CREATE TABLE target (a int, b varchar(99))")
    cursor.execute(f"COPY target FROM '{url}' IAM_ROLE default CSV")
    assert rows(cursor) == [(1, text), (2, "x")]


def test_types(cursor: extensions.cursor, put: Callable[[str, str | bytes], str]) -> None:
    """Every type of the contract is loaded; digits beyond a decimal's scale are cut off."""
    url = put(
        "a.csv",
        "1,2,3,20.259,1.5,2.5,t,2026-11-22,23:59:59,2026-11-22 01:02:03.5,2026-11-22 01:02:03+09\n"
        "-1,-2,-3,-0.999,1e3,-2.5,0,1999-01-01,00:00:00,1999-01-01 00:00:00,1999-01-01 00:00:00Z\n",
    )
    cursor.execute(
        "CREATE TABLE target (a smallint, b integer, c bigint, d decimal(8,2), e real, "
        "f double precision, g boolean, h date, i time, j timestamp, k timestamptz)"
    )
    cursor.execute(f"COPY target FROM '{url}' IAM_ROLE default CSV")
    cursor.execute("SELECT target::text FROM target ORDER BY a DESC")
    assert [row[0] for row in cursor.fetchall()] == [
        '(1,2,3,20.25,1.5,2.5,t,2026-11-22,23:59:59,"2026-11-22 01:02:03.5","2026-11-21 16:02:03+00")',
        '(-1,-2,-3,-0.99,1000,-2.5,f,1999-01-01,00:00:00,"1999-01-01 00:00:00","1999-01-01 00:00:00+00")',
    ]


def test_column_list_binds_by_name(
    cursor: extensions.cursor, put: Callable[[str, str | bytes], str]
) -> None:
    """Columns are filled in the order that the statement names them; the rest get defaults."""
    url = put("a.csv", "한글,1\n")
    cursor.execute('CREATE TABLE target (a int, "B c" varchar(6), d int DEFAULT 7)')
    cursor.execute(f"""COPY t."target" ("B c", A) FROM '{url}' IAM_ROLE default CSV""")
    assert rows(cursor) == [(1, "한글", 7)]


def test_prefix_loads_every_object(
    cursor: extensions.cursor, put: Callable[[str, str | bytes], str]
) -> None:
    """A URL that several keys begin with loads them all, each without its own header."""
    put("part-2.csv", "a\n2\n")
    put("part-3.csv", "a\n")
    put("part-4.csv", "")
    put("other.csv", "a\n9\n")
    url = put("part-1.csv", "a\r\n1\r\n")
    cursor.execute("CREATE TABLE target (a int)")
    cursor.execute(f"COPY target FROM '{url[:-5]}' IAM_ROLE default CSV IGNOREHEADER 1")
    assert rows(cursor) == [(1,), (2,)]


def test_gzip_and_zstd_streams_may_be_joined(
    cursor: extensions.cursor, put: Callable[[str, str | bytes], str]
) -> None:
    """An object of several compressed streams is read to its end."""
    texts = [b"1\n2", b"3\n", b"4"]
    first = put("a.gz", b"".join(gzip.compress(text) for text in texts))
    second = put("a.zst", b"".join(zstandard.compress(text) for text in texts))
    cursor.execute("CREATE TABLE target (a int)")
    cursor.execute(f"COPY target FROM '{first}' IAM_ROLE default CSV GZIP")
    cursor.execute(f"COPY target FROM '{second}' IAM_ROLE default FORMAT AS CSV ZSTD")
    assert rows(cursor) == [(1,), (1,), (4,), (4,), (23,), (23,)]


def test_delimiter_and_quote(
    cursor: extensions.cursor, put: Callable[[str, str | bytes], str]
) -> None:
    """DELIMITER and QUOTE AS change what separates and what quotes."""
    url = put("a.csv", "1|%a|b%%%\n")
    cursor.execute("CREATE TABLE target (a int, b varchar(9))")
    cursor.execute(
        f"COPY target FROM '{url}' IAM_ROLE default CSV QUOTE AS '%' DELIMITER '|' "
        "REGION 'us-east-1' ENCODING UTF8 MAXERROR 0"
    )
    assert rows(cursor) == [(1, "a|b%")]


def test_manifest_skips_what_is_optional(
    cursor: extensions.cursor,
    put: Callable[[str, str | bytes], str],
    put_manifest: Callable[..., str],
) -> None:
    """An entry that is missing and not mandatory is skipped."""
    url = put("a.csv", "1\n")
    manifest = put_manifest(url + ".missing", url, mandatory=False)
    cursor.execute("CREATE TABLE target (a int)")
    cursor.execute(f"COPY target FROM '{manifest}' IAM_ROLE default CSV MANIFEST")
    assert rows(cursor) == [(1,)]


def test_copy_among_other_statements(
    connection: extensions.connection,
    cursor: extensions.cursor,
    put: Callable[[str, str | bytes], str],
) -> None:
    """One text may create, fill, count and read a table; quotes and comments mislead nobody."""
    url = put("a;b.csv", "1\n2\n")
    cursor.execute(
        "CREATE TEMP TABLE target (a int); -- COPY x FROM 's3://x'\n"
        "INSERT INTO target VALUES (0), (length('COPY; '));"
        f"/* ; /* nested */ */ COPY/**/target FROM '{url}' IAM_ROLE default CSV;;"
        "SELECT pg_last_copy_count(), $q$;COPY$q$, count(*) FROM target;"
    )
    assert cursor.fetchall() == [(2, ";COPY", 4)]
    connection.rollback()
    cursor.execute("SELECT to_regclass('target')")
    assert cursor.fetchone() == (None,)


def test_transaction_in_one_text(
    connection: extensions.connection,
    cursor: extensions.cursor,
    put: Callable[[str, str | bytes], str],
) -> None:
    """BEGIN; DELETE; COPY; COMMIT in one text replaces the rows, or keeps them if it fails."""
    connection.autocommit = True
    good, bad = put("good.csv", "2\n"), put("bad.csv", "3\nx\n")
    cursor.execute("CREATE TABLE target (a int); INSERT INTO target VALUES (1)")
    text = "BEGIN; DELETE FROM target; COPY target FROM '{}' IAM_ROLE default CSV; COMMIT"
    cursor.execute(text.format(good))
    assert rows(cursor) == [(2,)]
    with pytest.raises(psycopg2.errors.InternalError_):
        cursor.execute(text.format(bad))
    cursor.execute("ROLLBACK")
    assert rows(cursor) == [(2,)]


def test_rollback_undoes_a_copy(
    connection: extensions.connection,
    cursor: extensions.cursor,
    put: Callable[[str, str | bytes], str],
) -> None:
    """A COPY belongs to its transaction."""
    url = put("a.csv", "2\n")
    cursor.execute("CREATE TABLE target (a int); INSERT INTO target VALUES (1)")
    connection.commit()
    cursor.execute(f"DELETE FROM target; COPY target FROM '{url}' IAM_ROLE default CSV")
    assert rows(cursor) == [(2,)]
    connection.rollback()
    assert rows(cursor) == [(1,)]


def test_last_copy_is_the_sessions_own(
    connect: Callable[..., extensions.connection],
    connection: extensions.connection,
    cursor: extensions.cursor,
    put: Callable[[str, str | bytes], str],
) -> None:
    """pg_last_copy_count tells this session's last COPY, also of several in one transaction."""
    first, second = put("a.csv", "1\n2\n3\n"), put("b.csv", "4\n")
    cursor.execute("CREATE TABLE target (a int); SELECT pg_last_copy_count(), pg_last_copy_id()")
    assert cursor.fetchone() == (0, -1)
    for url, count in ((first, 3), (second, 1)):
        cursor.execute(f"COPY target FROM '{url}' IAM_ROLE default CSV")
        cursor.execute("SELECT pg_last_copy_count()")
        assert cursor.fetchone() == (count,)
    connection.commit()
    cursor.execute("SELECT pg_last_copy_count()")
    assert cursor.fetchone() == (1,)
    with connect().cursor() as other:
        other.execute("SELECT pg_last_copy_count()")
        assert other.fetchone() == (0,)


def test_large_load_is_streamed(
    cursor: extensions.cursor, put: Callable[[str, str | bytes], str]
) -> None:
    """300,000 rows in four files arrive complete and in their own columns."""
    for part in range(4):
        lines = (f"{part * 75_000 + row},한글 {row},{row}.5\n" for row in range(75_000))
        put(f"part-{part}.csv.gz", gzip.compress("".join(lines).encode(), 1))
    url = put("other", "")[: -len("other")] + "part-"
    cursor.execute("CREATE TABLE target (a int, b varchar(40), c decimal(12,1))")
    cursor.execute(f"COPY target FROM '{url}' IAM_ROLE default CSV GZIP")
    cursor.execute("SELECT count(*), sum(a), sum(c), max(len(b)), pg_last_copy_count() FROM target")
    assert [int(value) for value in cursor.fetchone()] == [
        300_000,
        sum(range(300_000)),
        4 * sum(range(75_000)) + 150_000,
        8,
        300_000,
    ]
