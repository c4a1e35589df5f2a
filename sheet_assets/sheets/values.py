"""One cell's value as a column's type: what an unformatted JSON value may become.

A cell arrives as `values.get` gives it with UNFORMATTED_VALUE and SERIAL_NUMBER: a number
(dates and times too), a boolean or a text. Whatever does not fit raises `NotThatType`, whose
text completes a sentence that begins with the value: "'abc' is not a whole number".
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sheet_assets.sheets import iso, serials, strptime
from sheet_assets.warehouse.rows import NULL_MARKER
from sheet_assets.warehouse.types import INTEGER_BITS, MAX_PRECISION, ColumnType

if TYPE_CHECKING:
    from collections.abc import Callable

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
_WHOLE = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
# From here on a double does not hold every whole number.
EXACT = 2**53
_TOO_LONG = "has more digits than a number cell keeps; format the column as plain text"
_WIDE = Context(prec=MAX_PRECISION * 2)
# Numbers nearer to zero are an underflow error in Redshift, larger ones an overflow:
# https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
FLOAT_RANGE = {
    "real": (1.1754943508222875e-38, 3.4028234663852886e38),
    "double": (2.2250738585072014e-308, 1.7976931348623157e308),
}


class NotThatType(ValueError):  # noqa: N818 - it names the case, and never leaves this package
    """The cell does not fit the column; the text says what was expected.

    `rule` is the field of the contract that refuses it.
    """

    def __init__(self, reason: str, rule: str = "type") -> None:
        super().__init__(reason)
        self.rule = rule


def reader(
    kind: ColumnType, time_zone: dt.tzinfo, written: str | None = None
) -> Callable[[Any], Any]:
    """The function that reads a cell for a column of this type, or raises `NotThatType`.

    `time_zone` is the spreadsheet's: a timestamptz cell is local time there. A local time that
    the clocks skip counts as before the change, one that they repeat is the first of the two.
    `written` is the format of dates and times that are text; without it they are ISO 8601.
    """
    match kind.kind:
        case "smallint" | "integer" | "bigint":
            bits = INTEGER_BITS[kind.kind]
            return lambda cell: _integer(cell, kind.kind, bits)
        case "decimal":
            step = Decimal(1).scaleb(-kind.scale)
            limit = Decimal(10) ** (kind.precision - kind.scale)
            return lambda cell: _decimal(cell, kind, step, limit)
        case "real" | "double":
            return lambda cell: _double(cell, kind.kind)
        case "boolean":
            return _boolean
        case "date":
            return lambda cell: _date(cell, written)
        case "time":
            return lambda cell: _time(cell, written)
        case "timestamp":
            return lambda cell: _timestamp(cell, written)
        case "timestamptz":
            return lambda cell: _timestamptz(cell, time_zone, written)
        case "varchar":
            return lambda cell: _varchar(cell, kind.length)
        case _:
            raise ValueError(f"there is no reader for {kind}")


def _integer(cell: Any, kind: str, bits: int) -> int:
    if isinstance(cell, str):
        number = _whole(cell.strip(), kind)
    elif _is_number(cell) and cell == cell // 1:
        number = int(cell)
    else:
        raise NotThatType("is not a whole number")
    if not -(1 << bits - 1) <= number < 1 << bits - 1:
        raise NotThatType(f"is out of range for {kind}")
    if abs(number) >= EXACT and not isinstance(cell, str):
        raise NotThatType(_TOO_LONG)
    return number


def _whole(text: str, kind: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise NotThatType("is not a whole number")
    try:
        return int(text)
    except ValueError:  # more digits than Python reads
        raise NotThatType(f"is out of range for {kind}") from None


def _decimal(cell: Any, kind: ColumnType, step: Decimal, limit: Decimal) -> Decimal:
    """A number cell is rounded half up, as an INSERT would; a text must fit as it stands."""
    try:
        exact = _exact(cell)
        rounded = exact.quantize(step, ROUND_HALF_UP, _WIDE)
    except InvalidOperation:
        raise NotThatType(f"does not fit {kind}") from None
    if rounded.copy_abs() >= limit:  # abs() would round it to 28 digits
        raise NotThatType(f"does not fit {kind}")
    if isinstance(cell, str):
        if rounded != exact:
            raise NotThatType(f"has more than {kind.scale} decimal places")
    elif abs(cell) >= EXACT:
        raise NotThatType(_TOO_LONG)
    return rounded or rounded.copy_abs()


def _exact(cell: Any) -> Decimal:
    if isinstance(cell, str):
        text = cell.strip()
        if not _NUMBER.fullmatch(text):
            raise NotThatType("is not a number")
        return Decimal(text)
    if not _is_number(cell):
        raise NotThatType("is not a number")
    if isinstance(cell, int) or cell.is_integer():
        return Decimal(int(cell))
    # 15 digits are what Sheets shows and what a double holds for certain.
    return Decimal(f"{cell:.15g}")


def _double(cell: Any, kind: str) -> float:
    smallest, largest = FLOAT_RANGE[kind]
    if isinstance(cell, str):
        text = cell.strip()
        if not _NUMBER.fullmatch(text):
            raise NotThatType("is not a number")
        number = float(text)
        is_zero = not re.split("[eE]", text)[0].strip("+-.0")
    elif _is_number(cell):
        number = float(cell) if abs(cell) <= largest else math.inf
        is_zero = cell == 0
    else:
        raise NotThatType("is not a number")
    if abs(number) > largest:
        raise NotThatType(f"is out of range for {kind}")
    if abs(number) < smallest and not is_zero:
        raise NotThatType(f"is too close to zero for {kind}")
    return number or 0.0


def _boolean(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, str) and cell.strip().lower() in {"true", "false"}:
        return cell.strip().lower() == "true"
    raise NotThatType("is not TRUE or FALSE")


def _date(cell: Any, written: str | None) -> dt.date:
    if isinstance(cell, str):
        if written:
            return _in_format(cell, written).date()
        try:
            return iso.to_date(cell)
        except ValueError:
            raise NotThatType("is not a date (a date cell, or text like 2026-11-20)") from None
    moment = _moment(cell, "a date")
    if moment.time() != dt.time():
        raise NotThatType("is a date with a time, not a date")
    return moment.date()


def _time(cell: Any, written: str | None) -> dt.time:
    expected = "is not a time (a time cell, or text like 09:30:00)"
    if isinstance(cell, str):
        if written:
            return _in_format(cell, written).time()
        try:
            return iso.to_time(cell)
        except ValueError:
            raise NotThatType(expected) from None
    if not _is_number(cell) or not 0 <= cell < 1:
        raise NotThatType(expected)
    return serials.to_time(cell)


def _timestamp(cell: Any, written: str | None) -> dt.datetime:
    if isinstance(cell, str):
        moment = _moment_of_text(cell, written)
        if moment.tzinfo is not None:
            raise NotThatType("has a zone, which a timestamp does not keep; use timestamptz")
        return moment
    return _moment(cell, "a date and time")


def _timestamptz(cell: Any, time_zone: dt.tzinfo, written: str | None) -> dt.datetime:
    is_text = isinstance(cell, str)
    moment = _moment_of_text(cell, written) if is_text else _moment(cell, "a date and time")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=time_zone)
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise NotThatType("is out of range for timestamptz") from None


def _varchar(cell: Any, length: int) -> str:
    text = cell if isinstance(cell, str) else _as_text(cell)
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise NotThatType("holds half a character, which UTF-8 cannot encode") from None
    if size > length:
        raise NotThatType(f"has {size} bytes, more than varchar({length}) holds")
    if "\0" in text:
        raise NotThatType("holds a NUL character, which Redshift cannot store")
    if text == NULL_MARKER:
        raise NotThatType("is the text that stands for NULL in the CSV; write it differently")
    return text


def _as_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    if not _is_number(cell):
        raise NotThatType("is not a text")
    if abs(cell) >= EXACT:
        raise NotThatType(_TOO_LONG)
    return str(int(cell)) if cell == cell // 1 else f"{cell:.15g}"


def _is_number(cell: Any) -> bool:
    """A finite number, and no boolean, which is an int in Python."""
    if isinstance(cell, float):
        return math.isfinite(cell)
    return isinstance(cell, int) and not isinstance(cell, bool)


def _moment(cell: Any, what: str) -> dt.datetime:
    if not _is_number(cell):
        raise NotThatType(f"is not {what}")
    try:
        return serials.to_datetime(cell)
    except OverflowError:
        raise NotThatType(f"is not {what} between the years 1 and 9999") from None


def _moment_of_text(cell: str, written: str | None) -> dt.datetime:
    if written:
        return _in_format(cell, written)
    try:
        return iso.to_datetime(cell)
    except ValueError:
        raise NotThatType(
            "is not a date and time (a date cell, or text like 2026-11-20 09:30:00)"
        ) from None


def _in_format(cell: str, written: str) -> dt.datetime:
    try:
        return strptime.to_datetime(cell, written)
    except ValueError:
        raise NotThatType(f"is not written as {written}") from None
