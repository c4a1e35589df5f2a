"""The old way without pandas: gspread's get_all_values, the csv module, S3, COPY."""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.peers.google import gspread_client
from benchmarks.peers.warehouse import load


def main(asked: dict[str, str]) -> dict[str, object]:
    """Import a sheet into a table."""
    worksheet = gspread_client().open_by_key(asked["spreadsheet_id"]).worksheet("Sheet1")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(worksheet.get_all_values())
        return {"rows": load(path, f"{asked['schema']}.{asked['table']}")}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
