"""Sample rows: what the sandbox puts into the sheets that a deployment names."""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING

from sheet_assets.sandbox.seed import SeedTable
from sheet_assets.sheets import serials
from sheet_assets.sheets.a1 import column_letters, parse_cell
from sheet_assets.sheets.contract import Column, spreadsheet_id
from sheet_assets.sheets.encode import DATE_PATTERN, DATE_TIME_PATTERN, TIME_PATTERN

if TYPE_CHECKING:
    from pathlib import Path

    from sheet_assets.cli.deployment import Deployment

Cell = bool | float | str | None

_MADE_ROWS = 20
_FIRST_DAY = dt.datetime(2026, 1, 1, 9)  # noqa: DTZ001 - a cell has no time zone
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
    """
    tables = []
    for component, folder in deployment.tables:
        source = component.source()
        rows = _read(folder / "sample.csv")
        kinds = {header: column.type.kind for column in source.columns for header in column.headers}
        if rows:
            header, *body = rows
            typed: list[list[Cell]] = [
                [*header],
                *(
                    [_cell(text, kinds.get(name, "varchar")) for name, text in _paired(header, row)]
                    for row in body
                ),
            ]
        else:
            header = [column.headers[0] for column in source.columns]
            typed: list[list[Cell]] = [
                [*header],
                *([_made(each, row) for each in source.columns] for row in range(_MADE_ROWS)),
            ]
        blank: list[list[Cell]] = [[]] * (source.header_row - 1)
        tables.append(
            SeedTable(
                source.spreadsheet_id,
                source.worksheet,
                [*blank, *typed],
                _formats(header, kinds),
            )
        )
    for export, folder in deployment.exports:
        rows = _read(folder / "sample.csv")
        anchor = parse_cell(export.anchor)
        padding: list[Cell] = [None] * anchor.column
        guessed = [[*padding, *map(_guessed, row)] for row in rows]
        date_columns = {
            column_letters(index + anchor.column): (DATE_PATTERN["type"], DATE_PATTERN["pattern"])
            for index, text in enumerate(rows[1] if len(rows) > 1 else [])
            if _day(text) is not None
        }
        above: list[list[Cell]] = [[]] * anchor.row
        tables.append(
            SeedTable(
                spreadsheet_id(export.spreadsheet),
                export.worksheet,
                [*above, *guessed],
                date_columns if not anchor.row else {},
            )
        )
    return tables


def _read(path: Path) -> list[list[str]]:
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def _paired(header: list[str], row: list[str]) -> list[tuple[str, str]]:
    """Each text with its header; what stands right of the header has none."""
    return [(header[index] if index < len(header) else "", text) for index, text in enumerate(row)]


def _formats(header: list[str], kinds: dict[str, str]) -> dict[str, tuple[str, str]]:
    found = {}
    for index, name in enumerate(header):
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


def _made(column: Column, row: int) -> Cell:
    """A value that satisfies the column, different in every row where the type has room."""
    kind, moment = column.type.kind, _FIRST_DAY + dt.timedelta(days=row, minutes=7 * row)
    made: dict[str, Cell] = {
        "boolean": row % 2 == 0,
        "date": serials.from_date(moment.date()),
        "timestamp": serials.from_datetime(moment),
        "timestamptz": serials.from_datetime(moment),
        "time": serials.from_time(moment.time()),
        "varchar": f"{column.name} {row + 1}"[-column.type.length or None :],
        "real": row + 0.5,
        "double": row + 0.25,
        "decimal": (row % 9 + 1) / 10 ** min(column.type.scale, 2),
    }
    return made.get(kind, row + 1)
