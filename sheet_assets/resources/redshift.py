"""Redshift as a Dagster resource."""

from typing import Any

from dagster import get_dagster_logger
from dagster_aws.redshift import RedshiftClient as DagsterRedshiftClient
from dagster_aws.redshift import RedshiftClientResource
from pydantic import Field
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from sheet_assets import settings
from sheet_assets.clients import aws, secrets
from sheet_assets.clients.redshift import RedshiftClient
from sheet_assets.clients.redshift_login import IamLogin
from sheet_assets.errors import SettingError


class Redshift(RedshiftClientResource):
    """The warehouse.

    dagster-aws's RedshiftClientResource, with values resolved when a connection opens. Use
    `client()`: the inherited `execute_queries` goes on after a failed statement and commits
    what is left.
    """

    host: str = Field(default="", description="The host; empty: REDSHIFT_HOST.")
    port: int = Field(default=0, description="The port; 0: REDSHIFT_PORT.")
    sslmode: str = Field(default="", description="libpq's sslmode; empty: see REDSHIFT_SSLMODE.")

    def connection(self) -> dict[str, Any]:
        """Libpq's parameters by name; a login of IAM is asked for anew.

        Raises:
            SettingError: one is missing or malformed, or AWS gives no login.
        """
        return {
            "host": self.host or settings.require("REDSHIFT_HOST"),
            # Empty ones keep libpq from taking PGHOSTADDR and PGOPTIONS of the environment.
            "hostaddr": "",
            "options": "",
            "port": self.port or settings.number("REDSHIFT_PORT"),
            "dbname": self.database or settings.require("REDSHIFT_DATABASE"),
            **self._login(),
            "sslmode": self.tls_mode(),
            "sslrootcert": self._trusted(),
            "connect_timeout": self.connect_timeout,
            "application_name": "sheet_assets",
            # A firewall drops idle connections without a word while a long COPY runs.
            "keepalives": 1,
            "keepalives_idle": 60,
        }

    def tls_mode(self) -> str:
        """Libpq's sslmode: what is set, else verify-full where the host is Amazon's.

        A name of your own in front of the cluster is not in its certificate.
        """
        given = self.sslmode or settings.get("REDSHIFT_SSLMODE")
        return given or ("verify-full" if self._is_amazons() else "require")

    def _trusted(self) -> str:
        """The file with the CAs: what is set, else certifi's, which has Amazon's roots."""
        given = settings.get("REDSHIFT_SSLROOTCERT")
        return given or (DEFAULT_CA_BUNDLE_PATH if self._is_amazons() else "")

    def _is_amazons(self) -> bool:
        host = self.host or settings.require("REDSHIFT_HOST")
        return host.lower().rstrip(".").endswith((".amazonaws.com", ".amazonaws.com.cn"))

    def _login(self) -> dict[str, str]:
        """User and password: from IAM for the cluster or workgroup that is named, else as set."""
        iam = self._iam_login()
        if iam is None:
            return {
                "user": self.user or settings.require("REDSHIFT_USER"),
                "password": self.password or secrets.require("REDSHIFT_PASSWORD"),
            }
        user, password = iam.credentials()
        return {"user": user, "password": password}

    def _iam_login(self) -> IamLogin | None:
        cluster = settings.get("REDSHIFT_CLUSTER_IDENTIFIER")
        workgroup = settings.get("REDSHIFT_WORKGROUP")
        if self.password or not (cluster or workgroup):
            return None
        if cluster and workgroup:
            raise SettingError(
                "REDSHIFT_CLUSTER_IDENTIFIER and REDSHIFT_WORKGROUP are both set. Set the one that "
                "REDSHIFT_HOST is of."
            )
        if settings.get("REDSHIFT_PASSWORD"):
            raise SettingError(
                f"{'REDSHIFT_WORKGROUP' if workgroup else 'REDSHIFT_CLUSTER_IDENTIFIER'} and "
                "REDSHIFT_PASSWORD are both set. Set one login, not both."
            )
        database = self.database or settings.require("REDSHIFT_DATABASE")
        user = self.user or settings.get("REDSHIFT_USER")
        return IamLogin(aws.account(), database, cluster, workgroup, user)

    def iam_role(self) -> str:
        """The role that COPY reads S3 with."""
        return settings.require("REDSHIFT_IAM_ROLE")

    def client(self, *, most_retry_seconds: int | None = None) -> RedshiftClient:
        """The client that loads use.

        `most_retry_seconds` is for callers that have less time than SHEET_ASSETS_RETRY_SECONDS.

        Raises:
            SettingError: a value is missing or malformed.
        """
        allowed = settings.number("SHEET_ASSETS_RETRY_SECONDS")
        return RedshiftClient(
            # A login of IAM ends after some minutes: each connection has its own.
            self.connection if self._iam_login() else self.connection(),
            retry_seconds=min(allowed, most_retry_seconds or allowed),
        )

    def get_client(self) -> DagsterRedshiftClient:
        """dagster-aws's own client, for assets of your own that were written for it."""
        return DagsterRedshiftClient(self.connection(), self.autocommit, get_dagster_logger())
