"""What stands in a spreadsheet before an export: its tabs, what is in one's way, and its rows."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheet_assets.clients.google_errors import understood
from sheet_assets.clients.sheet_export import lines, record
from sheet_assets.clients.spreadsheet import Spreadsheet, Worksheet, parse_spreadsheet
from sheet_assets.errors import SheetError, SheetPermissionError
from sheet_assets.sheets.a1 import Cell, Rectangle, in_worksheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.sheet_export.record import ExportRecord
    from sheet_assets.clients.sheet_export.target import ExportTarget

_FIELDS = (
    "properties(title,timeZone),sheets(properties(sheetId,title,gridProperties),developerMetadata,"
    "protectedRanges(range,unprotectedRanges,warningOnly,requestingUserCanEdit,description),"
    "merges,charts(chartId))"
)
# Some 2 MB of an answer, as Google advises.
_PAGE_CELLS = 200_000
# How far down headers that were moved are looked for.
_SEARCHED_ROWS = 100
_MOST_GID = 2**30


@dataclass(frozen=True)
class Standing:
    """A spreadsheet as an export finds it.

    Args:
        worksheet: The tab; of no rows where it has to be created.
        record: What the last export left, None before the first.
        leftovers: The gids of this export's staging tabs that a crashed run has left.
        frozen_rows: How many rows of the tab are frozen.
        has_chart: Whether the tab has any.
    """

    spreadsheet: Spreadsheet
    worksheet: Worksheet
    record: ExportRecord | None
    leftovers: tuple[int, ...]
    frozen_rows: int
    has_chart: bool
    protected: tuple[Mapping[str, Any], ...]
    merges: tuple[Rectangle, ...]

    @property
    def is_new(self) -> bool:
        """Whether the tab has to be created."""
        return self.worksheet not in self.spreadsheet.worksheets

    @property
    def other_cells(self) -> int:
        """Cells of the other tabs, but for leftovers, which go."""
        return sum(
            each.rows * each.columns
            for each in self.spreadsheet.worksheets
            if each.sheet_id not in (self.worksheet.sheet_id, *self.leftovers)
        )

    def rows(self, google: GoogleClient, area: Rectangle) -> SheetRows:
        """The tab's rows in an area."""
        return SheetRows(google, self.spreadsheet.spreadsheet_id, self.worksheet, area)

    def check_writable(self, cells: Rectangle) -> None:
        """Refuse cells that the account may not write, or that a merge would hide.

        Raises:
            SheetPermissionError: they are protected.
            SheetError: some of them are merged.
        """
        where = in_worksheet(self.worksheet.title, cells)
        for entry in self.protected:
            if _is_in_the_way(entry, cells):
                named = f" ({entry['description']})" if entry.get("description") else ""
                raise SheetPermissionError(
                    f"A protected range{named} lies over {where}, and this account may not edit "
                    "it. Add the account's address to its editors (Data, Protect sheets and "
                    "ranges), or move the export's `anchor`. The sheet is as it was."
                )
        for merged in self.merges:
            if _overlap(merged, cells):
                raise SheetError(
                    f"The cells {in_worksheet(self.worksheet.title, merged)} are merged, so "
                    f"values of {where} would not be seen. Unmerge them (Format, Merge cells), or "
                    "move the export's `anchor`. The sheet is as it was."
                )


def look(google: GoogleClient, target: ExportTarget) -> Standing:
    """One read: everything but the cells.

    Raises:
        SheetNotFoundError: there is no such spreadsheet or worksheet.
        SheetPermissionError: the spreadsheet is not shared.
    """
    answer = google.get(target.spreadsheet_id, fields=_FIELDS, right="editor")
    with understood():
        spreadsheet = parse_spreadsheet(target.spreadsheet_id, answer)
    sheets = answer.get("sheets", [])
    worksheet = _worksheet(spreadsheet, target)
    (mine,) = [
        sheet for sheet in sheets if sheet["properties"].get("sheetId", 0) == worksheet.sheet_id
    ] or [{}]
    return Standing(
        spreadsheet,
        worksheet,
        record.find(answer, worksheet.sheet_id, target.metadata_key),
        leftovers=tuple(
            sheet["properties"].get("sheetId", 0)
            for sheet in sheets
            if any(
                entry.get("metadataKey") == target.staging_key
                for entry in sheet.get("developerMetadata", [])
            )
        ),
        frozen_rows=mine.get("properties", {}).get("gridProperties", {}).get("frozenRowCount", 0),
        has_chart=bool(mine.get("charts")),
        protected=tuple(mine.get("protectedRanges", [])),
        merges=tuple(_rectangle(entry) for entry in mine.get("merges", [])),
    )


def _worksheet(spreadsheet: Spreadsheet, target: ExportTarget) -> Worksheet:
    titles = [worksheet.title for worksheet in spreadsheet.worksheets]
    if target.create_worksheet and target.worksheet not in titles:
        return Worksheet(new_gid(spreadsheet), str(target.worksheet), rows=0, columns=0)
    return spreadsheet.worksheet(target.worksheet)


