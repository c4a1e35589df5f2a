"""A bucket: objects read, written, listed and deleted, with S3's errors in sentences."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - a NamedTuple keeps its annotations
from contextlib import closing, contextmanager
from email.utils import parsedate_to_datetime
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own name
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
)

from sheet_assets.errors import (
    BucketNotFoundError,
    ObjectAccessError,
    ObjectCredentialsError,
    ObjectStoreError,
    ObjectStoreUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy_boto3_s3 import S3Client

_MISSING = {"404", "NoSuchKey", "NoSuchVersion", "NotFound"}
_NOT_ACCEPTED = {
    *("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"),
    *("InvalidToken", "TokenRefreshRequired"),
}
_REFUSED = {"403", "AccessDenied", "AllAccessDisabled", *_NOT_ACCEPTED}
_INCOMPLETE = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)
# What one DeleteObjects takes.
_DELETED_AT_ONCE = 1000


class ObjectVersion(NamedTuple):
    """One version of an object, as a bucket with versioning keeps them.

    In other buckets each object has one, called `null`. `is_live` is what a reader of the key
    gets; a delete marker, which hides the key, is never live.
    """

    key: str
    version_id: str
    size_bytes: int
    modified_at: dt.datetime
    is_live: bool
    is_marker: bool


class Bucket:
    """One bucket; `client` is boto3's, with its own retries. `prefix` is for messages.

    `server_time` is what the time was at S3, to the second, when it answered last.

    Every method raises BucketNotFoundError, ObjectAccessError, ObjectStoreUnavailableError or
    ObjectStoreError, as S3 said.
    """

    def __init__(self, client: S3Client, name: str, prefix: str) -> None:
        self._client = client
        self.name = name
        self._prefix = prefix
        self.server_time: dt.datetime | None = None
        client.meta.events.register("after-call.s3", self._note_time)

    def url(self, key: str) -> str:
        """`s3://bucket/key`."""
        return f"s3://{self.name}/{key}"

    def region(self) -> str:
        """Where the bucket is, whatever region was asked."""
        with self._translated():
            found = self._client.head_bucket(Bucket=self.name)
        return found.get("BucketRegion") or "us-east-1"

    def size_bytes(self, key: str) -> int | None:
        """How long an object is; None where there is none."""
        with self._translated():
            try:
                return self._client.head_object(Bucket=self.name, Key=key)["ContentLength"]
            except ClientError as error:
                if _code(error) in _MISSING:
                    return None
                raise

    def read(self, key: str, version_id: str | None = None) -> bytes | None:
        """An object's bytes, also of a version that is not live; None where there is none."""
        with self._translated():
            try:
                answer = (
                    self._client.get_object(Bucket=self.name, Key=key, VersionId=version_id)
                    if version_id
                    else self._client.get_object(Bucket=self.name, Key=key)
                )
            except ClientError as error:
                if _code(error) in _MISSING:
                    return None
                raise
            # Not `with` the body itself: that gives urllib3's, whose errors are others.
            with closing(answer["Body"]) as body:
                return body.read()

    def write(self, key: str, body: bytes | IO[bytes], content_type: str | None = None) -> None:
        """Put an object there."""
        with self._translated():
            if content_type:
                self._client.put_object(
                    Bucket=self.name, Key=key, Body=body, ContentType=content_type
                )
            else:
                self._client.put_object(Bucket=self.name, Key=key, Body=body)

    def listed(self, prefix: str) -> dict[str, dt.datetime]:
        """When each object whose key begins so was written."""
        pages = self._client.get_paginator("list_objects_v2")
        with self._translated():
            return {
                each["Key"]: each["LastModified"]
                for page in pages.paginate(Bucket=self.name, Prefix=prefix)
                for each in page.get("Contents", [])
            }

    def versions(self, prefix: str) -> list[ObjectVersion]:
        """All versions of the objects whose keys begin so, deleted ones and markers too."""
        pages = self._client.get_paginator("list_object_versions")
        found = []
        with self._translated():
            for page in pages.paginate(Bucket=self.name, Prefix=prefix):
                found += [
                    ObjectVersion(
                        each["Key"],
                        each["VersionId"],
                        each["Size"],
                        each["LastModified"],
                        is_live=each["IsLatest"],
                        is_marker=False,
                    )
                    for each in page.get("Versions", [])
                ]
                found += [
                    ObjectVersion(
                        each["Key"],
                        each["VersionId"],
                        0,
                        each["LastModified"],
                        is_live=False,
                        is_marker=True,
                    )
                    for each in page.get("DeleteMarkers", [])
                ]
        return found

    def delete(self, objects: Sequence[ObjectVersion]) -> None:
        """Delete for good: no delete marker stays, and what is gone already is no mistake."""
        for start in range(0, len(objects), _DELETED_AT_ONCE):
            some = objects[start : start + _DELETED_AT_ONCE]
            named = [{"Key": each.key, "VersionId": each.version_id} for each in some]
            with self._translated():
                answer = self._client.delete_objects(
                    Bucket=self.name,
                    Delete={"Objects": named, "Quiet": True},  # type: ignore[typeddict-item]  # a dict of the same keys
                )
            if kept := answer.get("Errors"):
                first = kept[0]
                kind = ObjectAccessError if first.get("Code") in _REFUSED else ObjectStoreError
                raise kind(
                    f"S3 kept {len(kept)} of {len(some)} objects, such as "
                    f"{self.url(first.get('Key', ''))}: {first.get('Message')} "
                    f"({first.get('Code')}). To delete for good the credentials need "
                    f"s3:DeleteObjectVersion on {self._arn}/*, and no object lock may hold it. "
                    "The same command then finishes what it began."
                )

    def _note_time(self, parsed: Mapping[str, Any], **_: Any) -> None:
        date = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        if date:
            self.server_time = parsedate_to_datetime(date)

    @property
    def _arn(self) -> str:
        prefix = self._prefix.strip("/")
        return f"arn:aws:s3:::{self.name}" + (f"/{prefix}" if prefix else "")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise self._store_error(error) from error
        except _INCOMPLETE as error:
            raise ObjectCredentialsError(
                f"No usable AWS credentials were found ({error}). Set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the machine an instance role."
            ) from error
        except (ConnectionError, HTTPClientError, IncompleteReadError) as error:
            raise ObjectStoreUnavailableError(
                f"S3 did not answer ({error}). Nothing was loaded; the next run tries again."
            ) from error
        except BotoCoreError as error:
            raise ObjectStoreError(f"S3 could not be asked: {error}") from error

    def _store_error(self, error: ClientError) -> ObjectStoreError:
        code = _code(error)
        if code in {"NoSuchBucket", "404"}:
            return BucketNotFoundError(
                f"There is no bucket {self.name!r}. Create it, or correct SHEET_ASSETS_S3_BUCKET."
            )
        if code in _NOT_ACCEPTED:
            return ObjectCredentialsError(
                f"AWS does not accept the credentials for the bucket {self.name!r} ({code}). "
                "Correct AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or log "
                "in anew to AWS_PROFILE."
            )
        if code in _REFUSED:
            return ObjectAccessError(
                f"S3 refuses access to the bucket {self.name!r} ({code}). The credentials need "
                f"s3:GetObject and s3:PutObject on {self._arn}/* and s3:ListBucket on "
                f"arn:aws:s3:::{self.name}. To prune and erase versions they also need "
                "s3:GetObjectVersion, s3:DeleteObjectVersion and s3:ListBucketVersions."
            )
        if code in {"SlowDown", "ServiceUnavailable", "InternalError", "500", "503"}:
            return ObjectStoreUnavailableError(
                f"S3 answered {code} to every try. The next run tries again."
            )
        return ObjectStoreError(f"S3 refused the request: {error}")


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
