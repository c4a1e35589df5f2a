"""The whole Dagster run of an export: `sheet-assets run` in a project with this one export."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.ours import project


def main(asked: dict[str, Any]) -> None:
    """Export a query, in this process."""
    attributes = {
        "name": "benchmark",
        "spreadsheet": asked["spreadsheet_id"],
        "worksheet": asked["worksheet"],
        "query": asked["query"],
    }
    project.write(Path.cwd(), {"export": ("SheetExport", attributes)})
    sys.path.insert(0, str(Path.cwd()))
    from sheet_assets.cli import main as sheet_assets

    sheet_assets(["run", "exported_sheet/benchmark", "--json"])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
