"""Columns that are read as displayed: asked for once more, by what their cells show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sheet_assets.errors import SheetHeaderError
from sheet_assets.sheets.a1 import Rectangle, in_worksheet
from sheet_assets.sheets.binding import bind
from sheet_assets.sheets.displayed import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.sheet_area import Place
    from sheet_assets.sheets.contract import SheetSource
    from sheet_assets.sheets.page import Page


class DisplayedColumn(NamedTuple):
    """Cells that were read, those from `start` on to be replaced by what `range` shows."""

    column: list[Any]
    start: int
    range: str
    cells: int


def positions(source: SheetSource, place: Place, header: Sequence[Any]) -> list[int]:
    """Where the columns stand that are declared so, if the header has them all."""
    columns = [column for column in source.columns if column.as_displayed]
    try:
        return bind(columns, header, worksheet=place.worksheet.title)
    except SheetHeaderError:
        return []  # decoding says so, with all that is wrong with the header


def below_header(place: Place, page: Page, found: Sequence[int]) -> list[DisplayedColumn]:
    """Those columns of a page, as far as the page has rows below the header."""
    row = max(place.header_row + 1, page.row)
    if row >= page.end_row:
        return []
    columns = []
    for position in found:
        if position < len(page.columns):
            at = place.top_left.column + position
            cells = Rectangle(row, at, page.end_row, at + 1)
            where = in_worksheet(place.worksheet.title, cells)
            column = page.columns[position]
            columns.append(DisplayedColumn(column, row - page.row, where, cells.height))
    return columns


def show(google: GoogleClient, spreadsheet_id: str, columns: Sequence[DisplayedColumn]) -> None:
    """Read what the columns show, in one request, and put it into them.

    Raises:
        SheetError: Google refuses, or does not answer.
    """
    ranges = [column.range for column in columns]
    for column, texts in zip(columns, _texts(google, spreadsheet_id, ranges), strict=True):
        column.column[column.start :] = shown(column.column[column.start :], texts)


class DisplayedPages:
    """What columns of a large sheet show, asked for some pages at a time.

    Columns are fewer than the sheet's: what as many cells show as a page holds reaches over
    several pages.

    Args:
        google: Is asked.
        spreadsheet_id: The spreadsheet.
        place: The sheet's.
        positions: Of the columns.
        page_rows: How many rows a page has.
        most_cells: How many cells are asked for at once, but for one page.
    """

    def __init__(
        self,
        google: GoogleClient,
        spreadsheet_id: str,
        place: Place,
        positions: Sequence[int],
        *,
        page_rows: int,
        most_cells: int,
    ) -> None:
        self._google = google
        self._spreadsheet_id = spreadsheet_id
        self._place = place
        self._positions = positions
        self._height = page_rows * max(1, most_cells // max(1, page_rows * len(positions)))
        self._rows = range(0)
        self._shown: list[list[Any]] = []

    def show(self, page: Page) -> None:
        """Put it into a page; pages come in their order.

        Raises:
            SheetError: Google refuses, or does not answer.
        """
        row = max(self._place.header_row + 1, page.row)
        if not self._positions or row >= page.end_row:
            return
        if row not in self._rows:
            self._ask(row, page.row + self._height)
        first, last = row - self._rows.start, page.end_row - self._rows.start
        for position, texts in zip(self._positions, self._shown, strict=True):
            if position < len(page.columns):
                column = page.columns[position]
                column[row - page.row :] = shown(column[row - page.row :], texts[first:last])

    def _ask(self, row: int, end_row: int) -> None:
        grid = self._place.rectangle
        self._rows = range(row, end_row if grid is None else min(end_row, grid.end_row))
        cells = (self._place.top_left.column + position for position in self._positions)
        ranges = [
            in_worksheet(
                self._place.worksheet.title, Rectangle(row, column, self._rows.stop, column + 1)
            )
            for column in cells
        ]
        self._shown = _texts(self._google, self._spreadsheet_id, ranges)


def _texts(google: GoogleClient, spreadsheet_id: str, ranges: Sequence[str]) -> list[list[Any]]:
    """What each range, one column, shows: one read."""
    answers = google.batch_values(spreadsheet_id, ranges, displayed=True, by_columns=True)
    return [answer[0] if answer else [] for answer in answers]
