"""Rows made to a contract: what the sandbox puts into a sheet that has no sample.csv."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count, cycle, islice, product
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import CellError, SandboxError
from sheet_assets.sheets import encode, rules
from sheet_assets.sheets.a1 import parse_cell
from sheet_assets.sheets.decode import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sheet_assets.sheets.contract import Column, SheetSource

Cell = bool | float | str | None

_ROWS = 20
# How many candidates are looked at for a column before it is given up.
_TRIES = 2000
_AT_ONCE = 100
_FIRST_DAY = dt.datetime(2026, 1, 1, 9)  # noqa: DTZ001 - a cell has no time zone
_DAY_AND_A_BIT = dt.timedelta(days=1, minutes=7)
# What patterns ask for most: digits, codes, words, addresses.
_SHAPES = (
    *("{n}", "{n:02}", "{n:03}", "{n:04}", "{n:05}", "{n:06}", "{n:08}", "{n:010}"),
    *("{a}", "{a}{n}", "{a}{n:02}", "{a}{n:03}", "{a}{n:04}", "{a}-{n}", "{a}-{n:03}"),
    *("{aa}", "{aa}{n:03}", "{aa}-{n}", "{aa}-{n:02}", "{aa}-{n:03}", "{aa}-{n:04}"),
    *("{aaa}", "{aaa}-{n}", "{aaa}-{n:03}", "{aaa}{n:03}", "{aaa}-{n:04}", "{n:03}-{n:04}"),
    *("2026-{n:03}", "2026-{n:04}", "{n:05}-{n:04}", "010-{n:04}-{n:04}", "+49{n:09}"),
    *("person{n}@example.com", "https://example.com/{n}", "{n}.5", "#{n:06}"),
)


def made_rows(source: SheetSource) -> list[list[Cell]]:
    """Rows that satisfy the contract, in its column order: twenty, or `min_rows` if that is more.

    Fewer where a unique column has fewer values, or the range fewer rows. A column for which no
    value is found stays blank, if it may be.

    Raises:
        SandboxError: no rows are found that satisfy it; asks for a sample.csv.
    """
    wanted = max(_ROWS, source.min_rows)
    if source.area.end_row is not None:
        header_row = source.header_row or source.area.row + 1
        wanted = min(wanted, source.area.end_row - header_row)
    choices = [_choices(column, wanted) for column in source.columns]
    for column, cells in zip(source.columns, choices, strict=True):
        if not cells and (column.required or column.key):
            raise SandboxError(_asks_for_samples(source, f"no value was found for {column.name}"))
    rows = _combined(source, choices, wanted)
    header = [column.headers[0] for column in source.columns]
    try:
        # The judge of what satisfies the contract is the one who reads the sheet.
        found = len(decode(source.columns, [header, *rows], worksheet=source.name))
    except CellError as error:
        raise SandboxError(_asks_for_samples(source, str(error.cells[0].reason))) from error
    if found < max(source.min_rows, 0 if source.allow_empty else 1):
        raise SandboxError(_asks_for_samples(source, "too few different values were found"))
    return rows


def _asks_for_samples(source: SheetSource, why: str) -> str:
    return (
        f"The sandbox cannot make rows for {source.name} that satisfy its contract ({why}). Put a "
        "sample.csv with the headers and some rows beside its defs.yaml."
    )


def _combined(
    source: SheetSource, choices: Sequence[Sequence[Cell]], wanted: int
) -> list[list[Cell]]:
    """Rows of these choices: all different in unique columns, and in the key as a whole."""
    keys = [index for index, column in enumerate(source.columns) if column.key]
    alone = [index for index, column in enumerate(source.columns) if column.unique]
    columns: dict[int, Iterable[Cell]] = {}
    if keys and not set(keys) & set(alone):
        # The first of the key's columns varies fastest.
        together = list(islice(product(*(choices[index] for index in reversed(keys))), wanted))
        wanted = len(together)
        for place, index in enumerate(reversed(keys)):
            columns[index] = [cells[place] for cells in together]
    for index, column in enumerate(source.columns):
        if column.unique and choices[index]:
            columns[index] = choices[index]
            wanted = min(wanted, len(choices[index]))
        elif index not in columns:
            columns[index] = cycle(choices[index] or [None])
    made = [islice(columns[index], wanted) for index in range(len(source.columns))]
    return [list(row) for row in zip(*made, strict=True)]


def _choices(column: Column, wanted: int) -> list[Cell]:
    """Up to so many cells of different values, each of which satisfies the column."""
    alone = column.model_copy(update={"unique": False, "key": False, "required": False})
    candidates = islice(_candidates(column, wanted), max(_TRIES, 2 * wanted))
    found: dict[Any, Cell] = {}
    while len(found) < wanted and (cells := list(islice(candidates, _AT_ONCE))):
        for cell, value in _accepted(alone, cells):
            found.setdefault(value, cell)
    return list(found.values())[:wanted]


def _accepted(column: Column, cells: Sequence[Cell]) -> Iterator[tuple[Cell, Any]]:
    """Those of the cells that the column takes, with their values; none that is NULL."""
    sheet: list[list[Any]] = [[column.headers[0]], *([cell] for cell in cells)]
    try:
        decoded = decode([column], sheet, worksheet="")
    except CellError as error:
        wrong = {parse_cell(cell.address).row - 1 for cell in error.cells}
        yield from _accepted(
            column, [cell for index, cell in enumerate(cells) if index not in wrong]
        )
        return
    for row, value in zip(decoded.sheet_rows, decoded.columns[0], strict=True):
        if value is not None:
            yield cells[row - 1], value


def _candidates(column: Column, wanted: int) -> Iterator[Cell]:
    """Cells that may satisfy the column, the nicest first."""
    if column.allowed:
        for each in column.allowed:
            yield _cell(column, rules.bound(column, "allowed", each))
        return
    lowest, highest = (
        None if limit is None else rules.bound(column, which, limit)
        for which, limit in (("min", column.min), ("max", column.max))
    )
    if column.type.kind == "varchar":
        yield from _texts(column, [text for text in (lowest, highest) if text is not None])
        return
    for value in _VALUES[column.type.kind](column, lowest, highest, wanted):
        yield _cell(column, value)


def _cell(column: Column, value: Any) -> Cell:
    """The cell that a person would have; where the contract has a format, a text in it."""
    if column.format is not None:
        moment = dt.datetime.combine(_FIRST_DAY, value) if isinstance(value, dt.time) else value
        if column.type.kind == "timestamptz":
            moment = moment.replace(tzinfo=dt.UTC)
        return str(moment.strftime(column.format))
    cell: Cell = encode.cell_value(value)
    return cell


def _texts(column: Column, limits: Sequence[str]) -> Iterator[str]:
    """Names with numbers, what patterns ask for, and texts around the limits."""
    length = column.type.length
    if column.pattern is None:
        yield from (f"{column.name} {n}"[-length:] for n in range(1, _TRIES // 2))
    yield from limits
    for shape in _SHAPES:
        for n in range(1, 27):
            letter = chr(ord("A") + n - 1)
            text = shape.format(n=n, a=letter, aa=letter * 2, aaa=letter * 3)
            yield text
            if text != text.lower():
                yield text.lower()
    for limit in limits:
        yield from (f"{limit}{n}" for n in range(200))


def _booleans(*_: Any) -> Iterator[bool]:
    yield True
    yield False


def _integers(_: Column, lowest: Any, highest: Any, wanted: int) -> Iterator[int]:
    start = lowest
    if start is None:
        start = 1 if highest is None else min(1, highest - wanted + 1)
    return count(start)


def _decimals(column: Column, lowest: Any, highest: Any, wanted: int) -> Iterator[Decimal]:
    step = Decimal(1).scaleb(-min(column.type.scale, 2))
    finest = Decimal(1).scaleb(-column.type.scale)
    if None not in (lowest, highest) and highest - lowest < step * wanted:
        step = finest
    start = lowest
    if start is None:
        start = step if highest is None else min(step, highest - step * (wanted - 1))
    return (start + step * n for n in count())


def _doubles(_: Column, lowest: Any, highest: Any, wanted: int) -> Iterator[float]:
    step = 0.5
    if None not in (lowest, highest):
        step = min(step, (highest - lowest) / wanted)
    start = lowest
    if start is None:
        start = 0.5 if highest is None else min(0.5, highest - step * (wanted - 1))
    return (start + step * n for n in count())


def _moments(step: dt.timedelta, first: dt.datetime) -> Callable[..., Iterator[Any]]:
    """Moments at equal distances, which shrink where the limits are close together."""

    def made(column: Column, lowest: Any, highest: Any, wanted: int) -> Iterator[Any]:
        kind = column.type.kind
        low, high = (None if each is None else _moment(each) for each in (lowest, highest))
        apart = step
        if low is not None and high is not None:
            apart = min(step, (high - low) / wanted)
        if kind != "date":
            # A cell keeps milliseconds, and a format may keep minutes.
            unit = dt.timedelta(minutes=1) if apart > dt.timedelta(minutes=1) else None
            unit = unit or dt.timedelta(milliseconds=1)
            apart = max(apart // unit * unit, unit)
        else:
            apart = max(dt.timedelta(days=apart.days), dt.timedelta(days=1))
        start = low
        if start is None:
            start = first if high is None else min(first, high - apart * (wanted - 1))
        for n in count():
            try:
                moment = start + apart * n
            except OverflowError:
                return
            yield moment.date() if kind == "date" else moment.time() if kind == "time" else moment

    return made


def _moment(value: Any) -> dt.datetime:
    """A limit as a moment of the spreadsheets that a sandbox makes, whose zone is GMT."""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, dt.time):
        return dt.datetime.combine(_FIRST_DAY, value)
    return dt.datetime.combine(value, dt.time())


_DAYS = _moments(dt.timedelta(days=1), _FIRST_DAY)
_TIMES = _moments(dt.timedelta(minutes=7), _FIRST_DAY)
_DAYS_AND_TIMES = _moments(_DAY_AND_A_BIT, _FIRST_DAY)
_VALUES: dict[str, Callable[..., Iterator[Any]]] = {
    **dict.fromkeys(("smallint", "integer", "bigint"), _integers),
    **dict.fromkeys(("real", "double"), _doubles),
    **dict.fromkeys(("timestamp", "timestamptz"), _DAYS_AND_TIMES),
    "decimal": _decimals,
    "boolean": _booleans,
    "date": _DAYS,
    "time": _TIMES,
}
