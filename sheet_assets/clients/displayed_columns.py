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
    answers = google.batch_values(spreadsheet_id, ranges, displayed=True, by_columns=True)
    for column, answer in zip(columns, answers, strict=True):
        texts = answer[0] if answer else []
        column.column[column.start :] = shown(column.column[column.start :], texts)
