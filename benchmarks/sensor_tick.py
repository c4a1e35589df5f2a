# ruff: noqa: INP001 - a script, no package
"""What a tick of each sensor costs with 1,000 sheets: Drive calls, and CPU seconds.

`.venv/bin/python benchmarks/sensor_tick.py [--sheets 1000]`

The sandbox runs in a process of its own, so that its work is not counted. A tick is what the
daemon asks of a code location that is loaded; loading it is timed apart.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import os
import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

WORKSHEET = "Sheet1"
SHEET = """\
type: sheet_assets.SheetTable
attributes:
  name: sheet_{number}
  spreadsheet: benchmark-{number}
  worksheet: Sheet1
  table: raw_data.sheet_{number}
  columns:
    - {{name: id, type: integer, key: true}}
    - {{name: score, type: smallint, min: 0, max: 10}}
"""


def serve(sheets: int, pipe: Connection) -> None:
    """A sandbox with so many spreadsheets; edits what it is told to, and counts Drive's calls."""
    from sheet_assets.sandbox import (  # noqa: PLC0415 - of the child only
        PERSON,
        SERVICE_ACCOUNT,
        Sandbox,
    )

    with Sandbox() as sandbox:
        drive = sandbox.google.drive
        for number in range(sheets):
            workbook = drive.create_spreadsheet(f"{number}", spreadsheet_id=f"benchmark-{number}")
            drive.share(workbook.spreadsheet_id, SERVICE_ACCOUNT)
        pipe.send(dict(sandbox.settings))
        while (edits := pipe.recv()) is not None:
            calls = [each for each in sandbox.google.requests if "/drive/" in each.path]
            sandbox.google.requests.clear()
            for number in range(edits):
                worksheet = drive.workbook(f"benchmark-{number}").worksheet(WORKSHEET)
                worksheet.set_values([[time.time()]], 0, 0, by=PERSON)
            pipe.send(len(calls))


def main() -> None:
    """Run it, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sheets", type=int, default=1000)
    sheets: int = parser.parse_args().sheets
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)  # what a sensor tells
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(sheets, theirs))
    server.start()
    try:
        with tempfile.TemporaryDirectory(prefix="sensor_tick_") as folder:
            _measure(sheets, ours, Path(folder))
    finally:
        ours.send(None)
        server.join()


def _measure(sheets: int, pipe: Connection, folder: Path) -> None:
    for name, value in pipe.recv().items():
        os.environ[name] = value  # noqa: TID251 - what settings.py reads
    os.environ["SHEET_ASSETS_STATE_DIR"] = str(folder / "state")  # noqa: TID251 - as above
    import dagster as dg  # noqa: PLC0415 - after the settings

    began = _cpu()
    definitions = _definitions(sheets, folder)
    repository = definitions.get_repository_def()
    print(f"{sheets} sheets, loaded in {_cpu() - began:.1f} s of CPU\n")
    home = folder / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(home)) as instance:

        def tick(name: str, cursor: str | None, what: str) -> str | None:
            """One line of the table; the cursor afterwards."""
            sensor = repository.get_sensor_def(name)
            resources = definitions.resources or {}
            began = _cpu()
            context = dg.build_sensor_context(
                instance=instance,
                cursor=cursor,
                repository_def=repository,
                resources={key: resources[key] for key in sensor.required_resource_keys},
                sensor_name=name,
            )
            with context:
                decided = sensor.evaluate_tick(context)
            seconds = _cpu() - began
            pipe.send(0)
            calls, runs = pipe.recv(), len(decided.run_requests or ())
            kilobytes = len(decided.cursor or "") / 1000
            print(f"{what:<48}{calls:>12}{runs:>6}{seconds:>8.2f}{kilobytes:>11.1f}")
            return decided.cursor

        print(f"{'tick':<48}{'Drive calls':>12}{'runs':>6}{'CPU s':>8}{'cursor kB':>11}")
        changes = "sheet_changes_sensor"
        # What is pending is dropped in between, as if the run had loaded it.
        cursor = _done(tick(changes, None, f"the first, {sheets} sheets never loaded"))
        cursor = tick(changes, cursor, "nothing has changed")
        cursor = tick(changes, cursor, "nothing has changed")
        for edits in (1, 100, sheets):
            pipe.send(edits)
            pipe.recv()
            cursor = _done(tick(changes, cursor, f"sheets that were edited: {edits}"))
        for name in sorted(sensor.name for sensor in repository.sensor_defs):
            if name != changes:
                tick(name, tick(name, None, f"{name}, the first"), name)


def _done(cursor: str | None) -> str:
    return json.dumps({**json.loads(cursor or "{}"), "pending": {}})


def _definitions(sheets: int, folder: Path) -> Any:
    import importlib  # noqa: PLC0415 - beside its use

    from sheet_assets.cli.deployment import Deployment  # noqa: PLC0415 - after the settings

    package = folder / "project" / "benchmark_defs"
    for number in range(sheets):
        (package / f"sheet_{number}").mkdir(parents=True)
        (package / f"sheet_{number}" / "defs.yaml").write_text(SHEET.format(number=number))
    (package / "project").mkdir()
    (package / "project" / "defs.yaml").write_text("type: sheet_assets.SheetAssets\n")
    (package / "__init__.py").touch()
    sys.path.insert(0, str(package.parent))
    return Deployment(importlib.import_module("benchmark_defs")).definitions


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
