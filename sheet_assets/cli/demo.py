"""`sheet-assets demo`: the whole thing on this machine, in a minute, without any account."""

from __future__ import annotations

import filecmp
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click
from rich.console import Console
from rich.table import Table

from sheet_assets import settings
from sheet_assets.cli.sandboxed import sandboxed, seed_from
from sheet_assets.errors import SheetAssetsError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from sheet_assets.cli.deployment import Deployment
    from sheet_assets.sandbox import Sandbox

_SOURCE = "nps"
_EXPORT = "nps_summary"
_EDITS = 2
_PROMOTER = 10
_NOTHING_DONE = {"read", "unchanged"}


@click.command()
def demo() -> None:
    """Try everything on this machine: it needs no account and takes about half a minute.

    Starts Google, S3 and Redshift on loopback, loads the sheets of defs/ into Redshift, builds
    the NPS summary, writes it into a sheet; then edits two answers as a person would, and lets
    the sensor find and follow the change.
    """
    console = Console()
    started = time.perf_counter()
    with console.status("loading Dagster …"):
        import sheet_assets.defs  # noqa: PLC0415 - the deployment
        import sheet_assets.sample_defs  # noqa: PLC0415 - the story
        from sheet_assets.cli.deployment import Deployment  # noqa: PLC0415 - it costs a second

    yours, sample = (Deployment(module) for module in (sheet_assets.defs, sheet_assets.sample_defs))
    if not _same(yours.folder, sample.folder):
        console.rule("Your sheets, from defs/", align="left")
        with sandboxed(console) as sandbox:
            _refresh(console, sandbox, yours)
        console.print()
        console.rule("The story of the sample sheets", align="left")
    with sandboxed(console) as sandbox:
        _story(console, sandbox, sample)
    console.print(
        f"\n[green]✓[/] done in {time.perf_counter() - started:.0f} s. Next: `sheet-assets dev` "
        "opens Dagster on the same sandbox; the README tells how to use your own accounts.",
        highlight=False,
    )


def _refresh(console: Console, sandbox: Sandbox, deployment: Deployment) -> None:
    """Seed the sheets, and materialize everything in one run."""
    from sheet_assets.cli import execution, run  # noqa: PLC0415 - Dagster costs a second

    with console.status("seeding the sheets …"):
        seed_from(sandbox, deployment)
    with run.instance(console) as instance:
        result = execution.execute(
            deployment.definitions, instance, job="refresh_job", console=console
        )
    _report(console, result)


def _story(console: Console, sandbox: Sandbox, deployment: Deployment) -> None:
    from sheet_assets.cli import run  # noqa: PLC0415 - Dagster costs a second
    from sheet_assets.cli.ticks import SensorTicks  # noqa: PLC0415 - Dagster costs a second

    with console.status("seeding the sheets …"):
        seed_from(sandbox, deployment)
    person = _Person(sandbox)
    before = person.read(*_export(deployment))
    _show_months(console, "The exported sheet before", before)

    with run.instance(console) as instance:
        from sheet_assets.cli import execution  # noqa: PLC0415 - Dagster costs a second

        sensor = SensorTicks(deployment.definitions, instance, "sheet_changes_sensor", console)
        sensor.tick()
        console.print("\n[bold]Materialize everything[/] (refresh_job, one run)")
        _report(
            console,
            execution.execute(deployment.definitions, instance, job="refresh_job", console=console),
        )
        after = person.read(*_export(deployment))
        _show_months(console, "The exported sheet after", after)

        day = _edit(console, person, deployment)
        console.print("\n[bold]The sensor ticks[/]: one call of Drive's changes.list")
        _, runs = sensor.tick()
        for result in runs:
            _report(console, result)
        _show_day(console, day, after, person.read(*_export(deployment)))

        console.print(
            "\n[bold]It ticks again[/]: our own write into that spreadsheet costs one more read"
        )
        sandbox.google.requests.clear()
        _, runs = sensor.tick()
        for result in runs:
            _report(console, result)
        console.print("\n[bold]And again[/]")
        reason, more = sensor.tick()
        writes = sum(
            request.method != "GET" and request.path != "/token"
            for request in sandbox.google.requests
        )
        loaded = sum(asset.outcome not in _NOTHING_DONE for run in runs for asset in run.assets)
        if more or writes or loaded:
            raise SheetAssetsError("Something was loaded or written although nothing had changed.")
        console.print(f"  {reason} Nothing was uploaded, loaded or written.", highlight=False)


