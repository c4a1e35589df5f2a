"""A block of typed texts on its way into a worksheet, with the formats the texts bring along."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sheet_assets.sandbox.google.sheets.cell import checked_text
from sheet_assets.sandbox.google.sheets.runs import Run
from sheet_assets.sandbox.google.sheets.user_entered import entered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sheet_assets.sandbox.google.sheets.cell import Cell, Old
    from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


class TypedBlock:
    """Texts typed from a cell on: `cells` is what they become."""

    def __init__(
        self, worksheet: Worksheet, row: int, column: int, block: Sequence[Sequence[Cell | Old]]
    ) -> None:
        self.worksheet = worksheet
        self._today = _today(worksheet.workbook)
        self._formats: dict[int, list[Run[NumberFormat]]] = {}
        self.cells = [
            [self._typed(place, at, value) for at, value in enumerate(values, column)]
            for place, values in enumerate(block, row)
        ]

    def put_formats(self) -> None:
        """Give the cells the formats that came along, where they have none of the same type."""
        for column, runs in self._formats.items():
            start, end = runs[0].start, runs[-1].end
            formats = self.worksheet.number_formats
            formats.replace(column, start, end, _overlaid(formats.runs(column), runs))

    def _typed(self, row: int, column: int, value: Cell | Old) -> Cell | Old:
        if not isinstance(value, str):
            return value
        formats = self.worksheet.number_formats
        own = formats.at(row, column) if formats else None
        # A cell of plain text takes everything as it is typed.
        if own is not None and own.type == "TEXT":
            return checked_text(value)
        typed = entered(value, self.worksheet.workbook.locale, self._today)
        brought = typed.number_format
        if brought is not None and (own is None or own.type != brought.type):
            self._formats.setdefault(column, []).append(Run(row, row + 1, brought))
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
