"""The old way: gspread's get_all_records, a DataFrame of pandas, to_csv, S3, COPY."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.peers.google import gspread_client
from benchmarks.peers.warehouse import load


def main(asked: dict[str, str]) -> dict[str, object]:
    """Import a sheet into a table."""
    worksheet = gspread_client().open_by_key(asked["spreadsheet_id"]).worksheet("Sheet1")
    frame = pd.DataFrame(worksheet.get_all_records())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        frame.to_csv(path, index=False)
        return {"rows": load(path, f"{asked['schema']}.{asked['table']}")}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
