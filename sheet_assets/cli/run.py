"""`sheet-assets run`: materialize assets in this process."""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console

from sheet_assets import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    import dagster as dg


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="ASSET|JOB…")
@click.option("--force", is_flag=True, help="Load again what is loaded already.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def run(names: tuple[str, ...], *, force: bool, as_json: bool) -> None:
    """Materialize assets, or a job, in this process.

    A name is a job (refresh_job), an asset's key (raw_data/nps), or the last part of keys: `nps`
    means all assets of that sheet. The run stands in the history of DAGSTER_HOME when that is
    set. The exit code is 0 only when everything succeeded.

    \b
      sheet-assets run refresh_job
      sheet-assets run nps --force
    """  # noqa: D301 - click's \b keeps the lines apart
    from sheet_assets.cli import deployment, execution  # noqa: PLC0415 - Dagster costs a second

    console = Console(stderr=True)
    with console.status("loading the definitions …"):
        import sheet_assets.defs  # noqa: PLC0415 - the deployment

        definitions = deployment.Deployment(sheet_assets.defs).definitions
        job, assets = execution.select(definitions, names)
    with instance(console) as history:
        result = execution.execute(
            definitions,
            history,
            job=job,
            assets=assets,
            tags={"sheet_assets/force": "true"} if force else {},
            console=console,
        )
    report(result, as_json=as_json)


@contextmanager
def instance(console: Console) -> Iterator[dg.DagsterInstance]:
    """The instance of DAGSTER_HOME, else one that is forgotten afterwards."""
    import dagster as dg  # noqa: PLC0415 - it costs a second

    if settings.lookup("DAGSTER_HOME"):
        with dg.DagsterInstance.get() as kept:
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


def report(result: object, *, as_json: bool) -> None:
    """Print how a run ended, and leave with exit code 1 when it failed."""
    from sheet_assets.cli.execution import RunResult  # noqa: PLC0415 - Dagster costs a second

    assert isinstance(result, RunResult)  # noqa: S101 - for mypy
    if as_json:
        click.echo(json.dumps(result.as_json(), indent=2))
    else:
        if result.assets:
            Console().print(result.table())
        for step, sentence in result.errors.items():
            click.secho(f"{step.replace('__', '/')} failed: {sentence}", fg="red", err=True)
    if not result.success:
        sys.exit(1)
