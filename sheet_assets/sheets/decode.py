"""Decoding: a worksheet's values into typed columns, or every wrong cell with its address."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sheet_assets.errors import CellError, SheetError, WrongCell
from sheet_assets.sheets.a1 import TOP_LEFT, Cell
from sheet_assets.sheets.binding import bind
from sheet_assets.sheets.contract import normalise_header
from sheet_assets.sheets.rules import checker, repeated, repeated_keys
from sheet_assets.sheets.shown import (
    BLANK,
    HIDDEN,
    MOMENTS,
    is_number,
    plain,
    printable,
    sentence,
    shown,
    shown_serial,
)
from sheet_assets.sheets.values import FORMULA_ERRORS, NotThatType, reader
from sheet_assets.warehouse.manifest import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sheet_assets.sheets.contract import Column

_CUSTOM_ZONE = re.compile(r"GMT([+-])([0-9]{2}):([0-9]{2})")
# What a cell shows that is too narrow, or a date that is before all dates.
_UNSHOWN = re.compile("#{3,}")


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
        starts = [
            index
            for index, (before, row) in enumerate(pairwise([-2, *self.sheet_rows]))
            if row != before + 1
        ]
        return Origin(
            columns=dict(zip(self.names, self.sheet_columns, strict=True)),
            headers=dict(zip(self.names, self.headers, strict=True)),
            blocks=tuple(
                (self.sheet_rows[start], end - start)
                for start, end in pairwise([*starts, len(self.sheet_rows)])
            ),
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
        if any(position < len(row) and not _is_blank(row[position]) for position in positions)
    ]
    needs_zone = any(column.type.kind == "timestamptz" for column in contract)
    zone = _zone(time_zone, worksheet) if needs_zone else dt.UTC
    sheet_rows = [row for row, _ in rows]
    table = [
        _Decoding(
            column,
            [row[position] if position < len(row) else "" for _, row in rows],
            sheet_rows,
            top_left.column + position,
            printable(normalise_header(header[position])),
        )
        for column, position in zip(contract, positions, strict=True)
    ]
    for column in table:
        column.read(zone)
    _tell_rows_apart([column for column in table if column.column.key])
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


class _Decoding:
    """One column on its way: its cells, their values, and by index why a cell has none."""

    def __init__(
        self,
        column: Column,
        cells: Sequence[Any],
        sheet_rows: Sequence[int],
        sheet_column: int,
        header: str,
    ) -> None:
        self.column = column
        self.cells = cells
        self.sheet_rows = sheet_rows
        self.sheet_column = sheet_column
        self.header = header
        self.values: list[Any] = []
        # The reason and the rule; not the exception, which would keep its frames.
        self.reasons: dict[int, tuple[str, str]] = {}

    def read(self, zone: dt.tzinfo) -> None:
        """Read every cell, each for itself, and refuse values that stand twice and may not."""
        read = reader(self.column.type, zone, self.column.format)
        check = checker(self.column)
        for index, cell in enumerate(self.cells):
            value = None
            try:
                value = _read(cell, self.column, read)
                if check is not None and value is not None:
                    check(value)
            except NotThatType as refused:
                value, self.reasons[index] = None, (str(refused), refused.rule)
            self.values.append(value)
        if self.column.unique:
            for again, first in repeated(self.values).items():
                reason = f"stands twice, first in {self.address(first)}"
                self.reasons[again] = (reason, "unique")

    def address(self, index: int) -> str:
        """Where the index-th cell stands."""
        return str(Cell(self.sheet_rows[index], self.sheet_column))

    def shown(self, index: int) -> str:
        """The cell as a message may show it."""
        cell = self.cells[index]
        if _is_null(cell, self.column):
            return BLANK
        if self.column.sensitive:
            return HIDDEN
        kind = self.column.type.kind
        is_serial = kind in MOMENTS and is_number(cell)
        return shown_serial(cell, kind) if is_serial else shown(cell)

    def wrong_cells(self, worksheet: str) -> Iterator[WrongCell]:
        """The cells that do not fit, from the top."""
        for index in sorted(self.reasons):
            reason, rule = self.reasons[index]
            yield WrongCell(
                worksheet,
                self.address(index),
                self.header,
                self.shown(index),
                reason,
                rule,
                self.column.name,
            )


def _tell_rows_apart(key: Sequence[_Decoding]) -> None:
    """Refuse a row whose key an earlier one has: in the first of the key's columns."""
    if not key:
        return
    head, *others = key
    for again, first in repeated_keys([column.values for column in key]).items():
        # One mistake is told once: the row is there twice, or a value is wrong for itself.
        for column in others:
            if column.reasons.get(again, ("", ""))[1] == "unique":
                del column.reasons[again]
        if again not in head.reasons:
            together = _with([_part(column, again) for column in others])
            reason = f"{together}stands twice as the key, first in {head.address(first)}"
            head.reasons[again] = (reason, "key")


def _part(column: _Decoding, index: int) -> str:
    if column.column.sensitive:
        return column.address(index)
    return f"{column.shown(index)} ({column.address(index)})"


def _with(parts: Sequence[str]) -> str:
    return f"with {' and '.join(parts)} " if parts else ""


def _zone(name: str, worksheet: str) -> dt.tzinfo:
    """A spreadsheet's time zone: a name such as Asia/Seoul, or Google's custom GMT+09:00.

    https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets#SpreadsheetProperties
    """
    try:
        if custom := _CUSTOM_ZONE.fullmatch(name):
            ahead = dt.timedelta(hours=int(custom[2]), minutes=int(custom[3]))
            return dt.timezone(ahead if custom[1] == "+" else -ahead)
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise SheetError(
            f"{worksheet}: the spreadsheet's time zone {name!r} is not known here, and a "
            "timestamptz column needs it. Choose another one in File > Settings of the "
            "spreadsheet, or declare the column as timestamp."
        ) from error


def _read(cell: Any, column: Column, read: Callable[[Any], Any]) -> Any:
    if _is_null(cell, column):
        if column.blank == "empty":
            return ""
        return _null(column, "but")
    if column.null_values and plain(cell).strip() in column.null_values:
        return _null(column, "stands for NULL, but")
    if isinstance(cell, str) and (
        cell in FORMULA_ERRORS or (column.as_displayed and _UNSHOWN.fullmatch(cell))
    ):
        if column.formula_errors == "null":
            return _null(column, "is a formula's error, and")
        raise NotThatType("is a formula's error", "formula_errors")
    return read(cell)


def _null(column: Column, refused: str) -> None:
    """NULL, where the column may be NULL."""
    if column.key:
        raise NotThatType(f"{refused} it is the key", "key")
    if column.required:
        raise NotThatType(f"{refused} the column is required", "required")


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _is_null(cell: Any, column: Column) -> bool:
    """A blank cell; blanks that someone typed are a text in a varchar, and nothing elsewhere."""
    return _is_blank(cell) and not (cell and column.type.kind == "varchar")
