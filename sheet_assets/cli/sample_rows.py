"""Sample rows: what the sandbox puts into the sheets that a deployment names."""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING

from sheet_assets.cli.made_rows import made_rows
from sheet_assets.sandbox.seed import SeedTable
from sheet_assets.sheets import serials
from sheet_assets.sheets.a1 import column_letters, parse_cell
from sheet_assets.sheets.contract import spreadsheet_id
from sheet_assets.sheets.encode import DATE_PATTERN, DATE_TIME_PATTERN, TIME_PATTERN

if TYPE_CHECKING:
    from pathlib import Path

    from sheet_assets.cli.deployment import Deployment
    from sheet_assets.components import SheetExport
    from sheet_assets.sandbox.seed import SeedKind
    from sheet_assets.sheets.contract import SheetSource

Cell = bool | float | str | None
_PATTERNS = {
    "date": DATE_PATTERN,
    "timestamp": DATE_TIME_PATTERN,
    "timestamptz": DATE_TIME_PATTERN,
    "time": TIME_PATTERN,
}


def seed_tables(deployment: Deployment) -> list[SeedTable]:
    """A table for every worksheet that the deployment reads or writes.

    From the sample.csv beside its defs.yaml, else for a SheetTable from rows made to its
    contract, and for a SheetExport an empty tab.

    Raises:
        SandboxError: no rows can be made to a contract.
    """
    return [
        *(_sheet(table.source(), folder) for table, folder in deployment.tables),
        *(_exported(export, folder) for export, folder in deployment.exports),
    ]


def _sheet(source: SheetSource, folder: Path) -> SeedTable:
    kinds = {
        text: "varchar" if column.format or column.as_displayed else column.type.kind
        for column in source.columns
        for text in column.headers
    }
    texts = _read(folder / "sample.csv")
    header = texts[0] if texts else [column.headers[0] for column in source.columns]
    body: list[list[Cell]]
    if texts:
        body = [
            [_cell(text, kinds.get(name, "varchar")) for name, text in _paired(header, row)]
            for row in texts[1:]
        ]
    else:
        body = made_rows(source)
    area = source.area
    anchor = (source.header_row - 1 if source.header_row else area.row, area.column)
    named = source.named_range or source.sheets_table
    return SeedTable(
        source.spreadsheet_id,
        # No tab is named where a range or a table is; this one is no other sheet's.
        f"{source.name} (sample)" if source.worksheet is None else source.worksheet,
        [[*header], *body],
        _formats(header, kinds, anchor[1]),
        anchor,
        kind=_kind(source),
        name=named,
    )


def _kind(source: SheetSource) -> SeedKind:
    if source.named_range is not None:
        return "named range"
    return "worksheet" if source.sheets_table is None else "table"


def _exported(export: SheetExport, folder: Path) -> SeedTable:
    """What stood in the tab before: numbers and ISO dates are taken for what they look like."""
    anchor = parse_cell(export.anchor)
    texts = _read(folder / "sample.csv")
    kinds = {
        name: "date"
        for name, text in (_paired(texts[0], texts[1]) if len(texts) > 1 else ())
        if _day(text) is not None
    }
    return SeedTable(
        spreadsheet_id(export.spreadsheet),
        export.worksheet,
        [list(map(_guessed, row)) for row in texts],
        _formats((texts or [[]])[0], kinds, anchor.column),
        anchor,
    )


def _read(path: Path) -> list[list[str]]:
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def _paired(header: list[str], row: list[str]) -> list[tuple[str, str]]:
    """Each text with its header; what stands right of the header has none."""
    return [(header[index] if index < len(header) else "", text) for index, text in enumerate(row)]


def _formats(
    header: list[str], kinds: dict[str, str], first_column: int
) -> dict[str, tuple[str, str]]:
    found = {}
    for index, name in enumerate(header, first_column):
        pattern = _PATTERNS.get(kinds.get(name, ""))
        if pattern:
            found[column_letters(index)] = (pattern["type"], pattern["pattern"])
    return found


def _cell(text: str, kind: str) -> Cell:
    """The cell that a person would have; a text that is not of the type stays a text."""
    if not text:
        return None
    try:
        if kind in {"smallint", "integer", "bigint"}:
            return int(text)
        if kind in {"decimal", "real", "double"}:
            return float(text)
        if kind == "date":
            return serials.from_date(dt.date.fromisoformat(text))
        if kind in {"timestamp", "timestamptz"}:
            return serials.from_datetime(dt.datetime.fromisoformat(text))
        if kind == "time":
            return serials.from_time(dt.time.fromisoformat(text))
    except ValueError:
        return text
    if kind == "boolean" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    return text


def _guessed(text: str) -> Cell:
    day = _day(text)
    if day is not None:
        return serials.from_date(day)
    try:
        number = float(text)
    except ValueError:
        return text or None
    return int(number) if number.is_integer() else number


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if "-" in text else None
    except ValueError:
        return None
