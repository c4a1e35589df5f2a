"""A spreadsheet's tabs, named ranges and tables, as `spreadsheets.get` tells them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import SheetNotFoundError
from sheet_assets.sheets.area import Area

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Worksheet:
    """One tab; `sheet_id` is its gid."""

    sheet_id: int
    title: str
    rows: int
    columns: int


@dataclass(frozen=True)
class NamedArea:
    """A named range, or a table: cells of the tab with this gid."""

    name: str
    sheet_id: int
    area: Area


@dataclass(frozen=True)
class Spreadsheet:
    """A spreadsheet's tabs and time zone; its named ranges and tables where they were asked for.

    A table's area has its header in the first row; its footer is left out.
    """

    spreadsheet_id: str
    title: str
    time_zone: str
    worksheets: tuple[Worksheet, ...]
    named_ranges: tuple[NamedArea, ...] = ()
    tables: tuple[NamedArea, ...] = ()

    def worksheet(self, title_or_gid: str | int) -> Worksheet:
        """The tab with this title, or this gid.

        Raises:
            SheetNotFoundError: there is none; lists the tabs there are.
        """
        for worksheet in self.worksheets:
            if title_or_gid in (worksheet.title, worksheet.sheet_id):
                return worksheet
        tabs = ", ".join(f'"{worksheet.title}"' for worksheet in self.worksheets)
        raise SheetNotFoundError(
            f'The spreadsheet "{self.title}" has no worksheet {title_or_gid!r}; it has {tabs}. '
            "Correct `worksheet` in the defs.yaml, or rename the tab."
        )


def parse_spreadsheet(spreadsheet_id: str, answer: Mapping[str, Any]) -> Spreadsheet:
    """A spreadsheet from the answer of `spreadsheets.get`."""
    sheets = answer.get("sheets", [])
    worksheets = tuple(
        Worksheet(
            sheet_id=properties.get("sheetId", 0),
            title=properties["title"],
            rows=properties.get("gridProperties", {}).get("rowCount", 0),
            columns=properties.get("gridProperties", {}).get("columnCount", 0),
        )
        for properties in (sheet["properties"] for sheet in sheets)
    )
    properties = answer["properties"]
    return Spreadsheet(
        spreadsheet_id,
        properties["title"],
        properties.get("timeZone", "Etc/GMT"),
        worksheets,
        tuple(_named(entry) for entry in answer.get("namedRanges", [])),
        tuple(_table(table) for sheet in sheets for table in sheet.get("tables", [])),
    )


def _named(entry: Mapping[str, Any]) -> NamedArea:
    """A GridRange leaves out what is zero, the gid of the first tab, too."""
    grid_range = entry.get("range", {})
    return NamedArea(entry["name"], grid_range.get("sheetId", 0), Area.of_grid_range(grid_range))


def _table(entry: Mapping[str, Any]) -> NamedArea:
    """A table without its footer, which belongs to its range and which only a color tells of.

    https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/sheets#TableRowsProperties
    """
    table = _named(entry)
    end_row = table.area.end_row
    if end_row is None or "footerColorStyle" not in entry.get("rowsProperties", {}):
        return table
    return replace(table, area=table.area._replace(end_row=end_row - 1))
