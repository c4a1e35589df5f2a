"""The AWS account: one explicit set of credentials, whatever else the environment says."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import botocore.loaders
import botocore.session
from botocore.config import Config
from botocore.credentials import (
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from sheet_assets import settings
from sheet_assets.errors import SettingError
from sheet_assets.secret_reference import SecretReference

if TYPE_CHECKING:
    from collections.abc import Mapping

# At DEBUG they write whole requests, with the session token in the headers, and whole answers,
# with what a secret manager tells.
_TELL_SECRETS = ("botocore.auth", "botocore.endpoint", "botocore.parsers")
MAX_ATTEMPTS = 5
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Account:
    """Keys, or a profile, or boto3's own chain; and the role that is assumed with them.

    `endpoint_url` is where all services are, when not at Amazon.
    """

    region_name: str
    endpoint_url: str | None = None
    profile_name: str | None = None
    aws_access_key_id: str | None = None
    aws_secret_access_key: str | None = field(default=None, repr=False)
    aws_session_token: str | None = field(default=None, repr=False)
    role_arn: str | None = None
    external_id: str | None = None

    def client(
        self,
        service: str,
        *,
        region_name: str | None = None,
        endpoint_url: str | None = None,
        max_attempts: int | None = None,
    ) -> Any:
        """boto3's client of a service, with botocore's own retries, as the role if there is one.

        Raises:
            SettingError: there is no such profile.
        """
        assumed = self._assumed() if self.role_arn else None
        return self._client(
            service,
            assumed,
            region_name,
            endpoint_url or self.endpoint_url,
            max_attempts or MAX_ATTEMPTS,
        )

    def _client(
        self,
        service: str,
        assumed: CredentialProvider | None,
        region_name: str | None,
        endpoint_url: str | None,
        max_attempts: int,
    ) -> Any:
        """With a key given, AWS_PROFILE of the environment is not looked at.

        A profile that this machine lacks would fail the session although nothing needs it.
        """
        for name in _TELL_SECRETS:
            logging.getLogger(name).setLevel(logging.INFO)
        has_profile = not (assumed or self.aws_access_key_id)
        core = botocore.session.Session(
            session_vars=None if has_profile else {"profile": (None, [], None, None)}
        )
        core.register_component("data_loader", _loader())
        if assumed:
            core.register_component("credential_provider", CredentialResolver([assumed]))
        on_loopback = endpoint_url is not None and urlsplit(endpoint_url).hostname in _LOOPBACK
        try:
            session = boto3.Session(
                botocore_session=core,
                profile_name=self.profile_name if has_profile else None,
                region_name=region_name or self.region_name,
            )
            return session.client(  # type: ignore[call-overload]  # the stubs want a literal
                service,
                endpoint_url=endpoint_url,
                **({} if assumed else self._keys()),
                config=Config(
                    retries={"mode": "standard", "total_max_attempts": max_attempts},
                    # A proxy of the environment cannot reach our loopback.
                    proxies={} if on_loopback else None,
                    # A bucket is no host name on loopback.
                    s3={"addressing_style": "path"} if on_loopback else {},
                ),
            )
        except ProfileNotFound as error:
            raise SettingError(
                f"{error}. Correct AWS_PROFILE, or add it to ~/.aws/config."
            ) from error

    def _keys(self) -> dict[str, str | None]:
        return {
            "aws_access_key_id": self.aws_access_key_id,
            "aws_secret_access_key": self.aws_secret_access_key,
            "aws_session_token": self.aws_session_token,
        }

    def _assumed(self) -> CredentialProvider:
        sts = self._client("sts", None, None, self.endpoint_url, MAX_ATTEMPTS)
        request = {"RoleArn": self.role_arn, "RoleSessionName": "sheet_assets"}
        if self.external_id:
            request["ExternalId"] = self.external_id

        def refresh() -> dict[str, str]:
            try:
                found = sts.assume_role(**request)["Credentials"]
            except (ClientError, BotoCoreError) as error:
                raise SettingError(
                    f"The role {self.role_arn} cannot be assumed ({error}). Correct "
                    "SHEET_ASSETS_AWS_ROLE_ARN and SHEET_ASSETS_AWS_EXTERNAL_ID, or let the role "
                    "trust these credentials."
                ) from error
            return {
                "access_key": found["AccessKeyId"],
                "secret_key": found["SecretAccessKey"],
                "token": found["SessionToken"],
                "expiry_time": found["Expiration"].isoformat(),
            }

        return _Assumed(refresh)


class _Assumed(CredentialProvider):
    """A role's credentials: asked for with the first request, and again before they end."""

    METHOD = "assume-role"

    def __init__(self, refresh: Any) -> None:
        super().__init__()
        self._refresh = refresh

    def load(self) -> DeferredRefreshableCredentials:
        """The credentials, not asked for yet."""
        return DeferredRefreshableCredentials(refresh_using=self._refresh, method=self.METHOD)


def account() -> Account:
    """The account of the settings.

    Raises:
        SettingError: a key is a reference to a secret manager, which needs the key.
    """
    return Account(
        settings.require("AWS_REGION"),
        endpoint_url=settings.get("AWS_ENDPOINT_URL"),
        profile_name=settings.get("AWS_PROFILE"),
        aws_access_key_id=settings.get("AWS_ACCESS_KEY_ID"),
        aws_secret_access_key=_itself("AWS_SECRET_ACCESS_KEY"),
        aws_session_token=_itself("AWS_SESSION_TOKEN"),
        role_arn=settings.get("SHEET_ASSETS_AWS_ROLE_ARN"),
        external_id=settings.get("SHEET_ASSETS_AWS_EXTERNAL_ID"),
    )


def put_into_every_call(client: Any, values: Mapping[str, Any]) -> None:
    """Give every request of a client those of some parameters that its operation takes."""

    def add(params: dict[str, Any], model: Any, **_: Any) -> dict[str, Any]:
        takes = model.input_shape.members if model.input_shape else {}
        return params | {name: value for name, value in values.items() if name in takes}

    client.meta.events.register("provide-client-params.*.*", add)


def _itself(name: str) -> str | None:
    value = settings.get(name)
    try:
        is_reference = bool(value and SecretReference.parse(value))
    except ValueError:
        is_reference = True
    if is_reference:
        raise SettingError(
            f"{name} is a reference to a secret manager, which cannot be asked without it. Set the "
            "key itself, or a profile (AWS_PROFILE), or give the machine a role."
        )
    return value


@cache
def _loader() -> botocore.loaders.Loader:
    """What a client is made from: 0.1 s of JSON, read once a process.

    boto3 adds its folder to it with every session; a process has a few.
    """
    return botocore.loaders.Loader()
