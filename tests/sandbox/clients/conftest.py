from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import psycopg2
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3.client import S3Client

    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.redshift import RedshiftServer


@pytest.fixture(scope="session")
def redshift(running_sandbox: Sandbox) -> RedshiftServer:
    """The Redshift of the sandbox that all tests share."""
    return running_sandbox.redshift


@pytest.fixture
def schema(redshift: RedshiftServer) -> str:
    """An empty schema that no other test uses."""
    name = "real_clients"
    connection = psycopg2.connect(
        host=redshift.host,
        port=redshift.port,
        dbname=redshift.database,
        user=redshift.user,
        password=redshift.password,
        sslmode="verify-full",
        sslrootcert=str(redshift.certificate_authority),
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}")
    connection.close()
    return name


@pytest.fixture(scope="session")
def s3(running_sandbox: Sandbox) -> Iterator[S3Client]:
    """A boto3 client of the sandbox's S3."""
    server = running_sandbox.s3
    client = boto3.client(
        "s3",
        region_name=server.region_name,
        endpoint_url=server.endpoint_url,
        aws_access_key_id=server.access_key_id,
        aws_secret_access_key=server.secret_access_key,
    )
    yield client
    client.close()
