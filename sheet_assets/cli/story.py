"""The story that the demo tells: what people answered, what changed, and who is told."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.table import Table

from sheet_assets.cli import execution, run, terminal
from sheet_assets.cli.person import Person
from sheet_assets.cli.sandboxed import seed_from
from sheet_assets.cli.ticks import SensorTicks
from sheet_assets.errors import SheetAssetsError
from sheet_assets.sheets import a1, serials

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import dagster as dg
    from rich.console import Console

    from sheet_assets.cli.deployment import Deployment
    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sheets.contract import SheetSource

    Values = Sequence[Sequence[Any]]

_SOURCE = "nps"
_EXPORT = "nps_summary"
_MONTH = 9
_EDITS = 2
_PROMOTER = 10
_WORD = "ten"
_NOTHING_DONE = {"read", "unchanged"}


class _Answers(NamedTuple):
    """Some answers of one day: their cells, and what stood there."""

    day: dt.date
    cells: list[str]
    were: list[int]


def refresh(sandbox: Sandbox, deployment: Deployment, progress: Console) -> None:
    """Seed the sheets of a deployment, and materialize everything in one run."""
    _seed(sandbox, deployment, progress)
    with run.instance(progress) as instance:
        _refresh(deployment, instance, progress)


def tell(sandbox: Sandbox, deployment: Deployment, progress: Console) -> None:
    """Materialize everything, mistype an answer, correct it, and let the sensor follow.

    Raises:
        SheetAssetsError: the mistake was loaded or not shown, or something was loaded or written
            although nothing had changed.
    """
    results = terminal.results()
    _seed(sandbox, deployment, progress)
    person = Person(sandbox)
    exported = _exported(deployment)
    _print_months(results, "The exported sheet before", person.read(*exported))

    with run.instance(progress) as instance:
        sensor = SensorTicks(deployment.definitions, instance, "sheet_changes_sensor", progress)
        results.print("\n[bold]Materialize everything[/] (refresh_job, one run)")
        _refresh(deployment, instance, progress)
        # The first tick notes where Drive's changes stand, and reads what was never loaded, or
        # was written since it was read: the spreadsheet that we have exported into.
        sensor.tick()
        before = person.read(*exported)
        _print_months(results, "The exported sheet after", before)

        source = _source(deployment)
        answers = _two_answers_of_one_day(person, source)
        _mistype(results, person, source, answers)
        results.print("\n[bold]The sensor ticks[/]: one call of Drive's changes.list")
        _refuse(results, sensor)
        _show_note(results, person, source, answers)
        _correct(results, person, source, answers)
        results.print("\n[bold]The sensor ticks[/]")
        _tick(sensor)
        _check_note_is_gone(results, person, source, answers)
        _print_day(results, answers.day, before, person.read(*exported))

        results.print("\n[bold]It ticks again[/]: our own write costs one more read of that sheet")
        sandbox.google.requests.clear()
        _, runs = _tick(sensor)
        results.print("\n[bold]And again[/]")
        reason, more = _tick(sensor)
        writes = sum(
            request.method != "GET" and request.path != "/token"
            for request in sandbox.google.requests
        )
        done = [asset for run in runs for asset in run.assets if asset.outcome not in _NOTHING_DONE]
        if more or writes or done:
            raise SheetAssetsError("Something was loaded or written although nothing had changed.")
        results.print(f"{reason} Nothing was uploaded, loaded or written.")


def _seed(sandbox: Sandbox, deployment: Deployment, progress: Console) -> None:
    with progress.status("putting sample rows into the sheets …"):
        seed_from(sandbox, deployment)


def _refresh(deployment: Deployment, instance: dg.DagsterInstance, progress: Console) -> None:
    _report(
        execution.execute(deployment.definitions, instance, job="refresh_job", console=progress)
    )


def _tick(sensor: SensorTicks) -> tuple[str | None, list[execution.RunResult]]:
    reason, runs = sensor.tick()
    for result in runs:
        _report(result)
    return reason, runs


def _report(result: execution.RunResult) -> None:
    """The table of a run; a failed one ends the story."""
    run.report(result)
    if not result.success:
        sys.exit(1)


def _source(deployment: Deployment) -> SheetSource:
    return next(table.source() for table, _ in deployment.tables if table.name == _SOURCE)


def _exported(deployment: Deployment) -> tuple[str, str | int]:
    target = next(export.target() for export, _ in deployment.exports if export.name == _EXPORT)
    return target.spreadsheet_id, target.worksheet


def _two_answers_of_one_day(person: Person, source: SheetSource) -> _Answers:
    """Two answers of detractors, who are going to change their minds."""
    header, *rows = person.read(source.spreadsheet_id, source.worksheet or 0)
    created_at, score = header.index("created_at"), header.index("score")
    by_day: dict[dt.date, list[int]] = {}
    for row, answer in enumerate(rows, 1):
        # Rows end at their last value: a short one has no score.
        if len(answer) > score and answer[score] not in {"", *range(7, 11)}:
            by_day.setdefault(serials.to_datetime(answer[created_at]).date(), []).append(row)
    day, found = next(
        (day, found)
        for day, found in by_day.items()
        if len(found) >= _EDITS and day.month == _MONTH
    )
    return _Answers(
        day,
        [a1.in_worksheet(str(source.worksheet), a1.Cell(row, score)) for row in found[:_EDITS]],
        [rows[row - 1][score] for row in found[:_EDITS]],
    )


def _mistype(results: Console, person: Person, source: SheetSource, answers: _Answers) -> None:
    cell, was = answers.cells[0], answers.were[0]
    results.print(f"\n[bold]A person edits an answer[/] of {answers.day}, and types a word")
    results.print(f"{cell}: {was} → {_WORD}")
    person.write(source.spreadsheet_id, cell, _WORD)


def _refuse(results: Console, sensor: SensorTicks) -> None:
    """The run that the mistake starts; it has to fail, and say why."""
    _, runs = sensor.tick()
    for result in runs:
        results.print(result.table())
        for sentence in result.errors.values():
            results.print(sentence, style="red", markup=False, highlight=False)
        if result.success:
            raise SheetAssetsError("A word was loaded as a number.")


def _show_note(results: Console, person: Person, source: SheetSource, answers: _Answers) -> None:
    note = person.note(source.spreadsheet_id, answers.cells[0])
    if note is None:
        raise SheetAssetsError("The wrong cell was not reported in the sheet.")
    results.print("\n[bold]In the sheet[/], the cell has a note for whoever edits it:")
    for line in note.splitlines():
        results.print(f"  {line}", style="italic", markup=False, highlight=False)


def _correct(results: Console, person: Person, source: SheetSource, answers: _Answers) -> None:
    """Turn both answers into promoters, the mistyped one, too."""
    results.print("\n[bold]The person corrects it[/], and edits one more")
    for cell, was in zip(answers.cells, [_WORD, *answers.were[1:]], strict=True):
        results.print(f"{cell}: {was} → {_PROMOTER}")
        person.write(source.spreadsheet_id, cell, _PROMOTER)


def _check_note_is_gone(
    results: Console, person: Person, source: SheetSource, answers: _Answers
) -> None:
    if person.note(source.spreadsheet_id, answers.cells[0]) is not None:
        raise SheetAssetsError("The note stayed on a cell that is right.")
    results.print("The note is gone, and the exported sheet follows:")


def _print_months(results: Console, title: str, values: Values) -> None:
    """How many days of which months stand in the exported sheet, and its first rows."""
    header, *rows = values
    days = [serials.to_datetime(row[0]).date() for row in rows]
    months = list(dict.fromkeys(f"{day:%B}" for day in days))
    which = "all twelve months" if len(months) == 12 else f"only {' and '.join(months)}"
    results.print(f"\n[bold]{title}[/]: {len(rows)} days, {which}")
    table = _table(*header)
    for day, row in list(zip(days, rows, strict=True))[:3]:
        table.add_row(str(day), *map(str, row[1:]))
    table.add_row("…")
    results.print(table)


def _print_day(results: Console, day: dt.date, before: Values, after: Values) -> None:
    """One day's row, as it was and as it is."""
    serial = serials.from_date(day)
    table = _table("exported sheet", *before[0])
    for when, values in (("before", before), ("after", after)):
        row = next(row for row in values if row[0] == serial)
        table.add_row(when, str(day), *map(str, row[1:]))
    results.print()
    results.print(table)


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    return table
