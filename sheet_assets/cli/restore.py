"""`sheet-assets restore`: an earlier version of a sheet, or the latest again, in its table."""

from __future__ import annotations

import click

from sheet_assets.cli.run import check_date, materialize


@click.command(short_help="Put an earlier version of a sheet back into its table.")
@click.argument("name")
@click.option("--as-of", metavar="DATE", help="The newest version read before the end of that day.")
@click.option("--version", metavar="HASH", help="This version; `sheet-assets versions` lists them.")
@click.option("--latest", is_flag=True, help="What the sheet holds now; refreshes go on.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def restore(
    name: str, *, as_of: str | None, version: str | None, latest: bool, as_json: bool
) -> None:
    """Put an earlier version of the sheet NAME back into its table, and refresh what follows it.

    The rows come from S3; the sheet is neither read nor changed. The table is then pinned: what
    people type into the sheet does not reach it, and refreshes say so, until `--latest`. Only
    tables of mode `replace` can be restored.

    \b
    Examples:
      sheet-assets versions nps
      sheet-assets restore nps --as-of 2026-11-20
      sheet-assets restore nps --version 3fa94c
      sheet-assets restore nps --latest
    """  # noqa: D301 - click's \b keeps the lines apart
    if (as_of is not None) + (version is not None) + latest != 1:
        raise click.UsageError("Say what to restore: one of --as-of, --version and --latest.")
    if as_of is not None:
        check_date(as_of)
    if version == "":
        raise click.UsageError("--version is empty; `sheet-assets versions` lists what there is.")
    materialize(
        lambda execution, definitions: (None, execution.sheet_and_downstream(definitions, name)),
        {
            "sheet_assets/as_of": as_of or "",
            "sheet_assets/version": version or "",
            "sheet_assets/latest": "true" if latest else "",
        },
        as_json,
    )
