"""Tools that are not installed here; CONTRIBUTING has the command that runs these."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import boto3
import pandas as pd
import psycopg2
import pytest

from sheet_assets.sandbox import BUCKET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mypy_boto3_s3.client import S3Client

    from sheet_assets.sandbox import Sandbox

# Their deprecations are theirs.
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(600)]

Rows = list[tuple[Any, ...]]


@pytest.fixture
def query(running_sandbox: Sandbox) -> Iterator[Callable[[str], Rows]]:
    """Asks the sandbox's Redshift, and gives the rows."""
    redshift = running_sandbox.redshift
    connection = psycopg2.connect(
        host=redshift.host,
        port=redshift.port,
        dbname=redshift.database,
        user=redshift.user,
        password=redshift.password,
        sslmode="require",
    )
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:

        def ask(sql: str) -> Rows:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

        yield ask


@pytest.fixture(autouse=True)
def _settings(running_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What `sheet-assets sandbox run` sets, and the authority for what asks the system for it."""
    for name, value in running_sandbox.settings.items():
        if name.startswith("AWS_") and value:
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("SSL_CERT_FILE", str(running_sandbox.redshift.certificate_authority))
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    monkeypatch.chdir(tmp_path)
    redshift = running_sandbox.redshift
    monkeypatch.setenv(
        "AIRFLOW_CONN_REDSHIFT_DEFAULT",
        json.dumps(
            {
                "conn_type": "redshift",
                "host": "localhost",
                "login": redshift.user,
                "password": redshift.password,
                "port": redshift.port,
                "schema": redshift.database,
            }
        ),
    )
    monkeypatch.setenv(
        "AIRFLOW_CONN_AWS_ROLE",
        json.dumps({"conn_type": "aws", "extra": {"role_arn": redshift.iam_role}}),
    )


def test_awswrangler(running_sandbox: Sandbox, schema: str, query: Callable[[str], Rows]) -> None:
    """`redshift.copy` appends, overwrites and upserts; `unload_to_files` writes CSV."""
    pytest.importorskip("awswrangler", reason="it comes with the extra `clients`")
    import awswrangler as wr
    import redshift_connector

    redshift = running_sandbox.redshift
    session = boto3.Session(region_name="us-east-1")
    connection = redshift_connector.connect(
        host="localhost",
        port=redshift.port,
        database=redshift.database,
        user=redshift.user,
        password=redshift.password,
    )
    frame = pd.DataFrame({"id": [1, 2], "name": ["한글", None], "price": [1.5, 2.5]})

    def copy(frame: pd.DataFrame, **more: Any) -> None:
        wr.redshift.copy(
            df=frame,
            path=f"s3://{BUCKET}/wrangler/staged/",
            con=connection,
            table="wrangled",
            schema=schema,
            iam_role=redshift.iam_role,
            boto3_session=session,
            **more,
        )

    with closing(connection):
        copy(
            frame,
            mode="overwrite",
            diststyle="KEY",
            distkey="id",
            sortkey=["id"],
            primary_keys=["id"],
        )
        copy(frame, mode="append")
        assert query(f"SELECT count(*), count(DISTINCT id) FROM {schema}.wrangled") == [(4, 2)]
        assert query(
            "SELECT diststyle, sortkey1 FROM svv_table_info WHERE \"table\" = 'wrangled'"
        ) == [("KEY(id)", "id")]
        copy(
            frame.assign(price=9.5),
            mode="overwrite",
            overwrite_method="delete",
            primary_keys=["id"],
        )
        changed = pd.DataFrame({"id": [2, 3], "name": ["b", "c"], "price": [0.5, 3.5]})
        copy(changed, mode="upsert", primary_keys=["id"])
        assert query(f"SELECT * FROM {schema}.wrangled ORDER BY id") == [
            (1, "한글", 9.5),
            (2, "b", 0.5),
            (3, "c", 3.5),
        ]
        wr.redshift.unload_to_files(
            sql=f"SELECT id, name FROM {schema}.wrangled WHERE name <> 'c' ORDER BY id",
            path=f"s3://{BUCKET}/wrangler/unloaded/",
            con=connection,
            iam_role=redshift.iam_role,
            unload_format="CSV",
            parallel=False,
            boto3_session=session,
        )
    (found,) = wr.s3.list_objects(f"s3://{BUCKET}/wrangler/unloaded/", boto3_session=session)
    bucket, _, key = found.removeprefix("s3://").partition("/")
    body = session.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    assert body.splitlines() == ["1,한글", "2,b"]


def test_dlt(
    running_sandbox: Sandbox,
    query: Callable[[str], Rows],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Dlt's redshift destination loads Parquet through S3, replacing, and merging by a key."""
    pytest.importorskip("dlt", reason="it comes with the extra `clients`")
    import dlt

    # Its state would be loaded as JSON, which the sandbox's COPY does not have.
    monkeypatch.setenv("RESTORE_FROM_DESTINATION", "false")

    redshift = running_sandbox.redshift
    staging = dlt.destinations.filesystem(
        bucket_url=f"s3://{BUCKET}/dlt",
        credentials={
            "aws_access_key_id": running_sandbox.s3.access_key_id,
            "aws_secret_access_key": running_sandbox.s3.secret_access_key,
            "endpoint_url": running_sandbox.s3.endpoint_url,
            "region_name": "us-east-1",
        },
    )
    destination = dlt.destinations.redshift(
        credentials={
            "host": "localhost",
            "port": redshift.port,
            "database": redshift.database,
            "username": redshift.user,
            "password": redshift.password,
        },
        staging_iam_role=redshift.iam_role,
    )
    pipeline = dlt.pipeline(
        pipeline_name="sandbox",
        destination=destination,
        staging=staging,
        dataset_name="dlt_scores",
        pipelines_dir=str(tmp_path / "pipelines"),
    )
    rows = [{"id": 1, "name": "한글"}, {"id": 2, "name": None}]
    arguments: dict[str, Any] = {"table_name": "scores", "loader_file_format": "parquet"}
    pipeline.run(rows, write_disposition="replace", **arguments)
    pipeline.run(
        [{"id": 2, "name": "b"}, {"id": 3, "name": "c"}],
        write_disposition="merge",
        primary_key="id",
        **arguments,
    )
    found = query("SELECT id, name FROM dlt_scores.scores ORDER BY id")
    assert found == [(1, "한글"), (2, "b"), (3, "c")]


@pytest.mark.parametrize("method", ["APPEND", "REPLACE", "UPSERT"])
def test_airflow(s3: S3Client, schema: str, query: Callable[[str], Rows], method: str) -> None:
    """S3ToRedshiftOperator's SQL of all three methods, sent by its own hook."""
    pytest.importorskip("airflow", reason="it comes with the extra `clients`")
    from airflow.providers.amazon.aws.transfers.s3_to_redshift import S3ToRedshiftOperator

    s3.put_object(Bucket=BUCKET, Key="airflow/a.csv", Body=b"id,name\n2,b\n3,c\n")
    query(f"CREATE TABLE {schema}.flown (id int PRIMARY KEY, name varchar(9) NOT NULL DEFAULT 'x')")
    query(f"INSERT INTO {schema}.flown VALUES (1, 'a'), (2, 'old')")
    operator = S3ToRedshiftOperator(
        task_id="load",
        schema=schema,
        table="flown",
        s3_bucket=BUCKET,
        s3_key="airflow/a.csv",
        aws_conn_id="aws_role",
        copy_options=["CSV", "IGNOREHEADER 1"],
        method=method,
    )
    operator.execute({})
    new: Rows = [(2, "b"), (3, "c")]
    expected = {
        "APPEND": [(1, "a"), (2, "b"), (2, "old"), (3, "c")],
        "REPLACE": new,
        "UPSERT": [(1, "a"), *new],
    }
    assert query(f"SELECT id, name FROM {schema}.flown ORDER BY 1, 2") == expected[method]
