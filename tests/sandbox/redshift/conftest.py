from __future__ import annotations

import contextlib
import json
import uuid
from typing import TYPE_CHECKING, Any

import boto3
import psycopg2
import pytest

from sheet_assets.sandbox.redshift import RedshiftServer
from sheet_assets.sandbox.s3 import S3Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_s3.client import S3Client
    from psycopg2 import extensions

BUCKET = "sheets"


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """A running S3 with an empty bucket."""
    server = S3Server()
    server.start()
    server.create_bucket(BUCKET)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redshift(s3: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedshiftServer]:
    """A running Redshift that reads from that S3."""
    server = RedshiftServer(
        tmp_path_factory.mktemp("redshift"),
        s3_endpoint_url=s3.endpoint_url,
        s3_access_key_id=s3.own_access_key_id,
        s3_secret_access_key=s3.secret_access_key,
        region_name=s3.region_name,
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture
def connect(redshift: RedshiftServer) -> Iterator[Callable[..., extensions.connection]]:
    """Opens psycopg2 connections, which are closed after the test."""
    with contextlib.ExitStack() as opened:

        def open_connection(**arguments: Any) -> extensions.connection:
            connection = psycopg2.connect(
                **{
                    "host": redshift.host,
                    "port": redshift.port,
                    "dbname": redshift.database,
                    "user": redshift.user,
                    "password": redshift.password,
                    "sslmode": "require",
                    **arguments,
                }
            )
            opened.callback(connection.close)
            return connection

        yield open_connection


@pytest.fixture
def connection(connect: Callable[..., extensions.connection]) -> extensions.connection:
    """A connection with an empty schema `t` of its own in front of its search path."""
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS t CASCADE; CREATE SCHEMA t; SET search_path TO t")
    connection.commit()
    return connection


@pytest.fixture
def cursor(connection: extensions.connection) -> Iterator[extensions.cursor]:
    """A cursor of that connection."""
    with connection.cursor() as cursor:
        yield cursor


@pytest.fixture(scope="session")
def client(s3: S3Server) -> Iterator[S3Client]:
    """A boto3 client of that S3."""
    client = boto3.client(
        "s3",
        region_name=s3.region_name,
        endpoint_url=s3.endpoint_url,
        aws_access_key_id=s3.access_key_id,
        aws_secret_access_key=s3.secret_access_key,
    )
    yield client
    client.close()


@pytest.fixture
def put(client: S3Client) -> Callable[[str, str | bytes], str]:
    """Puts text or bytes under a key that no other test uses, and returns its URL."""
    prefix = uuid.uuid4().hex

    def put_object(name: str, body: str | bytes) -> str:
        data = body.encode() if isinstance(body, str) else body
        client.put_object(Bucket=BUCKET, Key=f"{prefix}/{name}", Body=data)
        return f"s3://{BUCKET}/{prefix}/{name}"

    return put_object


@pytest.fixture
def put_manifest(put: Callable[[str, str | bytes], str]) -> Callable[..., str]:
    """Puts a manifest of mandatory entries, and returns its URL."""

    def put_urls(*urls: str, mandatory: bool = True) -> str:
        entries = [{"url": url, "mandatory": mandatory} for url in urls]
        return put("manifest.json", json.dumps({"entries": entries}))

    return put_urls