class _Person:
    """Somebody with the sheet open: the same API, another account than ours."""

    def __init__(self, sandbox: Sandbox) -> None:
        from sheet_assets.clients import google_http  # noqa: PLC0415 - slow to import
        from sheet_assets.clients.quota import QuotaLog  # noqa: PLC0415 - slow to import
        from sheet_assets.sandbox import PERSON  # noqa: PLC0415 - an extra

        self._http = google_http.GoogleHTTPClient(
            google_http.credentials(sandbox.google.add_service_account(PERSON)),
            endpoint=sandbox.google.url,
            quota=QuotaLog(
                settings.state_dir() / "person_quota.sqlite", PERSON, {"read": 60, "write": 60}
            ),
            retry_seconds=10,
        )

    def read(self, spreadsheet_id: str, worksheet: str | int) -> list[list[Any]]:
        """All values as stored: dates are serial numbers."""
        answer = self._http.call(
            "get",
            _values_url(spreadsheet_id, f"'{worksheet}'"),
            params={"valueRenderOption": "UNFORMATTED_VALUE"},
        )
        values: list[list[Any]] = answer.get("values", [])
        return values

    def write(self, spreadsheet_id: str, cell: str, value: float) -> None:
        """Type a number into a cell."""
        self._http.call(
            "put",
            _values_url(spreadsheet_id, cell),
            params={"valueInputOption": "USER_ENTERED"},
            body={"values": [[value]]},
        )


def _values_url(spreadsheet_id: str, cells: str) -> str:
    base = "https://sheets.googleapis.com/v4/spreadsheets"
    return f"{base}/{spreadsheet_id}/values/{quote(cells, safe='')}"


def _export(deployment: Deployment) -> tuple[str, str | int]:
    target = next(export.target() for export, _ in deployment.exports if export.name == _EXPORT)
    return target.spreadsheet_id, target.worksheet


def _edit(console: Console, person: _Person, deployment: Deployment) -> dt.date:
    """Turn two detractors of one day into promoters, as if they had changed their minds."""
    from sheet_assets.sheets import a1, serials  # noqa: PLC0415 - only here

    source = next(table.source() for table, _ in deployment.tables if table.name == _SOURCE)
    header, *answers = person.read(source.spreadsheet_id, source.worksheet)
    created_at, score = header.index("created_at"), header.index("score")
    by_day: dict[dt.date, list[int]] = {}
    for row, answer in enumerate(answers, 1):
        # Rows end at their last value: a short one has no score.
        if len(answer) > score and answer[score] not in {"", *range(7, 11)}:
            by_day.setdefault(serials.to_datetime(answer[created_at]).date(), []).append(row)
    day, rows = next(
        (day, rows) for day, rows in by_day.items() if len(rows) >= _EDITS and day.month == 9
    )
    console.print(f"\n[bold]A person edits two answers[/] of {day}, through the API")
    for row in rows[:_EDITS]:
        cell = a1.in_worksheet(str(source.worksheet), a1.Cell(row, score))
        console.print(f"  {cell}: {answers[row - 1][score]} → {_PROMOTER}", highlight=False)
        person.write(source.spreadsheet_id, cell, _PROMOTER)
    return day


def _report(console: Console, result: Any) -> None:
    """The table of a run; a failed one ends the demo."""
    console.print(result.table())
    if not result.success:
        for step, sentence in result.errors.items():
            console.print(f"[red]{step.replace('__', '/')} failed:[/] {sentence}")
        sys.exit(1)


def _show_months(console: Console, title: str, values: Sequence[Sequence[Any]]) -> None:
    """How many days of each month stand in the exported sheet, and its first rows."""
    from sheet_assets.sheets import serials  # noqa: PLC0415 - only here

    header, *rows = values
    days = [serials.to_datetime(row[0]).date() for row in rows]
    months: dict[str, int] = {}
    for day in days:
        months[f"{day:%b}"] = months.get(f"{day:%b}", 0) + 1
    counts = ", ".join(f"{month} {count}" for month, count in months.items())
    console.print(f"\n[bold]{title}[/]: {len(rows)} days ({counts})", highlight=False)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in header:
        table.add_column(str(name), justify="right")
    for day, row in list(zip(days, rows, strict=True))[:3]:
        table.add_row(str(day), *map(str, row[1:]))
    console.print(table)
    console.print("  …", style="dim")


def _show_day(
    console: Console,
    day: dt.date,
    before: Sequence[Sequence[Any]],
    after: Sequence[Sequence[Any]],
) -> None:
    from sheet_assets.sheets import serials  # noqa: PLC0415 - only here

    serial = serials.from_date(day)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("exported sheet", *before[0]):
        table.add_column(str(name), justify="right")
    for when, values in (("before", before), ("after", after)):
        row = next(row for row in values if row[0] == serial)
        table.add_row(when, str(day), *map(str, row[1:]))
    console.print(table)


def _same(folder: Path, other: Path) -> bool:
    """Whether two defs folders hold the same YAML and the same samples."""
    files = {path.relative_to(folder) for path in folder.rglob("*") if _counts(path)}
    others = {path.relative_to(other) for path in other.rglob("*") if _counts(path)}
    return files == others and all(
        filecmp.cmp(folder / name, other / name, shallow=False) for name in files
    )


def _counts(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc" and path.name != "__init__.py"
