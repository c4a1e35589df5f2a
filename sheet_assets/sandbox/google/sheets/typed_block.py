"""A block of typed texts written into a worksheet, with the formats they bring along."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sheet_assets.sandbox.google.sheets.cell import TypedText, checked_text
from sheet_assets.sandbox.google.sheets.runs import Run
from sheet_assets.sandbox.google.sheets.user_entered import entered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sheet_assets.sandbox.google.sheets.cell import Cell, Old
    from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


def write_typed(
    worksheet: Worksheet, row: int, column: int, block: Sequence[Sequence[Cell | Old]]
) -> None:
    """Write a block, reading each TypedText in it as if it were typed into its cell.

    What a text brings along becomes the cell's format, unless it has one of the same type.

    Raises:
        UnimplementedError: a text is of a locale that is not known, or the name of an error.
        InvalidArgumentError: a text is too long, or the editor may not change these cells.
    """
    if TypedText not in map(type, chain.from_iterable(block)):
        worksheet.write(row, column, block)
        return
    typing = _Typing(worksheet)
    cells = [
        [typing.cell(place, at, value) for at, value in enumerate(values, column)]
        for place, values in enumerate(block, row)
    ]
    worksheet.write(row, column, cells)
    formats = worksheet.number_formats
    for place, runs in typing.brought.items():
        under = formats.runs(place)
        formats.replace(place, runs[0].start, runs[-1].end, _overlaid(under, runs))


class _Typing:
    """Reads typed texts; `brought` has by column the formats they bring along."""

    def __init__(self, worksheet: Worksheet) -> None:
        self.formats = worksheet.number_formats
        self.locale = worksheet.workbook.locale
        self.today = _today(worksheet.workbook)
        self.brought: dict[int, list[Run[NumberFormat]]] = {}

    def cell(self, row: int, column: int, value: Cell | Old) -> Cell | Old:
        """What is written into a cell."""
        if not isinstance(value, TypedText):
            return value
        own = self.formats.at(row, column)
        # A cell of plain text takes everything as it is typed.
        if own is not None and own.type == "TEXT":
            return checked_text(str(value))
        typed = entered(str(value), self.locale, self.today)
        brought = typed.number_format
        if brought is not None and (own is None or own.type != brought.type):
            self.brought.setdefault(column, []).append(Run(row, row + 1, brought))
        return typed.value


def _overlaid(
    under: Sequence[Run[NumberFormat]], over: Sequence[Run[NumberFormat]]
) -> list[Run[NumberFormat]]:
    """The runs of a column between the first and last of `over`, where those cover the others."""
    start, end = over[0].start, over[-1].end
    kept = [
        run._replace(start=max(run.start, start), end=min(run.end, end))
        for run in under
        if run.start < end and run.end > start
    ]
    result: list[Run[NumberFormat]] = []
    place = 0
    for run in kept:
        at = run.start
        while place < len(over) and over[place].start < run.end:
            covering = over[place]
            if covering.start > at:
                result.append(run._replace(start=at, end=covering.start))
            at = max(at, covering.end)
            if covering.end > run.end:
                break
            place += 1
        if at < run.end:
            result.append(run._replace(start=at))
    return sorted([*result, *over], key=lambda run: run.start)


def _today(workbook: Workbook) -> date:
    """The day it is where the spreadsheet's time zone says."""
    try:
        zone = ZoneInfo(workbook.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("Etc/GMT")
    return datetime.now(zone).date()
