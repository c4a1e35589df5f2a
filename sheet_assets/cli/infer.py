"""`sheet-assets infer`: a defs.yaml proposed from what a sheet holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheet_assets.cli import project, terminal

if TYPE_CHECKING:
    from rich.console import Console

    from sheet_assets.clients.sheet_inference import Inferred


@click.command(short_help="Propose a defs.yaml from what a sheet holds.")
@click.argument("spreadsheet", metavar="URL|ID")
@click.option("--worksheet", metavar="TITLE|GID", help="The tab; else the URL's, else the first.")
@click.option("--named-range", metavar="NAME", help="A named range, instead of a tab.")
@click.option("--sheets-table", metavar="NAME", help="A table of the sheet, instead of a tab.")
@click.option("--range", "cells", metavar="CELLS", help="A part of the tab, such as B3:F.")
@click.option(
    "--header-row", type=click.IntRange(1), metavar="N", help="The tab's row with the headers."
)
@click.option("--name", metavar="NAME", help="What the sheet's assets are called.")
@click.option("--table", metavar="SCHEMA.TABLE", help="Where it is loaded into.")
@click.option("--json", "as_json", is_flag=True, help="Print the proposal as JSON.")
def infer(
    spreadsheet: str,
    *,
    worksheet: str | None,
    named_range: str | None,
    sheets_table: str | None,
    cells: str | None,
    header_row: int | None,
    name: str | None,
    table: str | None,
    as_json: bool,
) -> None:
    """Read a sheet and propose its defs.yaml, with comments where something is unsure.

    All rows decide: their values, their number formats, and the column types of Sheets tables.
    What is proposed reads the sheet as it is today; cells that it would refuse are named in a
    comment. The sheet is not changed, and only Google's credentials are needed.

    \b
    Examples:
      sheet-assets infer 'https://docs.google.com/spreadsheets/d/1aBc/edit#gid=0'
      sheet-assets infer 1aBc --worksheet Responses --range B3:F > defs.yaml
      sheet-assets infer 1aBc --sheets-table Orders --table raw_data.orders
    """  # noqa: D301 - click's \b keeps the lines apart
    if sum(each is not None for each in (worksheet, named_range, sheets_table)) > 1:
        raise click.UsageError("Say one of --worksheet, --named-range and --sheets-table.")
    if cells is not None and (named_range is not None or sheets_table is not None):
        raise click.UsageError("--range is a part of a worksheet; leave it out.")
    _check_names(name, table)
    places = {
        "worksheet": worksheet,
        "named_range": named_range,
        "sheets_table": sheets_table,
        "range": cells,
        "header_row": header_row,
    }
    gid = re.search(r"[#?&]gid=([0-9]+)", spreadsheet)
    console = terminal.progress()
    with console.status("reading the sheet …"):
        from sheet_assets.cli import proposal_text  # noqa: PLC0415 - help needs no contract
        from sheet_assets.clients.sheet_inference import infer_sheet  # noqa: PLC0415 - nor this
        from sheet_assets.resources.google import (  # noqa: PLC0415 - Dagster costs a second
            GoogleCredentials,
            GoogleSheets,
        )

        source = proposal_text.source(spreadsheet, places)
        with GoogleSheets(credentials=GoogleCredentials()).client() as google:
            found = infer_sheet(google, source, worksheet or (gid[1] if gid else None))
    attributes = proposal_text.attributes(found, name, table)
    text = proposal_text.as_json if as_json else proposal_text.as_yaml
    click.echo(text(found, attributes), nl=False)
    _tell(console, found, attributes["name"])


def _check_names(name: str | None, table: str | None) -> None:
    if name is not None and not re.fullmatch(r"[A-Za-z0-9_]+", name):
        raise click.BadParameter(
            f"{name!r} must consist of letters, digits and underscores.", param_hint="--name"
        )
    if table is not None and not re.fullmatch(r"[A-Za-z0-9_]+\.[A-Za-z0-9_]+", table):
        raise click.BadParameter(
            f"{table!r} must be `schema.table`, for example raw_data.nps.", param_hint="--table"
        )


def _tell(console: Console, found: Inferred, name: str) -> None:
    """What happened, and what to do with it, for whoever sits at the terminal."""
    proposal = found.proposal
    if found.others:
        others = ", ".join(f'"{title}"' for title in found.others)
        console.print(
            f'Read the first worksheet, "{found.worksheet.title}"; there are also {others} '
            "(--worksheet).",
            markup=False,
        )
    if proposal.wrong:
        one = len(proposal.wrong) == 1
        console.print(
            "1 cell would be refused; a comment names it."
            if one
            else f"{len(proposal.wrong):,} cells would be refused; comments name them."
        )
    left_out = sum(each.column is None for each in proposal.columns)
    if left_out:
        console.print(
            "1 column is left out; a comment says why."
            if left_out == 1
            else f"{left_out} columns are left out; comments say why."
        )
    file = project.current_project().defs_folder() / name / "defs.yaml"
    here = Path.cwd()
    console.print(
        f"{_counted(proposal.rows, 'row')}, {_counted(len(proposal.contract), 'column')}. "
        "Read it, and save it as "
        f"{file.relative_to(here) if file.is_relative_to(here) else file}; "
        f"then `sheet-assets run {name}`.",
        markup=False,
    )


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
