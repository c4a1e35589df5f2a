"""What a deployment's components want of Google and Redshift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_assets.clients import sheet_area

if TYPE_CHECKING:
    from sheet_assets.clients.spreadsheet import Spreadsheet
    from sheet_assets.sheets.contract import SheetSource


@dataclass(frozen=True)
class WantedSheet:
    """A sheet that is read, or a worksheet that is written.

    `writes` says in a sentence's words why the account must be able to edit; empty: it need not.
    `source` is what is read; else `worksheet` is written, or made where `may_create`.
    """

    name: str
    spreadsheet_id: str
    source: SheetSource | None = None
    worksheet: str | int = ""
    may_create: bool = False
    writes: str = ""

    def place(self, spreadsheet: Spreadsheet) -> str:
        """Where it is, in words.

        Raises:
            SheetError: the spreadsheet has no such worksheet, named range or table.
        """
        if self.source is not None:
            found = sheet_area.find(spreadsheet, self.source)
            return f'{found.said} of "{spreadsheet.title}"'
        titles = {each.title for each in spreadsheet.worksheets}
        if self.may_create and self.worksheet not in titles:
            return f'worksheet "{self.worksheet}" of "{spreadsheet.title}", which is made'
        return f'worksheet "{spreadsheet.worksheet(self.worksheet).title}" of "{spreadsheet.title}"'


@dataclass(frozen=True)
class WantedTable:
    """A table that is loaded, or only read; `may_create_schema` if its schema is made, too."""

    schema: str
    table: str
    writes: bool = True
    may_create_schema: bool = True


@dataclass(frozen=True)
class Wanted:
    """All that a deployment needs to reach."""

    sheets: tuple[WantedSheet, ...] = ()
    tables: tuple[WantedTable, ...] = ()

    @property
    def counted(self) -> str:
        """How many sheets and tables, in words."""
        return ", ".join(
            f"{len(some)} {name}{'' if len(some) == 1 else 's'}"
            for some, name in ((self.sheets, "sheet"), (self.tables, "table"))
        )
