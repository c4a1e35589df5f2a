"""The second half of the old way: a CSV file goes to S3, and from there into a table by COPY."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import psycopg2

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def connect() -> Any:
    """psycopg2's connection."""
    return psycopg2.connect(
        host=os.environ["REDSHIFT_HOST"],
        port=os.environ["REDSHIFT_PORT"],
        dbname=os.environ["REDSHIFT_DATABASE"],
        user=os.environ["REDSHIFT_USER"],
        password=os.environ["REDSHIFT_PASSWORD"],
        sslmode="require",
    )


def load(path: Path, table: str) -> int:
    """Upload, and replace the rows of the table; how many there are now."""
    import boto3  # what an export has no use for

    bucket, key = os.environ["SHEET_ASSETS_S3_BUCKET"], f"{table}.csv"
    boto3.client("s3").upload_file(str(path), bucket, key)
    connection = connect()
    with connection, connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
        cursor.execute(
            f"COPY {table} FROM 's3://{bucket}/{key}' IAM_ROLE '{os.environ['REDSHIFT_IAM_ROLE']}' "
            "CSV IGNOREHEADER 1"
        )
        cursor.execute(f"SELECT count(*) FROM {table}")
        (rows,) = cursor.fetchone() or (0,)
    connection.close()
    return int(rows)


def frame(query: str) -> pd.DataFrame:
    """The rows of a query."""
    import pandas as pd

    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = pd.DataFrame(cursor.fetchall(), columns=[each.name for each in cursor.description])
    connection.close()
    return rows
