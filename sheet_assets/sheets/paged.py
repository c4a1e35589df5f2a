"""Decoding in pages: a large worksheet's cells into CSV fields, or every wrong cell's address."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from sheet_assets.errors import CellError
from sheet_assets.sheets.a1 import TOP_LEFT, Cell
from sheet_assets.sheets.binding import bind
from sheet_assets.sheets.column_decoding import ColumnDecoding, refuse_repeated_keys
from sheet_assets.sheets.contract import normalise_header
from sheet_assets.sheets.regular import regular_reader
from sheet_assets.sheets.repeats import Repeats
from sheet_assets.sheets.rules import repeated, repeated_keys
from sheet_assets.sheets.sheet_rows import SheetRows
from sheet_assets.sheets.shown import printable, sentence
from sheet_assets.sheets.values import NotThatType
from sheet_assets.sheets.zone import zone_for
from sheet_assets.warehouse.manifest import Origin
from sheet_assets.warehouse.rows import field

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from sheet_assets.sheets.contract import Column
    from sheet_assets.sheets.page import Page

# Odd cells are often alike: a date that was typed as text, a word for NULL.
_REMEMBERED = 4096


class PagedDecoding:
    """Takes the pages of a sheet in their order; what it finds is what `decode` finds.

    Of earlier pages it keeps where their rows stood, what is wrong, and, of columns whose values
    may not stand twice, a hash and the JSON of each cell. Arguments are those of `decode`;
    `head` rows are kept as values.
    """

    def __init__(
        self,
        contract: Sequence[Column],
        *,
        worksheet: str,
        time_zone: str = "Etc/GMT",
        top_left: Cell = TOP_LEFT,
        header_row: int | None = None,
        reject_extra: bool = False,
        head: int = 0,
    ) -> None:
        self._contract = contract
        self._worksheet = worksheet
        self._time_zone = time_zone
        self._header = Cell(top_left.row if header_row is None else header_row, top_left.column)
        self._reject_extra = reject_extra
        self._head = head
        self._positions: list[int] = []
        self._columns: list[_PagedColumn] = []
        self._key: list[_PagedColumn] = []
        self._keys = Repeats()
        self._rows = SheetRows()
        self.head: list[tuple[Any, ...]] = []

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def is_wrong(self) -> bool:
        """Whether a cell is, as far as is known before the end."""
        return any(column.reasons for column in self._columns)

    @property
    def origin(self) -> Origin:
        """Where the rows stood."""
        return Origin(
            columns={column.column.name: column.sheet_column for column in self._columns},
            headers={column.column.name: column.header for column in self._columns},
            blocks=self._rows.blocks,
        )

    def add(self, page: Page) -> pl.DataFrame | None:
        """The fields of the page's rows, as `csv_columns.lines` takes them; None for no rows.

        Raises:
            SheetHeaderError: a declared header is missing or stands twice, or one is extra.
            SheetError: a timestamptz column, and a time zone that is not known here.
        """
        if not self._columns:
            if self._header.row >= page.end_row:
                return None
            self._bind(page.cells(self._header.row))
        lines = page.lines(self._header.row + 1, self._positions)
        if not lines.rows:
            return None
        first = len(self._rows)
        self._rows.add(lines.rows)
        fields = [
            column.read(cells, first)
            for column, cells in zip(self._columns, lines.columns, strict=True)
        ]
        if self._key:
            self._keys.add(
                [
                    column.without_spaces(texts)
                    for column, texts in zip(self._columns, fields, strict=True)
                    if column.column.key
                ]
            )
        if len(self.head) < self._head and not self.is_wrong:
            wanted = self._head - len(self.head)
            values = [
                map(column.reader.value, cells[:wanted])
                for column, cells in zip(self._columns, lines.columns, strict=True)
            ]
            self.head += zip(*values, strict=True)
        return pl.DataFrame(
            {column.column.name: field for column, field in zip(self._columns, fields, strict=True)}
        )

    def finish(self) -> None:
        """Look at all pages together.

        Raises:
            SheetHeaderError: there was no header.
            CellError: some cells do not fit; it carries all of them.
        """
        if not self._columns:
            self._bind([])
        for column in self._columns:
            if column.column.unique:
                column.refuse_repeated(column.repeated())
        if self._key:
            refuse_repeated_keys(self._key, self._repeated_keys())
        wrong = [cell for column in self._columns for cell in column.wrong_cells(self._worksheet)]
        if wrong:
            raise CellError(sentence(wrong), wrong)

    def _bind(self, header: Sequence[Any]) -> None:
        self._positions = bind(
            self._contract,
            header,
            worksheet=self._worksheet,
            at=self._header,
            reject_extra=self._reject_extra,
        )
        zone = zone_for(self._contract, self._time_zone, self._worksheet)
        self._columns = [
            _PagedColumn(
                column,
                zone,
                self._header.column + position,
                printable(normalise_header(header[position])),
                rows=self._rows,
            )
            for column, position in zip(self._contract, self._positions, strict=True)
        ]
        self._key = [column for column in self._columns if column.column.key]

    def _repeated_keys(self) -> dict[int, int]:
        suspects = self._keys.suspects()
        return _among(suspects, repeated_keys([column.values(suspects) for column in self._key]))


class _PagedColumn(ColumnDecoding):
    """A column of which one page's cells are at hand, and the wrong ones of those before."""

    def __init__(
        self, column: Column, zone: dt.tzinfo, sheet_column: int, header: str, *, rows: SheetRows
    ) -> None:
        super().__init__(column, zone, sheet_column, header)
        self._rows = rows
        self._regular = regular_reader(column, zone)
        self._odd = lru_cache(_REMEMBERED, typed=True)(self._field)
        self._wrong: dict[int, Any] = {}
        # Of a column whose values may not stand twice: the cells as the JSON they came from, and
        # per page the first row and where its JSON begins. One buffer that grows: many small ones
        # would keep the memory of each page from being used again.
        self._firsts: list[int] = []
        self._starts: list[int] = []
        self._cells = bytearray()
        self._parsed: tuple[int, list[Any]] = (-1, [])
        self._repeats = Repeats()

    def sheet_row(self, index: int) -> int:
        """Where a row stood."""
        return self._rows[index]

    def cell(self, index: int) -> Any:
        """A wrong one, or any where values may not stand twice."""
        if index in self._wrong:
            return self._wrong[index]
        page = bisect_right(self._firsts, index) - 1
        if self._parsed[0] != page:
            start, end = [*self._starts, len(self._cells)][page : page + 2]
            self._parsed = page, orjson.loads(memoryview(self._cells)[start:end])
        return self._parsed[1][index - self._firsts[page]]

    def read(self, cells: Sequence[Any], first: int) -> pl.Series:
        """The fields of a page's cells, null for NULL and wrong ones; the first has that index."""
        fields, odd = self._regular(cells)
        texts: list[str | None] = []
        for place in odd:
            text, reason = self._odd(cells[place])
            texts.append(text)
            if reason is not None:
                self.reasons[first + place] = reason
                self._wrong[first + place] = cells[place]
        if odd:
            fields = fields.scatter(odd, pl.Series(texts, dtype=pl.String))
        if self.column.unique:
            self._repeats.add([fields])
        if self.column.unique or self.column.key:
            self._firsts.append(first)
            self._starts.append(len(self._cells))
            self._cells += orjson.dumps(cells)
        return fields

    def repeated(self) -> dict[int, int]:
        """The rows whose value an earlier one has, as `rules.repeated` tells them."""
        suspects = self._repeats.suspects()
        return _among(suspects, repeated(self.values(suspects)))

    def values(self, indexes: Sequence[int]) -> list[str | None]:
        """What rows hold: their fields, which are equal where the values are."""
        return [self._odd(self.cell(index))[0] for index in indexes]

    def without_spaces(self, fields: pl.Series) -> pl.Series:
        """Fields as a part of the key, see `rules.repeated_keys`."""
        is_text = self.column.type.kind == "varchar"
        return fields.str.strip_chars_end(" ") if is_text else fields

    def _field(self, cell: Any) -> tuple[str | None, tuple[str, str] | None]:
        """A cell's field, or the reason and the rule that refuse it."""
        try:
            value = self.reader.value(cell)
        except NotThatType as refused:
            return None, (str(refused), refused.rule)
        return None if value is None else field(value), None


def _among(indexes: Sequence[int], found: Mapping[int, int]) -> dict[int, int]:
    """What was found among some rows, by their indexes."""
    return {indexes[again]: indexes[first] for again, first in found.items()}
