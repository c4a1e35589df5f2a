"""What a field of a file becomes in a column, by Redshift's rules.

https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-conversion.html
https://docs.aws.amazon.com/redshift/latest/dg/r_Load_Error_Reference.html
"""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift import datetimes

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sheet_assets.sandbox.redshift.column import Column
    from sheet_assets.sandbox.redshift.copy_options import CopyOptions


_INTEGERS = {"int2": ("Short", 15), "int4": ("Integer", 31), "int8": ("Long", 63)}
_INTEGER = re.compile(r"\s*([+-]?[0-9]+)\s*")
_DECIMAL = re.compile(r"\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))\s*")
_DECIMAL_CHARACTERS = re.compile(r"[0-9.]")
_FLOAT = re.compile(
    r"\s*([+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|nan|inf|infinity))\s*",
    re.IGNORECASE,
)
_FLOAT_LIMITS = {"float4": 3.4028235e38, "float8": 1.7976931348623157e308}
# The one of 32 bits that all of its bits tell: 2 to the power of -126.
_SMALLEST_REAL = 1.1754943508222875e-38
# https://docs.aws.amazon.com/redshift/latest/dg/r_Boolean_type.html
_BOOLEANS = dict.fromkeys(("t", "true", "y", "yes", "1"), "t") | dict.fromkeys(
    ("f", "false", "n", "no", "0"), "f"
)
_TIME = re.compile(r"\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([+-]\d{2}(?::?\d{2})?|Z)?\s*")
_WRONG_BYTES = re.compile("[\udc80-\udcff]+")
# https://docs.aws.amazon.com/redshift/latest/dg/multi-byte-character-load-errors.html
_NO_CHARACTER = re.compile(
    "[\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_BLANKS = " \t\n\r\f\v"
_ISO = (datetimes.DATE, datetimes.TIMESTAMP, "YYYY-MM-DDTHH:MI:SS")
_ISO_LENGTH = len(datetimes.DATE)
_EXACT = Context(prec=200)


class WrongValueError(Exception):
    """A field that does not fit its column; `error_code` is of Redshift's load error reference."""

    def __init__(self, message: str, error_code: int, position: int = 0) -> None:
        # A value may hold what neither the wire nor a text of PostgreSQL can carry.
        readable = message.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
        super().__init__(readable)
        self.message = readable
        self.error_code = error_code
        self.position = position


def converter(
    column: Column, options: CopyOptions, recognise: Callable[[str, str], str | None]
) -> Callable[[str], str | None]:
    """A function from a field's text to what PostgreSQL reads, None for NULL.

    The text may have lone surrogates for bytes that are not UTF-8. The function raises
    WrongValueError.
    """
    convert = _text(column, options) if column.is_text else _other(column, options, recognise)
    null_as, required = options.null_as, column.required

    def checked(text: str) -> str | None:
        value = None if text == null_as else convert(text)
        if value is None and required:
            raise WrongValueError("Missing data for not-null field", 1213)
        return value

    return checked


def _text(column: Column, options: CopyOptions) -> Callable[[str], str | None]:
    size = column.size
    is_char = column.type == "bpchar"

    def convert(text: str) -> str | None:
        if (options.empty_as_null and not text) or (
            options.blanks_as_null and text and not text.strip(_BLANKS)
        ):
            return None
        if "\0" in text:
            raise WrongValueError("NULL AS '\\0' stands for a field that is one NUL", 1218)
        if options.trim_blanks and not is_char:
            text = text.rstrip(_BLANKS)
        text = _characters(text, options.replacement if not is_char else None)
        if is_char and not text.isascii():
            wrong = next(each for each in text if not each.isascii())
            raise WrongValueError(
                "Multibyte character not supported for CHAR (Hint: Try using VARCHAR). "
                f"Invalid char: {wrong.encode().hex(' ')}",
                1220,
                text.index(wrong),
            )
        if size is not None and len(text) * 4 > size:
            text = _shortened(text.rstrip(" ") if is_char else text, size, options)
        return text

    return convert


def _characters(text: str, replacement: str | None) -> str:
    wrong = _WRONG_BYTES.search(text)
    if wrong is None:
        if replacement is None or text.isascii():
            return text
        return _NO_CHARACTER.sub(lambda found: replacement * len(found[0].encode()), text)
    if replacement is None:
        shown = wrong[0][:4].encode("utf-8", "surrogateescape").hex(" ")
        raise WrongValueError(
            "String contains invalid or unsupported UTF-8 codepoints. "
            f"Bad UTF-8 hex sequence: {shown} (error 3)",
            1220,
            wrong.start(),
        )
    return _WRONG_BYTES.sub(lambda found: replacement * len(found[0]), text)


def _shortened(text: str, size: int, options: CopyOptions) -> str:
    # The length of a text counts bytes, as UTF-8 has them.
    encoded = text.encode()
    if len(encoded) <= size:
        return text
    if not options.truncate_columns:
        raise WrongValueError("String length exceeds DDL length", 1204)
    return encoded[:size].decode("utf-8", "ignore")


def _other(
    column: Column, options: CopyOptions, recognise: Callable[[str, str], str | None]
) -> Callable[[str], str | None]:
    if column.type in _INTEGERS:
        convert = _integer(column)
    elif column.type == "numeric":
        convert = _numeric(column, options)
    elif column.type in _FLOAT_LIMITS:
        convert = _float(column)
    elif column.type == "bool":
        convert = _boolean
    elif column.type in {"time", "timetz"}:
        convert = _time
    else:
        convert = _moment(column, options, recognise)
    # A field of blanks is NULL in every column but a text's.
    return lambda text: None if not text or text.isspace() else convert(text)


def _integer(column: Column) -> Callable[[str], str | None]:
    name, bits = _INTEGERS[column.type]

    def convert(text: str) -> str:
        match = _INTEGER.fullmatch(text)
        if match is None:
            raise _invalid_digit(text, name)
        if not -(1 << bits) <= int(match[1]) < 1 << bits:
            raise WrongValueError(f"Overflow ({name} type)", 1222)
        return match[1]

    return convert


def _invalid_digit(text: str, type_name: str, digits: str = "0123456789") -> WrongValueError:
    start = 1 if text[:1] in "+-" and len(text) > 1 else 0
    position = next(
        (index for index, each in enumerate(text[start:], start) if each not in digits), start
    )
    return WrongValueError(
        f"Invalid digit, Value '{text[position]}', Pos {position}, Type: {type_name}",
        1207,
        position,
    )


def _numeric(column: Column, options: CopyOptions) -> Callable[[str], str | None]:
    precision, scale = column.size, column.scale or 0
    rounding = ROUND_HALF_UP if options.round_decimals else ROUND_DOWN
    unit = Decimal(1).scaleb(-scale)

    def convert(text: str) -> str:
        match = _DECIMAL.fullmatch(text)
        if match is None:
            if all(_DECIMAL_CHARACTERS.match(each) for each in text.strip().lstrip("+-")):
                raise WrongValueError("Invalid decimal format or value", 1209)
            raise _invalid_digit(text, "Decimal", "0123456789.")
        if precision is None:
            return match[1]
        value = Decimal(match[1]).quantize(unit, rounding, _EXACT)
        if value.adjusted() >= precision - scale and value:
            raise WrongValueError(f"Overflow for NUMERIC({precision},{scale})", 1204)
        return f"{value:f}"

    return convert


def _float(column: Column) -> Callable[[str], str | None]:
    limit = _FLOAT_LIMITS[column.type]

    def convert(text: str) -> str:
        match = _FLOAT.fullmatch(text)
        if match is None:
            raise WrongValueError("Invalid floating point format or value", 1208)
        value = float(match[1])
        if "n" not in match[1].lower() and abs(value) > limit:
            raise WrongValueError("Overflow (Float type)", 1204)
        # What is too small to be told from zero, PostgreSQL would refuse.
        is_told = abs(value) >= _SMALLEST_REAL
        return match[1] if is_told else f"{value if column.type == 'float8' else 0}"

    return convert


def _boolean(text: str) -> str:
    found = _BOOLEANS.get(text.strip().lower())
    if found is None:
        raise WrongValueError("Unknown boolean format", 1210)
    return found


def _time(text: str) -> str:
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59 or int(match[3] or 0) > 59:
        raise WrongValueError("Invalid time format or value [HH24:MI:SS]", 1206)
    return text


def _moment(
    column: Column, options: CopyOptions, recognise: Callable[[str, str], str | None]
) -> Callable[[str], str | None]:
    is_date = column.type == "date"
    pattern = options.date_format if is_date else options.time_format
    told = pattern or (datetimes.DATE if is_date else datetimes.TIMESTAMP)
    error = (
        WrongValueError(f"Invalid date format or value [{told}]", 1205)
        if is_date
        else WrongValueError(f"Invalid timestamp format or value [{told}]", 1206)
    )

    def convert(text: str) -> str | None:
        found = _read_moment(text.strip(), column.type, pattern, recognise)
        if found is not None:
            return found
        if options.accept_any_date:
            return None
        if is_date and pattern is None and len(text) < _ISO_LENGTH:
            raise WrongValueError("Invalid Date Format - length must be 10 or more", 1205)
        raise error

    return convert


def _read_moment(
    text: str, type_name: str, pattern: str | None, recognise: Callable[[str, str], str | None]
) -> str | None:
    if pattern == datetimes.AUTO:
        return _read_any(text, type_name, recognise)
    if type_name == "date":
        # Without a pattern what stands behind the day is ignored.
        if pattern is None:
            if len(text) < _ISO_LENGTH:
                return None
            text, pattern = text[:_ISO_LENGTH], datetimes.DATE
        moment = datetimes.read_pattern(text, pattern)
        return moment.date().isoformat() if moment else None
    if pattern in datetimes.EPOCHS:
        return _shown(datetimes.read_epoch(text, pattern))
    if type_name == "timestamp":
        return _shown(datetimes.read_pattern(text, pattern or datetimes.TIMESTAMP))
    told, offset = datetimes.split_offset(text)
    moment = datetimes.read_pattern(told, pattern or datetimes.TIMESTAMP)
    return datetimes.in_utc(moment, offset) if moment else None


def _read_any(text: str, type_name: str, recognise: Callable[[str, str], str | None]) -> str | None:
    told, offset = datetimes.split_offset(text)
    read = (datetimes.read_pattern(told, pattern) for pattern in _ISO)
    moment = next((each for each in read if each), None)
    if moment is None:
        # 'now' and 'infinity' mean something to PostgreSQL, too.
        return recognise(type_name, text) if any(each.isdecimal() for each in text) else None
    if type_name == "date":
        return moment.date().isoformat()
    return datetimes.in_utc(moment, offset) if type_name == "timestamptz" else _shown(moment)


def _shown(moment: datetime | None) -> str | None:
    return moment.isoformat(" ") if moment else None
