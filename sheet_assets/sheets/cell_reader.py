"""The cell reader: one cell of a column at a time, with all that its contract says of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sheet_assets.sheets.rules import checker
from sheet_assets.sheets.shown import (
    BLANK,
    HIDDEN,
    MOMENTS,
    is_number,
    plain,
    shown,
    shown_serial,
)
from sheet_assets.sheets.values import FORMULA_ERRORS, NotThatType, reader

if TYPE_CHECKING:
    import datetime as dt

    from sheet_assets.sheets.contract import Column

# What a cell shows that is too narrow, or a date that is before all dates.
_UNSHOWN = re.compile("#{3,}")


class CellReader:
    """Reads the cells of a column; `zone` is that of moments without one."""

    def __init__(self, column: Column, zone: dt.tzinfo) -> None:
        self._column = column
        self._read = reader(column.type, zone, column.format)
        self._check = checker(column)

    def value(self, cell: Any) -> Any:
        """What the cell stands for, None for NULL.

        Raises:
            NotThatType: it does not fit the column.
        """
        value = self._value(cell)
        if self._check is not None and value is not None:
            self._check(value)
        return value

    def shown(self, cell: Any) -> str:
        """The cell as a message may show it."""
        if self._is_null(cell):
            return BLANK
        if self._column.sensitive:
            return HIDDEN
        kind = self._column.type.kind
        is_serial = kind in MOMENTS and is_number(cell)
        return shown_serial(cell, kind) if is_serial else shown(cell)

    def _value(self, cell: Any) -> Any:
        column = self._column
        if self._is_null(cell):
            if column.blank == "empty":
                return ""
            return self._null("but")
        if column.null_values and plain(cell).strip() in column.null_values:
            return self._null("stands for NULL, but")
        if isinstance(cell, str) and (
            cell in FORMULA_ERRORS or (column.as_displayed and _UNSHOWN.fullmatch(cell))
        ):
            if column.formula_errors == "null":
                return self._null("is a formula's error, and")
            raise NotThatType("is a formula's error", "formula_errors")
        return self._read(cell)

    def _null(self, refused: str) -> None:
        """NULL, where the column may be NULL."""
        if self._column.key:
            raise NotThatType(f"{refused} it is the key", "key")
        if self._column.required:
            raise NotThatType(f"{refused} the column is required", "required")

    def _is_null(self, cell: Any) -> bool:
        """A blank cell; blanks that someone typed are a text in a varchar, else nothing."""
        return is_blank(cell) and not (cell and self._column.type.kind == "varchar")


def is_blank(cell: Any) -> bool:
    """Whether people see nothing in it."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
