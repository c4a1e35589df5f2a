"""The case of an import: a sheet is read, and its rows end up in S3 and in a table of Redshift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks import backend, data
from benchmarks.implementation import Implementation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.served import Served
    from benchmarks.workbench import Workbench

_OURS = ("unformatted_value-rows-compact", "unformatted_value-columns-compact")
_GSPREAD = ("formatted_value-rows-indent4",)
_DLT = ("unformatted_value-rows-indent8",)
IMPLEMENTATIONS = (
    Implementation(
        "ours",
        "benchmarks.ours.import_engine",
        "the engine alone: types, key and limits checked, and every wrong cell named; dates "
        "converted; each version kept in S3; atomic load, recorded in the same transaction",
        layouts=_OURS,
        makes_table=True,
    ),
    Implementation(
        "ours-run",
        "benchmarks.ours.import_run",
        "the same as a whole Dagster run, `sheet-assets run`, with events, checks and previews",
        layouts=_OURS,
        makes_table=True,
    ),
    Implementation(
        "naive",
        "benchmarks.peers.get_all_records",
        "gspread's get_all_records, pandas, to_csv, S3, COPY. Whatever looks like a number "
        "becomes one, texts too; nothing checked before COPY; one object, overwritten; DELETE and "
        "COPY in one transaction",
        needs=("gspread", "pandas", "boto3", "psycopg2-binary"),
        layouts=_GSPREAD,
        few_at=1_000_000,
    ),
    Implementation(
        "csv",
        "benchmarks.peers.get_all_values",
        "gspread's get_all_values, csv, S3, COPY. Displayed texts; the rest as `naive`",
        needs=("gspread", "boto3", "psycopg2-binary"),
        layouts=_GSPREAD,
    ),
    Implementation(
        "dlt",
        "benchmarks.peers.dlt_google_sheets",
        "dlt's verified source google_sheets into its destination redshift, without staging. "
        "Dates by the format of the first row, other types by JSON; nothing checked; nothing in "
        "S3: INSERT of values, not atomic",
        needs=("dlt", "ingestr", "google-api-python-client", "psycopg2-binary"),
        layouts=_DLT,
        makes_table=True,
        few_at=100_000,
        most_rows=100_000,
    ),
)


@dataclass(frozen=True)
class Import:
    """How a sheet is imported: `wrong`: a thousandth of its cells break the contract.

    `again`: what is measured is a second import of the same sheet.
    """

    title: str
    only: tuple[str, ...]
    wrong: bool = False
    again: bool = False

    @property
    def implementations(self) -> tuple[Implementation, ...]:
        """Those that the case is about."""
        return tuple(each for each in IMPLEMENTATIONS if each.name in self.only)

    def run(
        self,
        bench: Workbench,
        rows: int,
        implementations: Sequence[Implementation],
        repetitions: int,
    ) -> Iterator[dict[str, Any]]:
        """Each implementation in turn, and again; a record a process."""
        layouts = sorted({layout for each in implementations for layout in each.layouts})
        google = bench.read_from(rows, layouts, wrong=self.wrong)
        expected: list[Any] = []
        for repetition in range(1, repetitions + 1):
            for each in implementations:
                if repetition == 1 or rows < each.few_at:
                    record, found = self._one(bench, google, each, rows, repetition)
                    expected = expected or found
                    if found != expected:
                        raise SystemExit(f"{each.name} loaded {found}, and another {expected}")
                    yield record

    def _one(
        self,
        bench: Workbench,
        google: Served,
        implementation: Implementation,
        rows: int,
        repetition: int,
    ) -> tuple[dict[str, Any], list[Any]]:
        table = f"{implementation.name}_{rows}_{repetition}".replace("-", "_")
        if not implementation.makes_table:
            bench.backend.ask("benchmarks.backend:create_table", table)
        asked = {
            "spreadsheet_id": data.spreadsheet_id(rows, wrong=self.wrong),
            "schema": backend.SCHEMA,
            "table": table,
        }
        # COPY, and a run that has failed, end with 1.
        codes = (0, 1) if self.wrong else (0,)
        if self.again:
            bench.run(implementation, table, asked)
        google.ask("benchmarks.google:clear")
        bench.backend.ask("benchmarks.backend:clear")
        found = bench.run(implementation, table, asked, codes=codes)
        counted = {
            **bench.backend.ask("benchmarks.backend:counted"),
            **google.ask("benchmarks.google:counted"),
        }
        summary = [] if self.wrong else bench.backend.ask("benchmarks.backend:summary", table)
        bench.backend.ask("benchmarks.backend:drop", table)
        record = {
            "size": rows,
            "implementation": implementation.name,
            "repetition": repetition,
            **found.figures,
            **counted,
            "said": found.told("outcome", "rows", "wrong_cells"),
        }
        return record, summary
