"""The whole chain of the sample project, launched over GraphQL while `sheet-assets dev` is up."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests

from benchmarks.process import cpu_of_tree
from sheet_assets.operations import launch as operation
from sheet_assets.operations.webserver import Webserver
from sheet_assets.operations.workspace import workspace

ROOT = Path(__file__).parents[2]
# All assets of these names: sheet, S3 and table; the summary's table and the exported sheet.
CHAIN = ("nps", "nps_summary")
_PATIENCE_SECONDS = 300
_RUN = """
query($id: ID!) { runOrError(runId: $id) { ... on Run {
  status creationTime startTime endTime stepStats { stepKey startTime endTime } } } }
"""


def main(asked: dict[str, Any]) -> dict[str, object]:
    """Launch it so often, after once that is not told; a run's seconds and CPU seconds each."""
    command = [str(Path(sys.executable).with_name("sheet-assets")), "dev", "--json"]
    dev = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert dev.stdout is not None  # noqa: S101 - it is a pipe
        url = json.loads(dev.stdout.readline())["Dagster"]
        webserver = Webserver(url)
        chain = operation.chosen(workspace(webserver), CHAIN, force=True)
        runs = [_run(webserver, chain, dev.pid) for _ in range(asked["repetitions"] + 1)]
    finally:
        dev.terminate()  # a shell's background job would ignore SIGINT
        dev.wait()
    return {"runs": runs[1:], "first": runs[0]}


def _run(webserver: Webserver, chain: operation.Launch, dev: int) -> dict[str, Any]:
    cpu, sent_at, began = cpu_of_tree(dev), time.time(), time.perf_counter()
    run_id = operation.launch(webserver, chain)
    deadline = began + _PATIENCE_SECONDS
    while True:
        asked = {"query": _RUN, "variables": {"id": run_id}}
        answer = requests.post(f"{webserver.url}/graphql", json=asked, timeout=60).json()
        run = answer["data"]["runOrError"]
        if run["status"] in {"SUCCESS", "FAILURE", "CANCELED"}:
            break
        if time.perf_counter() > deadline:
            raise SystemExit(f"the run is {run['status']} after {_PATIENCE_SECONDS} s")
        time.sleep(0.1)
    wall = time.perf_counter() - began
    if run["status"] != "SUCCESS":
        raise SystemExit(f"the run ended as {run['status']}")
    steps = sorted(run["stepStats"], key=lambda step: float(step["startTime"]))
    return {
        "wall_seconds": round(wall, 3),
        "cpu_seconds": round(cpu_of_tree(dev) - cpu, 3),
        "until": {
            "the run is created": round(run["creationTime"] - sent_at, 3),
            "its process has begun": round(run["startTime"] - sent_at, 3),
            **{step["stepKey"]: round(step["endTime"] - sent_at, 3) for step in steps},
            "it has ended": round(run["endTime"] - sent_at, 3),
        },
    }


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
