"""The charts of RESULTS.md: what the peers take beside us, and how we grow with the sheet."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from benchmarks import data, results

if TYPE_CHECKING:
    from collections.abc import Mapping

mpl.use("svg")
from matplotlib import pyplot as plt

FOLDER = Path(__file__).parent
_OURS, _PEER, _INK = "#1f6f8b", "#c9ada1", "#333333"
_SETTINGS = {
    "font.size": 10,
    "font.family": "DejaVu Sans",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _INK,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    # The same figures make the same file.
    "svg.hashsalt": "benchmarks",
    "svg.fonttype": "none",
}
_TOLD = {
    "ours-run": "whole Dagster run",
    "naive": "gspread, pandas",
    "csv": "gspread, csv",
    "dlt": "dlt google_sheets",
    "gspread-dataframe": "gspread-dataframe",
    "update": "pandas, update",
}


def ratios(cases: Mapping[str, Any]) -> str | None:
    """CPU seconds of the others for each of ours; the file's name, None without figures."""
    bars: list[tuple[str, list[float], str]] = []
    for case, title in (("import", "import"), ("export", "export")):
        for size, kept in sorted(cases.get(case, {}).items(), key=lambda item: int(item[0])):
            width = data.WIDTH if case == "import" else 5
            for name, told in _TOLD.items():
                found = results.ratios(kept["records"], name, "cpu_seconds")
                if found:
                    cells = f"{int(size) * width / 1e6:g}M cells"
                    bars.append((f"{title}, {cells}: {told}", found, name))
    if not bars:
        return None
    with mpl.rc_context(_SETTINGS):
        figure, axes = plt.subplots(figsize=(8.5, 0.42 * len(bars) + 1.5), layout="constrained")
        for place, (_, found, name) in enumerate(bars):
            middle = statistics.median(found)
            color = _OURS if name == "ours-run" else _PEER
            axes.barh(place, middle, color=color, height=0.7)
            axes.plot([found[0], found[-1]], [place, place], color=_INK, linewidth=1)
            axes.annotate(
                f"{middle:.1f} x",
                (max(middle, found[-1]), place),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
            )
        axes.axvline(1, color=_OURS, linewidth=1.5)
        axes.set_yticks(range(len(bars)), [label for label, _, _ in bars])
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.margins(x=0.1)
        axes.set_xlabel("CPU seconds for each one of the engine alone (median of pairs, and range)")
        figure.suptitle(_said_of_ratios(cases), x=0.01, ha="left", fontsize=11)
        return _saved(figure, "ratios.svg")


def _said_of_ratios(cases: Mapping[str, Any]) -> str:
    told = []
    for size, kept in sorted(cases.get("import", {}).items(), key=lambda item: int(item[0])):
        found = results.ratios(kept["records"], "naive", "cpu_seconds")
        if found:
            cells = int(size) * data.WIDTH / 1e6
            told.append(f"{statistics.median(found):.1f} times for {cells:g} million cells")
    return f"The old way takes our CPU seconds {', '.join(told)}" if told else "CPU beside ours"


def scaling(cases: Mapping[str, Any]) -> str | None:
    """CPU seconds and memory of the engine by the cells of a sheet."""
    kept = cases.get("scaling", {})
    points = sorted(
        (
            int(size) * data.WIDTH,
            results.median(results.of(found["records"], results.OURS), "cpu_seconds"),
            results.median(results.of(found["records"], results.OURS), "peak_mb"),
        )
        for size, found in kept.items()
    )
    if len(points) < 2:
        return None
    cells, cpus, peaks = zip(*points, strict=True)
    with mpl.rc_context(_SETTINGS):
        figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.6), layout="constrained")
        millions = [each / 1e6 for each in cells]
        for axes, values, label in ((left, cpus, "CPU seconds"), (right, peaks, "peak MB")):
            axes.plot(millions, values, color=_OURS, marker="o", linewidth=2)
            labelled = -1.0
            for x, y in zip(millions, values, strict=True):
                # Those of small sheets stand upon one another.
                if x - labelled > millions[-1] / 20:
                    text = f"{y:.1f}" if axes is left else f"{y:.0f}"
                    axes.annotate(
                        text, (x, y), xytext=(-3, 7), textcoords="offset points", ha="right"
                    )
                    labelled = x
            axes.set_xlabel("million cells")
            axes.set_ylabel(label)
            axes.set_ylim(0, max(values) * 1.2)
            axes.margins(x=0.08)
            axes.grid(axis="y", color="#dddddd", linewidth=0.6)
            axes.set_axisbelow(True)
        figure.suptitle(_said_of_scaling(points), x=0.01, ha="left", fontsize=11)
        return _saved(figure, "scaling.svg")


def _said_of_scaling(points: list[tuple[int, float, float]]) -> str:
    (few, few_cpu, few_mb), (many, many_cpu, many_mb) = points[0], points[-1]
    marginal = (many_cpu - few_cpu) / (many - few) * 1e6
    memory = (
        f"memory stays within {many_mb:.0f} MB"
        if many_mb < 2 * few_mb
        else f"memory grows from {few_mb:.0f} to {many_mb:.0f} MB"
    )
    return (
        f"An import takes {few_cpu:.1f} CPU s and {marginal:.2f} s more for each million cells; "
        f"{memory}"
    )


def _saved(figure: Any, name: str) -> str:
    figure.savefig(FOLDER / name, metadata={"Date": None})
    plt.close(figure)
    return name
