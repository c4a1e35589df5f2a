from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg2
import pyarrow as pa
import pytest
from pyarrow import parquet

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg2 import extensions

# https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html


def file(**columns: pa.Array[Any]) -> bytes:
    """A Parquet file of these columns."""
    buffer = io.BytesIO()
    parquet.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def test_types(cursor: extensions.cursor, put: Callable[[str, bytes], str]) -> None:
    """Every type is loaded by the columns' positions, not by their names."""
    moment = dt.datetime(2026, 1, 2, 3, 4, 5, 600000)  # noqa: DTZ001 - a TIMESTAMP has none
    url = put(
        "a.parquet",
        file(
            z=pa.array([1, None], pa.int16()),
            y=pa.array([2, -2], pa.int32()),
            x=pa.array([3, None], pa.int64()),
            w=pa.array([Decimal("1.25"), None], pa.decimal128(10, 2)),
            v=pa.array([0.5, None], pa.float32()),
            u=pa.array([1e300, None], pa.float64()),
            t=pa.array([True, None]),
            s=pa.array([dt.date(2026, 1, 2), None]),
            r=pa.array([moment, None], pa.timestamp("us")),
            q=pa.array([moment, None], pa.timestamp("ms", "UTC")),
            p=pa.array(['tab\t"\n한글\\', None]),
            o=pa.array(["", None]),
        ),
    )
    cursor.execute(
        "CREATE TABLE target (a smallint, b int, c bigint, d decimal(8,1), e real, f float8, "
        "g boolean, h date, i timestamp, j timestamptz, k varchar(20), l varchar(1))"
    )
    cursor.execute(f"COPY target FROM '{url}' IAM_ROLE default FORMAT AS PARQUET")
    cursor.execute("SELECT * FROM target ORDER BY a")
    first, second = cursor.fetchall()
    assert first == (
        1, 2, 3, Decimal("1.2"), 0.5, 1e300, True, dt.date(2026, 1, 2), moment,
        moment.replace(tzinfo=dt.UTC), 'tab\t"\n한글\\', "",
    )  # fmt: skip
    assert second == (None, -2, *[None] * 10)
    cursor.connection.commit()
    cursor.execute("SELECT file_format, loaded_rows FROM sys_load_history ORDER BY query_id DESC")
    assert cursor.fetchone() == ("parquet", 2)


MISFITS: dict[str, tuple[str, dict[str, pa.Array[Any]], str]] = {
    "too few columns": ("a int, b int", {"a": pa.array([1], pa.int32())}, "has 1 columns, but 2"),
    "too many columns": ("a int", {"a": pa.array([1], pa.int32()), "b": pa.array([1])}, "2 columns"),
    "another size": ("a int", {"c": pa.array([1], pa.int64())}, "incompatible Parquet schema for column"),
    "a text": ("a int", {"c": pa.array(["1"])}, "Column type: INT4, Parquet schema: string"),
    "a number": ("a varchar(9)", {"c": pa.array([1])}, "Column type: VARCHAR, Parquet schema: int64"),
    "too long": ("a varchar(5)", {"c": pa.array(["한글"])}, "Table: 5, Data: 6"),
    "NULL": ("a int NOT NULL", {"c": pa.array([None], pa.int32())}, "NOT NULL"),
    "overflow": ("a decimal(3,1)", {"c": pa.array([Decimal(100)], pa.decimal128(9, 0))}, "overflows"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISFITS)
def test_misfits(cursor: extensions.cursor, put: Callable[[str, bytes], str], name: str) -> None:
    """A file whose columns are not the table's fails the COPY, and names what differs."""
    columns, arrays, reason = MISFITS[name]
    url = put("a.parquet", file(**arrays))
    cursor.execute(f"CREATE TABLE target ({columns})")
    with pytest.raises(psycopg2.errors.InternalError_, match="Spectrum Scan Error") as raised:
        cursor.execute(f"COPY target FROM '{url}' IAM_ROLE default PARQUET")
    assert url in raised.value.diag.message_detail
    assert reason in raised.value.diag.message_detail


def test_what_is_no_parquet_file(
    connection: extensions.connection, cursor: extensions.cursor, put: Callable[[str, bytes], str]
) -> None:
    """A text fails the COPY; a compressed file is refused by name."""
    cursor.execute("CREATE TABLE target (a int)")
    connection.commit()
    for name, reason in (("a.parquet", "Spectrum Scan"), ("a.parquet.gz", "does not implement")):
        with pytest.raises(psycopg2.Error, match=reason):
            cursor.execute(f"COPY target FROM '{put(name, b'1,2')}' IAM_ROLE default PARQUET")
        connection.rollback()


@pytest.mark.parametrize(
    ("meta", "reason"),
    [
        (0, ""),
        (1, "content_length of 's3://.*' is .*, but it has"),
        (None, "content_length of 's3://.*' is missing"),
    ],
)
def test_manifest_tells_the_length(
    cursor: extensions.cursor, put: Callable[[str, str | bytes], str], meta: int | None, reason: str
) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/loading-data-files-using-manifest.html."""
    body = file(c=pa.array([1], pa.int32()))
    entry: dict[str, Any] = {"url": put("a.parquet", body), "mandatory": True}
    if meta is not None:
        entry["meta"] = {"content_length": len(body) + meta}
    manifest = put("manifest", json.dumps({"entries": [entry]}))
    cursor.execute("CREATE TABLE target (a int)")
    copy = f"COPY target FROM '{manifest}' IAM_ROLE default PARQUET MANIFEST"
    if reason:
        with pytest.raises(psycopg2.errors.InternalError_, match=reason):
            cursor.execute(copy)
        return
    cursor.execute(copy)
    cursor.execute("SELECT a FROM target")
    assert cursor.fetchall() == [(1,)]


def test_fillrecord(cursor: extensions.cursor, put: Callable[[str, bytes], str]) -> None:
    """Columns that the file lacks at its end are NULL."""
    url = put("a.parquet", file(c=pa.array([1], pa.int32())))
    cursor.execute("CREATE TABLE target (a int, b varchar(9))")
    cursor.execute(f"COPY target FROM '{url}' IAM_ROLE default PARQUET FILLRECORD")
    cursor.execute("SELECT * FROM target")
    assert cursor.fetchall() == [(1, None)]
