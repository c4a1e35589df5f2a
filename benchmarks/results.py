"""The figures of all cases, kept in results.json with the versions and the machine they are of."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.implementation import ROOT, versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.implementation import Implementation

FILE = Path(__file__).parent / "results.json"
OURS = "ours"
# What the engine and Dagster's side of it are built on.
_OURS_NEEDS = ("sheet_assets", "dagster", "polars", "orjson", "boto3", "psycopg2-binary", "gspread")


def line(case: str, record: dict[str, Any]) -> str:
    """A record for who waits for it."""
    counts = ", ".join(
        f"{name} {record[name]:,}"
        for name in ("reads", "requests", "s3_puts", "copies")
        if name in record
    )
    return (
        f"{case:<9}{record['size']:>9,}  {record['implementation']:<18}"
        f"{record['cpu_seconds']:>8.2f} CPU s{record['wall_seconds']:>8.1f} s"
        f"{record['peak_mb']:>7.0f} MB  {counts}"
    )


def read() -> dict[str, Any]:
    """What was kept so far: machine and versions, and records by case and size."""
    if not FILE.exists():
        return {"machine": {}, "versions": {}, "cases": {}}
    kept: dict[str, Any] = json.loads(FILE.read_text())
    return kept


def keep(
    case: str, size: int, records: Sequence[dict[str, Any]], there: Iterable[Implementation]
) -> None:
    """Put the records of a case and a size in the place of those before, and write the report.

    All of them at once: figures of two runs are not to be compared with one another.
    """
    kept = read()
    kept["machine"] = _machine()
    for each in there:
        needs = _OURS_NEEDS if each.is_ours else each.needs
        kept["versions"][each.name] = versions(each.python() or sys.executable, needs)
    load = round(os.getloadavg()[0], 1)
    kept["cases"].setdefault(case, {})[str(size)] = {"load_average": load, "records": list(records)}
    FILE.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    # A process of its own: whoever is measured next must not inherit matplotlib's memory.
    subprocess.run([sys.executable, "-m", "benchmarks.report"], cwd=ROOT, check=True)


def of(records: Iterable[dict[str, Any]], implementation: str) -> list[dict[str, Any]]:
    """The records of one implementation, by repetition."""
    found = [each for each in records if each["implementation"] == implementation]
    return sorted(found, key=lambda each: int(each["repetition"]))


def median(records: Iterable[dict[str, Any]], figure: str) -> float:
    """The median of a figure."""
    return float(statistics.median(each[figure] for each in records))


def ratios(records: Sequence[dict[str, Any]], peer: str, figure: str) -> list[float]:
    """A peer's figure by ours, in pairs of the same repetition; sorted."""
    ours = {each["repetition"]: each[figure] for each in of(records, OURS)}
    return sorted(
        each[figure] / ours[each["repetition"]]
        for each in of(records, peer)
        if each["repetition"] in ours
    )


def _machine() -> dict[str, Any]:
    models = [
        text.partition(":")[2].strip()
        for text in Path("/proc/cpuinfo").read_text().splitlines()
        if text.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
