"""`sheet-assets run`: materialize assets in this process."""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sheet_assets import settings
from sheet_assets.cli import project, terminal
from sheet_assets.errors import SettingError
from sheet_assets.sheets.dates import end_of_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import dagster as dg
    from rich.console import Console

    from sheet_assets.cli.execution import RunResult

    Selected = tuple[str | None, list[dg.AssetKey]]


@click.command(short_help="Materialize assets, or a job, in this process.")
@click.argument("names", nargs=-1, required=True, metavar="ASSET|JOB…")
@click.option("--force", is_flag=True, help="Load again what is loaded already.")
@click.option(
    "--as-of",
    metavar="DATE",
    help="Load the sheets as they were at the end of that day, from S3; pins their tables.",
)
@click.option(
    "--allow-rebuild",
    is_flag=True,
    help="Change a table although that loses data; without it the plan is shown, and refused.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Read the sheets, compare the exports with their worksheets, and write nothing.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def run(
    names: tuple[str, ...],
    *,
    force: bool,
    as_of: str | None,
    allow_rebuild: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Materialize assets, or a job, in this process, and print what was done to each.

    A name is a job (refresh_job), an asset's key (raw_data/nps), or the last part of keys: `nps`
    means all assets of that sheet. What has not changed is neither uploaded, loaded nor written
    again. The run stands in the history of DAGSTER_HOME, when that is set. The exit code is 0
    only when everything succeeded.

    \b
    Examples:
      sheet-assets run refresh_job
      sheet-assets run nps --force
      sheet-assets run nps --as-of 2026-11-20
      sheet-assets run nps nps_summary --dry-run
      sheet-assets run sheet_csv/nps raw_data/nps --json
    """  # noqa: D301 - click's \b keeps the lines apart
    if as_of is not None:
        check_date(as_of)
    if dry_run:
        _try(names, as_json=as_json, alone=not (force or as_of or allow_rebuild))
        return
    tags = {
        "sheet_assets/force": "true" if force else "",
        "sheet_assets/allow_rebuild": "true" if allow_rebuild else "",
        "sheet_assets/as_of": as_of or "",
    }
    materialize(lambda execution, definitions: execution.select(definitions, names), tags, as_json)


def _try(names: tuple[str, ...], *, as_json: bool, alone: bool) -> None:
    if not alone:
        raise click.UsageError(
            "--dry-run shows what a plain run would do: leave --force, --as-of and "
            "--allow-rebuild out."
        )
    with terminal.progress().status("loading the definitions …"):
        from sheet_assets.cli import dry_run  # noqa: PLC0415 - Dagster costs a second

        loaded = project.deployment()
        _ = loaded.definitions
    dry_run.dry_run(loaded, names, json_=as_json)


def check_date(as_of: str) -> None:
    """Refuse what is no date, or not yet, before anything is started.

    Raises:
        SheetAssetsError: it is not written as 2026-11-20, or lies in the future.
    """
    now = dt.datetime.now(dt.UTC)
    end_of_day(as_of, settings.require("SHEET_ASSETS_TIME_ZONE"), now=now)


def materialize(
    choose: Callable[[Any, dg.Definitions], Selected], tags: Mapping[str, str], as_json: bool
) -> None:
    """Run what `choose` selects of the deployment's definitions, report it, and end the command.

    `choose` is given `cli.execution`, which only this function imports: it costs a second.
    Empty tags are left out.
    """
    console = terminal.progress()
    _home()
    with console.status("loading the definitions …"):
        definitions = project.deployment().definitions
        from sheet_assets.cli import execution  # noqa: PLC0415 - Dagster costs a second

        job, assets = choose(execution, definitions)
    with instance(console) as history:
        result = execution.execute(
            definitions,
            history,
            job=job,
            assets=assets,
            tags={name: value for name, value in tags.items() if value},
            console=console,
        )
    if as_json:
        click.echo(json.dumps(result.as_json(), indent=2))
    else:
        report(result)
        if result.success:
            console.print(f"[green]✓[/] done in {result.seconds:.1f} s")
    if not result.success:
        sys.exit(1)


@contextmanager
def instance(console: Console) -> Iterator[dg.DagsterInstance]:
    """The instance of DAGSTER_HOME, else one that is forgotten afterwards.

    Raises:
        SettingError: DAGSTER_HOME is no directory.
    """
    import dagster as dg  # noqa: PLC0415 - it costs a second

    home = _home()
    if home:
        with dg.DagsterInstance.from_config(home) as kept:
            yield kept
        return
    console.print("DAGSTER_HOME is not set: this run will stand in no history.", style="dim")
    with (
        tempfile.TemporaryDirectory() as folder,
        dg.DagsterInstance.local_temp(
            folder, overrides={"telemetry": {"enabled": False}}
        ) as forgotten,
    ):
        yield forgotten


def _home() -> str | None:
    home = settings.lookup("DAGSTER_HOME")
    if home and not (Path(home).is_absolute() and Path(home).is_dir()):
        raise SettingError(
            f"DAGSTER_HOME is {home!r}; it must be the absolute path of a folder that exists. "
            "Create it, or unset DAGSTER_HOME to run without a history."
        )
    return home


def report(result: RunResult) -> None:
    """Print what a run did to each asset; the sentences of those that failed go to stderr."""
    if result.assets:
        terminal.results().print(result.table())
    for asset, sentence in result.errors.items():
        click.secho(f"{asset} failed: {sentence}", fg="red", err=True)
