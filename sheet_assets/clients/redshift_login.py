"""Redshift's database credentials from IAM: a user and a password that are good for minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from sheet_assets.errors import SettingError

if TYPE_CHECKING:
    from sheet_assets.clients.aws import Account


@dataclass(frozen=True)
class IamLogin:
    """Of a provisioned cluster (as `user`, or as the IAM identity itself) or a workgroup."""

    account: Account
    database: str
    cluster_identifier: str | None = None
    workgroup: str | None = None
    user: str | None = None

    def credentials(self) -> tuple[str, str]:
        """User and password, asked for anew.

        Raises:
            SettingError: AWS refuses them, or cannot be asked.
        """
        try:
            return self._serverless() if self.workgroup else self._provisioned()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            raise SettingError(
                f"AWS gives no login for Redshift's {self._what} ({code}). Correct "
                f"{self._setting}, or allow {self._right} on it."
            ) from error
        except BotoCoreError as error:
            raise SettingError(
                f"AWS cannot be asked for a login for Redshift's {self._what} ({error}). Check "
                "AWS_REGION and the AWS credentials."
            ) from error

    def _serverless(self) -> tuple[str, str]:
        client = self.account.client("redshift-serverless")
        found = client.get_credentials(workgroupName=self.workgroup, dbName=self.database)
        client.close()
        return found["dbUser"], found["dbPassword"]

    def _provisioned(self) -> tuple[str, str]:
        client = self.account.client("redshift")
        asked = {"ClusterIdentifier": self.cluster_identifier, "DbName": self.database}
        if self.user:
            found = client.get_cluster_credentials(DbUser=self.user, AutoCreate=False, **asked)
        else:
            found = client.get_cluster_credentials_with_iam(**asked)
        client.close()
        return found["DbUser"], found["DbPassword"]

    @property
    def _what(self) -> str:
        if self.workgroup:
            return f"workgroup {self.workgroup}"
        return f"cluster {self.cluster_identifier}"

    @property
    def _setting(self) -> str:
        return "REDSHIFT_WORKGROUP" if self.workgroup else "REDSHIFT_CLUSTER_IDENTIFIER"

    @property
    def _right(self) -> str:
        if self.workgroup:
            return "redshift-serverless:GetCredentials"
        return f"redshift:GetClusterCredentials{'' if self.user else 'WithIAM'}"
