"""`make soak MINUTES=60`: `sheet-assets dev` with its processes, at work, and what of it grows."""

from __future__ import annotations

import argparse
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2
from checkout import checkout_at, copy_project
from rich.console import Console
from rich.table import Table
from soak_edits import Edits, Person, exported, summary
from soak_faults import FaultInjection
from soak_instance import SoakInstance
from soak_processes import Family
from soak_verdict import AllSeries

from sheet_assets.errors import SheetAssetsError

if TYPE_CHECKING:
    from collections.abc import Callable

_SETTLING_SECONDS = 600
_QUIET_SECONDS = "5"
_VERDICTS = {True: "[red]leaks", False: "flat", None: ""}


class Soak:
    """The work, at its rates, and the samples."""

    def __init__(self, instance: SoakInstance, pid: int, seconds: float, seed: int) -> None:
        chance = random.Random(seed)
        self.seconds = seconds
        self.instance = instance
        self.series = AllSeries()
        self.edits = Edits(Person(instance.addresses["Google"]), chance)
        self.faults = FaultInjection(instance.addresses["Google"], chance)
        self.happened: Counter[tuple[str, str]] = Counter()
        self.troubles: Counter[str] = Counter()
        self.export_agrees = False
        self._family = Family(pid)
        self._started = time.monotonic()

    def work(self) -> None:
        """Edit, start, ask, break and sample until the time is over."""
        tasks: list[tuple[float, Callable[[], None]]] = [
            (12, self.edits.make),
            (15, self.faults.inject),
            (15, self.instance.poll_health),
            (20, self._look),
            (90, self._refresh),
            (max(self.seconds / 8, 60), self.instance.pass_days),
            (min(max(self.seconds / 120, 2), 30), self.sample),
        ]
        due = [self._started + every for every, _ in tasks]
        while time.monotonic() - self._started < self.seconds:
            for place, (every, task) in enumerate(tasks):
                if time.monotonic() >= due[place]:
                    due[place] = time.monotonic() + every
                    self._try(task)
            time.sleep(0.2)

    def settle(self) -> None:
        """Break and edit nothing more, and wait until what was typed has arrived."""
        self.happened = self.faults.stop()
        deadline = time.monotonic() + _SETTLING_SECONDS
        while time.monotonic() < deadline:
            self._look()
            self._try(self._compare_export)
            if not self.edits.waiting() and self.export_agrees:
                break
            time.sleep(3)
        self.instance.see_runs()

    def sample(self) -> None:
        """One more point of each series."""
        values = {**self._family.sample(), **self.instance.sample()}
        self.series.add(time.monotonic() - self._started, values)

    def _try(self, task: Callable[[], None]) -> None:
        """What fails once is told in the end, and the work goes on."""
        try:
            task()
        except (OSError, sqlite3.Error, psycopg2.Error, SheetAssetsError) as error:
            self.troubles[f"{task.__name__}: {error}"] += 1

    def _look(self) -> None:
        # A fault may meet our own question, too.
        with suppress(psycopg2.Error):
            self.edits.look(self.instance.query)

    def _refresh(self) -> None:
        self.instance.trigger("refresh_job")

    def _compare_export(self) -> None:
        self.export_agrees = exported(self.edits.person) == summary(self.instance.query)

    @property
    def well(self) -> bool:
        """Whether nothing leaks, nothing was lost, and the export is what it should be."""
        lost = self.edits.waiting()
        return self.series.enough and not self.series.leaks and not lost and self.export_agrees

    def as_json(self) -> dict[str, Any]:
        """All figures."""
        jobs = Counter(f"{job} {status}" for job, status in self.instance.runs.values())
        return {
            "minutes": round(self.series.seconds / 60, 1),
            "samples": self.series.samples,
            "runs": dict(sorted(jobs.items())),
            "edits": self.edits.as_json(),
            "export_agrees": self.export_agrees,
            "faults": {
                f"{service}: {kind}": n for (service, kind), n in sorted(self.happened.items())
            },
            "health": dict(self.instance.health),
            "refused": dict(self.instance.refused),
            "troubles": dict(self.troubles),
            "series": [each.as_json(self.series.seconds) for each in self.series],
            "leaks": [f"{each.of}: {each.figure}" for each in self.series.leaks],
            "seen": {
                f"{each.of}: {each.figure}": self._family.seen.get((each.of, each.figure), [])
                for each in self.series.leaks
            },
            "well": self.well,
        }


def main() -> int:
    """Run a soak; the exit code is 1 on a leak or a lost edit."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--json", action="store_true", dest="as_json")
    said = parser.parse_args()
    console = Console(stderr=True)
    console.print(
        f"seed {said.seed}; Ctrl-C ends it with what there is by then, "
        "once more without waiting for the last edits"
    )
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="soak") as folder:
        Path(folder).chmod(0o755)
        copy_project(Path(folder))
        with (
            checkout_at(Path(folder)) as checkout,
            # A session of its own: Ctrl-C is ours.
            checkout.start(
                "dev",
                "--json",
                env={"SHEET_ASSETS_QUIET_SECONDS": _QUIET_SECONDS},
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            ) as dev,
        ):
            assert dev.stdout is not None
            addresses = json.loads(dev.stdout.readline() or "{}")
            if not addresses:
                console.print("`sheet-assets dev` did not start.")
                return 2
            soak = Soak(SoakInstance(addresses), dev.pid, said.minutes * 60, said.seed)
            console.print(f"`dev` is up at {addresses['Dagster']}, and at work")
            with suppress(KeyboardInterrupt):
                soak.work()
            with suppress(KeyboardInterrupt):
                soak.settle()
            # Before it stops: what it leaves behind then is an error of its own.
            _print(soak, as_json=said.as_json)
    return 0 if soak.well else 1


def _print(soak: Soak, *, as_json: bool) -> None:
    told = soak.as_json()
    if as_json:
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return
    console = Console(width=100)
    table = Table("of", "figure", "first", "2nd quarter", "last quarter", "per hour", "")
    for each in told["series"]:
        figures = (
            each[name] for name in ("first", "second_quarter", "last_quarter", "slope_per_hour")
        )
        shown = ["" if figure is None else f"{figure:,.1f}" for figure in figures]
        table.add_row(each["of"], each["figure"], *shown, _VERDICTS[each["leaks"]])
    console.print(table)
    for name in (
        "minutes",
        "samples",
        "runs",
        "faults",
        "health",
        "refused",
        "troubles",
        "edits",
        "export_agrees",
        "leaks",
        "seen",
    ):
        console.print(f"{name}: {told[name]}", soft_wrap=True, highlight=False)
    if not soak.series.enough:
        console.print("Too few samples for a verdict: let it run longer.")


if __name__ == "__main__":
    sys.exit(main())
