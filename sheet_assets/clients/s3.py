"""S3: the store that keeps every version of a sheet's rows."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own name
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from sheet_assets.errors import (
    BucketNotFoundError,
    ObjectAccessError,
    ObjectStoreError,
    ObjectStoreUnavailableError,
)
from sheet_assets.warehouse import manifest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

    from sheet_assets.warehouse.manifest import Snapshot

_MISSING = {"404", "NoSuchKey", "NotFound"}
_REFUSED = {
    *("403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"),
    *("AllAccessDisabled", "InvalidToken", "TokenRefreshRequired"),
}
_INCOMPLETE = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)


@dataclass(frozen=True)
class Stored:
    """A version as it stands in S3: the manifest's URL, and what had to be uploaded."""

    manifest_url: str
    uploaded_objects: int
    uploaded_bytes: int


class VersionStore:
    """Versions under one prefix of one bucket; `client` is boto3's, with its own retries."""

    def __init__(self, client: S3Client, bucket: str, prefix: str) -> None:
        self._client = client
        self.bucket = bucket
        self.prefix = prefix

    def put(self, snapshot: Snapshot, folder: Path) -> Stored:
        """Upload a version: its parts, snapshot.json, and last the manifest.

        What stands there already is left alone, so a second upload changes nothing. `folder`
        holds the parts under their file names.

        Raises:
            BucketNotFoundError, ObjectAccessError, ObjectStoreUnavailableError: S3 said so.
        """
        name, version = snapshot.name, snapshot.version
        manifest_key = manifest.manifest_key(self.prefix, name, version)
        objects = size_bytes = 0
        for part in snapshot.parts:
            # Looked for also when the manifest is there: a lifecycle rule may have removed it.
            key = manifest.part_key(self.prefix, name, part)
            if not self._exists(key):
                with _opened(folder / part.file_name) as body, self._translated():
                    self._client.put_object(Bucket=self.bucket, Key=key, Body=body)
                objects += 1
                size_bytes += part.size_bytes
        for key, text in (
            (manifest.snapshot_key(self.prefix, name, version), snapshot.to_json()),
            (manifest_key, manifest.manifest(self.bucket, self.prefix, snapshot)),
        ):
            if not self._exists(key):
                self._put_json(key, text.encode())
                objects += 1
                size_bytes += len(text.encode())
        return Stored(f"s3://{self.bucket}/{manifest_key}", objects, size_bytes)

    def _put_json(self, key: str, body: bytes) -> None:
        with self._translated():
            self._client.put_object(
                Bucket=self.bucket, Key=key, Body=body, ContentType="application/json"
            )

    def _exists(self, key: str) -> bool:
        with self._translated():
            try:
                self._client.head_object(Bucket=self.bucket, Key=key)
            except ClientError as error:
                if _code(error) in _MISSING:
                    return False
                raise
        return True

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise self._store_error(error) from error
        except _INCOMPLETE as error:
            raise ObjectAccessError(
                f"No usable AWS credentials were found ({error}). Set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the machine an instance role."
            ) from error
        except (ConnectionError, HTTPClientError) as error:
            raise ObjectStoreUnavailableError(
                f"S3 did not answer ({error}). Nothing was loaded; the next run tries again."
            ) from error
        except BotoCoreError as error:
            raise ObjectStoreError(f"S3 could not be asked: {error}") from error

    def _store_error(self, error: ClientError) -> ObjectStoreError:
        code = _code(error)
        if code == "NoSuchBucket":
            return BucketNotFoundError(
                f"There is no bucket {self.bucket!r}. Create it, or correct SHEET_ASSETS_S3_BUCKET."
            )
        if code in _REFUSED:
            return ObjectAccessError(
                f"S3 refuses access to the bucket {self.bucket!r} ({code}). The credentials need "
                f"s3:GetObject and s3:PutObject on arn:aws:s3:::{self.bucket}/{self.prefix}/* and "
                f"s3:ListBucket on arn:aws:s3:::{self.bucket}."
            )
        if code in {"SlowDown", "ServiceUnavailable", "InternalError", "500", "503"}:
            return ObjectStoreUnavailableError(
                f"S3 answered {code} to every try. The next run tries again."
            )
        return ObjectStoreError(f"S3 refused the request: {error}")


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise ObjectStoreError(
            f"The part {path.name} cannot be read on this machine ({error.strerror}). Read the "
            "sheet again: materialize its sheet_csv together with its s3_object."
        ) from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
