"""How commands show a difference: a coloured table of rows, or JSON."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection

    from rich.console import Console

    from sheet_assets.sheets.diff import Difference

_SIGNS = {"changed": ("~", "yellow"), "removed": ("-", "red"), "added": ("+", "green")}
_COUNTS = ("changed", "removed", "added", "unchanged")


def print_rows(console: Console, difference: Difference, texts: Collection[str] = ()) -> None:
    """The counts, and the rows that are listed.

    `texts` are the columns whose values are quoted.
    """
    console.print(
        f"{difference.changed:,} changed, {difference.removed:,} removed, "
        f"{difference.added:,} added, {difference.unchanged:,} the same."
    )
    if difference.rows:
        console.print(_table(difference, texts))
    more = difference.changed + difference.removed + difference.added - len(difference.rows)
    if more and difference.rows:
        console.print(f"… and {more:,} more rows (--limit).")


def as_json(difference: Difference) -> dict[str, Any]:
    """Key, counts and the listed rows."""
    return {
        "key": list(difference.key),
        **{count: getattr(difference, count) for count in _COUNTS},
        "only_before": list(difference.only_before),
        "only_after": list(difference.only_after),
        "retyped": {name: list(types) for name, types in difference.retyped.items()},
        "rows": [vars(row) for row in difference.rows],
    }


def _table(difference: Difference, texts: Collection[str]) -> Table:
    from sheet_assets.sheets.diff import told  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for name in difference.key:
        table.add_column(name, overflow="fold")
    table.add_column("what changed" if difference.key else "row", overflow="fold")
    for row in difference.rows:
        sign, style = _SIGNS[row.kind]
        values = row.after or row.before or {}
        table.add_row(
            Text(sign, style),
            *(Text(_shown(name, values[name], texts), style) for name in difference.key),
            Text(told(row, difference.key, partial(_shown, texts=texts)), style),
        )
    return table


def _shown(name: str, value: str | None, texts: Collection[str]) -> str:
    from sheet_assets.sheets.diff import HIDDEN  # noqa: PLC0415
    from sheet_assets.sheets.shown import printable, shown  # noqa: PLC0415

    if value is None:
        return "NULL"
    return shown(value) if name in texts and value != HIDDEN else printable(value)
