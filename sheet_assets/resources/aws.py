"""AWS credentials and the versions in S3 as Dagster resources."""

from typing import Any

import dagster as dg
from dagster_aws.s3 import S3Resource
from pydantic import Field, PrivateAttr

from sheet_assets import settings
from sheet_assets.clients import aws
from sheet_assets.clients.s3 import VersionStore


class AwsCredentials(dg.ConfigurableResource):  # type: ignore[type-arg]  # as Dagster documents it
    """The AWS account: AWS_ACCESS_KEY_ID and its secret, or AWS_PROFILE, or boto3's own chain.

    With SHEET_ASSETS_AWS_ROLE_ARN they assume that role. Nothing secret is a field, since fields
    are shown in the UI.
    """

    def account(self) -> aws.Account:
        """The credentials, resolved now.

        Raises:
            SettingError: one is malformed.
        """
        return aws.account()


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
        """boto3's S3 client, with the encryption and the bucket's owner that are set.

        Raises:
            SettingError: the profile does not exist.
        """
        client = self.credentials.account().client(
            "s3",
            region_name=self.region_name or None,
            endpoint_url=self.endpoint_url or settings.get("AWS_ENDPOINT_URL_S3"),
            max_attempts=self.max_attempts,
        )
        values: dict[str, str] = {}
        if owner := settings.get("SHEET_ASSETS_S3_BUCKET_OWNER"):
            values["ExpectedBucketOwner"] = owner
        if key := settings.get("SHEET_ASSETS_S3_KMS_KEY_ID"):
            values |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
        if values:
            aws.put_into_every_call(client, values)
        return client

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
