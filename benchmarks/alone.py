"""The cases of this package alone, which tell more of themselves than of their process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.implementation import Implementation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.workbench import Workbench


@dataclass(frozen=True)
class Alone:
    """One script that is given `argument`: the size, and `repetitions`."""

    title: str
    module: str
    argument: str

    @property
    def implementations(self) -> tuple[Implementation, ...]:
        """The one there is."""
        return (Implementation("ours-run", self.module, ""),)

    def run(
        self,
        bench: Workbench,
        rows: int,
        implementations: Sequence[Implementation],
        repetitions: int,
    ) -> Iterator[dict[str, Any]]:
        """One record, of one process."""
        for each in implementations:
            asked = {self.argument: rows, "repetitions": repetitions}
            found = bench.run(each, f"{self.argument}_{rows}", asked)
            yield {
                "size": rows,
                "implementation": each.name,
                "repetition": 1,
                **found.figures,
                "said": found.said,
            }
