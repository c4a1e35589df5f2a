"""The whole way of a sheet, on real accounts: read, kept in S3, loaded, changed and refused."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from small_deployment import QUIET, SmallDeployment, instance

from sheet_assets import settings
from sheet_assets.resources.aws import AwsCredentials, S3Versions
from sheet_assets.resources.redshift import Redshift

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from live_spreadsheet import Tab

__all__ = ["instance"]
pytestmark = [*QUIET, pytest.mark.timeout(900)]
COLUMNS = """\
    - {name: id, type: integer, key: true}
    - {name: code, type: varchar(20)}
    - {name: amount, type: "decimal(10,2)"}
    - {name: day, type: date}
"""
HEADER = ["id", "code", "amount", "day"]


@pytest.fixture
def orders(
    tab: Tab, schema: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SmallDeployment]:
    """A SheetTable of the test's own tab, table and prefix; what it has made is removed."""
    made: Any = SmallDeployment(tmp_path, None)  # type: ignore[arg-type]  # it puts nothing into a sandbox
    made.schema = schema
    table = f"sheet_assets_live_{made.unique}"
    prefix = f"{settings.get('SHEET_ASSETS_S3_PREFIX') or 'sheet_assets'}/live-{uuid.uuid4().hex}"
    monkeypatch.setenv("SHEET_ASSETS_S3_PREFIX", prefix)
    made.write_table(
        table, columns=COLUMNS, spreadsheet=tab.spreadsheet.spreadsheet_id, worksheet=tab.sheet_id
    )
    made.table = table
    yield made
    Redshift().client().run(
        lambda session: session.execute(f"DROP TABLE IF EXISTS {schema}.{table}")
    )
    kept = S3Versions(credentials=AwsCredentials())
    client, bucket = kept.get_client(), settings.require("SHEET_ASSETS_S3_BUCKET")
    for page in client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=f"{prefix}/"
    ):
        for each in page.get("Contents", []):
            client.delete_object(Bucket=bucket, Key=each["Key"])


def test_a_sheet_is_loaded_changed_and_refused(orders, tab, instance):
    """What stands in the sheet stands in the table; a wrong cell changes nothing; nothing is done twice."""

    def outcomes() -> dict[str, str]:
        result = orders.run(instance, orders.table)
        return {asset.asset.partition("/")[0]: asset.outcome for asset in result.assets}

    loaded = {"sheet_csv": "read", "s3_object": "uploaded", orders.schema: "loaded"}
    tab.write("A1:D3", [HEADER, [1, "007", 0.1, 43831], [2, "=1+1", "", 43832]])
    assert outcomes() == loaded
    ids = [row[0] for row in orders.rows(orders.table)]
    codes = [row[1] for row in orders.rows(orders.table)]
    assert (ids, codes) == ([1, 2], ["007", "=1+1"])
    assert set(outcomes().values()) <= {"read", "unchanged"}
    tab.write("A3", [["two"]])
    assert outcomes()["sheet_csv"] == "failed"
    assert len(orders.rows(orders.table)) == 2
    tab.write("A3", [[3]])
    assert outcomes() == loaded
    assert [row[0] for row in orders.rows(orders.table)] == [1, 3]
