"""Tables of a worksheet: a name, a header row and typed columns around a rectangle of cells."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError
from sheet_assets.sandbox.google.sheets.a1 import GridRange, Rectangle
from sheet_assets.sandbox.google.sheets.display import displayed
from sheet_assets.sandbox.google.sheets.grid_range import grid_range
from sheet_assets.sandbox.google.sheets.spans import deleted, inserted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

# https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/sheets#ColumnType
COLUMN_TYPES = frozenset(
    {
        *("DOUBLE", "CURRENCY", "PERCENT", "DATE", "TIME", "DATE_TIME", "TEXT", "BOOLEAN"),
        *("DROPDOWN", "FILES_CHIP", "PEOPLE_CHIP", "FINANCE_CHIP", "PLACE_CHIP", "RATINGS_CHIP"),
    }
)
# https://support.google.com/docs/answer/14239833
_NAME = re.compile(r"[^\W\d][\w ]{0,254}")
_NO_NAME = re.compile(r"[A-Z]{1,3}[0-9]+|R[0-9]*C[0-9]*|TRUE|FALSE", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class ColumnProperties:
    """What a table says of one of its columns; its name is what its header cell holds."""

    type: str | None = None
    rule: Mapping[str, Any] | None = None


_PLAIN = ColumnProperties()


@dataclass(frozen=True)
class Table:
    """A table; `columns` has the properties of those of its columns that have any, from 0."""

    table_id: str
    name: str
    sheet_id: int
    cells: Rectangle
    columns: Mapping[int, ColumnProperties] = field(default_factory=dict)
    rows_properties: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self, worksheet: Worksheet) -> dict[str, Any]:
        """Google's Table: an entry for every column, also for those without a type."""
        columns = []
        for place in range(self.cells.end_column - self.cells.start_column):
            told = self.columns.get(place, _PLAIN)
            entry: dict[str, Any] = {"columnIndex": place} if place else {}
            entry["columnName"] = _header(worksheet, self.cells, place)
            if told.type:
                entry["columnType"] = told.type
            if told.rule:
                entry["dataValidationRule"] = told.rule
            columns.append(entry)
        body: dict[str, Any] = {
            "tableId": self.table_id,
            "name": self.name,
            "range": grid_range(self.sheet_id, GridRange(*self.cells)),
            "columnProperties": columns,
        }
        return body | ({"rowsProperties": self.rows_properties} if self.rows_properties else {})

    def name_columns(self, worksheet: Worksheet) -> None:
        """Give the columns without a header one that tells their place."""
        for place in range(self.cells.end_column - self.cells.start_column):
            if not _header(worksheet, self.cells, place):
                write_header(worksheet, self.cells, place, f"Column {place + 1}")

    def after_insert(self, dimension: str, at: int, count: int, *, before: bool) -> Table:
        """The table after rows or columns were inserted; at its end it grows if they inherit."""
        rows = dimension == "ROWS"
        start, end = inserted(_span(self.cells, rows=rows), at, count, at_end=before)
        columns = self.columns
        if not rows and start == self.cells.start_column:
            columns = {
                place + count if self.cells.start_column + place >= at else place: told
                for place, told in columns.items()
            }
        return replace(self, cells=_with(self.cells, start, end or 0, rows=rows), columns=columns)

    def after_delete(self, dimension: str, first: int, end: int) -> Table | None:
        """The table after rows or columns were deleted; None when none of it is left.

        Raises:
            UnimplementedError: its header row would go, and other rows stay.
        """
        rows = dimension == "ROWS"
        old = _span(self.cells, rows=rows)
        left = deleted(old, first, end)
        if left is None:
            return None
        if rows and first <= self.cells.start_row < end:
            raise UnimplementedError("deleting the header row of a table")
        columns = self.columns
        if not rows:
            spans = {
                place: deleted((old[0] + place, old[0] + place + 1), first, end)
                for place in columns
            }
            columns = {span[0] - left[0]: columns[place] for place, span in spans.items() if span}
        return replace(
            self, cells=_with(self.cells, left[0], left[1] or 0, rows=rows), columns=columns
        )


def create(
    workbook: Workbook,
    name: str,
    worksheet: Worksheet,
    cells: Rectangle,
    *,
    table_id: str | None = None,
    columns: Mapping[int, ColumnProperties] | None = None,
    rows_properties: Mapping[str, Any] | None = None,
) -> Table:
    """Make a table of these cells: the first row is its header, a footer the last one.

    Raises:
        InvalidArgumentError: the name or the id is taken, or it would overlap another table.
    """
    new = Table(
        table_id or secrets.token_urlsafe(8),
        name,
        worksheet.sheet_id,
        cells,
        columns or {},
        rows_properties or {},
    )
    if new.table_id in workbook.tables:
        raise InvalidArgumentError(f"A table with the ID {new.table_id} already exists.")
    put(workbook, new)
    return new


def put(workbook: Workbook, table: Table) -> None:
    """Keep a table that is new, or has changed; blank headers are named by their place.

    Raises:
        InvalidArgumentError: the name is none or is taken, or it overlaps another table.
    """
    if not _NAME.fullmatch(table.name) or _NO_NAME.fullmatch(table.name):
        raise InvalidArgumentError(f"The name {table.name!r} is not valid for a table.")
    for other in workbook.tables.values():
        if other.table_id == table.table_id:
            continue
        if other.name.casefold() == table.name.casefold():
            raise InvalidArgumentError(f'A table with the name "{table.name}" already exists.')
        if other.sheet_id == table.sheet_id and other.cells.meets(table.cells):
            raise InvalidArgumentError(f'The range overlaps the table "{other.name}".')
    table.name_columns(workbook.worksheet_by_id(table.sheet_id))
    workbook.tables[table.table_id] = table


def write_header(worksheet: Worksheet, cells: Rectangle, place: int, text: str) -> None:
    """Name the column at this place of a table's cells."""
    worksheet.write(cells.start_row, cells.start_column + place, [[text]])


def _header(worksheet: Worksheet, cells: Rectangle, place: int) -> str:
    workbook = worksheet.workbook
    value = workbook.results.value(worksheet, cells.start_row, cells.start_column + place)
    return displayed(value, None, workbook.locale)


def _span(cells: Rectangle, *, rows: bool) -> tuple[int, int]:
    return (cells.start_row, cells.end_row) if rows else (cells.start_column, cells.end_column)


def _with(cells: Rectangle, start: int, end: int, *, rows: bool) -> Rectangle:
    if rows:
        return cells._replace(start_row=start, end_row=end)
    return cells._replace(start_column=start, end_column=end)
