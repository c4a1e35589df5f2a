"""Seeding: a table of values becomes a worksheet that is shared with the service account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sheet_assets.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sheet_assets.sandbox.google import GoogleServer

_FIRST_TITLE = "Sheet1"


@dataclass(frozen=True)
class SeedTable:
    """What a worksheet shall hold: rows of None, bool, int, float or str, the header first.

    `number_formats` are type and pattern by the letters of a column, below the header.
    `worksheet` is a title, or a gid.
    """

    spreadsheet_id: str
    worksheet: str | int
    rows: Sequence[Sequence[bool | float | str | None]]
    number_formats: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def seed(google: GoogleServer, table: SeedTable, *, share_with: Sequence[str], by: str) -> None:
    """Create spreadsheet and worksheet where they are missing, and fill the worksheet.

    Raises:
        SandboxError: the rows are no values a sheet can hold.
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
    try:
        worksheet = (
            workbook.worksheet(table.worksheet)
            if isinstance(table.worksheet, str)
            else workbook.worksheet_by_id(table.worksheet)
        )
    except SandboxError:
        title, gid = (
            (table.worksheet, None)
            if isinstance(table.worksheet, str)
            else (f"Tab {table.worksheet}", table.worksheet)
        )
        worksheet = workbook.add_worksheet(title, sheet_id=gid, by=by)
    worksheet.set_values(table.rows, grow=True, by=by)
    if len(table.rows) > 1:
        for letters, (kind, pattern) in table.number_formats.items():
            cells = f"{letters}2:{letters}{len(table.rows)}"
            worksheet.set_number_format(cells, kind, pattern, by=by)
