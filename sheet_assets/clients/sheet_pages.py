"""The pages of a large sheet: read one after the other, one ahead of who works on them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from sheet_assets.clients import sheet_reading
from sheet_assets.clients.displayed_columns import DisplayedPages, positions
from sheet_assets.errors import SheetError
from sheet_assets.sheets.a1 import in_worksheet
from sheet_assets.sheets.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.clients.sheet_area import Place
    from sheet_assets.clients.sheet_reading import Fetched
    from sheet_assets.sheets.a1 import Rectangle

Result = TypeVar("Result")


def in_pages(fetched: Fetched, work: Callable[[Fetched, Iterator[Page]], Result]) -> Result:
    """Do `work` on the pages of a sheet; of one that is not large there is one page.

    The pages of a large one must fit together: it is read again, and `work` done again, when
    Drive's version of the file changed meanwhile. What is wrong with a sheet that changed is not
    told. `work` is given the fetch that the pages are of.

    Raises:
        SheetChangedError: it changed in each of three tries.
        SheetError: it cannot be read, or `work` says what is wrong with it.
    """
    source = fetched.source
    for _ in range(sheet_reading.TRIES):
        if not fetched.is_large:
            return work(fetched, iter([fetched.page]))
        try:
            result = work(fetched, _read(fetched))
        except SheetError:
            if fetched.is_whole():
                raise
        else:
            if fetched.is_whole():
                return result
        fetched = sheet_reading.fetch(fetched.google, [source])[source.name]
    raise sheet_reading.changed(fetched.spreadsheet)


def all_rows(fetched: Fetched) -> tuple[Fetched, list[list[Any]]]:
    """All values of a sheet by rows, in memory, and the fetch that they are of.

    Raises:
        SheetError: as `in_pages` does.
    """

    def glued(fetched: Fetched, pages: Iterator[Page]) -> tuple[Fetched, list[list[Any]]]:
        rows: list[list[Any]] = []
        for page in pages:
            # A page's blank rows at its end were left out, and are in the middle here.
            behind = page.row - fetched.place.top_left.row - len(rows)
            rows += [[] for _ in range(behind)] if page.height else []
            rows += page.by_rows()
        return fetched, rows

    return in_pages(fetched, glued)


def _read(fetched: Fetched) -> Iterator[Page]:
    """The pages; while one is worked on, the next is on its way."""
    reader = _PageReader(fetched)
    first, *others = _pages(fetched.place)
    with ThreadPoolExecutor(1, thread_name_prefix="sheet_pages") as ahead:
        waiting = ahead.submit(reader.read, first)
        for rectangle in others:
            page = waiting.result()
            waiting = ahead.submit(reader.read, rectangle)
            yield page
            del page
        yield waiting.result()


class _PageReader:
    """Reads pages in their order: what is displayed is asked for once the header is known."""

    def __init__(self, fetched: Fetched) -> None:
        self._fetched = fetched
        self._displayed: DisplayedPages | None = None

    def read(self, rectangle: Rectangle) -> Page:
        """One page, with what cells show where that is declared."""
        google, source = self._fetched.google, self._fetched.source
        place = self._fetched.place
        asked = in_worksheet(place.worksheet.title, rectangle)
        (columns,) = google.batch_values(source.spreadsheet_id, [asked], by_columns=True)
        page = Page(rectangle.row, columns)
        if rectangle.row <= place.header_row < page.end_row:
            header = page.cells(place.header_row)
            self._displayed = DisplayedPages(
                google,
                source.spreadsheet_id,
                place,
                positions(source, place, header),
                page_rows=_page_rows(rectangle),
                most_cells=sheet_reading.PAGE_CELLS,
            )
        if self._displayed is not None:
            self._displayed.show(page)
        return page


def _pages(place: Place) -> list[Rectangle]:
    """Whole rows. All of them are read: what follows a blank page may be filled."""
    cells = place.rectangle
    if cells is None:
        return []
    height = _page_rows(cells)
    return [
        cells._replace(row=row, end_row=min(row + height, cells.end_row))
        for row in range(cells.row, cells.end_row, height)
    ]


def _page_rows(cells: Rectangle) -> int:
    """How many rows of a sheet of this width a page has."""
    return max(1, sheet_reading.PAGE_CELLS // cells.width)
