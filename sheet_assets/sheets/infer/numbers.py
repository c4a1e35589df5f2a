"""A column of numbers: whole, exact or floating, and codes that only look like numbers."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from sheet_assets.sheets.infer.guess import Guess, varchar
from sheet_assets.warehouse.types import INTEGER_BITS, MAX_PRECISION, ColumnType

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sheet_assets.sheets.infer.cells import Cells

# What the decoder takes for a number, but for exponents: 23E12 is more often an article's name.
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
# Nobody calculates with 007, +49301234, or the 16 digits of a card.
_CODE = re.compile(r"[+-]?0[0-9]+.*|\+.*|-?[0-9]{16,}.*")
_DATE_HEADER = re.compile(r"\b(date|day|datum|fecha|data)\b|날짜|일자|日付", re.IGNORECASE)
# The serials of 2000-01-01 to 2099-12-31.
_THIS_CENTURY = range(36526, 73051)
_EXACT = 2**53
# Longer whole numbers are measurements: nothing is counted or numbered so far.
_LONGEST_ID = 10**20
# Redshift's own default; up to 19 digits take 8 bytes, more take 16:
# https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
_PRECISION = 18
_MONEY_SCALE = 2
_PERCENT_SCALE = 4
# More decimal places than these are what a division leaves, not what somebody has typed.
_FEW = 4
_FEW_OF_PERCENT = 8
# Google's types of a column of a Sheets table, and of a number format.
# https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/sheets#ColumnType
_TEXT_TYPES = {"TEXT", "DROPDOWN", "FILES_CHIP", "PEOPLE_CHIP", "FINANCE_CHIP", "PLACE_CHIP"}


def guess_codes(cells: Cells) -> Guess | None:
    """Whole numbers that are shown with leading zeros: a varchar, as displayed."""
    shown, numbers = cells.format_of(cells.numbers), cells.numbers.values()
    if not shown.is_code or not all(
        0 <= number < _EXACT and _is_whole(number) for number in numbers
    ):
        return None
    digits = max(len(str(int(number))) for number in numbers)
    sizes = (len(text.encode(errors="replace")) for text in cells.texts.values())
    return Guess(
        varchar([len(shown.pattern.encode()) + digits, *sizes]),
        {"as_displayed": True},
        (f"Its leading zeros are only a number format ({shown.pattern}): taken as displayed.",),
    )


def guess_numbers(cells: Cells) -> Guess | None:
    """Numbers, also where they were typed as text; None where there are none, or codes.

    Whole numbers are integer, or bigint where they do not fit. Never smallint: it would refuse
    40000 one day, and saves nothing that counts. Money, percent and few decimal places are
    decimal, everything else is double.
    """
    typed = {row: text for row, text in cells.texts.items() if _NUMBER.fullmatch(text.strip())}
    if not (cells.numbers or typed) or are_codes(typed.values()) or _is_plain_text(cells, typed):
        return None
    odd = frozenset({*cells.texts, *cells.booleans} - set(typed))
    notes = (f"{cells.typed_as_text(typed)}, and read as numbers.",) if typed else ()
    lost = frozenset(row for row, number in cells.numbers.items() if abs(number) >= _EXACT)
    whole = all(map(_is_whole, cells.numbers.values())) and not any(map(_has_point, typed.values()))
    if lost:
        largest = max(abs(cells.numbers[row]) for row in lost)
        if not whole or largest >= _LONGEST_ID:
            return Guess(ColumnType("double"), {}, notes, odd)
        note = (
            f"{cells.named(lost)}: more digits than a number cell keeps; the sheet has rounded "
            "them. Format the column as plain text, type them again, and take varchar(32). If "
            "they are measurements, take double."
        )
        fits = largest < 1 << INTEGER_BITS["bigint"] - 1
        kind = ColumnType("bigint") if fits else varchar([])
        return Guess(kind, {}, (*notes, note), odd, lost)
    kind, more = _kind(cells, typed, whole=whole)
    return Guess(kind, {}, (*notes, *more), odd)


def are_codes(texts: Collection[str]) -> bool:
    """Whether a text among them would lose something as a number: a leading zero, a plus."""
    return any(_CODE.fullmatch(text.strip()) for text in texts)


def _is_plain_text(cells: Cells, typed: Collection[int]) -> bool:
    """Whether somebody wants these to be texts, as number cells in the column would deny."""
    wanted = cells.column_type in _TEXT_TYPES or cells.format_of(typed).type == "TEXT"
    return bool(typed) and wanted and not cells.numbers


def _kind(
    cells: Cells, typed: Mapping[int, str], *, whole: bool
) -> tuple[ColumnType, tuple[str, ...]]:
    """The type of numbers that are exact, and what is to be said of it."""
    numbers = [_exact(number) for number in cells.numbers.values()]
    numbers += [Decimal(text.strip()) for text in typed.values()]
    scale = max(_scale(number) for number in numbers)
    digits = max(number.adjusted() + 1 for number in numbers)
    shown = cells.format_of(cells.numbers)
    kind = cells.column_type or shown.type
    if kind == "SCIENTIFIC":
        return ColumnType("double"), ()
    if kind in {"DATE", "TIME", "DATE_TIME"}:
        return ColumnType("double"), ("Shown as a date or duration, kept in days: 0.5 is 12 h.",)
    if kind == "PERCENT":
        note = "Percent: 12 % is 0.12 in the table."
        return _decimal(max(scale, _PERCENT_SCALE), digits, most=_FEW_OF_PERCENT), (note,)
    if kind == "CURRENCY" and not (whole and shown.pattern and not shown.decimals):
        if scale <= _FEW:
            return _decimal(max(scale, _MONEY_SCALE), digits), ()
        note = f"Money with up to {scale} decimal places: rounded to {_FEW}; double keeps them."
        return _decimal(_FEW, digits), (note,)
    if not whole:
        return _decimal(scale, digits), ()
    if shown.decimals:
        return _decimal(shown.decimals, digits), ()
    return _integer(cells, [int(number) for number in numbers])


def _integer(cells: Cells, numbers: Collection[int]) -> tuple[ColumnType, tuple[str, ...]]:
    lowest, highest = min(numbers), max(numbers)
    note: tuple[str, ...] = ()
    if _DATE_HEADER.search(cells.header) and lowest in _THIS_CENTURY and highest in _THIS_CENTURY:
        note = ("These may be dates that lost their format: then take date, the values fit it.",)
    for kind in ("integer", "bigint"):
        limit = 1 << INTEGER_BITS[kind] - 1
        if -limit <= lowest and highest < limit:
            return ColumnType(kind), note
    return _decimal(0, len(str(max(abs(lowest), abs(highest))))), note


def _decimal(scale: int, digits: int, *, most: int = _FEW) -> ColumnType:
    """A decimal with room for two digits more than there are now, or a double."""
    precision = next((p for p in (_PRECISION, MAX_PRECISION) if max(digits, 1) + 2 + scale <= p), 0)
    if scale > most or not precision:
        return ColumnType("double")
    return ColumnType("decimal", precision=precision, scale=scale)


def _exact(number: float) -> Decimal:
    """A number cell as the decoder reads it: whole, or with 15 digits."""
    return Decimal(int(number)) if _is_whole(number) else Decimal(f"{number:.15g}")


def _scale(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _is_whole(number: float) -> bool:
    return number == number // 1


def _has_point(text: str) -> bool:
    return "." in text
