from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3.client import S3Client
    from psycopg2 import extensions

    from sheet_assets.sandbox.redshift import RedshiftServer

LOAD_FAILED = (
    "Load into table 'target' failed.  Check 'sys_load_error_detail' system table for details."
)


@pytest.fixture
def target(connection: extensions.connection, cursor: extensions.cursor) -> None:
    """A table with one row, committed."""
    cursor.execute(
        "CREATE TABLE target (a int, b varchar(5), c decimal(4,2), d date, e boolean NOT NULL); "
        "INSERT INTO target VALUES (0, 'kept', 1, '2026-01-01', true)"
    )
    connection.commit()


@pytest.fixture
def failing(
    connection: extensions.connection, cursor: extensions.cursor
) -> Callable[[str], psycopg2.Error]:
    """Executes what must fail, shows the error, and rolls back."""

    def execute(sql: str) -> psycopg2.Error:
        with pytest.raises(psycopg2.Error) as raised:
            cursor.execute(sql)
        connection.rollback()
        return raised.value

    return execute


def load_errors(cursor: extensions.cursor) -> list[tuple[Any, ...]]:
    """What is recorded of this session."""
    cursor.execute(
        "SELECT trim(file_name), line_number, trim(column_name), error_code, trim(error_message), "
        "trim(column_type), trim(column_length), table_id = 't.target'::regclass::oid, "
        "start_time > getdate() - interval '1 minute', query_id > 0, transaction_id > 0 "
        "FROM sys_load_error_detail WHERE session_id = pg_backend_pid()"
    )
    return cursor.fetchall()


# https://docs.aws.amazon.com/redshift/latest/dg/r_Load_Error_Reference.html
BAD_ROWS = {
    "x,b,1,2026-01-01,t": ("a", 1207, "Invalid digit, Value 'x', Pos 0, Type: Integer", "int4", ""),
    b"\xa4,b,1,2026-01-01,t": ("a", 1207, "Invalid digit, Value '\\udca4', Pos 0, Type: Integer", "int4", ""),
    "1_0,b,1,2026-01-01,t": ("a", 1207, "Invalid digit, Value '_', Pos 1, Type: Integer", "int4", ""),
    "0x1F,b,1,2026-01-01,t": ("a", 1207, "Invalid digit, Value 'x', Pos 1, Type: Integer", "int4", ""),
    "1.5,b,1,2026-01-01,t": ("a", 1207, "Invalid digit, Value '.', Pos 1, Type: Integer", "int4", ""),
    "99999999999,b,1,2026-01-01,t": ("a", 1222, "Overflow (Integer type)", "int4", ""),
    "1,한글,1,2026-01-01,t": ("b", 1204, "String length exceeds DDL length", "varchar", "5"),
    "1,b,x,2026-01-01,t": ("c", 1207, "Invalid digit, Value 'x', Pos 0, Type: Decimal", "numeric", "4, 2"),
    "1,b,1.2.3,2026-01-01,t": ("c", 1209, "Invalid decimal format or value", "numeric", "4, 2"),
    "1,b,100,2026-01-01,t": ("c", 1204, "Overflow for NUMERIC(4,2)", "numeric", "4, 2"),
    "1,b,1,2026-13-01,t": ("d", 1205, "Invalid date format or value [YYYY-MM-DD]", "date", ""),
    "1,b,1,2026-1-1,t": ("d", 1205, "Invalid Date Format - length must be 10 or more", "date", ""),
    "1,b,1,2026-01-01,maybe": ("e", 1210, "Unknown boolean format", "bool", ""),
    "1,b,1,2026-01-01,": ("e", 1213, "Missing data for not-null field", "bool", ""),
    "1,b,1,2026-01-01,t,6": ("", 1202, "Extra column(s) found", "", ""),
    "1,b,1,2026-01-01": ("e", 1214, "Delimiter not found", "bool", ""),
    '1,"b"b,1,2026-01-01,t': ("", 1214, "Invalid quote formatting for CSV", "", ""),
    '1,b"b,1,2026-01-01,t': ("", 1214, "Invalid quote formatting for CSV", "", ""),
    '1,"b': ("", 1214, "Invalid quote formatting for CSV", "", ""),
    b"1,\xa4b,1,2026-01-01,t": ("b", 1220, "String contains invalid or unsupported UTF-8 codepoints. Bad UTF-8 hex sequence: a4 (error 3)", "varchar", "5"),
    "1,\0,1,2026-01-01,t": ("", 1216, "Missing newline: Unexpected character 0x2c found at location 2", "", ""),
    "\n1,b,1,2026-01-01,t": ("", 1211, "Input line contained no data", "", ""),
}  # fmt: skip


