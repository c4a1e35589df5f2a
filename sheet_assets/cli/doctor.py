"""`sheet-assets doctor`: whether each credential and right is there, and what to do where not."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from sheet_assets.cli import project, terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sheet_assets.cli.deployment import Deployment
    from sheet_assets.doctor.finding import Finding
    from sheet_assets.doctor.wanted import Wanted

_MARKS = {"ok": ("✓", "green"), "failed": ("✗", "red"), "skipped": ("–", "dim")}  # noqa: RUF001 - a dash


@click.command(short_help="Whether every credential and right is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(*, as_json: bool) -> None:
    """Try each credential and right that the deployment needs, and say what to do where one lacks.

    Google's key and token, every sheet of defs/ and whether it may be edited, the bucket and what
    may be done below the prefix, Redshift's login, schemas and tables, COPY with its role, the
    PostgreSQL that hosts share, the settings, and this machine's clock. Nothing is written into a
    sheet or a table; the probe objects below the prefix are deleted again. The exit code is 0 only
    when all is well.

    \b
    Examples:
      sheet-assets doctor
      sheet-assets doctor --json
      sheet-assets sandbox run -- sheet-assets doctor
    """  # noqa: D301 - click's \b keeps the lines apart
    with terminal.progress().status("loading the definitions …"):
        deployment = project.deployment()
    found = []
    with terminal.progress().status("asking Google, S3 and Redshift …") as status:
        for finding in findings(deployment):
            found.append(finding)
            status.update(f"{finding.what}: {finding.status} …")
    if as_json:
        rows = [{"check": f.what, "status": f.status, "message": f.sentence} for f in found]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        terminal.results().print(_table(found))
    sys.exit(0 if all(finding.status == "ok" for finding in found) else 1)


def findings(deployment: Deployment) -> Iterator[Finding]:
    """All findings about a deployment, each as soon as it is known."""
    from sheet_assets.cli.doctor_wanted import wanted  # noqa: PLC0415 - Dagster
    from sheet_assets.doctor import (  # noqa: PLC0415 - Dagster
        google,
        redshift,
        s3,
        setting_values,
        shared_state,
    )
    from sheet_assets.doctor.finding import Finding  # noqa: PLC0415 - as above
    from sheet_assets.doctor.wanted import Wanted  # noqa: PLC0415 - as above
    from sheet_assets.errors import SheetAssetsError  # noqa: PLC0415 - as above
    from sheet_assets.resources.aws import AwsCredentials, S3Versions  # noqa: PLC0415 - Dagster
    from sheet_assets.resources.google import GoogleCredentials, GoogleSheets  # noqa: PLC0415 - Dagster
    from sheet_assets.resources.redshift import Redshift  # noqa: PLC0415 - Dagster

    yield from setting_values.findings()
    yield from shared_state.findings()
    needs: Wanted
    try:
        needs = wanted(deployment)
        yield Finding.ok("definitions", needs.counted)
    except SheetAssetsError as error:
        needs = Wanted()
        yield Finding.failed("definitions", error)
    yield from google.findings(GoogleSheets(credentials=GoogleCredentials()), needs.sheets)
    versions = S3Versions(credentials=AwsCredentials())
    well = True
    for finding in s3.findings(versions):
        well = well and finding.status == "ok"
        yield finding
    yield from redshift.findings(Redshift(), needs.tables, versions if well else None)


def _table(found: Sequence[Finding]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("check", no_wrap=True)
    table.add_column("result", overflow="fold")
    for finding in found:
        mark, style = _MARKS[finding.status]
        table.add_row(
            Text(mark, style), finding.what, Text(finding.sentence, "dim" * (style != "red"))
        )
    return table
