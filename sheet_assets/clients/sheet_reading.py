"""Reading: the values of one spreadsheet's sheets, in as few requests as hold them.

One Drive call and two Sheets reads, for any number of sheets that together are small; the Sheets
API allows 60 reads a minute. Google has no limit to the size of an answer, but ends a request
after 180 seconds: https://developers.google.com/workspace/sheets/api/limits
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from sheet_assets.clients import displayed_columns, sheet_area
from sheet_assets.clients.displayed_columns import DisplayedColumn
from sheet_assets.errors import SheetChangedError, SheetError
from sheet_assets.sheets.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sheet_assets.clients.google import DriveFile, GoogleClient
    from sheet_assets.clients.sheet_area import Place
    from sheet_assets.clients.spreadsheet import Spreadsheet
    from sheet_assets.sheets.a1 import Rectangle
    from sheet_assets.sheets.contract import SheetSource
    from sheet_assets.sheets.page import Columns

# Of the grid, blank or not: some 3 MB of JSON when all are filled (10.7 bytes a cell), two such
# pages in memory, and forty requests for the 10 million cells that a spreadsheet may have.
PAGE_CELLS = 250_000
# Of sheets that are no larger than a page each, in one request: a new tab has 26,000, nearly all
# of them blank.
REQUEST_CELLS = 1_000_000
TRIES = 3


@dataclass(frozen=True)
class Fetched:
    """What stood in a sheet when it was read, not decoded yet.

    `file` was fetched before anything else. `columns` begin at the place's top left cell;
    `as_displayed` ones hold what the cells show. Of a large sheet there are none: `sheet_pages`
    reads them. `api_calls` and `seconds` are those of all sheets that were read together.
    """

    google: GoogleClient = field(repr=False)
    source: SheetSource
    read_at: dt.datetime
    file: DriveFile
    spreadsheet: Spreadsheet
    found: Place | SheetError
    columns: Columns = field(repr=False)
    api_calls: int
    seconds: float

    @property
    def place(self) -> Place:
        """Where it stands.

        Raises:
            SheetError: the spreadsheet has no such worksheet, named range or table.
        """
        if isinstance(self.found, SheetError):
            raise self.found
        return self.found

    @property
    def is_large(self) -> bool:
        """Whether it is more than one request shall hold."""
        return not isinstance(self.found, SheetError) and _is_large(self.found)

    @property
    def page(self) -> Page:
        """All of a sheet that is not large."""
        return Page(self.place.top_left.row, self.columns)

    def is_whole(self) -> bool:
        """Whether nothing has changed since it was begun to be read, as far as Drive tells."""
        return self.google.drive_file(self.source.spreadsheet_id).version == self.file.version


def fetch(
    google: GoogleClient, sources: Sequence[SheetSource], *, also: Sequence[SheetSource] = ()
) -> dict[str, Fetched]:
    """Read sheets, at least one and all of one spreadsheet, together; by their names.

    What takes several requests that must fit together (a named range whose cells were looked up
    before, what cells show beside what they hold) is read again when Drive's version of the file
    changed meanwhile. A sheet that is not found raises where its result is used, so that it does
    not fail the others. One that is large is found and not read yet.

    Those of `also` are read with them as far as everything fits into one request, and are left
    out otherwise: nobody shall hold many large sheets in memory to save a few requests.

    Raises:
        SheetNotFoundError, SheetPermissionError: the spreadsheet does not exist, or is not shared.
        SheetChangedError: it changed in each of three tries.
        SheetError: Google refuses otherwise, or does not answer.
    """
    calls, started = google.api_calls, time.perf_counter()
    for _ in range(TRIES):
        reading = _Reading(google, sources, also)
        if not reading.is_composed or reading.is_whole():
            seconds = time.perf_counter() - started
            return {
                source.name: reading.fetched(source, google.api_calls - calls, seconds)
                for source in reading.sources
            }
    raise changed(reading.spreadsheet)


def changed(spreadsheet: Spreadsheet) -> SheetChangedError:
    """It changed in each of the tries."""
    return SheetChangedError(
        f'The spreadsheet "{spreadsheet.title}" was edited again and again while it was '
        f"read ({TRIES} times). Nothing was changed; the next run tries again."
    )


class _Piece(NamedTuple):
    """A range that is asked for: of which sheet, and how many cells of the grid it has."""

    name: str
    range: str
    cells: int


_Cells = TypeVar("_Cells", _Piece, DisplayedColumn)


class _Reading:
    """One try: what was asked for, and whether the answers must be checked to fit together."""

    def __init__(
        self, google: GoogleClient, sources: Sequence[SheetSource], also: Sequence[SheetSource]
    ) -> None:
        self._google = google
        self._id = sources[0].spreadsheet_id
        self.read_at = dt.datetime.now(dt.UTC)
        # Before the values: an edit made meanwhile counts as not read yet.
        self.file = google.drive_file(self._id)
        everything = [*sources, *also]
        named = any(source.named_range is not None for source in everything)
        tables = any(source.sheets_table is not None for source in everything)
        self.spreadsheet = google.spreadsheet(self._id, named_ranges=named, tables=tables)
        self._places: dict[str, Place] = {}
        self._errors: dict[str, SheetError] = {}
        for source in everything:
            try:
                self._places[source.name] = sheet_area.find(self.spreadsheet, source)
            except SheetError as error:
                self._errors[source.name] = error
        self.sources = list(sources)
        pieces = [piece for source in sources for piece in self._pieces(source)]
        for source in also:
            more = self._pieces(source)
            is_large = source.name in self._places and _is_large(self._places[source.name])
            if not is_large and sum(piece.cells for piece in [*pieces, *more]) <= REQUEST_CELLS:
                self.sources.append(source)
                pieces += more
        requests = list(_packed(pieces))
        self.is_composed = len(requests) > 1 or ((named or tables) and bool(requests))
        self._columns: dict[str, Columns] = {}
        for request in requests:
            answers = google.batch_values(
                self._id, [piece.range for piece in request], by_columns=True
            )
            self._columns |= {
                piece.name: answer for piece, answer in zip(request, answers, strict=True)
            }
        self._show([source for source in self.sources if source.name in self._columns])

    def is_whole(self) -> bool:
        """Whether nothing has changed since the first request, as far as Drive tells."""
        return self._google.drive_file(self._id).version == self.file.version

    def fetched(self, source: SheetSource, api_calls: int, seconds: float) -> Fetched:
        """The result of one source."""
        return Fetched(
            self._google,
            source,
            self.read_at,
            self.file,
            self.spreadsheet,
            self._errors.get(source.name) or self._places[source.name],
            self._columns.get(source.name, []),
            api_calls,
            seconds,
        )

    def _pieces(self, source: SheetSource) -> list[_Piece]:
        """The range that holds a sheet; none where the grid has nothing of it, or too much."""
        place = self._places.get(source.name)
        if place is None or place.rectangle is None or _is_large(place):
            return []
        return [_Piece(source.name, place.range, _cells(place.rectangle))]

    def _show(self, sources: Sequence[SheetSource]) -> None:
        """Read once more, as displayed, the columns that are declared so."""
        columns: list[DisplayedColumn] = []
        for source in sources:
            place = self._places[source.name]
            page = Page(place.top_left.row, self._columns[source.name])
            if place.header_row < page.end_row:
                header = page.cells(place.header_row)
                found = displayed_columns.positions(source, place, header)
                columns += displayed_columns.below_header(place, page, found)
        for request in _packed(columns):
            self.is_composed = True
            displayed_columns.show(self._google, self._id, request)


def _is_large(place: Place) -> bool:
    return place.rectangle is not None and _cells(place.rectangle) > PAGE_CELLS


def _cells(rectangle: Rectangle) -> int:
    return rectangle.height * rectangle.width


def _packed(pieces: Sequence[_Cells]) -> Iterator[list[_Cells]]:
    """The pieces in requests of at most so many cells each."""
    request: list[_Cells] = []
    for piece in pieces:
        if request and sum(each.cells for each in request) + piece.cells > REQUEST_CELLS:
            yield request
            request = []
        request.append(piece)
    if request:
        yield request