@pytest.mark.parametrize("row", BAD_ROWS, ids=[ascii(row) for row in BAD_ROWS])
def test_bad_row(
    target: None,
    failing: Callable[[str], psycopg2.Error],
    cursor: extensions.cursor,
    put: Callable[[str, str | bytes], str],
    row: str | bytes,
) -> None:
    """A row that does not fit fails the COPY; its file, line and column are recorded."""
    raw = row if isinstance(row, bytes) else row.encode()
    good = b'5,"x\ny",1,2026-01-01,t\n'
    put("part-1.csv", b"h\n" + good)
    second = put("part-2.csv", b"header\n" + good + raw)
    error = failing(
        f"DELETE FROM target; COPY target FROM '{second[:-5]}' IAM_ROLE default CSV IGNOREHEADER 1"
    )
    assert error.pgcode == "XX000"
    assert error.diag.message_primary == LOAD_FAILED
    column, code, reason, type_name, length = BAD_ROWS[row]
    assert f"{reason} ({second}, line 4" in error.diag.message_detail
    assert load_errors(cursor) == [
        (second, 4, column, code, reason, type_name, length, True, True, True, True)
    ]
    cursor.execute("SELECT b FROM target")
    assert cursor.fetchall() == [("kept",)]


def test_bad_row_far_into_a_large_file(
    target: None,
    failing: Callable[[str], psycopg2.Error],
    cursor: extensions.cursor,
    put: Callable[[str, str | bytes], str],
) -> None:
    """The line is right when the row lies many chunks behind the start."""
    lines = [f"{row},b,1,2026-01-01,t\n" for row in range(40_000)]
    lines[37_777] = "1,b,y,2026-01-01,t\n"
    url = put("a.csv.gz", gzip.compress("".join(lines).encode(), 1))
    failing(f"COPY target FROM '{url}' IAM_ROLE default CSV GZIP")
    assert [row[:3] for row in load_errors(cursor)] == [(url, 37_778, "c")]


def test_transaction_is_aborted(
    target: None,
    connection: extensions.connection,
    cursor: extensions.cursor,
    put: Callable[[str, str | bytes], str],
) -> None:
    """After a failed COPY the transaction takes nothing but a rollback."""
    url = put("a.csv", "x")
    with pytest.raises(psycopg2.errors.InternalError_):
        cursor.execute(f"DELETE FROM target; COPY target FROM '{url}' IAM_ROLE default CSV")
    with pytest.raises(psycopg2.errors.InFailedSqlTransaction):
        cursor.execute("SELECT 1")
    with pytest.raises(psycopg2.errors.InFailedSqlTransaction):
        cursor.execute(f"COPY target FROM '{url}' IAM_ROLE default CSV")
    connection.rollback()
    cursor.execute("SELECT count(*) FROM target")
    assert cursor.fetchone() == (1,)


