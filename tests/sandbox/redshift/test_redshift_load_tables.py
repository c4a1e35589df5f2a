from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg2
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg2 import extensions


@pytest.fixture
def load(
    connection: extensions.connection, cursor: extensions.cursor, put: Callable[[str, str], str]
) -> Callable[..., str]:
    """Loads a file of good and bad rows into a new table, and returns the file's URL."""
    cursor.execute("CREATE TABLE target (a int, b varchar(5))")
    connection.commit()

    def copy(body: str, options: str) -> str:
        url = put("file.csv", body)
        cursor.execute(f"COPY target FROM '{url}' IAM_ROLE default CSV {options}")
        return url

    return copy


def fetched(cursor: extensions.cursor, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    cursor.execute(sql)
    return cursor.fetchall()


def test_maxerror_leaves_wrong_rows_out(
    connection: extensions.connection, cursor: extensions.cursor, load: Callable[..., str]
) -> None:
    """Fewer errors than MAXERROR are told and recorded, the other rows are loaded.

    https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-load.html
    """
    url = load("1,x\nq,x\n2,toolong\n3,y\n", "MAXERROR AS 3")
    loaded, left_out = connection.notices[-2:]
    assert "completed, 2 record(s) loaded successfully." in loaded
    assert "completed, 2 record(s) could not be loaded.  Check 'sys_load_error" in left_out
    assert fetched(cursor, "SELECT * FROM target ORDER BY a") == [(1, "x"), (3, "y")]
    assert fetched(cursor, "SELECT pg_last_copy_count()") == [(2,)]
    connection.rollback()
    # https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOAD_ERRORS.html
    assert fetched(
        cursor,
        "SELECT trim(filename), line_number, trim(colname), trim(type), trim(col_length), "
        "position, trim(raw_line), trim(raw_field_value), err_code, trim(err_reason), "
        "tbl = 't.target'::regclass::oid "
        "FROM stl_load_errors WHERE session = pg_backend_pid() ORDER BY line_number",
    ) == [
        (url, 2, "a", "int4", "", 0, "q,x", "q", 1207, "Invalid digit, Value 'q', Pos 0, Type: Integer", True),
        (url, 3, "b", "varchar", "5", 0, "2,toolong", "toolong", 1204, "String length exceeds DDL length", True),
    ]  # fmt: skip


@pytest.mark.parametrize("options", ["", "MAXERROR 0", "MAXERROR 1", "MAXERROR 2"])
def test_as_many_errors_as_maxerror_fail(
    connection: extensions.connection,
    cursor: extensions.cursor,
    load: Callable[..., str],
    options: str,
) -> None:
    """Then nothing is loaded, and what was found is recorded although it is rolled back."""
    with pytest.raises(psycopg2.errors.InternalError_, match="Check 'sys_load_error_detail'"):
        load("1,x\nq,x\nr,x\ns,x\n", options)
    connection.rollback()
    assert fetched(cursor, "SELECT count(*) FROM target") == [(0,)]
    lines = fetched(
        cursor,
        "SELECT line_number FROM sys_load_error_detail WHERE session_id = pg_backend_pid() "
        "ORDER BY line_number",
    )
    assert lines == ([(2,), (3,)] if options == "MAXERROR 2" else [(2,)])


def test_ignoreallerrors(cursor: extensions.cursor, load: Callable[..., str]) -> None:
    """No number of errors fails the load."""
    load("1,x\n" + "q,x\n" * 50, "IGNOREALLERRORS")
    assert fetched(cursor, "SELECT * FROM target") == [(1, "x")]


def test_noload_finds_errors(
    connection: extensions.connection, cursor: extensions.cursor, load: Callable[..., str]
) -> None:
    """NOLOAD loads nothing, and fails as the load would."""
    load("1,x\n", "NOLOAD")
    assert fetched(cursor, "SELECT count(*), pg_last_copy_count() FROM target") == [(0, 0)]
    connection.commit()
    with pytest.raises(psycopg2.errors.InternalError_):
        load("q,x\n", "NOLOAD")


def test_history(
    connection: extensions.connection, cursor: extensions.cursor, load: Callable[..., str]
) -> None:
    """What was loaded and what failed stand in sys_load_history and stl_load_commits.

    https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_HISTORY.html
    https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOAD_COMMITS.html
    """
    url = load("1,x\nq,x\n", "MAXERROR 2")
    connection.commit()
    with pytest.raises(psycopg2.errors.InternalError_):
        load("q,x\n", "")
    connection.rollback()
    assert fetched(
        cursor,
        "SELECT status, table_name, data_source, file_format, loaded_rows, source_file_count, "
        "source_file_bytes, error_count, end_time >= start_time, duration >= 0 "
        "FROM sys_load_history WHERE session_id = pg_backend_pid() ORDER BY query_id",
    ) == [
        ("completed", "target", url, "csv", 1, 1, 8, 1, True, True),
        ("aborted", "target", url, "csv", 0, 1, 4, 1, True, True),
    ]
    assert fetched(
        cursor,
        "SELECT trim(filename), lines_scanned, errors FROM stl_load_commits "
        "WHERE query = pg_last_copy_id()",
    ) == [(url, 2, 1)]


def test_users_see_their_own_loads(
    connection: extensions.connection, cursor: extensions.cursor, load: Callable[..., str]
) -> None:
    """A superuser sees all loads, another user none of others."""
    load("1,x\n", "")
    connection.commit()
    cursor.execute(
        "DROP ROLE IF EXISTS reader; CREATE ROLE reader; SET SESSION AUTHORIZATION reader"
    )
    for name in ("sys_load_history", "sys_load_error_detail", "stl_load_errors"):
        assert fetched(cursor, f"SELECT count(*) FROM {name}") == [(0,)]
    connection.rollback()
