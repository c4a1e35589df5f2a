"""The cases there are, with the sizes and repetitions of a whole benchmark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from benchmarks.alone import Alone
from benchmarks.exports import Export
from benchmarks.imports import Import

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.implementation import Implementation
    from benchmarks.workbench import Workbench


class Kind(Protocol):
    """What is measured: `title` says it, `run` gives a record a process."""

    @property
    def title(self) -> str: ...  # noqa: D102 - told above
    @property
    def implementations(self) -> tuple[Implementation, ...]: ...  # noqa: D102 - told above

    def run(  # noqa: D102 - told above
        self,
        bench: Workbench,
        rows: int,
        implementations: Sequence[Implementation],
        repetitions: int,
    ) -> Iterator[dict[str, Any]]: ...


@dataclass(frozen=True)
class Case:
    """One kind of measurement, at some sizes."""

    kind: Kind
    sizes: tuple[int, ...]
    repetitions: int


CASES = {
    "import": Case(
        Import("Import of a sheet of ten columns", ("ours", "ours-run", "naive", "csv", "dlt")),
        (100_000, 1_000_000),
        3,
    ),
    "wrong": Case(
        Import(
            "Import of a sheet in which a thousandth of the cells is wrong",
            ("ours", "naive", "csv"),
            wrong=True,
        ),
        (100_000,),
        3,
    ),
    "refresh": Case(
        Import(
            "Refresh of a sheet that has not changed",
            ("ours", "ours-run", "naive"),
            again=True,
        ),
        (100_000,),
        3,
    ),
    "export": Case(Export("Export of five columns"), (100_000,), 3),
    "ticks": Case(
        Alone("Ticks of the sensors", "benchmarks.ours.sensor_tick", "sheets"), (1, 100, 1_000), 1
    ),
    "launch": Case(Alone("A launch over GraphQL", "benchmarks.ours.launch", "chains"), (1,), 5),
    "scaling": Case(
        Import("The engine alone, by the size of the sheet", ("ours",)),
        (1_000, 10_000, 100_000, 300_000, 1_000_000),
        1,
    ),
}
