"""The S3 objects that a COPY reads."""

from __future__ import annotations

import io
import json
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import boto3
import botocore.session
import zstandard
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sheet_assets.sandbox.redshift.copy import S3Url
from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from mypy_boto3_s3.client import S3Client

    from sheet_assets.sandbox.redshift.copy import CopyCommand

_CHUNK_BYTES = 1 << 18


class Objects:
    """S3 as the Redshift server sees it, with credentials of its own."""

    def __init__(
        self, *, endpoint_url: str, access_key_id: str, secret_access_key: str, region_name: str
    ) -> None:
        self.region_name = region_name
        self._client: S3Client = boto3.session.Session(
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
        self._client.close()

    def find(self, command: CopyCommand) -> list[S3Url]:
        """The objects that a COPY loads, in their order: of a manifest or under a prefix.

        Raises:
            RefusedError: there is none, one that is mandatory is missing, or S3 refuses.
        """
        if command.manifest:
            return self._find_in_manifest(command)
        self._check_region(command.url.bucket, command.region_name)
        found: list[S3Url] = []
        with _translated():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=command.url.bucket, Prefix=command.url.key
            )
            for page in pages:
                listed = (entry["Key"] for entry in page.get("Contents", []))
                # A key that ends in a slash is what consoles make to show a folder.
                found += [S3Url(command.url.bucket, key) for key in listed if key[-1] != "/"]
        if not found:
            raise RefusedError(f"The specified S3 prefix '{command.url.key}' does not exist")
        return found

    def lines(self, url: S3Url, compression: str | None) -> Generator[str, None, None]:
        """The lines of an object with their ends, read as it is consumed.

        A byte that is not UTF-8 becomes a lone surrogate, so that its row can be named.

        Raises:
            RefusedError: S3 refuses, or the object is not compressed as it should be.
        """
        with _translated():
            body = self._client.get_object(Bucket=url.bucket, Key=url.key)["Body"]
        try:
            chunks = _chunks(body)
            if compression is not None:
                chunks = _decompressed(chunks, _DECOMPRESSORS[compression], compression, url)
            raw = io.BufferedReader(_RawChunks(chunks), _CHUNK_BYTES)
            text = io.TextIOWrapper(raw, "utf-8", errors="surrogateescape", newline="\n")
            with text:
                yield from text
        finally:
            body.close()

    def _find_in_manifest(self, command: CopyCommand) -> list[S3Url]:
        found: list[S3Url] = []
        for entry in self._manifest_entries(command):
            url = S3Url.parse(entry["url"])
            self._check_region(url.bucket, command.region_name)
            try:
                with _translated():
                    self._client.head_object(Bucket=url.bucket, Key=url.key)
            except RefusedError as error:
                if not _is_missing(error.__cause__):
                    raise
                if entry["mandatory"]:
                    raise RefusedError(
                        f"Problem reading manifest file - The file '{url}' is mandatory and "
                        "does not exist",
                        detail=error.message,
                    ) from error
            else:
                found.append(url)
        if not found:
            raise RefusedError(f"None of the files in the manifest '{command.url}' exists")
        return found

    def _manifest_entries(self, command: CopyCommand) -> list[dict[str, Any]]:
        self._check_region(command.url.bucket, command.region_name)
        try:
            with _translated():
                answer = self._client.get_object(Bucket=command.url.bucket, Key=command.url.key)
                with answer["Body"] as body:
                    manifest = json.loads(body.read())
        except RefusedError as error:
            message = f"Problem reading manifest file - {error.message}"
            raise RefusedError(message, detail=error.detail) from error
        except ValueError as error:
            raise _malformed(command.url, f"it is not JSON: {error}") from error
        entries = manifest.get("entries") if isinstance(manifest, dict) else None
        if not isinstance(entries, list) or not entries:
            raise _malformed(command.url, "it has no entries")
        for entry in entries:
            if not isinstance(entry, dict) or not isinstance(entry.get("url"), str):
                raise _malformed(command.url, "an entry has no url")
            entry.setdefault("mandatory", False)
            if not isinstance(entry["mandatory"], bool):
                raise _malformed(command.url, "'mandatory' is neither true nor false")
        return entries

    def _check_region(self, bucket: str, region_name: str | None) -> None:
        with _translated():
            answer = self._client.get_bucket_location(Bucket=bucket)
        actual = answer.get("LocationConstraint") or "us-east-1"
        if actual != (region_name or self.region_name):
            raise RefusedError(
                "S3ServiceException:The bucket you are attempting to access must be addressed "
                f"using the specified endpoint,Status 301,Error PermanentRedirect. Bucket "
                f"'{bucket}' is in {actual}: name it with REGION"
            )


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


_DECOMPRESSORS: dict[str, Callable[[], _Decompressor]] = {
    "GZIP": lambda: zlib.decompressobj(wbits=31),
    "ZSTD": lambda: zstandard.ZstdDecompressor().decompressobj(),
}


def _chunks(body: Any) -> Iterator[bytes]:
    with _translated():
        yield from body.iter_chunks(_CHUNK_BYTES)


def _decompressed(
    chunks: Iterator[bytes], start: Callable[[], _Decompressor], compression: str, url: S3Url
) -> Iterator[bytes]:
    current: _Decompressor | None = None
    try:
        for chunk in chunks:
            rest = chunk
            # Files may be joined: several streams follow one another in one object.
            while rest:
                if current is None:
                    current = start()
                yield current.decompress(rest)
                rest = current.unused_data if current.eof else b""
                if current.eof:
                    current = None
    except (zlib.error, zstandard.ZstdError) as error:
        raise RefusedError(f"The file '{url}' is not {compression}: {error}") from error
    if current is not None:
        raise RefusedError(f"The file '{url}' ends within its {compression} stream")


class _RawChunks(io.RawIOBase):
    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


@contextmanager
def _translated() -> Iterator[None]:
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


def _is_missing(error: BaseException | None) -> bool:
    return isinstance(error, ClientError) and error.response["Error"]["Code"] in {
        "404",
        "NoSuchKey",
    }


def _malformed(url: S3Url, reason: str) -> RefusedError:
    return RefusedError(f"The manifest '{url}' is malformed: {reason}")
