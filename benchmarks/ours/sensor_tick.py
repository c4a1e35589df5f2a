"""What a tick of each sensor costs: Drive calls, and CPU seconds of a loaded code location.

A tick is what the daemon asks of a code location that is loaded; loading it is timed apart.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import resource
import sys
import warnings
from pathlib import Path
from typing import Any

import dagster as dg

from benchmarks.ours import project
from benchmarks.served import Served
from sheet_assets.cli.deployment import Deployment

_CHANGES = "sheet_changes_sensor"
_COLUMNS = [
    {"name": "id", "type": "integer", "key": True},
    {"name": "score", "type": "smallint", "min": 0, "max": 10},
]


def main(asked: dict[str, Any]) -> dict[str, object]:
    """Every sensor of a project with so many sheets, each in a spreadsheet of its own."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)  # what a sensor tells
    with Served("benchmarks.backend:running") as backend:
        for name, value in backend.ask("benchmarks.backend:settings").items():
            os.environ[name] = value
        backend.ask("benchmarks.backend:create_spreadsheets", asked["sheets"])
        os.environ["SHEET_ASSETS_STATE_DIR"] = str(Path.cwd() / "state")
        return _measured(asked["sheets"], backend)


def _measured(sheets: int, backend: Served) -> dict[str, object]:
    began = _cpu()
    definitions = _definitions(sheets)
    repository = definitions.get_repository_def()
    loaded = _cpu() - began
    ticks: list[dict[str, object]] = []
    home = Path.cwd() / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(home)) as instance:

        def tick(name: str, cursor: str | None, what: str) -> str | None:
            """The cursor afterwards."""
            sensor = repository.get_sensor_def(name)
            resources = definitions.resources or {}
            backend.ask("benchmarks.backend:clear")
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
            ticks.append(
                {
                    "tick": what,
                    "cpu_seconds": round(_cpu() - began, 3),
                    "drive_calls": backend.ask("benchmarks.backend:drive_calls"),
                    "runs": len(decided.run_requests or ()),
                    "cursor_kb": round(len(decided.cursor or "") / 1000, 1),
                }
            )
            return decided.cursor

        # What is pending is dropped in between, as if the run had loaded it.
        cursor = _done(tick(_CHANGES, None, "sheet_changes_sensor, the first: nothing is loaded"))
        tick(_CHANGES, cursor, "sheet_changes_sensor, nothing has changed")
        cursor = tick(_CHANGES, cursor, "sheet_changes_sensor, nothing has changed, again")
        for edits in sorted({1, min(100, sheets), sheets}):
            backend.ask("benchmarks.backend:edit", edits)
            cursor = _done(tick(_CHANGES, cursor, f"sheet_changes_sensor, edited sheets: {edits}"))
        for name in sorted(sensor.name for sensor in repository.sensor_defs):
            if name != _CHANGES:
                tick(name, tick(name, None, f"{name}, the first"), name)
    return {"load_cpu_seconds": round(loaded, 3), "ticks": ticks}


def _done(cursor: str | None) -> str:
    return json.dumps({**json.loads(cursor or "{}"), "pending": {}})


def _definitions(sheets: int) -> Any:
    project.write(
        Path.cwd(),
        {
            f"sheet_{number}": (
                "SheetTable",
                {
                    "name": f"sheet_{number}",
                    "spreadsheet": f"tick-{number}",
                    "worksheet": "Sheet1",
                    "table": f"raw_data.sheet_{number}",
                    "columns": _COLUMNS,
                },
            )
            for number in range(sheets)
        },
    )
    sys.path.insert(0, str(Path.cwd()))
    return Deployment(importlib.import_module(f"{project.PACKAGE}.defs")).definitions


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