# Of https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html, what the sandbox has not.
@pytest.mark.usefixtures("target")
@pytest.mark.parametrize(
    ("options", "named"),
    [
        ("FORMAT AS AVRO 'auto'", 'FORMAT "AVRO"'),
        ("FORMAT ORC", 'FORMAT "ORC"'),
        ("JSON 'auto'", 'option "JSON"'),
        ("FIXEDWIDTH 'a:3,b:5'", 'option "FIXEDWIDTH"'),
        ("SHAPEFILE", 'option "SHAPEFILE"'),
        ("CSV LZOP", 'option "LZOP"'),
        ("CSV ENCRYPTED", 'option "ENCRYPTED"'),
        ("CSV MASTER_SYMMETRIC_KEY 'AKIASECRET'", 'option "MASTER_SYMMETRIC_KEY"'),
        ("CSV READRATIO 50", 'option "READRATIO"'),
        ("CSV SSH", 'option "SSH"'),
        ("CSV 'AKIASECRET'", "before a quoted string"),
    ],
)
def test_what_is_not_implemented_is_named(
    failing: Callable[[str], psycopg2.Error],
    cursor: extensions.cursor,
    put: Callable[[str, str | bytes], str],
    options: str,
    named: str,
) -> None:
    """An unknown option or format fails the whole text by its name, without its value."""
    url = put("a.csv", "1,b,1,2026-01-01,t\n")
    error = failing(f"DELETE FROM target; COPY target FROM '{url}' IAM_ROLE default {options}")
    assert (error.pgcode, error.diag.severity) == ("0A000", "ERROR")
    assert error.diag.message_primary.startswith("the Redshift sandbox does not implement ")
    assert named in error.diag.message_primary
    assert "AKIASECRET" not in str(error)
    cursor.execute("SELECT b FROM target")
    assert cursor.fetchall() == [("kept",)]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("COPY target FROM STDIN", "LOAD source is not supported"),
        ("COPY target FROM PROGRAM 'id' CSV", "LOAD source is not supported"),
        ("COPY target FROM '/etc/hostname' IAM_ROLE default CSV", "LOAD source is not supported"),
        ("COPY target TO STDOUT", "COPY TO is not supported"),
        ("COPY (SELECT 1) TO STDOUT", "COPY of a query is not supported"),
        ("SAVEPOINT a", 'SQL command "SAVEPOINT a" not supported'),
        ("SELECT 1; ROLLBACK TO a", 'SQL command "ROLLBACK TO a" not supported'),
        ("RELEASE SAVEPOINT a", 'SQL command "RELEASE SAVEPOINT a" not supported'),
        ("COPY target FROM 's3://x/y' CSV", "Must specify credentials"),
        ("COPY target FROM 's3://x/y' CSV ACCESS_KEY_ID 'x'", "needs both"),
        ("COPY target FROM 's3://x/y' CSV ACCESS_KEY_ID 'x' SECRET_ACCESS_KEY 'y' IAM_ROLE default", "ACCESS_KEY_ID, IAM_ROLE exclude one another"),
        ("COPY target FROM 's3://x/y' CSV ACCESS_KEY_ID 'x' SECRET_ACCESS_KEY 'y' CREDENTIALS 'aws_iam_role=x'", "exclude one another"),
        ("COPY target FROM 's3://x/y' CREDENTIALS 'secret'", "CREDENTIALS must be 'aws_iam_role=…'"),
        ("COPY target FROM 's3://x/y' IAM_ROLE 'me'", "must be the ARN of a role"),
        ("COPY target FROM 's3://x/y' IAM_ROLE default CSV ESCAPE", "CSV is not compatible with ESCAPE"),
        ("COPY target FROM 's3://x/y' IAM_ROLE default CSV REMOVEQUOTES", "CSV is not compatible with REMOVEQUOTES"),
        ("COPY target FROM 's3://x/y' IAM_ROLE default CSV QUOTE ','", "must be different"),
        ("COPY target FROM 's3://x/y' IAM_ROLE default PARQUET MAXERROR 3", "MAXERROR is not supported with PARQUET"),
        ("COPY target FROM 's3://x/y' IAM_ROLE default PARQUET REGION 'us-east-1'", "REGION is not supported with PARQUET"),
        ("COPY target FROM 's3://x/y' IAM_ROLE default MAXERROR 100001", "MAXERROR is at most 100000"),
        ("COPY target FROM 's3://x/y' IAM_ROLE default IGNOREALLERRORS MAXERROR 3", "not compatible with MAXERROR"),
        ("COPY target FROM 's3://x/y' IAM_ROLE default DELIMITER 'ab'", "single ASCII character"),
        ("COPY target FROM 's3://x/y' IAM_ROLE default ENCODING latin1", "ENCODING must be UTF8"),
        ("COPY target FROM 's3://x/y' IAM_ROLE default DATEFORMAT 'epochsecs'", "DATEFORMAT 'epochsecs' is not"),
        ("COPY target FROM 's3://x/y' IAM_ROLE default TIMEFORMAT 'YYYY-MM-DD HH:MI:SSOF'", "TIMEFORMAT 'YYYY-MM-DD HH:MI:SSOF' is not"),
        ("COPY target FROM 's3://x/y' IAM_ROLE default NULL AS '\\n'", "must not be a line break"),
        ("COPY target FROM 's3://x/y' IAM_ROLE default EXPLICIT_IDS", "EXPLICIT_IDS needs an IDENTITY column"),
        ("COPY target FROM 's3://x/y' CSV CSV IAM_ROLE default", "redundant options: CSV"),
        ("COPY target FROM 's3://x/y' GZIP ZSTD CSV IAM_ROLE default", "takes one of GZIP"),
        ("COPY target (a FROM 's3://x/y' CSV", "syntax error"),
        ("COPY target FROM 's3://x/y' NULL AS 'x", "unterminated quoted string"),
        ("COPY nowhere FROM 's3://x/y' IAM_ROLE default CSV", "Cannot COPY into nonexistent table nowhere"),
        ("COPY target (z) FROM 's3://x/y' IAM_ROLE default CSV", 'column "z" of relation "target" does not exist'),
    ],
)  # fmt: skip
def test_refused_statement(
    target: None, failing: Callable[[str], psycopg2.Error], sql: str, message: str
) -> None:
    """What Redshift refuses fails here, too, with a message that says what."""
    assert message in failing(sql).diag.message_primary


