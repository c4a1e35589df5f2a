"""The engine alone, called from a script: a sheet is fetched, checked, kept in S3 and loaded."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from benchmarks import data
from sheet_assets import settings
from sheet_assets.clients import aws
from sheet_assets.clients.google import GoogleClient
from sheet_assets.clients.quota import QuotaLog
from sheet_assets.clients.redshift import RedshiftClient
from sheet_assets.clients.s3 import VersionStore
from sheet_assets.clients.sheet_snapshot import read_sheet
from sheet_assets.clients.table_load import load_snapshot
from sheet_assets.errors import CellError
from sheet_assets.sheets.contract import Column, SheetSource
from sheet_assets.warehouse.target import Target


def main(asked: dict[str, str]) -> dict[str, object]:
    """Import a sheet into a table; what came of it."""
    columns = tuple(Column(**column) for column in data.COLUMNS)
    source = SheetSource(
        name=asked["table"],
        spreadsheet_id=asked["spreadsheet_id"],
        worksheet=data.WORKSHEET,
        columns=columns,
    )
    account = json.loads(Path(settings.require("GOOGLE_APPLICATION_CREDENTIALS")).read_text())
    quota = QuotaLog(
        settings.state_dir() / "quota.sqlite", "benchmark", {"read": 60, "write": 60}
    )
    google = GoogleClient(account, quota=quota, endpoint=settings.get("GOOGLE_API_ENDPOINT"))
    store = VersionStore(
        aws.account().client("s3", endpoint_url=settings.get("AWS_ENDPOINT_URL_S3")),
        settings.require("SHEET_ASSETS_S3_BUCKET"),
        settings.require("SHEET_ASSETS_S3_PREFIX"),
    )
    redshift = RedshiftClient(
        {
            "host": settings.require("REDSHIFT_HOST"),
            "port": settings.number("REDSHIFT_PORT"),
            "dbname": settings.require("REDSHIFT_DATABASE"),
            "user": settings.require("REDSHIFT_USER"),
            "password": settings.require("REDSHIFT_PASSWORD"),
            "sslmode": "require",
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        try:
            read = read_sheet(google, source, Path(folder))
        except CellError as error:
            return {"outcome": "CellError", "wrong_cells": len(error.cells)}
        finally:
            google.close()
        version = read.version
        stored = store.put(version.snapshot, Path(folder))
    loaded = load_snapshot(
        redshift,
        Target(asked["schema"], asked["table"], columns, key=("id",)),
        version.snapshot,
        version.reading,
        manifest_url=stored.manifest_url,
        iam_role=settings.require("REDSHIFT_IAM_ROLE"),
        store=store,
    )
    return {"outcome": loaded.outcome, "rows": loaded.rows, "stages": dict(read.seconds)}


if __name__ == "__main__":
    said = main(json.loads(sys.argv[1]))
    print(json.dumps({**said, "cpu_of_itself": sum(os.times()[:2])}))
