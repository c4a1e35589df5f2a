"""One cell's value as a column's type: what an unformatted JSON value may become.

A cell arrives as `values.get` gives it with UNFORMATTED_VALUE and SERIAL_NUMBER: a number
(dates and times too), a boolean or a text. Whatever does not fit raises `NotThatType`, whose
text completes the sentence "the cell holds X, which …".
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import TYPE_CHECKING, Any

from sheet_assets.sheets import serials
from sheet_assets.warehouse.rows import NULL_MARKER
from sheet_assets.warehouse.types import INTEGER_BITS, MAX_PRECISION, ColumnType

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

# https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/other#ErrorType
FORMULA_ERRORS = frozenset(
    {
        "#NULL!",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "#NAME?",
        "#NUM!",
        "#N/A",
        "#ERROR!",
        "Loading...",
    }
)
_WHOLE = re.compile(r"^[+-]?[0-9]+$", re.ASCII)
_NUMBER = re.compile(r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$", re.ASCII)
_EXACT = 2**53


class NotThatType(ValueError):  # noqa: N818 - it names the case, and never leaves this package
    """The cell does not fit the column; the text says what was expected."""


def reader(kind: ColumnType, time_zone: ZoneInfo) -> Callable[[Any], Any]:
    """The function that reads a cell for a column of this type.

    `time_zone` is the spreadsheet's: a timestamptz cell is local time there.
    """
    match kind.kind:
        case "smallint" | "integer" | "bigint":
            bits = INTEGER_BITS[kind.kind]
            return lambda cell: _integer(cell, kind.kind, bits)
        case "decimal":
            return lambda cell: _decimal(cell, kind)
        case "real" | "double":
            return lambda cell: _double(cell, kind.kind)
        case "boolean":
            return _boolean
        case "date":
            return _date
        case "time":
            return _time
        case "timestamp":
            return _timestamp
        case "timestamptz":
            return lambda cell: _timestamptz(cell, time_zone)
        case _:
            return lambda cell: _varchar(cell, kind.length)


def _integer(cell: Any, kind: str, bits: int) -> int:
    if isinstance(cell, bool):
        raise NotThatType("is not a whole number")
    if isinstance(cell, str):
        text = cell.strip()
        if not _WHOLE.match(text):
            raise NotThatType("is not a whole number")
        number = int(text)
    elif cell == int(cell):
        number = int(cell)
        if abs(number) > _EXACT:
            raise NotThatType(
                "has more digits than a number cell keeps; format the column as plain text"
            )
    else:
        raise NotThatType("is not a whole number")
    if not -(1 << bits - 1) <= number < 1 << bits - 1:
        raise NotThatType(f"is out of range for {kind}")
    return number


def _decimal(cell: Any, kind: ColumnType) -> Decimal:
    if isinstance(cell, bool):
        raise NotThatType("is not a number")
    if isinstance(cell, str):
        text = cell.strip()
        if not _NUMBER.match(text):
            raise NotThatType("is not a number")
        exact = Decimal(text)
    else:
        # 15 digits are what Sheets shows and what a double holds for certain.
        exact = Decimal(f"{cell:.15g}") if isinstance(cell, float) else Decimal(cell)
    with localcontext(prec=MAX_PRECISION * 2):
        try:
            rounded = exact.quantize(Decimal(1).scaleb(-kind.scale), ROUND_HALF_UP)
        except InvalidOperation:
            raise NotThatType(f"does not fit {kind}") from None
    if isinstance(cell, str) and rounded != exact:
        raise NotThatType(f"has more than {kind.scale} decimal places")
    if abs(rounded) >= Decimal(10) ** (kind.precision - kind.scale):
        raise NotThatType(f"does not fit {kind}")
    return rounded or abs(rounded)


def _double(cell: Any, kind: str) -> float:
    if isinstance(cell, bool):
        raise NotThatType("is not a number")
    if isinstance(cell, str):
        if not _NUMBER.match(cell.strip()):
            raise NotThatType("is not a number")
        cell = cell.strip()
    number = float(cell)
    largest = 3.4028235e38 if kind == "real" else math.inf
    if not abs(number) <= largest or math.isinf(number):
        raise NotThatType(f"is out of range for {kind}")
    return number


def _boolean(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, str) and cell.strip().lower() in {"true", "false"}:
        return cell.strip().lower() == "true"
    raise NotThatType("is not TRUE or FALSE")


def _date(cell: Any) -> dt.date:
    if isinstance(cell, str):
        try:
            return dt.datetime.strptime(cell.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a date
        except ValueError:
            raise NotThatType("is not a date (a date cell, or text like 2026-11-20)") from None
    moment = _moment(cell, "a date")
    if moment.time() != dt.time():
        raise NotThatType("is a date with a time, not a date")
    return moment.date()


def _time(cell: Any) -> dt.time:
    expected = "is not a time (a time cell, or text like 09:30:00)"
    if isinstance(cell, str):
        try:
            parsed = dt.time.fromisoformat(cell.strip())
        except ValueError:
            raise NotThatType(expected) from None
        if parsed.tzinfo is not None:
            raise NotThatType("is a time with a zone, not a time")
        return parsed
    if isinstance(cell, bool) or not 0 <= cell < 1:
        raise NotThatType(expected)
    return _moment(cell, "a time").time()


def _timestamp(cell: Any) -> dt.datetime:
    if isinstance(cell, str):
        moment = _iso(cell)
        if moment.tzinfo is not None:
            raise NotThatType("has a zone, which a timestamp does not keep; use timestamptz")
        return moment
    return _moment(cell, "a date and time")


def _timestamptz(cell: Any, time_zone: ZoneInfo) -> dt.datetime:
    moment = _iso(cell) if isinstance(cell, str) else _moment(cell, "a date and time")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=time_zone)
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise NotThatType("is out of range for timestamptz") from None


def _varchar(cell: Any, length: int) -> str:
    if isinstance(cell, bool):
        text = "TRUE" if cell else "FALSE"
    elif isinstance(cell, float):
        text = str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else f"{cell:.15g}"
    else:
        text = str(cell)
    size = len(text.encode())
    if size > length:
        raise NotThatType(f"has {size} bytes, more than varchar({length}) holds")
    if "\0" in text:
        raise NotThatType("holds a NUL character, which Redshift cannot store")
    if text == NULL_MARKER:
        raise NotThatType("is the text that stands for NULL in the CSV; write it differently")
    return text


def _moment(cell: Any, what: str) -> dt.datetime:
    if isinstance(cell, bool):
        raise NotThatType(f"is not {what}")
    try:
        return serials.to_datetime(cell)
    except OverflowError:
        raise NotThatType(f"is not {what} between the years 1 and 9999") from None


def _iso(cell: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(cell.strip())
    except ValueError:
        raise NotThatType(
            "is not a date and time (a date cell, or text like 2026-11-20 09:30:00)"
        ) from None
