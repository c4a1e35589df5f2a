"""Redshift as a Dagster resource."""

from typing import Any

from dagster import get_dagster_logger
from dagster_aws.redshift import RedshiftClient as DagsterRedshiftClient
from dagster_aws.redshift import RedshiftClientResource
from pydantic import Field

from sheet_assets import settings
from sheet_assets.clients.redshift import RedshiftClient


class Redshift(RedshiftClientResource):
    """The warehouse.

    dagster-aws's RedshiftClientResource, with values resolved when a connection opens. Use
    `client()`: the inherited `execute_queries` goes on after a failed statement and commits
    what is left.
    """

    host: str = Field(default="", description="The host; empty: REDSHIFT_HOST.")
    port: int = Field(default=0, description="The port; 0: REDSHIFT_PORT.")
    sslmode: str = Field(default="", description="libpq's sslmode; empty: REDSHIFT_SSLMODE.")

    def connection(self) -> dict[str, Any]:
        """Libpq's parameters by name.

        Raises:
            SettingError: one is missing or malformed.
        """
        return {
            "host": self.host or settings.require("REDSHIFT_HOST"),
            # Empty ones keep libpq from taking PGHOSTADDR and PGOPTIONS of the environment.
            "hostaddr": "",
            "options": "",
            "port": self.port or settings.number("REDSHIFT_PORT"),
            "dbname": self.database or settings.require("REDSHIFT_DATABASE"),
            "user": self.user or settings.require("REDSHIFT_USER"),
            "password": self.password or settings.require("REDSHIFT_PASSWORD"),
            "sslmode": self.sslmode or settings.require("REDSHIFT_SSLMODE"),
            "sslrootcert": settings.get("REDSHIFT_SSLROOTCERT") or "",
            "connect_timeout": self.connect_timeout,
            "application_name": "sheet_assets",
            # A firewall drops idle connections without a word while a long COPY runs.
            "keepalives": 1,
            "keepalives_idle": 60,
        }

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
            self.connection(), retry_seconds=min(allowed, most_retry_seconds or allowed)
        )

    def get_client(self) -> DagsterRedshiftClient:
        """dagster-aws's own client, for assets of your own that were written for it."""
        return DagsterRedshiftClient(self.connection(), self.autocommit, get_dagster_logger())