def test_column_without_rules_is_named(
    cursor: extensions.cursor, put: Callable[[str, str | bytes], str]
) -> None:
    """A type that the sandbox has no rules for is not loaded by PostgreSQL's."""
    url = put("a.csv", "{}\n")
    cursor.execute("CREATE TABLE target (a interval day to second)")
    with pytest.raises(psycopg2.errors.FeatureNotSupported, match="a column of type interval: a"):
        cursor.execute(f"COPY target FROM '{url}' IAM_ROLE default CSV")


def test_wrong_role(
    target: None,
    failing: Callable[[str], psycopg2.Error],
    redshift: RedshiftServer,
    put: Callable[[str, str | bytes], str],
) -> None:
    """A role that the sandbox does not know may not COPY."""
    url = put("a.csv", "1,b,1,2026-01-01,t\n")
    role = "arn:aws:iam::123456789012:role/other"
    error = failing(f"COPY target FROM '{url}' IAM_ROLE '{role}' CSV")
    assert f"not authorized to assume IAM Role {role}" in error.diag.message_primary
    assert redshift.iam_role in error.diag.message_hint


def test_what_is_missing_in_s3(
    target: None,
    failing: Callable[[str], psycopg2.Error],
    put: Callable[[str, str | bytes], str],
    put_manifest: Callable[..., str],
) -> None:
    """A bucket, a prefix, a manifest, or a mandatory entry that is missing fails the COPY."""
    url = put("a.csv", "1,b,1,2026-01-01,t\n")

    def message(source: str, options: str) -> str:
        error = failing(f"COPY target FROM '{source}' IAM_ROLE default CSV {options}")
        assert error.pgcode == "XX000"
        return error.diag.message_primary

    assert "NoSuchBucket" in message("s3://no-such-bucket/a", "")
    assert "NoSuchBucket" in message("s3://no-such-bucket/a", "MANIFEST")
    assert "does not exist" in message(url + "x", "")
    assert "Problem reading manifest file" in message(url + "x", "MANIFEST")
    assert "is not JSON" in message(url, "MANIFEST")
    assert "is mandatory" in message(put_manifest(url, url + "x"), "MANIFEST")
    assert "has no entries" in message(put_manifest(), "MANIFEST")
    missing = put_manifest(url + "x", mandatory=False)
    assert "None of the files" in message(missing, "MANIFEST")


@pytest.mark.parametrize(
    ("body", "compression"),
    [
        (b"1,b,1,2026-01-01,t\n", "ZSTD"),
        (b"1,b,1,2026-01-01,t\n", "GZIP"),
        (zstandard.compress(b"1,b,1,2026-01-01,t\n" * 9)[:-3], "ZSTD"),
        (gzip.compress(b"1,b,1,2026-01-01,t\n", mtime=0)[:-3], "GZIP"),
    ],
    ids=["plain as ZSTD", "plain as GZIP", "cut ZSTD", "cut GZIP"],
)
def test_wrong_compression(
    target: None,
    failing: Callable[[str], psycopg2.Error],
    put: Callable[[str, str | bytes], str],
    body: str | bytes,
    compression: str,
) -> None:
    """A file that is not compressed as said, or is cut off, loads nothing."""
    url = put("a.csv", body)
    error = failing(f"COPY target FROM '{url}' IAM_ROLE default CSV {compression}")
    assert compression in error.diag.message_primary
    assert url in error.diag.message_primary


def test_bucket_in_another_region(
    target: None, failing: Callable[[str], psycopg2.Error], client: S3Client
) -> None:
    """A bucket of another region must be named with REGION, as in Redshift."""
    client.create_bucket(
        Bucket="elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    client.put_object(Bucket="elsewhere", Key="a", Body=b"x")
    copy = "COPY target FROM 's3://elsewhere/a' IAM_ROLE default CSV"
    assert "PermanentRedirect" in failing(copy).diag.message_primary
    assert LOAD_FAILED in failing(copy + " REGION 'eu-west-1'").diag.message_primary
