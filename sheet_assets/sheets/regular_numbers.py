"""Regular number cells of whole numbers, decimals and floating point numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from sheet_assets.sheets.rules import bound
from sheet_assets.sheets.values import EXACT, FLOAT_RANGE
from sheet_assets.warehouse.types import INTEGER_BITS

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from sheet_assets.sheets.contract import Column

    # The fields of number cells, and which of these are good.
    Fields = Callable[[pl.Series], tuple[pl.Series, pl.Series]]

# As many as an Int64 holds, and more than a number cell does.
_DIGITS = 18
# From here on the 15 digits of a number cell may be either side of a half.
_STEPS = 5e13
# Python writes smaller numbers, and those from the larger one on, with an exponent.
_SMALL, _LARGE = 1e-4, 1e16


def numbers(column: Column) -> Fields:
    """How the number cells of a column of numbers are read."""
    if column.type.kind in INTEGER_BITS:
        edge = 1 << INTEGER_BITS[column.type.kind] - 1
        rules = Rules(column, lambda value: value, -edge, edge - 1)
        return lambda cells: _integers(cells, rules)
    if column.type.kind == "decimal":
        scale, most = column.type.scale, 10 ** min(column.type.precision, _DIGITS) - 1
        rules = Rules(column, lambda value: _unscaled(value, scale), -most, most)
        return lambda cells: _decimals(cells, scale, rules)
    smallest, largest = FLOAT_RANGE[column.type.kind]
    rules = Rules(column, lambda value: value, -largest, largest)
    return lambda cells: _doubles(cells, smallest, rules)


class Rules:
    """The range of a column's type, its `min`, `max` and `allowed`, as numbers.

    `number` makes a number of a value of the column's type.
    """

    def __init__(
        self, column: Column, number: Callable[[Any], Any], smallest: Any, largest: Any
    ) -> None:
        least = [bound(column, "min", column.min)] if column.min is not None else []
        most = [bound(column, "max", column.max)] if column.max is not None else []
        self._smallest = max(smallest, *map(number, least)) if least else smallest
        self._largest = min(largest, *map(number, most)) if most else largest
        self._allowed = [number(bound(column, "allowed", each)) for each in column.allowed]

    def kept(self, values: pl.Series) -> pl.Series:
        """Which numbers keep them."""
        good = values.is_between(self._smallest, self._largest)
        return good & values.is_in(self._allowed) if self._allowed else good


def _integers(cells: pl.Series, rules: Rules) -> tuple[pl.Series, pl.Series]:
    good = cells.is_between(1 - EXACT, EXACT - 1)
    if cells.dtype == pl.Float64:
        good &= cells == cells.floor()
        cells = cells.set(~good, None).cast(pl.Int64)
    return cells.cast(pl.String), good & rules.kept(cells)


def _decimals(cells: pl.Series, scale: int, rules: Rules) -> tuple[pl.Series, pl.Series]:
    """Rounded half up, by the 15 digits that a cell holds for certain."""
    numbers = cells.cast(pl.Float64)
    steps = numbers.abs() * float(10**scale)
    good = (steps < _STEPS) & ((steps - steps.floor() - 0.5).abs() > steps * 1e-14)
    rounded = (steps + 0.5).floor().set(~good, None).cast(pl.Int64)
    is_negative = numbers < 0
    if is_negative.any():
        rounded = (-rounded).zip_with(is_negative, rounded)
    # Fewer steps than a double tells apart: their quotient is nearest to this very decimal.
    exact = (rounded / float(10**scale)).cast(pl.Decimal(38, scale))
    return exact.cast(pl.String), good & rules.kept(rounded)


def _doubles(cells: pl.Series, smallest: float, rules: Rules) -> tuple[pl.Series, pl.Series]:
    numbers = cells.cast(pl.Float64)
    numbers = numbers.set(numbers == 0, 0.0)  # without a sign
    sizes = numbers.abs()
    good = (sizes >= smallest) | (sizes == 0)
    fields = numbers.cast(pl.String)
    spelled = ((sizes < _SMALL) & (sizes > 0)) | (sizes >= _LARGE)
    if spelled.any():
        fields.scatter(spelled.arg_true(), list(map(repr, numbers.filter(spelled))))
    return fields, good & rules.kept(numbers)


def _unscaled(value: Decimal, scale: int) -> int:
    """A value's steps of the last decimal place; those that no cell holds are far away."""
    beyond: int = 10**_DIGITS
    return max(-beyond, min(int(value.scaleb(scale)), beyond))
