"""Seeding: a table of values becomes a worksheet that is shared with the service account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.google.sheets import named_ranges, tables
from sheet_assets.sandbox.google.sheets.a1 import GridRange, Rectangle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sheet_assets.sandbox.google import GoogleServer
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

SeedKind = Literal["worksheet", "named range", "table"]

_FIRST_TITLE = "Sheet1"


@dataclass(frozen=True)
class SeedTable:
    """What a worksheet shall hold: rows of None, bool, int, float or str, the header first.

    `number_formats` are type and pattern by the letters of a column, below the header.
    `worksheet` is a title, or a gid. `anchor` is the row and column, from 0, of the first
    value. A `kind` other than a worksheet makes these cells a named range, or a table, of
    the name.
    """

    spreadsheet_id: str
    worksheet: str | int
    rows: Sequence[Sequence[bool | float | str | None]]
    number_formats: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    anchor: tuple[int, int] = (0, 0)
    kind: SeedKind = "worksheet"
    name: str | None = None


def seed(google: GoogleServer, table: SeedTable, *, share_with: Sequence[str], by: str) -> None:
    """Create spreadsheet and worksheet where they are missing, and fill the worksheet.

    Raises:
        SandboxError: the rows are no values a sheet can hold, or the name is none.
    """
    drive = google.drive
    if table.spreadsheet_id not in drive.files:
        workbook = drive.create_spreadsheet(
            table.spreadsheet_id, spreadsheet_id=table.spreadsheet_id, owner=by
        )
        # A spreadsheet is born with one tab; nobody wants to see an empty one beside theirs.
        first = workbook.worksheet(_FIRST_TITLE)
        if isinstance(table.worksheet, str):
            first.title = table.worksheet
        for email in share_with:
            drive.share(table.spreadsheet_id, email)
    workbook = drive.workbook(table.spreadsheet_id)
    worksheet = _worksheet(workbook, table.worksheet, by)
    row, column = table.anchor
    worksheet.set_values(table.rows, row, column, grow=True, by=by)
    if row == 0 and len(table.rows) > 1:
        # A header stays in view, as people have it.
        worksheet.frozen_row_count = 1
    end_row = row + len(table.rows)
    if len(table.rows) > 1:
        for letters, (kind, pattern) in table.number_formats.items():
            cells = f"{letters}{row + 2}:{letters}{end_row}"
            worksheet.set_number_format(cells, kind, pattern, by=by)
    if table.kind != "worksheet":
        width = max(map(len, table.rows), default=0)
        _name(workbook, worksheet, table, Rectangle(row, end_row, column, column + width))


def _worksheet(workbook: Workbook, title_or_gid: str | int, by: str) -> Worksheet:
    try:
        if isinstance(title_or_gid, str):
            return workbook.worksheet(title_or_gid)
        return workbook.worksheet_by_id(title_or_gid)
    except SandboxError:
        if isinstance(title_or_gid, str):
            return workbook.add_worksheet(title_or_gid, by=by)
        return workbook.add_worksheet(f"Tab {title_or_gid}", sheet_id=title_or_gid, by=by)


def _name(workbook: Workbook, worksheet: Worksheet, table: SeedTable, cells: Rectangle) -> None:
    """Make the cells a named range or a table, in the place of an earlier one of that name."""
    name = table.name or ""
    with workbook.lock:
        if table.kind == "named range":
            for named_id, named in list(workbook.named_ranges.items()):
                if named.name == name:
                    del workbook.named_ranges[named_id]
            named_ranges.create(workbook, name, worksheet, GridRange(*cells))
            return
        for table_id, standing in list(workbook.tables.items()):
            if standing.name == name:
                del workbook.tables[table_id]
        tables.create(workbook, name, worksheet, cells)
