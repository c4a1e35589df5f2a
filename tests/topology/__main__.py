"""`python -m tests.topology`: a deployment of several processes, each killed in turn during runs.

RUNS=50 is how many runs are launched. Prints what came of them; exit code 1 on a violation.
"""

from __future__ import annotations

import collections
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from sheet_assets.cli import signals
from tests.topology import invariants
from tests.topology.kills import killed, victims
from tests.topology.launches import Launches
from tests.topology.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable

# A lost run is found after three minutes here, and its pools are free a minute later.
PATIENCE_SECONDS = 1200


def main() -> int:
    """Run it; the exit code."""
    runs = int(os.environ.get("RUNS", "50"))
    warnings.simplefilter("ignore")
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="sheet_assets_topology_"))
    print(f"Logs are in {folder}.", flush=True)
    with signals.raised(), Site(folder) as site, dg.DagsterInstance.get() as instance:
        kills, violations = [], []
        _wait(lambda: not site.problems(), PATIENCE_SECONDS)
        print(f"{'killed':28} {'told':>9} {'well':>9}", flush=True)
        launches = Launches(site, instance, runs)
        planned = victims(site, launches)
        chance = random.Random(runs)
        for number, victim in enumerate(planned, 1):
            # A share of the runs for each kill.
            _wait(lambda: launches.launched >= launches.allowed, PATIENCE_SECONDS)
            launches.allowed = math.ceil(runs * number / len(planned))
            kills.append(killed(launches, victim, chance))
            print(kills[-1], flush=True)
        while launches.launched < runs and launches.error is None:
            time.sleep(1)
        if launches.error:
            violations.append(f"no more runs could be launched: {launches.error!r}")
        if not _wait(lambda: not launches.waiting(), PATIENCE_SECONDS):
            violations += [f"run {each} is not over" for each in launches.waiting()]
        groups = launches.groups()
        states = collections.Counter(run.status.value for run in instance.get_runs())
        retried = sum(run.parent_run_id is not None for run in instance.get_runs())
        violations += [each.violation for each in kills if each.violation]
        violations += [*invariants.of_runs(groups), *invariants.of_tables(site)]
        for process in site.processes:
            try:
                print(f"{process.name}: gone {process.stop():.1f} s after SIGTERM")
            except subprocess.TimeoutExpired:
                violations.append(f"{process.name} is not gone a minute after SIGTERM")
    print(f"\n{runs} runs launched, {len(kills)} kills, {time.monotonic() - began:.0f} s in all.")
    print(f"Runs by final state, with {retried} started again and those of sensors: {dict(states)}")
    print("\n".join(f"VIOLATION: {each}" for each in violations) or "No violation.")
    if not violations:
        shutil.rmtree(folder)
    return bool(violations)


def _wait(what: Callable[[], object], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(1)
    return True


if __name__ == "__main__":
    sys.exit(main())
