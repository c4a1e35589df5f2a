# ruff: noqa: INP001, PLC0415, TID251 - a script, whose processes import only what they measure
"""An export of 100,000 x 5 and of 900,000 x 5 rows: time, requests, and that memory stays flat.

Run it on a sandbox, which has its own processes:

    sheet-assets sandbox run --no-quota -- python benchmarks/sheet_export.py [ROWS …]

Each size runs in a process of its own, from the cursor on the server to the values read back;
only that process is measured.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time

SIZES = (1_000, 100_000, 900_000)
SPREADSHEET = "spreadsheet-copy-testing"
QUERY = """
SELECT n AS id, 'answer ' || n AS text, DATE '2020-01-01' + CAST(n % 2000 AS integer) AS day,
       CAST(n % 1000 AS decimal(9, 2)) / 7 AS share, n % 3 = 0 AS yes
FROM generate_series(1, {rows}) AS n ORDER BY n
"""


def main() -> None:
    """One row a size."""
    if len(sys.argv) == 3 and sys.argv[1] == "--one":
        print(json.dumps(measured(int(sys.argv[2]))))
        return
    # The sandbox's quota is raised by nothing here: this process only stays below its own.
    os.environ["SHEET_ASSETS_READS_PER_MINUTE"] = "100000"
    os.environ["SHEET_ASSETS_WRITES_PER_MINUTE"] = "100000"
    print(f"{'rows':>9} {'wall s':>8} {'CPU s':>8} {'peak MB':>8} {'requests':>9}  staged  outcome")
    for rows in map(int, sys.argv[1:] or SIZES):
        command = [sys.executable, __file__, "--one", str(rows)]
        found = json.loads(subprocess.check_output(command))
        print(
            f"{rows:>9,} {found['wall']:>8.1f} {found['cpu']:>8.1f} {found['peak']:>8.0f} "
            f"{found['requests']:>9}  {found['staged']!s:6}  {found['outcome']}",
            flush=True,
        )


def measured(rows: int) -> dict[str, object]:
    """An export into a new tab of its own, by the library alone."""
    from sheet_assets.clients.sheet_export.export import export_result
    from sheet_assets.clients.sheet_export.query import queried
    from sheet_assets.clients.sheet_export.target import ExportTarget
    from sheet_assets.resources.google import GoogleCredentials, GoogleSheets
    from sheet_assets.resources.redshift import Redshift

    started = time.perf_counter()
    target = ExportTarget(f"bench_{rows}", SPREADSHEET, f"Bench {rows}", create_worksheet=True)
    google = GoogleSheets(credentials=GoogleCredentials())
    result, queried_at = queried(Redshift().client(), target, QUERY.format(rows=rows))
    with result, google.client() as client:
        made = export_result(client, target, result, queried_at=queried_at)
        # So that the next size finds room for its own.
        (tab,) = [
            each.sheet_id
            for each in client.spreadsheet(SPREADSHEET).worksheets
            if each.title == target.worksheet
        ]
        client.batch_update(SPREADSHEET, [{"deleteSheet": {"sheetId": tab}}])
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "wall": time.perf_counter() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss / 1024,
        "requests": made.api_calls,
        "staged": made.staged,
        "outcome": made.outcome,
    }


if __name__ == "__main__":
    main()
