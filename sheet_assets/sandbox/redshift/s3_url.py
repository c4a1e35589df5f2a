"""Where something stands in S3."""

from __future__ import annotations

from dataclasses import dataclass

from sheet_assets.sandbox.redshift.refusal import RefusedError


@dataclass(frozen=True)
class S3Url:
    """`s3://bucket/key`; the key may be a prefix, and empty."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, text: str) -> S3Url:
        """Read a URL.

        Raises:
            RefusedError: it is not one of S3 or has no bucket.
        """
        bucket, _, key = text.removeprefix("s3://").partition("/")
        if not text.startswith("s3://") or not bucket:
            raise RefusedError(f"The S3 path '{text}' is not valid: it must be s3://bucket/key")
        return cls(bucket, key)

    def __add__(self, suffix: str) -> S3Url:
        """The URL with something behind its key."""
        return S3Url(self.bucket, self.key + suffix)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"
