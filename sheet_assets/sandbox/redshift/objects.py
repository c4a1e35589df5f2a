"""S3 as COPY and UNLOAD reach it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sheet_assets.sandbox.redshift.compression import decompressed
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.s3_url import S3Url

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from mypy_boto3_s3.client import S3Client

_CHUNK_BYTES = 1 << 18
_MISSING = {"404", "NoSuchKey"}


class StoredObject(NamedTuple):
    """An object in S3, and its bytes there."""

    url: S3Url
    size: int


class Objects:
    """S3 as the Redshift server sees it, with credentials of its own."""

    def __init__(
        self, *, endpoint_url: str, access_key_id: str, secret_access_key: str, region_name: str
    ) -> None:
        self.region_name = region_name
        self.client: S3Client = boto3.session.Session(
            botocore_session=botocore.session.Session({"profile": (None, None, None, None)})
        ).client(
            "s3",
            region_name=region_name,
            endpoint_url=endpoint_url,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret_access_key,
            config=Config(
                s3={"addressing_style": "path"},
                proxies={},
                connect_timeout=5,
                read_timeout=30,
                retries={"mode": "standard", "max_attempts": 2},
                max_pool_connections=32,
            ),
        )

    def close(self) -> None:
        """Close the connections to S3."""
        self.client.close()

    def under(self, prefix: S3Url) -> list[StoredObject]:
        """The objects whose keys begin so, in their order.

        Raises:
            RefusedError: S3 refuses.
        """
        found: list[StoredObject] = []
        with translated():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=prefix.bucket, Prefix=prefix.key
            )
            for page in pages:
                found += [
                    StoredObject(S3Url(prefix.bucket, entry["Key"]), entry["Size"])
                    for entry in page.get("Contents", [])
                ]
        return found

    def find(self, url: S3Url) -> StoredObject | None:
        """One object by its whole key, None if there is none.

        Raises:
            RefusedError: S3 refuses.
        """
        try:
            with translated():
                answer = self.client.head_object(Bucket=url.bucket, Key=url.key)
        except RefusedError as error:
            cause = error.__cause__
            if isinstance(cause, ClientError) and cause.response["Error"]["Code"] in _MISSING:
                return None
            raise
        return StoredObject(url, answer["ContentLength"])

    def chunks(self, url: S3Url, compression: str | None) -> Generator[bytes, None, None]:
        """The data of an object, read as it is consumed.

        Raises:
            RefusedError: S3 refuses, or the object is not compressed as it should be.
        """
        with translated():
            body = self.client.get_object(Bucket=url.bucket, Key=url.key)["Body"]
        try:
            chunks = _chunks(body)
            if compression is not None:
                chunks = decompressed(chunks, compression, url)
            yield from chunks
        finally:
            body.close()

    def part(self, url: S3Url, start: int, length: int) -> bytes:
        """Some bytes from the middle of an object.

        Raises:
            RefusedError: S3 refuses.
        """
        with translated():
            answer = self.client.get_object(
                Bucket=url.bucket, Key=url.key, Range=f"bytes={start}-{start + length - 1}"
            )
            with answer["Body"] as body:
                return body.read()

    def read(self, url: S3Url) -> bytes:
        """All of a small object.

        Raises:
            RefusedError: S3 refuses.
        """
        return b"".join(self.chunks(url, None))

    def check_region(self, bucket: str, region_name: str | None) -> None:
        """Look that a bucket is where the statement says, or where the warehouse is.

        Raises:
            RefusedError: it is elsewhere, or S3 refuses.
        """
        with translated():
            answer = self.client.get_bucket_location(Bucket=bucket)
        actual = answer.get("LocationConstraint") or "us-east-1"
        if actual != (region_name or self.region_name):
            raise RefusedError(
                "S3ServiceException:The bucket you are attempting to access must be addressed "
                f"using the specified endpoint,Status 301,Error PermanentRedirect. Bucket "
                f"'{bucket}' is in {actual}: name it with REGION"
            )


def _chunks(body: Any) -> Iterator[bytes]:
    with translated():
        yield from body.iter_chunks(_CHUNK_BYTES)


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of boto3 into refusals in Redshift's words."""
    try:
        yield
    except ClientError as error:
        said = error.response.get("Error", {})
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        raise RefusedError(
            f"S3ServiceException:{said.get('Message', '')},Status {status},"
            f"Error {said.get('Code', '')}"
        ) from error
    except BotoCoreError as error:
        raise RefusedError(f"S3CurlException: {error}") from error
