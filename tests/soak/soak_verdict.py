"""Series: a figure of a process over a soak, and whether it leaks."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

# How far the median of the last quarter may stand above that of the second: a share of it, and so
# much besides. The first quarter is for warming up: imports, caches, pools.
ALLOWED = {
    "MB": (0.10, 16.0),
    "files": (0.0, 4.0),
    "sockets": (0.0, 4.0),
    "threads": (0.0, 4.0),
    "processes": (0.0, 2.0),
    # Four runs at once, each with a worker, two processes that copy what it prints, and two that
    # watch these.
    "workers": (0.0, 20.0),
    # What the instance keeps, in SQLite, which gives no page back to the disk.
    "stored MB": (0.25, 8.0),
    "stored files": (0.25, 40.0),
    "stored runs": (0.25, 10.0),
    "connections": (0.0, 4.0),
}
FEWEST = 12
# What ends by itself: only how many there are says something.
SHORT_LIVED = {"run worker"}


@dataclass
class Series:
    """One figure, such as `MB` of the webserver; `points` are (seconds since the start, value)."""

    of: str
    figure: str
    points: list[tuple[float, float]] = field(default_factory=list)

    def add(self, seconds: float, value: float) -> None:
        """What it was at a moment; of what is not always there, only while it is."""
        self.points.append((seconds, value))

    @property
    def first(self) -> float:
        """The value at its beginning."""
        return self.points[0][1]

    @property
    def judged(self) -> bool:
        """Whether it says something about a leak."""
        return self.of not in SHORT_LIVED or self.figure == "workers"

    def median(self, quarter: int, whole_seconds: float) -> float | None:
        """The median of a quarter of the soak, 1 to 4; None where there is no value."""
        begin, end = whole_seconds * (quarter - 1) / 4, whole_seconds * quarter / 4
        values = [value for at, value in self.points if begin <= at <= end]
        return statistics.median(values) if values else None

    def slope_per_hour(self, whole_seconds: float) -> float | None:
        """The straight line through all but the first quarter."""
        points = [(at, value) for at, value in self.points if at >= whole_seconds / 4]
        if len(points) < 3:
            return None
        return statistics.linear_regression(*zip(*points, strict=True)).slope * 3600

    def leaks(self, whole_seconds: float) -> bool:
        """Whether the last quarter's median is above the second's by more than is allowed."""
        second, last = self.median(2, whole_seconds), self.median(4, whole_seconds)
        if second is None or last is None or not self.judged:
            return False
        share, besides = ALLOWED[self.figure]
        return last > second * (1 + share) + besides

    def as_json(self, whole_seconds: float) -> dict[str, object]:
        """Its figures."""
        return {
            "of": self.of,
            "figure": self.figure,
            "first": self.first,
            "second_quarter": self.median(2, whole_seconds),
            "last_quarter": self.median(4, whole_seconds),
            "slope_per_hour": self.slope_per_hour(whole_seconds),
            "leaks": self.leaks(whole_seconds) if self.judged else None,
        }


class AllSeries:
    """The series of a soak, by what they are of."""

    def __init__(self) -> None:
        self._series: dict[tuple[str, str], Series] = {}
        self.seconds = 0.0
        self.samples = 0

    def add(self, seconds: float, values: dict[tuple[str, str], float]) -> None:
        """One sample: values by what they are of, and their figure."""
        self.seconds = seconds
        self.samples += 1
        for key, value in values.items():
            self._series.setdefault(key, Series(*key)).add(seconds, value)

    def __iter__(self):
        """In order."""
        return iter(sorted(self._series.values(), key=lambda each: (each.of, each.figure)))

    @property
    def leaks(self) -> list[Series]:
        """Those that leak."""
        return [each for each in self if each.leaks(self.seconds)]

    @property
    def enough(self) -> bool:
        """Whether there are samples to judge by: three a quarter."""
        return self.samples >= FEWEST
