"""What a value counts as where a number, a text or a boolean is expected."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn, TypeGuard

from sheet_assets.sandbox.google.errors import GoogleError
from sheet_assets.sandbox.google.sheets.cell import ErrorValue, number
from sheet_assets.sandbox.google.sheets.user_entered import entered

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.cell import Cell


class EvaluationError(Exception):
    """A formula, or a part of one, has an error for its value."""

    def __init__(self, error: ErrorValue) -> None:
        super().__init__(error)
        self.error = error


def fail(displayed: str, message: str) -> NoReturn:
    """End the evaluation with an error."""
    raise EvaluationError(ErrorValue(displayed, message))


def checked(value: Cell) -> Cell:
    """The value, unless it is an error.

    Raises:
        EvaluationError: it is.
    """
    if isinstance(value, ErrorValue):
        raise EvaluationError(value)
    return value


def as_number(value: Cell, function: str, position: int, locale: str) -> float:
    """A blank is 0, TRUE is 1, and a text is what it would be if it were typed.

    Raises:
        EvaluationError: it is an error, or a text that is no number.
    """
    value = checked(value)
    if value is None:
        return 0
    if not isinstance(value, str):
        return int(value) if isinstance(value, bool) else value
    typed = typed_number(value, locale)
    if typed is None:
        fail(
            "#VALUE!",
            f"Function {function} parameter {position} expects number values. "
            f"But '{value}' is a text and cannot be coerced to a number.",
        )
    return typed


def typed_number(text: str, locale: str) -> float | None:
    """The number, date or time that a text would be if it were typed; None for other texts."""
    try:
        value = entered(text, locale, datetime.now(UTC).date()).value
    except GoogleError:
        return None
    return None if isinstance(value, str | bool) else value


def as_boolean(value: Cell, function: str, position: int) -> bool:
    """A blank and 0 are FALSE, other numbers TRUE.

    Raises:
        EvaluationError: it is an error, or a text other than TRUE and FALSE.
    """
    value = checked(value)
    if isinstance(value, str):
        if value.upper() in {"TRUE", "FALSE"}:
            return value.upper() == "TRUE"
        fail(
            "#VALUE!",
            f"Function {function} parameter {position} expects boolean values. "
            f"But '{value}' is a text and cannot be coerced to a boolean.",
        )
    return bool(value)


def as_text(value: Cell) -> str:
    """A number with up to 15 significant digits, TRUE or FALSE, and nothing for a blank.

    Raises:
        EvaluationError: it is an error.
    """
    value = checked(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    return f"{value:.15g}".upper()


def as_result(value: float, function: str) -> float:
    """A number that was computed, as a cell holds it.

    Raises:
        EvaluationError: it is too large for a cell, or no number at all.
    """
    if not math.isfinite(value):
        fail("#NUM!", f"Function {function} caused a number that is too large.")
    return number(value)


def compared(left: Cell, right: Cell) -> int:
    """-1, 0 or 1: numbers come before texts, texts before booleans; case makes no difference.

    A blank is 0, the empty text or FALSE, as the other side asks for.
    """
    left, right = checked(left), checked(right)
    if left is None:
        left = _blank_beside(right)
    if right is None:
        right = _blank_beside(left)
    one, other = _rank(left), _rank(right)
    return (one > other) - (one < other)


def _blank_beside(other: Cell) -> Cell:
    if isinstance(other, bool):
        return False
    return "" if isinstance(other, str) else 0


def _rank(value: Cell) -> tuple[int, float, str]:
    if isinstance(value, bool):
        return (2, value, "")
    if isinstance(value, str):
        return (1, 0, value.casefold())
    return (0, value or 0, "")


def is_number(value: Cell) -> TypeGuard[float]:
    """Whether a cell holds a number: a date is one, a boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
