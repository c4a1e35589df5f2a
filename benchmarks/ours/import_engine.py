"""The engine alone, called from a script: a sheet is fetched, checked, kept in S3 and loaded."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import data
from benchmarks.ours import clients
from sheet_assets import settings
from sheet_assets.clients.sheet_snapshot import read_sheet
from sheet_assets.clients.table_load import load_snapshot
from sheet_assets.errors import CellError
from sheet_assets.sheets.contract import Column, SheetSource
from sheet_assets.warehouse.target import Target


def main(asked: dict[str, Any]) -> dict[str, object]:
    """Import a sheet into a table; what came of it."""
    columns = tuple(Column(**column) for column in data.COLUMNS)
    source = SheetSource(
        name=asked["table"],
        spreadsheet_id=asked["spreadsheet_id"],
        worksheet=data.WORKSHEET,
        columns=columns,
    )
    google, store = clients.google(), clients.store()
    with tempfile.TemporaryDirectory() as folder:
        try:
            read = read_sheet(google, source, Path(folder))
        except CellError as error:
            return {"outcome": "CellError", "wrong_cells": len(error.cells)}
        finally:
            google.close()
        snapshot = read.version.snapshot
        stored = store.put(snapshot, Path(folder))
    loaded = load_snapshot(
        clients.redshift(),
        Target(asked["schema"], asked["table"], columns, key=("id",)),
        snapshot,
        read.version.reading,
        manifest_url=stored.manifest_url,
        iam_role=settings.require("REDSHIFT_IAM_ROLE"),
        store=store,
    )
    return {"outcome": loaded.outcome, "rows": loaded.rows}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
