"""`sheet-assets demo`: the whole thing on this machine, in a minute, without any account."""

from __future__ import annotations

import filecmp
import time
from typing import TYPE_CHECKING

import click

from sheet_assets.cli import project, terminal
from sheet_assets.cli.sandboxed import require_extra, sandboxed

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="Try everything on this machine, without any account.")
def demo() -> None:
    """Try everything on this machine: it needs no account and takes less than half a minute.

    Starts Google, S3 and Redshift on this machine, loads the sheets of your project's defs/
    into Redshift, builds the NPS summary and writes it into a sheet; then edits two answers as a
    person would, and lets the sensor find and follow the change. When you have changed defs/,
    your sheets are loaded first, and the story is told with the sample sheets.
    """
    progress, results = terminal.progress(), terminal.results()
    started = time.perf_counter()
    require_extra()
    with progress.status("loading Dagster …"):
        import sheet_assets.sample_defs  # noqa: PLC0415 - the story
        from sheet_assets.cli import story  # noqa: PLC0415 - Dagster costs a second
        from sheet_assets.cli.deployment import Deployment  # noqa: PLC0415 - Dagster costs a second

        yours, sample = project.deployment(), Deployment(sheet_assets.sample_defs)
    if not _same(yours.folder, sample.folder):
        results.print("[bold]Your sheets, from defs/[/] (refresh_job, one run)")
        with sandboxed(progress) as sandbox:
            story.refresh(sandbox, yours, progress)
        results.print("\n[bold]The story of the sample sheets[/]")
    with sandboxed(progress) as sandbox:
        story.tell(sandbox, sample, progress)
    results.print(
        f"\n[green]✓[/] done in {time.perf_counter() - started:.0f} s. Next: `make dev` "
        "(`sheet-assets dev`) opens Dagster and the sheets in a browser; the README tells how to "
        "use your own accounts."
    )


def _same(folder: Path, other: Path) -> bool:
    """Whether two defs folders hold the same YAML and the same samples."""
    files = {path.relative_to(folder) for path in folder.rglob("*") if _counts(path)}
    others = {path.relative_to(other) for path in other.rglob("*") if _counts(path)}
    return files == others and all(
        filecmp.cmp(folder / name, other / name, shallow=False) for name in files
    )


def _counts(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc" and path.name != "__init__.py"
