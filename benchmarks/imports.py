"""The case of an import: a sheet is read, and its rows end up in S3 and in a table of Redshift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks import data
from benchmarks.implementation import Implementation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.served import Served
    from benchmarks.workbench import Workbench

_OURS = ("unformatted_value-rows-compact", "unformatted_value-columns-compact")
_GSPREAD = ("formatted_value-rows-indent4",)
_DLT = ("unformatted_value-rows-indent8",)
IMPLEMENTATIONS = (
    Implementation(
        "ours",
        "benchmarks.ours.import_engine",
        "types, key and limits checked; every version kept in S3; atomic load, recorded",
        layouts=_OURS,
        makes_table=True,
    ),
    Implementation(
        "naive",
        "benchmarks.peers.get_all_records",
        "whatever looks like a number becomes one, texts too; nothing checked; one object, "
        "overwritten; DELETE and COPY in one transaction",
        needs=("gspread", "pandas", "boto3", "psycopg2-binary"),
        layouts=_GSPREAD,
        most_repetitions=1,
    ),
    Implementation(
        "csv",
        "benchmarks.peers.get_all_values",
        "displayed texts as they are; nothing checked; one object, overwritten; DELETE and COPY "
        "in one transaction",
        needs=("gspread", "boto3", "psycopg2-binary"),
        layouts=_GSPREAD,
    ),
    Implementation(
        "dlt",
        "benchmarks.peers.dlt_google_sheets",
        "types by the first row and by JSON; nothing checked; nothing in S3: INSERT of values",
        needs=("dlt", "ingestr", "google-api-python-client", "psycopg2-binary"),
        layouts=_DLT,
        makes_table=True,
        most_repetitions=1,
    ),
)


def run(
    bench: Workbench,
    rows: int,
    implementations: Sequence[Implementation],
    repetitions: int,
    *,
    wrong: bool = False,
) -> list[dict[str, Any]]:
    """Each implementation in turn, and again; a record a process."""
    layouts = sorted({layout for each in implementations for layout in each.layouts})
    google = bench.read_from(rows, layouts, wrong=wrong)
    expected: list[Any] | None = None
    records = []
    for repetition in range(1, repetitions + 1):
        for each in implementations:
            if rows >= 1_000_000 and repetition > each.most_repetitions:
                continue
            record, found = _one(bench, google, each, rows, repetition, wrong=wrong)
            records.append(record)
            expected = expected or found
            if found != expected:
                raise SystemExit(f"{each.name} loaded {found}, and another {expected}")
    return records


def _one(
    bench: Workbench,
    google: Served,
    implementation: Implementation,
    rows: int,
    repetition: int,
    *,
    wrong: bool,
) -> tuple[dict[str, Any], list[Any]]:
    table = f"{implementation.name}_{rows}_{repetition}".replace("-", "_")
    table += "_wrong" if wrong else ""
    if not implementation.makes_table:
        bench.backend.ask("benchmarks.backend:create_table", table)
    google.ask("benchmarks.google:clear")
    bench.backend.ask("benchmarks.backend:clear")
    asked = {
        "spreadsheet_id": data.spreadsheet_id(rows, wrong=wrong),
        "schema": "bench",
        "table": table,
    }
    found = bench.run(implementation, table, asked)
    summary = [] if wrong else bench.backend.ask("benchmarks.backend:summary", table)
    record = {
        "case": "import of wrong cells" if wrong else "import",
        "size": rows,
        "implementation": implementation.name,
        "repetition": repetition,
        **found.figures,
        **google.ask("benchmarks.google:counted"),
        **bench.backend.ask("benchmarks.backend:counted"),
        "said": found.said,
    }
    bench.backend.ask("benchmarks.backend:drop", table)
    return record, summary
