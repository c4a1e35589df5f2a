from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError
from moto.core.utils import service_name_from_moto_package_name

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.s3 import S3Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3.client import S3Client


@contextlib.contextmanager
def running(**arguments: Any) -> Iterator[tuple[S3Server, S3Client]]:
    """A running server and a client of it."""
    server = S3Server(**arguments)
    server.start()
    client = boto3.client(
        "s3",
        region_name=server.region_name,
        endpoint_url=server.endpoint_url,
        aws_access_key_id=server.access_key_id,
        aws_secret_access_key=server.secret_access_key,
    )
    try:
        yield server, client
    finally:
        client.close()
        server.stop()


def test_objects_are_kept() -> None:
    """What boto3 puts into a bucket is what it gets back."""
    with running() as (server, client):
        server.create_bucket("s3-server-test")
        client.put_object(Bucket="s3-server-test", Key="a/b.csv", Body="1,한글".encode())
        with client.get_object(Bucket="s3-server-test", Key="a/b.csv")["Body"] as body:
            assert body.read().decode() == "1,한글"


def test_bucket_is_in_the_servers_region() -> None:
    """A bucket lies in the region of the server that makes it."""
    with running(region_name="ap-northeast-2") as (server, client):
        server.create_bucket("s3-server-test")
        answer = client.get_bucket_location(Bucket="s3-server-test")
        assert answer["LocationConstraint"] == "ap-northeast-2"


def test_taken_name_is_refused() -> None:
    """A bucket's name can be taken once; the bucket's objects stay."""
    with running(region_name="ap-northeast-2") as (server, _):
        server.create_bucket("s3-server-test")
        with pytest.raises(ClientError, match="BucketAlreadyOwnedByYou"):
            server.create_bucket("s3-server-test")


def test_second_server_starts_empty() -> None:
    """A server of the same process sees nothing that an earlier one left."""
    with running() as (server, _):
        server.create_bucket("s3-server-test")
    with running() as (_, client):
        assert "s3-server-test" not in {
            bucket["Name"] for bucket in client.list_buckets()["Buckets"]
        }


def test_listens_on_loopback_only() -> None:
    """No other address of the machine is bound."""
    with running() as (server, _):
        listening = server._server.socket
        assert listening.getsockname()[0] == "127.0.0.1"


def test_stop_leaves_nothing() -> None:
    """Its port is closed and its threads have ended; stopping and starting again are harmless."""
    before = set(threading.enumerate())
    with running() as (server, _):
        server.start()
        port = int(server.endpoint_url.rpartition(":")[2])
        assert requests.get(server.endpoint_url, timeout=5).status_code == 200
    server.stop()
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        pass
    assert not [thread for thread in set(threading.enumerate()) - before if thread.is_alive()]


@pytest.mark.parametrize("profile", ["", "nobody"])
def test_missing_object_whatever_the_profile(monkeypatch: pytest.MonkeyPatch, profile: str) -> None:
    """Regression: moto's first error was a 500 where AWS_PROFILE names no profile."""
    service_name_from_moto_package_name.cache_clear()
    with running() as (server, client):
        server.create_bucket("s3-server-test")
        monkeypatch.setenv("AWS_PROFILE", profile)
        with pytest.raises(client.exceptions.NoSuchKey):
            client.get_object(Bucket="s3-server-test", Key="nothing")


def test_keys_differ_each_time() -> None:
    """Credentials are made at the start of each server."""
    with running() as (first, _):
        keys = (first.access_key_id, first.secret_access_key)
    with running() as (second, _):
        assert (second.access_key_id, second.secret_access_key) != keys


def test_endpoint_needs_a_start() -> None:
    """A server that is not running has no address, and says so."""
    with pytest.raises(SandboxError, match="call start"):
        _ = S3Server().endpoint_url