def new_gid(spreadsheet: Spreadsheet) -> int:
    """A gid that no tab has: chosen here, so that a request that adds a tab can be told again."""
    taken = {worksheet.sheet_id for worksheet in spreadsheet.worksheets}
    while (gid := secrets.randbelow(_MOST_GID) + 1) in taken:
        pass
    return gid


class SheetRows:
    """The rows of an area of a worksheet, "" for a blank cell, read in pages from top to bottom.

    One read where the area fits into a page; beyond the grid rows are blank and cost none.
    """

    def __init__(
        self, google: GoogleClient, spreadsheet_id: str, worksheet: Worksheet, area: Rectangle
    ) -> None:
        self.area = area
        self._google = google
        self._spreadsheet_id = spreadsheet_id
        self._worksheet = worksheet
        self._page = max(1, _PAGE_CELLS // max(1, area.width))
        self._first: list[list[Any]] | None = None

    def __iter__(self) -> Iterator[list[Any]]:
        for rows, values in self.pages():
            yield from self.padded(rows, values)

    def pages(self) -> Iterator[tuple[range, list[list[Any]]]]:
        """The numbers of a page's rows, and these as Google tells them: no blanks at their end."""
        for start in range(self.area.row, self.area.end_row, self._page):
            rows = range(start, min(start + self._page, self.area.end_row))
            yield rows, self._values(rows.start, rows.stop)

    def padded(self, rows: range, values: list[list[Any]]) -> Iterator[list[Any]]:
        """The rows of a page with their blanks."""
        blank = [""] * self.area.width
        for row in values:
            yield [*lines.told(row), *blank[len(row) :]]
        for _ in range(len(rows) - len(values)):
            yield list(blank)

    def row(self, number: int) -> list[Any] | None:
        """A row of the first page by its number in the worksheet, None beyond it."""
        end = min(self.area.row + self._page, self.area.end_row)
        if not self.area.row <= number < end:
            return None
        values = self._values(self.area.row, end)
        place = number - self.area.row
        found = values[place] if place < len(values) else []
        return [*found, *[""] * (self.area.width - len(found))]

    def _values(self, start: int, end: int) -> list[list[Any]]:
        if start == self.area.row and self._first is not None:
            return self._first
        grid = self._worksheet
        part = Rectangle(
            start, self.area.column, min(end, grid.rows), min(self.area.end_column, grid.columns)
        )
        values: list[list[Any]] = []
        if part.height > 0 and part.width > 0:
            name = in_worksheet(grid.title, part)
            (values,) = self._google.batch_values(self._spreadsheet_id, [name])
        if start == self.area.row:
            self._first = values
        return values


def find_headers(
    google: GoogleClient, standing: Standing, headers: Sequence[str], where: Cell
) -> Cell | None:
    """Where else the headers of an export stand in a row, since they are not at `where`.

    One read. None where they are nowhere, because they were typed over.

    Raises:
        SheetError: a column was inserted between them, moved or deleted.
    """
    worksheet = standing.worksheet
    rows = min(worksheet.rows, where.row + _SEARCHED_ROWS)
    area = Rectangle(0, 0, rows, worksheet.columns)
    sheet = standing.rows(google, area)
    there = [[str(cell) for cell in row] for row in sheet]
    wanted = list(headers)
    for row, texts in enumerate(there):
        for column in range(len(texts) - len(wanted) + 1):
            if texts[column : column + len(wanted)] == wanted:
                return Cell(row, column)
    texts = there[where.row] if where.row < len(there) else []
    for place, header in enumerate(wanted):
        column = where.column + place
        stands = texts[column] if column < len(texts) else ""
        if stands != header and header and texts.count(header) == 1:
            found = in_worksheet(worksheet.title, Cell(where.row, texts.index(header)))
            raise SheetError(
                f'The header "{header}" of the export stands in {found} instead of '
                f"{Cell(where.row, column)}: a column was inserted into the export, moved or "
                "deleted. Undo that (other people's columns belong beside it), or clear the header "
                "row to have the export written anew. The sheet is as it was."
            )
    return None


def _rectangle(grid_range: Mapping[str, int], *, far: int = 2**31) -> Rectangle:
    return Rectangle(
        grid_range.get("startRowIndex", 0),
        grid_range.get("startColumnIndex", 0),
        grid_range.get("endRowIndex", far),
        grid_range.get("endColumnIndex", far),
    )


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    return (
        one.row < other.end_row
        and other.row < one.end_row
        and one.column < other.end_column
        and other.column < one.end_column
    )


def _is_in_the_way(entry: Mapping[str, Any], cells: Rectangle) -> bool:
    """Whether a ProtectedRange keeps this account from writing any of the cells.

    https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/sheets#ProtectedRange
    """
    if entry.get("warningOnly") or entry.get("requestingUserCanEdit"):
        return False
    exempt = [_rectangle(each) for each in entry.get("unprotectedRanges", [])]
    if any(cells.union(each) == each for each in exempt):
        return False
    return _overlap(_rectangle(entry.get("range", {})), cells)
