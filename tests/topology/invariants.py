"""What must hold in the end: every run in its right state, every edit in its table, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.resources.redshift import Redshift
from tests.topology.site import HOSTS, SHEETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import dagster as dg

    from tests.topology.site import Site


def of_runs(groups: Mapping[int, Sequence[dg.DagsterRun]]) -> Iterator[str]:
    """Each launch is one run, which succeeds once, by itself or when it is started again."""
    for number, runs in groups.items():
        asked_for = [run for run in runs if run.parent_run_id is None]
        states = [run.status.value for run in runs]
        if len(asked_for) != 1:
            yield f"launch {number} is {len(asked_for)} runs"
        if states.count("SUCCESS") != 1 or states[-1] != "SUCCESS":
            yield f"launch {number} ended as {', '.join(states) or 'nothing'}"
        if set(states) - {"SUCCESS", "FAILURE"}:
            yield f"launch {number} has runs that are {', '.join(states)}"


def of_tables(site: Site) -> Iterator[str]:
    """Each table is its sheet; each of its loads is recorded once, and the last one agrees."""
    query = Redshift().client().query
    for host in HOSTS:
        workbook = site.sandbox.google.drive.workbook(f"topology-{host}")
        for name in SHEETS:
            table = f"topology_{host}.{name}"
            rows = query(f"SELECT id, amount FROM {table} ORDER BY id")
            sheet = [tuple(row) for row in workbook.worksheet(name).values()[1:]]
            if rows != sheet:
                yield f"{table} is not its sheet: {set(rows) ^ set(sheet)}"
            loads = query(
                "SELECT version, rows_in_table, is_current FROM sheet_assets.loads "
                "WHERE table_schema = %(schema)s AND table_name = %(table)s ORDER BY loaded_at",
                {"schema": f"topology_{host}", "table": name},
            )
            versions = [version for version, *_ in loads]
            # Every edit makes the sheet another than it ever was.
            if len(set(versions)) != len(versions):
                yield f"{table} has a version that was loaded twice"
            if [current for *_, current in loads] != [False] * (len(loads) - 1) + [True]:
                yield f"{table} has another current load than its last"
            if loads and loads[-1][1] != len(rows):
                yield f"{table} has {len(rows)} rows, its load {loads[-1][1]}"
