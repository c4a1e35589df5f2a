"""AWS sessions: one explicit set of credentials, whatever else the environment says."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3
import botocore.loaders
import botocore.session
from botocore.config import Config
from botocore.exceptions import ProfileNotFound

from sheet_assets.errors import SettingError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# At DEBUG they write whole requests, with the session token in the headers.
_TELL_TOKENS = ("botocore.auth", "botocore.endpoint")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def s3_client(
    *,
    region_name: str,
    endpoint_url: str | None = None,
    profile_name: str | None = None,
    aws_access_key_id: str | None = None,
    aws_secret_access_key: str | None = None,
    aws_session_token: str | None = None,
    max_attempts: int = 5,
) -> S3Client:
    """boto3's S3 client, with botocore's own retries.

    With a key given, AWS_PROFILE of the environment is not looked at: a profile that this
    machine lacks would fail the session although nothing needs it.

    Raises:
        SettingError: there is no such profile.
    """
    for name in _TELL_TOKENS:
        logging.getLogger(name).setLevel(logging.INFO)
    core = botocore.session.Session(
        session_vars={"profile": (None, [], None, None)} if aws_access_key_id else None
    )
    core.register_component("data_loader", _loader())
    on_loopback = endpoint_url is not None and urlsplit(endpoint_url).hostname in _LOOPBACK
    try:
        session = boto3.Session(
            botocore_session=core,
            profile_name=None if aws_access_key_id else profile_name,
            region_name=region_name,
        )
        return session.client(
            "s3",
            endpoint_url=endpoint_url,
            aws_access_key_id=aws_access_key_id,
            aws_secret_access_key=aws_secret_access_key,
            aws_session_token=aws_session_token,
            config=Config(
                retries={"mode": "standard", "total_max_attempts": max_attempts},
                # A proxy of the environment cannot reach our loopback.
                proxies={} if on_loopback else None,
                # A bucket is no host name on loopback.
                s3={"addressing_style": "path"} if on_loopback else {},
            ),
        )
    except ProfileNotFound as error:
        raise SettingError(f"{error}. Correct AWS_PROFILE, or add it to ~/.aws/config.") from error


@cache
def _loader() -> botocore.loaders.Loader:
    """What a client is made from: 0.1 s of JSON, read once a process.

    boto3 adds its folder to it with every session; a process has a few.
    """
    return botocore.loaders.Loader()
