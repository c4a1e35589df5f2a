"""Sheets of one test's spreadsheet, read as an asset reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from client_tables import columns

from sheet_assets.clients.sheet_reading import fetch
from sheet_assets.clients.sheet_snapshot import read_sheet
from sheet_assets.sheets.contract import SheetSource

if TYPE_CHECKING:
    from pathlib import Path

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.sheet_reading import Fetched
    from sheet_assets.clients.sheet_snapshot import SheetRead
    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

NPS = columns(id="integer!", score="smallint", comment="varchar(60)")
HEADER = ["id", "score", "comment"]


@dataclass
class Readings:
    """Reads with `read`; changes the spreadsheet as a person would with `change`."""

    google: GoogleClient
    sandbox: Sandbox
    workbook: Workbook
    folder: Path
    _reads: list[int] = field(default_factory=list)

    @property
    def sheet(self) -> Worksheet:
        """The first worksheet."""
        return self.workbook.worksheet("Sheet1")

    def source(self, **more: Any) -> SheetSource:
        """A source in the workbook; the worksheet Sheet1 unless it says otherwise."""
        place = {} if more.keys() & {"named_range", "sheets_table"} else {"worksheet": "Sheet1"}
        said = {"name": "nps", "spreadsheet_id": self.workbook.spreadsheet_id, "columns": NPS}
        return SheetSource(**{**said, **place, **more})

    def read(self, **more: Any) -> SheetRead:
        """Read such a source, the parts into a folder of their own."""
        self._reads.append(1)
        return read_sheet(self.google, self.source(**more), self.folder / str(len(self._reads)))

    def fetch(self, *sources: SheetSource) -> dict[str, Fetched]:
        """Read several together, and forget the requests before."""
        self.sandbox.google.requests.clear()
        return fetch(self.google, sources)

    def value_queries(self) -> list[str]:
        """The query of each values:batchGet that is in the log."""
        return [
            entry.query
            for entry in self.sandbox.google.requests
            if entry.path.endswith("values:batchGet")
        ]

    def change(self, **request: Any) -> None:
        """One request of a batchUpdate."""
        self.google.batch_update(self.workbook.spreadsheet_id, [request])

    def insert_rows(self, start: int, end: int, sheet_id: int = 0) -> None:
        """Insert rows, counted from zero."""
        rows = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": start, "endIndex": end}
        self.change(insertDimension={"range": rows})

    def name_range(self, **grid_range: int) -> None:
        """Define the named range nps_answers."""
        self.change(addNamedRange={"namedRange": {"name": "nps_answers", "range": grid_range}})

    def make_table(self, grid_range: dict[str, int], **more: Any) -> None:
        """Make a table, Answers."""
        self.change(addTable={"table": {"name": "Answers", "range": grid_range, **more}})


def cells(start: int, end: int, first: int = 1, last: int = 4) -> dict[str, int]:
    """A GridRange of the first worksheet: rows and columns from zero, the ends exclusive."""
    rows = {"startRowIndex": start, "endRowIndex": end}
    return {**rows, "startColumnIndex": first, "endColumnIndex": last}
