"""The engine alone, called from a script: a query's rows are written into a worksheet."""

from __future__ import annotations

import json
import sys
from typing import Any

from benchmarks.ours import clients
from sheet_assets.clients.sheet_export.export import export_result
from sheet_assets.clients.sheet_export.query import queried
from sheet_assets.clients.sheet_export.target import ExportTarget


def main(asked: dict[str, Any]) -> dict[str, object]:
    """Export a query; what came of it."""
    target = ExportTarget("benchmark", asked["spreadsheet_id"], asked["worksheet"])
    google = clients.google()
    result, queried_at = queried(clients.redshift(), target, asked["query"])
    with result:
        made = export_result(google, target, result, queried_at=queried_at)
    google.close()
    return {"outcome": made.outcome, "staged": made.staged}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
