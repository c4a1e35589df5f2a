"""The survey: what Google says of a worksheet's cells besides their values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheet_assets.sheets.infer.cells import NumberFormat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sheet_assets.sheets.a1 import Rectangle

# The partial response of spreadsheets.get that `Survey.of` reads.
FIELDS = (
    "sheets(tables(range,columnProperties),"
    "data(startRow,startColumn,rowData.values.effectiveFormat.numberFormat))"
)
# At some 75 bytes a formatted cell just below the 2 MB that Google recommends for a payload, and
# a thousand rows of the 26 columns that a new worksheet has:
# https://developers.google.com/workspace/sheets/api/limits
_MOST_CELLS = 26_000


@dataclass(frozen=True)
class Survey:
    """Number formats, and the columns of the Sheets table that begins in a header row.

    Args:
        formats: By the worksheet's column and row, for all cells that were asked for; the empty
            NumberFormat where a cell has none.
        column_types: Google's types, by the worksheet's column.
        choices: What drop-downs offer, by the worksheet's column.
    """

    formats: Mapping[int, Mapping[int, NumberFormat]] = field(default_factory=dict)
    column_types: Mapping[int, str] = field(default_factory=dict)
    choices: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: Mapping[str, Any], asked: Rectangle) -> Survey:
        """From the answer about one worksheet; the header stands in the row above `asked`."""
        sheet: Mapping[str, Any] = next(iter(answer.get("sheets", [])), {})
        formats = {
            column: dict.fromkeys(range(asked.row, asked.end_row), NumberFormat())
            for column in range(asked.column, asked.end_column)
        }
        for row, column, said in _formats(sheet):
            formats[column][row] = NumberFormat(said.get("type", ""), said.get("pattern", ""))
        columns = dict(_columns(sheet, asked.row - 1))
        return cls(
            formats,
            {column: said.get("columnType", "") for column, said in columns.items()},
            {column: choices for column, said in columns.items() if (choices := _choices(said))},
        )


def surveyed(below: Rectangle) -> Rectangle:
    """The first rows of an area, as many as one request should ask for: 26,000 cells."""
    height = max(1, _MOST_CELLS // below.width)
    return below._replace(end_row=min(below.end_row, below.row + height))


def _formats(sheet: Mapping[str, Any]) -> Iterator[tuple[int, int, Mapping[str, str]]]:
    for data in sheet.get("data", []):
        for row, cells in enumerate(data.get("rowData", []), data.get("startRow", 0)):
            for column, cell in enumerate(cells.get("values", []), data.get("startColumn", 0)):
                said = cell.get("effectiveFormat", {}).get("numberFormat")
                if said:
                    yield row, column, said


def _columns(sheet: Mapping[str, Any], header: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The columns of tables whose header stands in this row; Google leaves out what is zero.

    https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/sheets#TableColumnProperties
    """
    for table in sheet.get("tables", []):
        place = table.get("range", {})
        if place.get("startRowIndex", 0) == header:
            for said in table.get("columnProperties", []):
                yield place.get("startColumnIndex", 0) + said.get("columnIndex", 0), said


def _choices(said: Mapping[str, Any]) -> tuple[str, ...]:
    condition = said.get("dataValidationRule", {}).get("condition", {})
    return tuple(value["userEnteredValue"] for value in condition.get("values", []))
