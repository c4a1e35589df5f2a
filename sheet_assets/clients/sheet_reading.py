"""Reading: the values of one spreadsheet's sheets, in as few requests as hold them.

One Drive call and two Sheets reads, for any number of sheets that together are small; the Sheets
API allows 60 reads a minute. Google has no limit to the size of an answer, but ends a request
after 180 seconds: https://developers.google.com/workspace/sheets/api/limits
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sheet_assets.clients import sheet_area
from sheet_assets.errors import SheetChangedError, SheetError, SheetHeaderError
from sheet_assets.sheets.a1 import Rectangle, in_worksheet
from sheet_assets.sheets.binding import bind
from sheet_assets.sheets.displayed import show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sheet_assets.clients.google import DriveFile, GoogleClient
    from sheet_assets.clients.sheet_area import Place
    from sheet_assets.clients.spreadsheet import Spreadsheet
    from sheet_assets.sheets.contract import SheetSource

# Of the grid, blank or not: some 10 MB of JSON when all are filled (10.7 bytes a cell), and at
# most eleven requests for the 10 million cells that a spreadsheet may have.
PAGE_CELLS = 1_000_000
TRIES = 3

Values = list[list[Any]]
# A sheet's name, and the place of a column that is read as displayed.
_Key = tuple[str, int | None]


@dataclass(frozen=True)
class Fetched:
    """What stood in a sheet when it was read, not decoded yet.

    `file` was fetched before anything else. `values` begin at the place's top left cell;
    `as_displayed` columns hold what the cells show. `api_calls` and `seconds` are those of all
    sheets that were read together.
    """

    source: SheetSource
    read_at: dt.datetime
    file: DriveFile
    spreadsheet: Spreadsheet
    found: Place | SheetError
    values: Values
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


def fetch(
    google: GoogleClient, sources: Sequence[SheetSource], *, also: Sequence[SheetSource] = ()
) -> dict[str, Fetched]:
    """Read sheets, at least one and all of one spreadsheet, together; by their names.

    What takes several requests that must fit together (pages, a named range whose cells were
    looked up before, what cells show beside what they hold) is read again when Drive's version
    of the file changed meanwhile. A sheet that is not found raises where its result is used, so
    that it does not fail the others.

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
    raise SheetChangedError(
        f'The spreadsheet "{reading.spreadsheet.title}" was edited again and again while it was '
        f"read ({TRIES} times). Nothing was changed; the next run tries again."
    )


class _Piece(NamedTuple):
    """A range that is asked for: `key` names what it is of, `offset` its first row therein."""

    key: _Key
    offset: int
    range: str
    cells: int


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
        self.is_composed = named or tables
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
            if sum(piece.cells for piece in [*pieces, *more]) <= PAGE_CELLS:
                self.sources.append(source)
                pieces += more
        self._values = self._read(pieces)
        self._show([source for source in self.sources if (source.name, None) in self._values])

    def _pieces(self, source: SheetSource) -> list[_Piece]:
        place = self._places.get(source.name)
        return _pieces(source.name, place) if place else []

    def is_whole(self) -> bool:
        """Whether nothing has changed since the first request, as far as Drive tells."""
        return self._google.drive_file(self._id).version == self.file.version

    def fetched(self, source: SheetSource, api_calls: int, seconds: float) -> Fetched:
        """The result of one source."""
        return Fetched(
            source,
            self.read_at,
            self.file,
            self.spreadsheet,
            self._errors.get(source.name) or self._places[source.name],
            self._values.get((source.name, None), []),
            api_calls,
            seconds,
        )

    def _show(self, sources: Sequence[SheetSource]) -> None:
        """Read once more, as displayed, the columns that are declared so."""
        pieces: list[_Piece] = []
        shown: list[tuple[Values, int, _Key]] = []
        for source in sources:
            place, values = self._places[source.name], self._values[source.name, None]
            below = place.header_row - place.top_left.row + 1
            for position in _displayed(source, place, values):
                column = place.top_left.column + position
                cells = Rectangle(
                    place.header_row + 1, column, place.top_left.row + len(values), column + 1
                )
                if cells.height > 0:
                    key: _Key = (source.name, position)
                    pieces += _pages(key, place.worksheet.title, cells)
                    shown.append((values[below:], position, key))
        if pieces:
            self.is_composed = True
            texts = self._read(pieces, displayed=True)
            for rows, position, key in shown:
                show(rows, position, texts[key])

    def _read(self, pieces: Sequence[_Piece], *, displayed: bool = False) -> dict[_Key, Values]:
        """The values of the pieces, glued together by their keys."""
        glued: dict[_Key, Values] = {}
        requests = list(_packed(pieces))
        if len(requests) > 1:
            self.is_composed = True
        for request in requests:
            ranges = [piece.range for piece in request]
            answers = self._google.batch_values(self._id, ranges, displayed=displayed)
            for piece, rows in zip(request, answers, strict=True):
                values = glued.setdefault(piece.key, [])
                # A page's blank rows at its end were left out, and are in the middle here.
                values.extend([] for _ in range(piece.offset - len(values)) if rows)
                values.extend(rows)
        return glued


def _displayed(source: SheetSource, place: Place, values: Values) -> list[int]:
    """The places of the columns that are read as displayed, where the header has them."""
    columns = [column for column in source.columns if column.as_displayed]
    row = place.header_row - place.top_left.row
    try:
        header = values[row] if row < len(values) else []
        return bind(columns, header, worksheet=place.worksheet.title)
    except SheetHeaderError:
        return []  # decoding says so, with all that is wrong with the header


def _pieces(name: str, place: Place) -> list[_Piece]:
    """The ranges that hold a sheet: one, or pages of rows where its part of the grid is large."""
    if place.rectangle is None:
        return []
    cells = place.rectangle.height * place.rectangle.width
    if cells <= PAGE_CELLS:
        return [_Piece((name, None), 0, place.range, cells)]
    return _pages((name, None), place.worksheet.title, place.rectangle)


def _pages(key: _Key, title: str, cells: Rectangle) -> list[_Piece]:
    """Pages of whole rows. All of them are read: what follows a blank page may be filled."""
    height = max(1, PAGE_CELLS // cells.width)
    return [
        _Piece(
            key,
            row - cells.row,
            in_worksheet(title, page),
            page.height * page.width,
        )
        for row in range(cells.row, cells.end_row, height)
        for page in [cells._replace(row=row, end_row=min(row + height, cells.end_row))]
    ]


def _packed(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """The pieces in requests of at most a page's cells each."""
    request: list[_Piece] = []
    for piece in pieces:
        if request and sum(each.cells for each in request) + piece.cells > PAGE_CELLS:
            yield request
            request = []
        request.append(piece)
    if request:
        yield request
