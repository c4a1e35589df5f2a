"""The case of an export: the rows of a query are written into a worksheet.

The sandbox's Google is written to, which reads every cell that it is sent; its work is its own
process's. What stands in the worksheet afterwards is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.implementation import Implementation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.workbench import Workbench

WIDTH = 5
_GSPREAD = ("gspread", "pandas", "psycopg2-binary")
IMPLEMENTATIONS = (
    Implementation(
        "ours",
        "benchmarks.ours.export_engine",
        "the engine alone: rows from a cursor on the server, one atomic update, read back and "
        "compared; dates are dates; NULL clears the cell; nothing is parsed as a formula",
    ),
    Implementation(
        "ours-run",
        "benchmarks.ours.export_run",
        "the same as a whole Dagster run, `sheet-assets run`, with events and a preview",
    ),
    Implementation(
        "gspread-dataframe",
        "benchmarks.peers.set_with_dataframe",
        "set_with_dataframe: a cell object a value; dates as texts that Google parses; readers "
        "see it half written; not read back",
        needs=(*_GSPREAD, "gspread-dataframe"),
    ),
    Implementation(
        "update",
        "benchmarks.peers.worksheet_update",
        "pandas and worksheet.update, cleared before: dates as texts; blank for readers in "
        "between; not read back",
        needs=_GSPREAD,
    ),
)


@dataclass(frozen=True)
class Export:
    """Rows of five columns of a table, a twentieth of one of them NULL."""

    title: str
    implementations: tuple[Implementation, ...] = IMPLEMENTATIONS

    def run(
        self,
        bench: Workbench,
        rows: int,
        implementations: Sequence[Implementation],
        repetitions: int,
    ) -> Iterator[dict[str, Any]]:
        """Each implementation in turn, and again; a record a process."""
        expected = bench.backend.ask("benchmarks.backend:create_answers", rows)
        for repetition in range(1, repetitions + 1):
            for each in implementations:
                tab = f"{each.name}-{repetition}"
                bench.backend.ask("benchmarks.backend:add_worksheet", tab)
                bench.backend.ask("benchmarks.backend:clear")
                asked = {
                    "spreadsheet_id": "export",
                    "worksheet": tab,
                    "query": f"SELECT * FROM bench.answers_{rows} ORDER BY id",
                }
                found = bench.run(each, tab, asked)
                counted = bench.backend.ask("benchmarks.backend:counted")
                written = bench.backend.ask("benchmarks.backend:written", tab)
                if written != expected:
                    raise SystemExit(f"{each.name} has written {written}, not {expected}")
                yield {
                    "size": rows,
                    "implementation": each.name,
                    "repetition": repetition,
                    **found.figures,
                    **counted,
                    "requests": counted["google_requests"],
                    "said": found.told("outcome", "rows", "staged"),
                }
