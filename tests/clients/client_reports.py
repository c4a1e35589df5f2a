"""A report of one test, and the spreadsheet that it stands in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from sheet_assets.clients.sheet_report import report_cells
from sheet_assets.errors import SheetError, WrongCell
from sheet_assets.sheets.a1 import Cell, parse_cell
from sheet_assets.sheets.contract import Column, SheetSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.sheet_report import Reported
    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

SIGNED = "— sheet_assets (nps)"
LATER = "Once the cell is right, this note goes away by itself."
TEN = f"'ten' is not a whole number. {LATER} {SIGNED}"


def wrong(
    address: str,
    value: str = "'ten'",
    reason: str = "is not a whole number",
    *,
    header: str = "score",
    worksheet: str = "Sheet1",
) -> WrongCell:
    """A wrong cell as decoding finds it."""
    return WrongCell(worksheet, address, header, value, reason)


@dataclass
class Report:
    """Reports wrong cells in a workbook whose first worksheet is the sheet."""

    client: GoogleClient
    workbook: Workbook
    sandbox: Sandbox

    @property
    def sheet(self) -> Worksheet:
        """The first worksheet, for looking and editing as a person would."""
        return self.workbook.worksheets[0]

    @property
    def titles(self) -> list[str]:
        """The titles of all tabs."""
        return [worksheet.title for worksheet in self.workbook.worksheets]

    def source(self, name: str = "nps") -> SheetSource:
        """A contract on the first worksheet."""
        return SheetSource(
            name=name,
            spreadsheet_id=self.workbook.spreadsheet_id,
            worksheet=0,
            columns=(Column(name="score", type="integer"),),
        )

    def __call__(
        self, cells: Sequence[WrongCell], how: Any = "notes", *, name: str = "nps", **more: Any
    ) -> Reported:
        """Report these cells."""
        return report_cells(self.client, self.source(name), cells, how, **more)

    def failed(self, cells: Sequence[WrongCell], how: Any = "notes", **more: Any) -> SheetError:
        """The error of a report that must fail and change nothing."""
        before = self.version
        with pytest.raises(SheetError) as refused:
            self(cells, how, **more)
        assert self.version == before
        return refused.value

    def asked(self, cells: Sequence[WrongCell], how: Any = "notes", **more: Any) -> str:
        """The requests that a report sends: `GET GET POST`."""
        self.sandbox.google.requests.clear()
        reported = self(cells, how, **more)
        sent = [
            each.method
            for each in self.sandbox.google.requests
            if self.workbook.spreadsheet_id in each.path
        ]
        assert reported.api_calls == len(sent)
        return " ".join(sent)

    def everything(self) -> Any:
        """All that the API says of the spreadsheet: values, formats, notes, grids, metadata."""
        return self.client.get(self.workbook.spreadsheet_id, fields="*")

    @property
    def version(self) -> int:
        """Drive's, which each write moves."""
        return self.sandbox.google.drive.file(self.workbook.spreadsheet_id).version

    @property
    def notes(self) -> dict[str, str]:
        """The first worksheet's notes by address."""
        return notes(self.sheet)

    def note(self, address: str, text: str, worksheet: Worksheet | None = None) -> None:
        """Write a note as a person would, in place of what the cell's note says."""
        cell = parse_cell(address)
        with self.workbook.lock:
            (worksheet or self.sheet).put_note(cell.row, cell.column, text)
            self.workbook.touch(None)

    def do(self, kind: str, **request: Any) -> None:
        """Send a batchUpdate request, for what a person does to rows and tabs."""
        self.client.batch_update(self.workbook.spreadsheet_id, [{kind: request}])

    def rows(self, kind: str, start: int, end: int) -> None:
        """Insert or delete rows of the first worksheet, counted from 0."""
        where = {"sheetId": 0, "dimension": "ROWS", "startIndex": start, "endIndex": end}
        self.do(kind, range=where)

    def records(self) -> list[tuple[str, int | None]]:
        """The keys of the developer metadata, and the gid of the tab where each stands."""
        return sorted(
            (entry.key, entry.location.sheet_id)
            for entry in self.workbook.developer_metadata.values()
        )


def notes(worksheet: Worksheet) -> dict[str, str]:
    """A worksheet's notes by address, row by row."""
    return {str(Cell(*place)): note for place, note in sorted(worksheet.notes.items())}
