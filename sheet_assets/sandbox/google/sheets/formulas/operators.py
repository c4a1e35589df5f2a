"""The operators, each by the name of Google's function for it.

https://support.google.com/docs/table/25273?query=operator
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.sheets.formulas.coercion import (
    as_number,
    as_result,
    as_text,
    compared,
    fail,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sheet_assets.sandbox.google.sheets.cell import Cell

_COMPARISONS: dict[str, Callable[[int], bool]] = {
    "EQ": lambda order: order == 0,
    "NE": lambda order: order != 0,
    "LT": lambda order: order < 0,
    "LTE": lambda order: order <= 0,
    "GT": lambda order: order > 0,
    "GTE": lambda order: order >= 0,
}
_ARITHMETIC: dict[str, Callable[..., float]] = {
    "ADD": lambda left, right: left + right,
    "MINUS": lambda left, right: left - right,
    "MULTIPLY": lambda left, right: left * right,
    "UMINUS": lambda value: -value,
    "UNARY_PERCENT": lambda value: value / 100,
}


def operate(name: str, operands: Sequence[Cell], locale: str) -> Cell:
    """The value of an operation.

    Raises:
        EvaluationError: an operand is an error, or of no use to it.
    """
    if name in _COMPARISONS:
        return _COMPARISONS[name](compared(*operands))
    if name == "CONCAT":
        return "".join(map(as_text, operands))
    if name == "UPLUS":
        return operands[0]
    numbers = [as_number(value, name, at, locale) for at, value in enumerate(operands, 1)]
    if name == "DIVIDE":
        return _divided(*numbers)
    if name == "POW":
        return _power(*numbers)
    return as_result(_ARITHMETIC[name](*map(float, numbers)), name)


def _divided(dividend: float, divisor: float) -> Cell:
    if divisor == 0:
        fail("#DIV/0!", "Function DIVIDE parameter 2 cannot be zero.")
    return as_result(dividend / divisor, "DIVIDE")


def _power(base: float, exponent: float) -> Cell:
    if base == 0 and exponent < 0:
        fail("#DIV/0!", "Function POW parameter 1 cannot be zero with a negative exponent.")
    if base < 0 and exponent != int(exponent):
        fail("#NUM!", "Function POW has no real value for a negative base and this exponent.")
    try:
        return as_result(float(base) ** float(exponent), "POW")
    except OverflowError:
        return as_result(float("inf"), "POW")
