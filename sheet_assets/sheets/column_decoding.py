"""A column on its way from cells to values, and what is to be said of cells that are wrong."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import WrongCell
from sheet_assets.sheets.a1 import Cell
from sheet_assets.sheets.cell_reader import CellReader

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from sheet_assets.sheets.contract import Column


class ColumnDecoding(ABC):
    """One column of the contract, where it stands, and by the row's index why a cell is wrong.

    Indexes count the rows that are not blank, from 0.
    """

    def __init__(self, column: Column, zone: dt.tzinfo, sheet_column: int, header: str) -> None:
        self.column = column
        self.sheet_column = sheet_column
        self.header = header
        self.reader = CellReader(column, zone)
        # The reason and the rule; not the exception, which would keep its frames.
        self.reasons: dict[int, tuple[str, str]] = {}

    @abstractmethod
    def cell(self, index: int) -> Any:
        """The cell of a row that is wrong, or stands twice."""

    @abstractmethod
    def sheet_row(self, index: int) -> int:
        """The worksheet's row, counted from zero."""

    def address(self, index: int) -> str:
        """Where the index-th cell stands."""
        return str(Cell(self.sheet_row(index), self.sheet_column))

    def shown(self, index: int) -> str:
        """The cell as a message may show it."""
        return self.reader.shown(self.cell(index))

    def refuse_repeated(self, repeated: Mapping[int, int]) -> None:
        """Refuse values that stand twice and may not; `repeated` as `rules.repeated` tells it."""
        for again, first in repeated.items():
            self.reasons[again] = (f"stands twice, first in {self.address(first)}", "unique")

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


def refuse_repeated_keys(key: Sequence[ColumnDecoding], repeated: Mapping[int, int]) -> None:
    """Refuse a row whose key an earlier one has: in the first of the key's columns."""
    head, *others = key
    for again, first in repeated.items():
        # One mistake is told once: the row is there twice, or a value is wrong for itself.
        for column in others:
            if column.reasons.get(again, ("", ""))[1] == "unique":
                del column.reasons[again]
        if again not in head.reasons:
            together = _with([_part(column, again) for column in others])
            reason = f"{together}stands twice as the key, first in {head.address(first)}"
            head.reasons[again] = (reason, "key")


def _part(column: ColumnDecoding, index: int) -> str:
    if column.column.sensitive:
        return column.address(index)
    return f"{column.shown(index)} ({column.address(index)})"


def _with(parts: Sequence[str]) -> str:
    return f"with {' and '.join(parts)} " if parts else ""
