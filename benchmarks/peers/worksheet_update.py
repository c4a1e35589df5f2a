"""The old way: a query's rows, as a DataFrame, into a worksheet that is cleared before."""

from __future__ import annotations

import json
import sys
from typing import Any

from benchmarks.peers.google import gspread_client
from benchmarks.peers.warehouse import frame


def main(asked: dict[str, Any]) -> dict[str, object]:
    """Export a query."""
    rows = frame(asked["query"])
    # What JSON has no word for.
    rows["day"] = rows["day"].astype(str)
    rows["share"] = rows["share"].astype(float)
    values = [list(rows.columns), *rows.astype(object).where(rows.notna(), "").values.tolist()]
    worksheet = gspread_client().open_by_key(asked["spreadsheet_id"]).worksheet(asked["worksheet"])
    worksheet.clear()
    worksheet.resize(len(values), len(rows.columns))
    worksheet.update(values)
    return {"rows": len(rows)}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
