"""What came of the cases: counts, and what is printed of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

Counts = Counter[tuple[str, str]]


@dataclass
class Tally:
    """Counts over all cases, each by a group and what is counted in it.

    Args:
        faults: How often what went wrong, by service and kind.
        ends: How often each kind of step ended how.
        reached: How far the cases got into the code that decides and tries again.
        broken: The promises that were broken, by seed.
    """

    cases: int = 0
    faults: Counts = field(default_factory=Counter)
    ends: Counts = field(default_factory=Counter)
    reached: Counts = field(default_factory=Counter)
    broken: dict[int, str] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """As people read it."""
        steps = Counter({key: n for key, n in self.ends.items() if not key[0].endswith(" at last")})
        return [
            f"cases: {self.cases:,}",
            f"faults injected: {self.faults.total():,}",
            *_groups(self.faults),
            f"steps under faults: {steps.total():,}",
            *_groups(steps),
            f"steps without: {self.ends.total() - steps.total():,}",
            *_groups(self.ends - steps),
            "reached:",
            *_groups(self.reached),
            f"violations: {len(self.broken)}",
            *(f"  make chaos SEED={seed}  # {said}" for seed, said in self.broken.items()),
        ]


def _groups(counts: Counts) -> list[str]:
    """A line a group, the most frequent first."""
    lines = []
    for group in sorted({group for group, _ in counts}):
        mine = Counter({what: count for (name, what), count in counts.items() if name == group})
        said = ", ".join(f"{what} {count:,}" for what, count in mine.most_common())
        lines.append(f"  {group:32} {mine.total():7,}  {said}")
    return lines
