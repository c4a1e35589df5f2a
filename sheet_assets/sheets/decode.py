"""Decoding: a worksheet's values into typed columns, or every wrong cell with its address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import CellError
from sheet_assets.sheets.a1 import TOP_LEFT, Cell
from sheet_assets.sheets.binding import bind
from sheet_assets.sheets.cell_reader import is_blank
from sheet_assets.sheets.column_decoding import ColumnDecoding, refuse_repeated_keys
from sheet_assets.sheets.contract import normalise_header
from sheet_assets.sheets.rules import repeated, repeated_keys
from sheet_assets.sheets.sheet_rows import SheetRows
from sheet_assets.sheets.shown import printable, sentence
from sheet_assets.sheets.values import NotThatType
from sheet_assets.sheets.zone import zone_for
from sheet_assets.warehouse.manifest import Origin

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from sheet_assets.sheets.contract import Column


@dataclass(frozen=True)
class Decoded:
    """Typed rows: `columns[i]` holds the values of the contract's i-th column.

    `sheet_rows[j]` is the row of the sheet, counted from zero, that row j came from;
    `sheet_columns[i]` and `headers[i]` are where column i stands, and under which header.
    """

    names: tuple[str, ...]
    columns: tuple[list[Any], ...]
    sheet_rows: list[int]
    sheet_columns: tuple[int, ...]
    headers: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.sheet_rows)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows, in the sheet's order and the contract's column order."""
        return zip(*self.columns, strict=True)

    @property
    def origin(self) -> Origin:
        """Where the rows stood, with those that follow one another as one block."""
        return Origin(
            columns=dict(zip(self.names, self.sheet_columns, strict=True)),
            headers=dict(zip(self.names, self.headers, strict=True)),
            blocks=SheetRows(self.sheet_rows).blocks,
        )


def decode(
    contract: Sequence[Column],
    values: Sequence[Sequence[Any]],
    *,
    worksheet: str,
    time_zone: str = "Etc/GMT",
    top_left: Cell = TOP_LEFT,
    header_row: int | None = None,
    reject_extra: bool = False,
) -> Decoded:
    """Bind columns by header, read every cell, skip blank rows.

    Args:
        contract: The declared columns.
        values: Rows as values.get answers: unformatted, dates as serial numbers, ragged,
            trailing blanks left out. Those of `as_displayed` columns are what the cells show.
        worksheet: The worksheet's title, for messages.
        time_zone: The spreadsheet's, for timestamptz.
        top_left: Where in the worksheet the first of the values stands.
        header_row: The row of the worksheet that holds the header, counted from zero; by
            default the first of the values.
        reject_extra: Whether a header that the contract does not name is a mistake.

    Raises:
        SheetHeaderError: a declared header is missing or stands twice, or one is extra.
        CellError: some cells do not fit; it carries all of them.
        SheetError: a timestamptz column, and a time zone that is not known here.
    """
    skipped = 0 if header_row is None else header_row - top_left.row
    at = Cell(top_left.row + skipped, top_left.column)
    header = values[skipped] if skipped < len(values) else []
    positions = bind(contract, header, worksheet=worksheet, at=at, reject_extra=reject_extra)
    rows = [
        (at.row + offset, row)
        for offset, row in enumerate(values[skipped + 1 :], 1)
        if any(position < len(row) and not is_blank(row[position]) for position in positions)
    ]
    zone = zone_for(contract, time_zone, worksheet)
    sheet_rows = [row for row, _ in rows]
    table = [
        _Decoding(
            column,
            zone,
            top_left.column + position,
            printable(normalise_header(header[position])),
        )
        for column, position in zip(contract, positions, strict=True)
    ]
    for column, position in zip(table, positions, strict=True):
        cells = [row[position] if position < len(row) else "" for _, row in rows]
        column.read(cells, sheet_rows)
    if key := [column for column in table if column.column.key]:
        refuse_repeated_keys(key, repeated_keys([column.values for column in key]))
    wrong = [cell for column in table for cell in column.wrong_cells(worksheet)]
    if wrong:
        raise CellError(sentence(wrong), wrong)
    return Decoded(
        tuple(column.name for column in contract),
        tuple(column.values for column in table),
        sheet_rows,
        tuple(column.sheet_column for column in table),
        tuple(column.header for column in table),
    )


class _Decoding(ColumnDecoding):
    """A column all of whose cells are at hand, and their values."""

    def __init__(self, column: Column, zone: dt.tzinfo, sheet_column: int, header: str) -> None:
        super().__init__(column, zone, sheet_column, header)
        self._cells: Sequence[Any] = ()
        self._sheet_rows: Sequence[int] = ()
        self.values: list[Any] = []

    def cell(self, index: int) -> Any:
        """Any of the cells."""
        return self._cells[index]

    def sheet_row(self, index: int) -> int:
        """Where it stands."""
        return self._sheet_rows[index]

    def read(self, cells: Sequence[Any], sheet_rows: Sequence[int]) -> None:
        """Read every cell, each for itself, and refuse values that stand twice and may not."""
        self._cells, self._sheet_rows = cells, sheet_rows
        for index, cell in enumerate(cells):
            value = None
            try:
                value = self.reader.value(cell)
            except NotThatType as refused:
                self.reasons[index] = (str(refused), refused.rule)
            self.values.append(value)
        if self.column.unique:
            self.refuse_repeated(repeated(self.values))
