from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import json
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
import zstandard
from psycopg2 import extras
from pyarrow import parquet

from sheet_assets.sandbox.redshift import upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3.client import S3Client
    from psycopg2 import extensions

# https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html

BUCKET = "sheets"  # of the S3 that conftest.py starts
Unload = dict[str, bytes]


@pytest.fixture
def prefix() -> str:
    """A key that no other test begins with."""
    return f"unload/{uuid.uuid4().hex}/"


@pytest.fixture
def found(client: S3Client, prefix: str) -> Callable[[], Unload]:
    """What stands under the prefix, by the rest of the key."""

    def read() -> Unload:
        listed = client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return {
            entry["Key"].removeprefix(prefix): client.get_object(Bucket=BUCKET, Key=entry["Key"])[
                "Body"
            ].read()
            for entry in listed
        }

    return read


@pytest.fixture
def unload(cursor: extensions.cursor, prefix: str) -> Callable[[str, str], None]:
    """Unloads a query with options, in quotes as SQL has them."""

    def execute(query: str, options: str) -> None:
        quoted = query.replace("'", "''")
        cursor.execute(
            f"UNLOAD ('{quoted}') TO 's3://{BUCKET}/{prefix}' IAM_ROLE default {options}"
        )

    return execute


# Two columns of a text, or what is said otherwise, to one file.
TEXTS = (
    r"SELECT 1 AS id, E'a|b,c' AS name UNION ALL SELECT 2, NULL UNION ALL SELECT 3, '' ORDER BY 1"
)
ODD = r"""SELECT E'tab\t"q" ''s'' \\ n\nr\r|한' AS odd"""
ROWS: dict[str, tuple[str, str, bytes]] = {
    "delimited": (TEXTS, "", b"1|a|b,c\n2|\n3|\n"),
    "DELIMITER": (TEXTS, "DELIMITER AS ','", b"1,a|b,c\n2,\n3,\n"),
    "DELIMITER tab": (TEXTS, r"DELIMITER '\t'", b"1\ta|b,c\n2\t\n3\t\n"),
    "ADDQUOTES": (TEXTS, "ADDQUOTES", b'"1"|"a|b,c"\n"2"|\n"3"|""\n'),
    "ESCAPE": (TEXTS, "ESCAPE", b"1|a\\|b,c\n2|\n3|\n"),
    "NULL AS": (TEXTS, "NULL AS '@'", b"1|a|b,c\n2|@\n3|\n"),
    "HEADER": (TEXTS, "HEADER", b"id|name\n1|a|b,c\n2|\n3|\n"),
    "CSV": (TEXTS, "CSV", b'1,"a|b,c"\n2,\n3,""\n'),
    "FORMAT AS CSV HEADER": (TEXTS, "FORMAT AS CSV HEADER DELIMITER '|'", b'id|name\n1|"a|b,c"\n2|\n3|""\n'),
    "odd text": (ODD, "", "tab\t\"q\" 's' \\ n\nr\r|한\n".encode()),
    "odd text escaped": (ODD, "ESCAPE ADDQUOTES", '"tab\t\\"q\\" \\\'s\\\' \\\\ n\\\nr\\\r\\|한"\n'.encode()),
    "odd text in CSV": (ODD, "CSV", '"tab\t""q"" \'s\' \\ n\nr\r|한"\n'.encode()),
    "types": ("SELECT true, 1.50::decimal(5,2), 0.5::float8, '2026-01-02'::date, '2026-01-02 03:04:05.6'::timestamp, '2026-01-02 03:04:05+00'::timestamptz", "", b"t|1.50|0.5|2026-01-02|2026-01-02 03:04:05.6|2026-01-02 03:04:05+00\n"),
    "no rows": ("SELECT 1 AS id WHERE false", "HEADER", b"id\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_rows(
    connection: extensions.connection,
    cursor: extensions.cursor,
    unload: Callable[[str, str], None],
    found: Callable[[], Unload],
    name: str,
) -> None:
    """Rows look as the options say, in one file that PARALLEL OFF names 000."""
    query, options, body = ROWS[name]
    unload(query, f"PARALLEL OFF {options}")
    assert found() == {"000": body}
    assert cursor.statusmessage == "UNLOAD"
    assert "record(s) unloaded successfully" in connection.notices[-1]


@pytest.mark.parametrize(
    ("option", "extension", "decompress"),
    [
        ("GZIP", ".gz", gzip.decompress),
        (
            "ZSTD",
            ".zst",
            lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
        ),
        ("BZIP2", ".bz2", bz2.decompress),
    ],
)
def test_compression(
    unload: Callable[[str, str], None],
    found: Callable[[], Unload],
    option: str,
    extension: str,
    decompress: Callable[[bytes], bytes],
) -> None:
    """Each file is one stream, and its name tells how it is compressed."""
    unload("SELECT generate_series(1, 3)", option)
    files = found()
    assert list(files) == [f"0000_part_00{extension}", f"0001_part_00{extension}"]
    assert sorted(b"".join(map(decompress, files.values())).split()) == [b"1", b"2", b"3"]


def test_maxfilesize_and_multipart(
    monkeypatch: pytest.MonkeyPatch,
    unload: Callable[[str, str], None],
    found: Callable[[], Unload],
) -> None:
    """A slice goes on in its next file; what is large is uploaded in parts."""
    monkeypatch.setattr(upload, "_PART_BYTES", 5 << 20)
    unload(
        "SELECT repeat('x', 99999) FROM generate_series(1, 120)", "MAXFILESIZE 5 MB PARALLEL OFF"
    )
    files = found()
    assert {name: len(body) for name, body in files.items()} == {
        "000": 52 * 100_000, "001": 52 * 100_000, "002": 16 * 100_000
    }  # fmt: skip


def test_manifest(
    unload: Callable[[str, str], None], found: Callable[[], Unload], prefix: str
) -> None:
    """The manifest lists the files; a verbose one tells of columns and rows, too.

    https://docs.aws.amazon.com/redshift/latest/dg/t_Unloading_tables.html
    """
    query = "SELECT 1 AS id, 'x'::varchar(9) AS name, 2.5::decimal(8,2) AS price"
    unload(query, "PARALLEL OFF MANIFEST")
    url = f"s3://{BUCKET}/{prefix}000"
    assert json.loads(found()["manifest"]) == {
        "entries": [{"url": url, "meta": {"content_length": 9}}]
    }
    unload(query, "PARALLEL OFF MANIFEST VERBOSE HEADER ALLOWOVERWRITE")
    assert json.loads(found()["manifest"]) == {
        "entries": [{"url": url, "meta": {"content_length": 23, "record_count": 2}}],
        "schema": {
            "elements": [
                {"name": "id", "type": {"base": "integer"}},
                {"name": "name", "type": {"base": "character varying", "max_length": 9}},
                {"name": "price", "type": {"base": "numeric", "precision": 8, "scale": 2}},
            ]
        },
        "meta": {"content_length": 23, "record_count": 2},
        "author": {"name": "Amazon Redshift", "version": "1.0.0"},
    }


def test_destination_must_be_empty(
    connection: extensions.connection,
    client: S3Client,
    unload: Callable[[str, str], None],
    found: Callable[[], Unload],
    prefix: str,
) -> None:
    """Files are overwritten or removed only if the statement says so."""
    client.put_object(Bucket=BUCKET, Key=f"{prefix}old", Body=b"old")
    with pytest.raises(psycopg2.errors.InternalError_, match="destination on S3 is not empty"):
        unload("SELECT 1", "")
    connection.rollback()
    assert found() == {"old": b"old"}
    unload("SELECT 1", "ALLOWOVERWRITE PARALLEL OFF")
    assert found() == {"000": b"1\n", "old": b"old"}
    unload("SELECT 2", "CLEANPATH PARALLEL OFF")
    assert found() == {"000": b"2\n"}


def test_parquet(unload: Callable[[str, str], None], found: Callable[[], Unload]) -> None:
    """Values have their types; NULL and the empty text differ."""
    unload(
        "SELECT 1::smallint a, 2 b, 3::bigint c, 1.25::decimal(8,2) d, 0.5::real e, 0.5::float8 f, "
        "true g, '2026-01-02'::date h, '2026-01-02 03:04:05.6'::timestamp i, "
        "'2026-01-02 03:04:05+09'::timestamptz j, E'a\\tb' k, '' l, NULL::varchar m",
        "FORMAT PARQUET PARALLEL OFF",
    )
    ((name, body),) = found().items()
    assert name == "000.parquet"
    (row,) = parquet.read_table(io.BytesIO(body)).to_pylist()
    assert row == {
        "a": 1, "b": 2, "c": 3, "d": Decimal("1.25"), "e": 0.5, "f": 0.5, "g": True,
        "h": dt.date(2026, 1, 2),
        "i": dt.datetime(2026, 1, 2, 3, 4, 5, 600000),  # noqa: DTZ001 - it has no zone
        "j": dt.datetime(2026, 1, 1, 18, 4, 5, tzinfo=dt.UTC),
        "k": "a\tb", "l": "", "m": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("unloaded", "loaded"),
    [
        ("ESCAPE NULL AS 'nil'", "ESCAPE NULL AS 'nil'"),
        ("ADDQUOTES ESCAPE NULL AS '@'", "REMOVEQUOTES ESCAPE NULL AS '@'"),
        ("CSV GZIP NULL AS '@'", "CSV GZIP NULL AS '@'"),
        ("CSV HEADER ZSTD NULL AS '@'", "CSV IGNOREHEADER 1 ZSTD NULL AS '@'"),
        ("PARQUET", "PARQUET"),
    ],
)
def test_what_is_unloaded_can_be_loaded(
    cursor: extensions.cursor,
    unload: Callable[[str, str], None],
    prefix: str,
    unloaded: str,
    loaded: str,
) -> None:
    """Reciprocal options give the same rows back, by the manifest, to the last odd character."""
    cursor.execute("CREATE TABLE source (a int, b varchar(99), c decimal(8,2), d timestamp)")
    cursor.execute(
        "INSERT INTO source SELECT n, CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN "
        r"E'|,\\ \t \n\r ''\" 한글 ' ELSE 'plain' END, n / 7.0, '2026-01-01'::timestamp + n * "
        "interval '1 s' FROM generate_series(1, 40) n"
    )
    unload("SELECT * FROM source ORDER BY a", f"MANIFEST {unloaded}")
    cursor.execute("CREATE TABLE target (LIKE source)")
    manifest = f"s3://{BUCKET}/{prefix}manifest"
    cursor.execute(f"COPY target FROM '{manifest}' IAM_ROLE default MANIFEST {loaded}")
    cursor.execute(
        "(TABLE source EXCEPT TABLE target) UNION ALL (TABLE target EXCEPT TABLE source)"
    )
    assert cursor.fetchall() == []
    cursor.execute("SELECT pg_last_copy_count()")
    assert cursor.fetchone() == (40,)


def test_unload_sees_its_transaction(
    connection: extensions.connection,
    cursor: extensions.cursor,
    prefix: str,
    found: Callable[[], Unload],
) -> None:
    """It may stand among other statements, and unloads what they have done."""
    cursor.execute(
        f"CREATE TEMP TABLE made (a int); INSERT INTO made VALUES (7); UNLOAD ($$SELECT a FROM made "
        f"WHERE 'x' = 'x'$$) TO 's3://{BUCKET}/{prefix}' IAM_ROLE default PARALLEL OFF; "
        "SELECT count(*) FROM made"
    )
    assert cursor.fetchall() == [(1,)]
    assert found() == {"000": b"7\n"}


@pytest.mark.parametrize(
    "failing", ["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "PutObject"]
)
def test_failed_upload_fails_the_transaction(
    cursor: extensions.cursor,
    client: S3Client,
    prefix: str,
    found: Callable[[], Unload],
    failing: str,
) -> None:
    """Nothing before it stays, and nothing is left in S3, also when the manifest alone fails."""
    from botocore.client import BaseClient
    from botocore.exceptions import ClientError

    genuine = BaseClient._make_api_call

    def call(self: BaseClient, name: str, arguments: dict[str, Any]) -> Any:
        if name == failing:
            raise ClientError({"Error": {"Code": "SlowDown", "Message": "Reduce"}}, name)
        return genuine(self, name, arguments)

    cursor.execute("CREATE TABLE target (a int)")
    cursor.connection.commit()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(BaseClient, "_make_api_call", call)
        with pytest.raises(psycopg2.errors.InternalError_, match="SlowDown"):
            cursor.execute(
                "INSERT INTO target VALUES (1); UNLOAD ('SELECT repeat(''x'', 9999999)') TO "
                f"'s3://{BUCKET}/{prefix}' IAM_ROLE default MANIFEST"
            )
    cursor.connection.rollback()
    assert found() == {}
    assert "Uploads" not in client.list_multipart_uploads(Bucket=BUCKET)
    cursor.execute("SELECT count(*) FROM target")
    assert cursor.fetchone() == (0,)


def test_failed_query_leaves_nothing(
    connection: extensions.connection,
    unload: Callable[[str, str], None],
    client: S3Client,
    found: Callable[[], Unload],
) -> None:
    """An error of the query is told as it is, also when rows went before it."""
    with pytest.raises(psycopg2.errors.DivisionByZero):
        unload("SELECT repeat('x', 99999), 1 / (100 - n) FROM generate_series(1, 200) n", "")
    connection.rollback()
    with pytest.raises(psycopg2.errors.UndefinedTable):
        unload("SELECT * FROM nowhere", "")
    connection.rollback()
    assert found() == {}
    assert "Uploads" not in client.list_multipart_uploads(Bucket=BUCKET)


@pytest.mark.parametrize("end", ["cancel", "close"])
def test_unload_that_is_broken_off_leaves_nothing(
    connect: Callable[..., extensions.connection],
    client: S3Client,
    found: Callable[[], Unload],
    prefix: str,
    end: str,
) -> None:
    """A client may cancel it or go away while parts of a file are under way."""
    unloading, other = connect(async_=True), connect()
    extras.wait_select(unloading)
    with unloading.cursor() as cursor, other.cursor() as watching:
        cursor.execute(
            f"UNLOAD ('SELECT repeat(''x'', 99999), pg_sleep(n / 200) FROM generate_series(1, "
            f"90000) n') TO 's3://{BUCKET}/{prefix}' IAM_ROLE default PARALLEL OFF"
        )
        while "Uploads" not in client.list_multipart_uploads(Bucket=BUCKET):
            unloading.poll()
        if end == "cancel":
            watching.execute("SELECT pg_cancel_backend(%s)", [unloading.info.backend_pid])
            with pytest.raises(psycopg2.errors.QueryCanceled):
                extras.wait_select(unloading)
        else:
            unloading.close()
        while "Uploads" in client.list_multipart_uploads(Bucket=BUCKET):
            watching.execute("SELECT 1")
    assert found() == {}


@pytest.mark.parametrize(
    ("query", "options", "message"),
    [
        ("SELECT 1", "FIXEDWIDTH '0:9'", 'UNLOAD option "FIXEDWIDTH"'),
        ("SELECT 1", "FORMAT JSON", 'UNLOAD of FORMAT "JSON"'),
        ("SELECT 1", "JSON", 'UNLOAD option "JSON"'),
        ("SELECT 1", "PARTITION BY (a)", 'UNLOAD option "PARTITION"'),
        ("SELECT 1", "ENCRYPTED AUTO KMS_KEY_ID 'secret'", 'UNLOAD option "KMS_KEY_ID"'),
        ("SELECT 1", "KMS_KEY_ID 'secret'", 'UNLOAD option "KMS_KEY_ID"'),
        ("SELECT 1", "EXTENSION 'txt'", 'UNLOAD option "EXTENSION"'),
        ("SELECT 1", "PARQUET ROWGROUPSIZE 64 MB", 'UNLOAD option "ROWGROUPSIZE"'),
        ("SELECT 1", "PARQUET GZIP", "GZIP is not supported with PARQUET"),
        ("SELECT 1", "CSV ESCAPE", "CSV is not compatible with ESCAPE"),
        ("SELECT 1", "CLEANPATH ALLOWOVERWRITE", "CLEANPATH is not compatible"),
        ("SELECT 1", "MAXFILESIZE 4 MB", "between 5 MB and 6.2 GB"),
        ("SELECT 1", "GZIP ZSTD", "takes one of GZIP"),
        ("SELECT 1", "HEADER HEADER", "redundant options: HEADER"),
        ("SELECT 1 LIMIT 1", "", "Limit clause is not supported"),
        ("DELETE FROM x", "", "UNLOAD takes one SELECT"),
        ("SELECT 1; SELECT 2", "", "UNLOAD takes one SELECT"),
        ("SELECT 1.5 AS n", "PARQUET", "UNLOAD to PARQUET of the column 'n'"),
    ],
)  # fmt: skip
def test_refused(
    unload: Callable[[str, str], None],
    found: Callable[[], Unload],
    query: str,
    options: str,
    message: str,
) -> None:
    """What the sandbox has not, and what Redshift refuses, fails with its name."""
    with pytest.raises(psycopg2.Error) as raised:
        unload(query, options)
    assert message in raised.value.diag.message_primary
    assert "secret" not in str(raised.value)
    assert found() == {}


def test_wrong_place(connection: extensions.connection, cursor: extensions.cursor) -> None:
    """A role, a bucket or a path that is not there fails the UNLOAD."""
    for target, options, message in (
        ("s3://no-such-bucket/x", "IAM_ROLE default", "NoSuchBucket"),
        (f"s3://{BUCKET}/x", "IAM_ROLE 'arn:aws:iam::123456789012:role/other'", "not authorized"),
        (f"s3://{BUCKET}/x", "", "Must specify credentials"),
        ("/tmp/x", "IAM_ROLE default", "is not valid: it must be s3://bucket/key"),
    ):
        with pytest.raises(psycopg2.Error, match=message):
            cursor.execute(f"UNLOAD ('SELECT 1') TO '{target}' {options}")
        connection.rollback()
