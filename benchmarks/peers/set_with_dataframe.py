"""gspread-dataframe: a query's rows, as a DataFrame, into a worksheet."""

from __future__ import annotations

import json
import sys
from typing import Any

from gspread_dataframe import set_with_dataframe

from benchmarks.peers.google import gspread_client
from benchmarks.peers.warehouse import frame


def main(asked: dict[str, Any]) -> dict[str, object]:
    """Export a query."""
    rows = frame(asked["query"])
    worksheet = gspread_client().open_by_key(asked["spreadsheet_id"]).worksheet(asked["worksheet"])
    set_with_dataframe(worksheet, rows, resize=True)
    return {"rows": len(rows)}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
