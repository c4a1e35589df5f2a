"""The package's clients as a script makes them, from the settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sheet_assets import settings
from sheet_assets.clients.google import GoogleClient
from sheet_assets.clients.quota import QuotaLog
from sheet_assets.clients.redshift import RedshiftClient

if TYPE_CHECKING:
    from sheet_assets.clients.s3 import VersionStore


def google() -> GoogleClient:
    """Google, within the quota of a service account."""
    account = json.loads(Path(settings.require("GOOGLE_APPLICATION_CREDENTIALS")).read_text())
    quota = QuotaLog(
        settings.state_dir() / "google_quota.sqlite",
        account["client_email"],
        {"read": 60, "write": 60},
    )
    return GoogleClient(account, quota=quota, endpoint=settings.get("GOOGLE_API_ENDPOINT"))


def store() -> VersionStore:
    """The versions in S3, whose client an export does not import."""
    from sheet_assets.clients import aws
    from sheet_assets.clients.s3 import VersionStore

    return VersionStore(
        aws.account().client("s3", endpoint_url=settings.get("AWS_ENDPOINT_URL_S3")),
        settings.require("SHEET_ASSETS_S3_BUCKET"),
        settings.require("SHEET_ASSETS_S3_PREFIX"),
    )


def redshift() -> RedshiftClient:
    """Redshift."""
    return RedshiftClient(
        {
            "host": settings.require("REDSHIFT_HOST"),
            "port": settings.number("REDSHIFT_PORT"),
            "dbname": settings.require("REDSHIFT_DATABASE"),
            "user": settings.require("REDSHIFT_USER"),
            "password": settings.require("REDSHIFT_PASSWORD"),
            "sslmode": "require",
        }
    )
