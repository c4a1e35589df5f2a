"""AWS credentials and the versions in S3 as Dagster resources."""

from typing import Any

import dagster as dg
from dagster_aws.s3 import S3Resource
from pydantic import Field, PrivateAttr

from sheet_assets import settings
from sheet_assets.clients.aws import s3_client
from sheet_assets.clients.s3 import VersionStore


class AwsCredentials(dg.ConfigurableResource):  # type: ignore[type-arg]  # as Dagster documents it
    """The AWS account: AWS_ACCESS_KEY_ID and its secret, or AWS_PROFILE, or boto3's own chain.

    Nothing secret is a field, since fields are shown in the UI.
    """

    def arguments(self) -> dict[str, str | None]:
        """The credentials by boto3's own argument names."""
        return {
            "profile_name": settings.get("AWS_PROFILE"),
            "aws_access_key_id": settings.get("AWS_ACCESS_KEY_ID"),
            "aws_secret_access_key": settings.get("AWS_SECRET_ACCESS_KEY"),
            "aws_session_token": settings.get("AWS_SESSION_TOKEN"),
        }


class S3Versions(S3Resource):
    """The bucket that keeps every version of every sheet.

    dagster-aws's S3Resource, with credentials and endpoint resolved when a client is made.
    """

    credentials: AwsCredentials
    bucket: str = Field(default="", description="The bucket; empty: SHEET_ASSETS_S3_BUCKET.")
    prefix: str = Field(
        default="", description="What every key begins with; empty: SHEET_ASSETS_S3_PREFIX."
    )
    # A run has several steps, and connections are kept.
    _store: VersionStore | None = PrivateAttr(default=None)

    def get_client(self) -> Any:
        """boto3's S3 client.

        Raises:
            SettingError: the profile does not exist.
        """
        return s3_client(
            region_name=self.region_name or settings.require("AWS_REGION"),
            endpoint_url=self.endpoint_url or settings.get("AWS_ENDPOINT_URL_S3"),
            max_attempts=self.max_attempts,
            **self.credentials.arguments(),
        )

    def get_object_to_set_on_execution_context(self) -> Any:
        """This resource itself, also as `context.resources.s3`.

        dagster-aws puts a client there, made before any step begins: a wrong profile would be
        a traceback instead of a failed asset's sentence.
        """
        return self

    def store(self) -> VersionStore:
        """The versions in the bucket: one client for all steps that share this resource.

        Raises:
            SettingError: no bucket is set.
        """
        if self._store is None:
            self._store = VersionStore(
                self.get_client(),
                self.bucket or settings.require("SHEET_ASSETS_S3_BUCKET"),
                self.prefix or settings.require("SHEET_ASSETS_S3_PREFIX"),
            )
        return self._store
