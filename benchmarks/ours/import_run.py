"""The whole Dagster run of an import: `sheet-assets run` in a project with this one sheet."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import data
from benchmarks.ours import project


def main(asked: dict[str, Any]) -> None:
    """Import a sheet into a table, in this process."""
    attributes = {
        "name": asked["table"],
        "spreadsheet": asked["spreadsheet_id"],
        "worksheet": data.WORKSHEET,
        "table": f"{asked['schema']}.{asked['table']}",
        "columns": data.COLUMNS,
    }
    project.write(Path.cwd(), {"sheet": ("SheetTable", attributes)})
    sys.path.insert(0, str(Path.cwd()))
    from sheet_assets.cli import main as sheet_assets

    sheet_assets(["run", asked["table"], "--json"])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
