"""The S3 server of the sandbox."""

from sheet_assets.sandbox.s3.server import S3Server

__all__ = ["S3Server"]
