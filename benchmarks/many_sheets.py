"""The way in of 200 sheets, by one run and by several at once: sheets a minute, CPU, and the quota.

`.venv/bin/python -m benchmarks.many_sheets [--sheets 200] [--spreadsheets 20] [--raised]`

Each run is a process of its own that loads the definitions, as Dagster's are, with its share of
the spreadsheets; they share one instance and one quota log. Every sheet is edited before, so every
one is loaded. With `--raised` Google allows, and we ask for, 100,000 requests a minute.
"""

from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection

WORKERS = (1, 4)
ROWS = 50
SHEET = """\
type: sheet_assets.SheetTable
attributes:
  name: sheet_{number}
  spreadsheet: many-{spreadsheet}
  worksheet: tab {number}
  table: raw_data.sheet_{number}
  columns:
    - {{name: id, type: integer, key: true}}
    - {{name: score, type: integer}}
"""


def serve(sheets: int, spreadsheets: int, raised: bool, pipe: Connection) -> None:
    """A sandbox; edits every sheet when it is told a number, and tells how Google has answered."""
    from sheet_assets.sandbox import (
        PERSON,
        SERVICE_ACCOUNT,
        Sandbox,
    )
    from sheet_assets.sandbox.google import Limits
    from sheet_assets.sandbox.seed import SeedTable, seed

    limits = Limits.without_quota() if raised else None
    with Sandbox(limits=limits) as sandbox, suppress(EOFError):
        pipe.send(dict(sandbox.settings))
        while True:
            score = pipe.recv()
            for number in range(sheets):
                rows = [["id", "score"], *([row, score] for row in range(ROWS))]
                table = SeedTable(f"many-{number % spreadsheets}", f"tab {number}", rows)
                seed(sandbox.google, table, share_with=[SERVICE_ACCOUNT], by=PERSON)
            sandbox.google.requests.clear()
            pipe.send(None)
            pipe.recv()
            statuses = [
                each.status
                for each in sandbox.google.requests
                if each.path.startswith("/v4/spreadsheets") and each.method == "GET"
            ]
            pipe.send((len(statuses), statuses.count(429)))


def main() -> None:
    """One row a number of runs at once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sheets", type=int, default=200)
    parser.add_argument("--spreadsheets", type=int, default=20)
    parser.add_argument("--raised", action="store_true")
    parser.add_argument("--work", nargs="*", type=int)
    asked = parser.parse_args()
    if asked.work is not None:
        print(json.dumps(worked(asked.work)))
        return
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    arguments = (asked.sheets, asked.spreadsheets, asked.raised, theirs)
    server = context.Process(target=serve, args=arguments)
    server.start()
    theirs.close()
    try:
        with tempfile.TemporaryDirectory(prefix="many_sheets_") as folder:
            _measure(asked.sheets, asked.spreadsheets, ours, Path(folder), raised=asked.raised)
    finally:
        # The server's end, also in the middle of a row.
        ours.close()
        server.join()


def worked(sheets: Sequence[int]) -> dict[str, object]:
    """A run of these sheets, as a run worker does it; how many were loaded, and what it cost."""
    import dagster as dg

    from sheet_assets.cli import execution
    from sheet_assets.cli.deployment import Deployment

    warnings.simplefilter("ignore")
    definitions = Deployment(importlib.import_module("benchmark_defs")).definitions
    loaded = _cpu(resource.RUSAGE_SELF)
    names = [f"sheet_{number}" for number in sheets]
    _, assets = execution.select(definitions, names)
    with dg.DagsterInstance.get() as instance:
        result = execution.execute(definitions, instance, assets=assets)
    outcomes = [each.outcome for each in result.assets if each.asset.startswith("raw_data/")]
    return {"loaded": outcomes.count("loaded"), "definitions": loaded, "errors": result.errors}


def _measure(
    sheets: int, spreadsheets: int, pipe: Connection, folder: Path, *, raised: bool
) -> None:
    home = folder / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    limit = "100000" if raised else "60"
    _write(sheets, spreadsheets, folder / "project" / "benchmark_defs")
    env = {
        **os.environ,
        **{name: value for name, value in pipe.recv().items() if value},
        "DAGSTER_HOME": str(home),
        "SHEET_ASSETS_STATE_DIR": str(home),
        "SHEET_ASSETS_READS_PER_MINUTE": limit,
        "SHEET_ASSETS_WRITES_PER_MINUTE": limit,
        "PYTHONPATH": f"{folder / 'project'}:{Path.cwd()}",
    }
    print(
        f"{sheets} sheets of {ROWS} rows in {spreadsheets} spreadsheets, {limit} reads a minute\n"
    )
    print(f"{'runs':>4} {'wall s':>8} {'sheets/min':>11} {'CPU s':>7} {'reads':>6} {'429':>4}")
    for workers in WORKERS:
        pipe.send(workers)
        pipe.recv()
        if not raised:
            time.sleep(61)  # Google's minute of the runs before
        began, used = time.perf_counter(), _cpu(resource.RUSAGE_CHILDREN)
        runs = [
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.many_sheets", "--work", *map(str, share)],
                env=env,
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=(folder / "log").open("ab"),
            )
            for share in _shares(sheets, spreadsheets, workers)
        ]
        answers = [run.communicate()[0] for run in runs]
        if any(run.returncode for run in runs):
            sys.exit((folder / "log").read_text()[-2000:])
        told = [json.loads(answer) for answer in answers]
        wall, cpu = time.perf_counter() - began, _cpu(resource.RUSAGE_CHILDREN) - used
        pipe.send(None)
        reads, refused = pipe.recv()
        loaded = sum(each["loaded"] for each in told)
        print(
            f"{workers:>4} {wall:>8.1f} {loaded / wall * 60:>11.0f} {cpu:>7.1f} {reads:>6} "
            f"{refused:>4}",
            flush=True,
        )
        for each in told:
            for error in list(each["errors"].values())[:1]:
                print(f"  failed: {error}")


def _shares(sheets: int, spreadsheets: int, workers: int) -> list[list[int]]:
    """The sheets of each run: whole spreadsheets, whose tabs are read together."""
    return [
        [number for number in range(sheets) if number % spreadsheets % workers == worker]
        for worker in range(workers)
    ]


def _write(sheets: int, spreadsheets: int, package: Path) -> None:
    for number in range(sheets):
        (package / f"sheet_{number}").mkdir(parents=True)
        text = SHEET.format(number=number, spreadsheet=number % spreadsheets)
        (package / f"sheet_{number}" / "defs.yaml").write_text(text)
    (package / "project").mkdir()
    (package / "project" / "defs.yaml").write_text("type: sheet_assets.SheetAssets\n")
    (package / "__init__.py").touch()


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
