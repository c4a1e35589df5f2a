"""RESULTS.md and its charts, made of results.json: `python -m benchmarks.report`."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tabulate import tabulate

from benchmarks import charts, results
from benchmarks.cases import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE = Path(__file__).parent / "RESULTS.md"
_HEAD = """\
# Results

Written by `make bench`; [README.md](README.md) says how it is measured. CPU seconds are user and
system of the whole process and its children, from its start to its end; servers are processes of
their own and are not counted. Each figure is the median of n processes that ran in turn, ours and
the peers', A B A B; a ratio is the median of pairs of one turn, with its range.
"""
_COUNTS = {
    "reads": "Sheets reads",
    "requests": "requests",
    "plain_mb": "MB read",
    "s3_puts": "PUTs",
    "copies": "COPYs",
}


def main() -> None:
    """Write it."""
    kept = results.read()
    FILE.write_text("\n".join(_sections(kept)) + "\n", encoding="utf-8")


def _sections(kept: Mapping[str, Any]) -> Iterator[str]:
    yield _HEAD
    yield from _machine(kept)
    cases: Mapping[str, Any] = kept["cases"]
    for name, said in (
        (charts.ratios(cases), "CPU seconds of the peers for each one of ours"),
        (charts.scaling(cases), "CPU seconds and memory by the cells of a sheet"),
    ):
        if name:
            yield f"![{said}]({name})\n"
    for name, case in CASES.items():
        if name not in cases:
            continue
        yield f"## {case.kind.title}\n"
        if name == "scaling":
            yield _scaling(cases[name])
            continue
        for size, found in sorted(cases[name].items(), key=lambda item: int(item[0])):
            if name == "ticks":
                yield from _ticks(int(size), found["records"][0]["said"])
            elif name == "launch":
                yield f"Load average {found['load_average']}.\n"
                yield from _launches(found["records"][0]["said"])
            else:
                yield from _compared(int(size), found)
        differing = [each for each in case.kind.implementations if each.differs]
        if name in {"import", "export"}:
            yield "Where the work differs:\n"
            yield from (f"- `{each.name}`: {each.differs}." for each in differing)
            yield ""


def _machine(kept: Mapping[str, Any]) -> Iterator[str]:
    machine = kept["machine"]
    yield (
        f"{machine.get('processor')}, {machine.get('system')}, Python {machine.get('python')}; "
        f"{machine.get('cores')} cores and {machine.get('memory_gib')} GiB, which servers share.\n"
    )
    for name, found in kept["versions"].items():
        told = ", ".join(f"{package} {version}" for package, version in (found or {}).items())
        yield f"- `{name}`: {told}"
    yield ""


def _scaling(sizes: Mapping[str, Any]) -> str:
    rows = []
    for size, found in sorted(sizes.items(), key=lambda item: int(item[0])):
        mine = results.of(found["records"], results.OURS)
        figures = [
            results.median(mine, name) for name in ("cpu_seconds", "wall_seconds", "peak_mb")
        ]
        rows.append(
            [
                f"{int(size):,}",
                len(mine),
                f"{figures[0]:.2f}",
                f"{figures[1]:.1f}",
                f"{figures[2]:.0f}",
                *(str(mine[-1][name]) for name in ("reads", "s3_puts", "copies")),
            ]
        )
    head = ["rows", "n", "CPU s", "wall s", "peak MB", "Sheets reads", "PUTs", "COPYs"]
    return tabulate(rows, head, tablefmt="github", disable_numparse=True) + "\n"


def _compared(size: int, found: Mapping[str, Any]) -> Iterator[str]:
    records = found["records"]
    names = list(dict.fromkeys(each["implementation"] for each in records))
    counts = [name for name in _COUNTS if name == "plain_mb" or any(name in r for r in records)]
    rows = []
    for name in names:
        mine = results.of(records, name)
        last = mine[-1]
        ratios = results.ratios(records, name, "cpu_seconds")
        row = [
            f"`{name}`",
            len(mine),
            f"{results.median(mine, 'cpu_seconds'):.2f}",
            _range(ratios) if name != results.OURS else "1",
            f"{results.median(mine, 'wall_seconds'):.1f}",
            f"{results.median(mine, 'peak_mb'):.0f}",
        ]
        for count in counts:
            if count == "plain_mb":
                row.append(f"{last['plain_bytes'] / 1e6:.1f}" if "plain_bytes" in last else "")
            else:
                row.append(str(last.get(count, "")))
        rows.append(row)
    head = ["", "n", "CPU s", "of ours", "wall s", "peak MB", *(_COUNTS[each] for each in counts)]
    yield f"{size:,} rows, load average {found['load_average']}:\n"
    yield tabulate(rows, head, tablefmt="github", disable_numparse=True) + "\n"
    told = {
        each["implementation"]: each["said"]["wrong_cells"]
        for each in records
        if "wrong_cells" in each["said"]
    }
    if told:
        named = ", ".join(f"`{name}` names {count:,}" for name, count in told.items())
        yield f"Of the wrong cells {named}; the others end with the first that COPY refuses.\n"


def _range(found: list[float]) -> str:
    if not found:
        return ""
    middle = f"{statistics.median(found):.2f}"
    return middle if len(found) == 1 else f"{middle} ({found[0]:.2f} to {found[-1]:.2f})"


def _ticks(size: int, said: Mapping[str, Any]) -> Iterator[str]:
    loaded = said["load_cpu_seconds"]
    yield f"{size:,} sheets, whose definitions load in {loaded:.1f} CPU s:\n"
    head = ["tick", "CPU s", "Drive calls", "runs", "cursor kB"]
    yield tabulate([list(each.values()) for each in said["ticks"]], head, tablefmt="github") + "\n"


def _launches(said: Mapping[str, Any]) -> Iterator[str]:
    runs = said["runs"]
    wall = statistics.median(each["wall_seconds"] for each in runs)
    cpu = statistics.median(each["cpu_seconds"] for each in runs)
    yield (
        f"From `launchRun` until GraphQL tells SUCCESS of all five assets of the NPS chain, with "
        f"`sheet-assets dev` up: {wall:.2f} s (median of {len(runs)}, the first left out), and "
        f"{cpu:.2f} CPU s of Dagster, the run and the sandbox together. Where the seconds go:\n"
    )
    rows = [
        [what, f"{statistics.median(each['until'][what] for each in runs):.2f}"]
        for what in runs[0]["until"]
    ]
    yield tabulate(rows, ["until", "s"], tablefmt="github", disable_numparse=True) + "\n"


if __name__ == "__main__":
    main()
