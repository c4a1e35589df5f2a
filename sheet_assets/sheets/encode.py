"""Encoding: a query's values as typed cells, which Sheets stores without parsing them."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, Literal

from sheet_assets.errors import SheetTooLargeError
from sheet_assets.sheets import serials

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_CELL_CHARACTERS = 50_000
_EXACT = 2**53
_DIGITS_OF_A_DOUBLE = 15
# Wide enough to drop the zeros of any decimal without rounding it, as the default of 28 would.
_WIDE = Context(prec=100)

DATE_PATTERN = {"type": "DATE", "pattern": "yyyy-mm-dd"}
DATE_TIME_PATTERN = {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm:ss"}
TIME_PATTERN = {"type": "TIME", "pattern": "hh:mm:ss"}

NotANumber = Literal["reject", "blank"]
CellValue = bool | int | float | str


def cell_value(value: Any, *, not_a_number: NotANumber = "reject") -> CellValue:
    """A value as a cell holds it and values.get gives it back; "" is a blank cell, as NULL makes.

    Whole numbers from 2^53 on and decimals beyond 15 digits become text, since a number cell
    would round them. Dates and times become serial numbers.

    Raises:
        SheetTooLargeError: a text of more than 50,000 characters.
        ValueError: binary data, and NaN or infinity unless they are to be blank, which no cell
            can hold.
    """
    try:
        return encoder(type(value))(value)
    except NotFiniteError:
        if not_a_number == "blank":
            return ""
        raise


def encoder(kind: type) -> Callable[[Any], CellValue]:
    """The function that `cell_value` calls for values of this type.

    It raises what `cell_value` does, and NotFiniteError (a ValueError) for what may be blank.
    """
    return _ENCODERS.get(kind, _other)


def extended_value(cell: CellValue) -> dict[str, CellValue]:
    """Google's ExtendedValue of a cell; an empty one clears it.

    Text is a stringValue whatever it begins with, so it is never a formula.
    """
    if isinstance(cell, bool):
        return {"boolValue": cell}
    if isinstance(cell, str):
        return {"stringValue": cell} if cell else {}
    return {"numberValue": cell}


def number_format(value: Any) -> dict[str, str] | None:
    """The NumberFormat a value needs to look like what it is."""
    if isinstance(value, dt.datetime):
        return DATE_TIME_PATTERN
    if isinstance(value, dt.date):
        return DATE_PATTERN
    return TIME_PATTERN if isinstance(value, dt.time) else None


class NotFiniteError(ValueError):
    """NaN or infinity."""


def _text(text: str) -> str:
    if len(text) > MAX_CELL_CHARACTERS:
        raise SheetTooLargeError(
            f"A text of {len(text):,} characters does not fit a cell, which holds "
            f"{MAX_CELL_CHARACTERS:,}. Shorten it in the query, for example with LEFT()."
        )
    return text


def _integer(value: int) -> CellValue:
    return value if -_EXACT < value < _EXACT else str(value)


def _double(value: float) -> CellValue:
    if not math.isfinite(value):
        raise _not_finite(value)
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def _decimal(value: Decimal) -> CellValue:
    if not value.is_finite():
        raise _not_finite(value)
    # Its text has at least as many characters as digits, and is faster made than a tuple of them.
    if len(str(value)) > _DIGITS_OF_A_DOUBLE and _significant_digits(value) > _DIGITS_OF_A_DOUBLE:
        return _text(format(value, "f"))
    if value and value.adjusted() > _DIGITS_OF_A_DOUBLE:
        return _text(format(value, "f"))
    # Of so few digits each number has a double of its own, and a whole one its exact double.
    number = float(value)
    if not number.is_integer():
        return number
    return int(number) if abs(number) < _EXACT else _text(format(value, "f"))


def _significant_digits(value: Decimal) -> int:
    return len(value.normalize(_WIDE).as_tuple().digits)


def _binary(_: Any) -> CellValue:
    raise ValueError("binary data cannot stand in a cell; turn it into text in the query")


# By the exact type, since a cell is encoded some million times.
_ENCODERS: dict[type, Callable[[Any], CellValue]] = {
    type(None): lambda _: "",
    str: _text,
    bool: bool,
    int: _integer,
    float: _double,
    Decimal: _decimal,
    dt.datetime: serials.from_datetime,
    dt.date: serials.from_date,
    # Midnight is 0, as values.get tells it, and not 0.0.
    dt.time: lambda value: _double(serials.from_time(value)),
    bytes: _binary,
    bytearray: _binary,
    memoryview: _binary,
}


def _other(value: Any) -> CellValue:
    """Of a class made from one of these, such as pandas' Timestamp; else its text."""
    for kind, encode in _ENCODERS.items():
        if isinstance(value, kind):
            return encode(value)
    return _text(str(value))


def _not_finite(value: Any) -> NotFiniteError:
    return NotFiniteError(
        f"{value} cannot stand in a cell; leave it out in the query, or set `not_a_number: blank`"
    )
