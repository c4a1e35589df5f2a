"""Regular cells: many cells of a column read at once, where they hold what its type asks for.

What a cell means is said in `values.py` and `rules.py`. Here are told the cells that nearly all
sheets are made of; whatever is not one of them is odd, and read by the cell reader. So a doubt
costs time and changes no value: a good cell may be taken for an odd one, never the other way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from sheet_assets.sheets.regular_moments import moments
from sheet_assets.sheets.regular_numbers import numbers
from sheet_assets.sheets.rules import bound
from sheet_assets.sheets.shown import MOMENTS
from sheet_assets.sheets.values import FORMULA_ERRORS
from sheet_assets.warehouse.rows import NULL_MARKER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from sheet_assets.sheets.contract import Column

    # CSV fields, and the indexes of the cells that are odd.
    Regular = tuple[pl.Series, list[int]]
    RegularReader = Callable[[Sequence[Any]], Regular]

_NUMBERS = frozenset({int, float})
_CHECKBOXES = frozenset({bool})
# Python has one empty text, which is told by its identity faster than by its type.
_BLANK = ""
# What Python's strip takes away, which is more than \s means to Rust.
_BLANKS = r"[\s\x1c-\x1f\x85]*"


def regular_reader(column: Column, zone: dt.tzinfo) -> RegularReader:
    """The function that reads the regular ones of a column's cells, none of which is None.

    It gives fields as `warehouse.rows.field` spells them, null for NULL, and the indexes of the
    odd cells, whose fields mean nothing.
    """
    match column.type.kind:
        case "varchar":
            return _Texts(column)
        case "boolean":
            return _Booleans(column)
        case kind:
            fields = moments(column, zone) if kind in MOMENTS else numbers(column)
            return _Numbers(column, fields)


class _Numbers:
    """Number cells; dates and times are such, too.

    `fields` gives the fields of numbers, and which of them are good.
    """

    def __init__(
        self, column: Column, fields: Callable[[pl.Series], tuple[pl.Series, pl.Series]]
    ) -> None:
        self._fields = fields
        self._required = column.required or column.key
        self._null_values = [number for text in column.null_values for number in _number(text)]

    def __call__(self, cells: Sequence[Any]) -> Regular:
        held, kinds = _held(cells, _NUMBERS)
        try:
            values = pl.Series(held, dtype=pl.Float64 if float in kinds else pl.Int64)
        except TypeError:  # a whole number of more than 64 bits
            return _all_odd(cells)
        odd = _others(cells, values, required=self._required)
        fields, good = self._fields(values)
        for null in self._null_values:
            # A cell looks like it when 15 digits agree.
            good &= (values - null).abs() > abs(null) * 1e-14
        return fields, _and_bad(odd, good)


class _Booleans:
    """Checkboxes."""

    def __init__(self, column: Column) -> None:
        self._required = column.required or column.key
        self._allowed = [bound(column, "allowed", each) for each in column.allowed]
        self._has_null = bool({"TRUE", "FALSE"} & set(column.null_values))

    def __call__(self, cells: Sequence[Any]) -> Regular:
        if self._has_null:
            return _all_odd(cells)
        held, _ = _held(cells, _CHECKBOXES)
        values = pl.Series(held, dtype=pl.Boolean)
        odd = _others(cells, values, required=self._required)
        fields = values.cast(pl.String)
        return fields, _and_bad(odd, values.is_in(self._allowed)) if self._allowed else odd


class _Texts:
    """Texts, which nearly all cells of a varchar are."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._min = None if column.min is None else bound(column, "min", column.min)
        self._max = None if column.max is None else bound(column, "max", column.max)
        self._allowed = [bound(column, "allowed", each) for each in column.allowed]
        self._pattern = None if column.pattern is None else re.compile(column.pattern)
        self._words = [*FORMULA_ERRORS, NULL_MARKER]
        looks = [f"{_BLANKS}{re.escape(word)}{_BLANKS}" for word in column.null_values]
        if column.as_displayed:
            looks.append("#{3,}")
        self._looks = rf"\A(?:{'|'.join(looks)})\z" if looks else None

    def __call__(self, cells: Sequence[Any]) -> Regular:
        column = self._column
        try:
            values = pl.Series(cells, dtype=pl.String)
        except (TypeError, UnicodeEncodeError):
            cells = [cell if _is_text(cell) else None for cell in cells]
            values = pl.Series(cells, dtype=pl.String)
        odd = values.is_null().arg_true().to_list()
        good = values.str.len_bytes() <= column.type.length
        good &= ~values.is_in(self._words)
        good &= ~values.str.contains("\0", literal=True)
        if self._looks is not None:
            good &= ~values.str.contains(self._looks)
        if self._min is not None:
            good &= values >= self._min
        if self._max is not None:
            good &= values <= self._max
        if self._allowed:
            good &= values.is_in(self._allowed)
        if self._pattern is not None:
            matches = self._pattern.fullmatch
            good &= pl.Series([cell is None or bool(matches(cell)) for cell in cells])
        if column.blank == "null":
            full = values != ""
            if column.required or column.key:
                good &= full
            elif not full.all():
                values = values.set(~full, None)
                good |= ~full
        return values, _and_bad(odd, good)


def _held(cells: Sequence[Any], types: frozenset[type]) -> tuple[Sequence[Any], set[type]]:
    """The cells of these types, None for others, and which types there are."""
    kinds = set(map(type, cells))
    if kinds <= types:
        return cells, kinds
    # Nearly always the others are blank.
    held = [None if cell is _BLANK else cell for cell in cells]
    if not set(map(type, held)) <= {*types, type(None)}:
        held = [cell if type(cell) in types else None for cell in cells]
    return held, kinds & types


def _is_text(cell: Any) -> bool:
    """Whether it is a text, and holds no half of a character."""
    if not isinstance(cell, str):
        return False
    return cell.isascii() or not any("\ud800" <= character <= "\udfff" for character in cell)


def _number(text: str) -> list[float]:
    """The number that a cell may hold that looks like this text."""
    try:
        return [float(text)]
    except ValueError:
        return []


def _others(cells: Sequence[Any], values: pl.Series, *, required: bool) -> list[int]:
    """Where cells are of other types, and so no values; blank ones if the column is required."""
    others: list[int] = values.is_null().arg_true().to_list() if values.null_count() else []
    return others if required else [index for index in others if cells[index] != ""]


def _all_odd(cells: Sequence[Any]) -> Regular:
    return pl.repeat(None, len(cells), dtype=pl.String, eager=True), [*range(len(cells))]


def _and_bad(odd: list[int], good: pl.Series) -> list[int]:
    """The odd ones and those that are not good, in order; a null is neither."""
    bad = [] if good.all() else (~good).arg_true().to_list()
    return sorted({*odd, *bad}) if odd and bad else odd or bad
