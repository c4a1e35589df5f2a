"""Decoding: a worksheet's values into typed columns, or every wrong cell with its address."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sheet_assets.errors import CellError, SheetError, SheetHeaderError, WrongCell
from sheet_assets.sheets.a1 import Cell
from sheet_assets.sheets.contract import normalise_header
from sheet_assets.sheets.rules import checker, repeated
from sheet_assets.sheets.values import FORMULA_ERRORS, NotThatType, reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sheet_assets.sheets.contract import Column

_SHOWN_CHARACTERS = 40
_SHOWN_CELLS = 5
_CUSTOM_ZONE = re.compile(r"GMT([+-])([0-9]{2}):([0-9]{2})")


@dataclass(frozen=True)
class Decoded:
    """Typed rows: `columns[i]` holds the values of the contract's i-th column.

    `sheet_rows[j]` is the row of the sheet, counted from zero, that row j came from.
    """

    names: tuple[str, ...]
    columns: tuple[list[Any], ...]
    sheet_rows: list[int]

    def __len__(self) -> int:
        return len(self.sheet_rows)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows, in the sheet's order and the contract's column order."""
        return zip(*self.columns, strict=True)


def decode(
    contract: Sequence[Column],
    values: Sequence[Sequence[Any]],
    *,
    worksheet: str,
    time_zone: str = "Etc/GMT",
    header_row: int = 0,
) -> Decoded:
    """Bind columns by header, read every cell, skip blank rows.

    Args:
        contract: The declared columns.
        values: Rows as values.get answers, from A1: unformatted, dates as serial numbers,
            ragged, trailing blanks left out.
        worksheet: The worksheet's title, for messages.
        time_zone: The spreadsheet's, for timestamptz.
        header_row: Where the header stands, counted from zero.

    Raises:
        SheetHeaderError: a declared header is missing or stands twice.
        CellError: some cells do not fit; it carries all of them.
        SheetError: a timestamptz column, and a time zone that is not known here.
    """
    header = values[header_row] if header_row < len(values) else []
    positions = bind(contract, header, worksheet=worksheet, header_row=header_row)
    body = values[header_row + 1 :]
    first_row = header_row + 1
    sheet_rows = [
        first_row + offset
        for offset, row in enumerate(body)
        if any(position < len(row) and not _is_blank(row[position]) for position in positions)
    ]
    rows = [values[row] for row in sheet_rows]
    needs_zone = any(column.type.kind == "timestamptz" for column in contract)
    zone = _zone(time_zone, worksheet) if needs_zone else dt.UTC
    wrong: list[WrongCell] = []
    columns: list[list[Any]] = []
    for column, position in zip(contract, positions, strict=True):
        cells = [row[position] if position < len(row) else "" for row in rows]
        decoded, reasons = _decode_column(column, cells, zone, _addresses(sheet_rows, position))
        columns.append(decoded)
        header_text = _printable(normalise_header(header[position]))
        wrong += [
            WrongCell(
                worksheet,
                str(Cell(sheet_rows[index], position)),
                header_text,
                _shown(cells[index], column),
                reasons[index],
            )
            for index in sorted(reasons)
        ]
    if wrong:
        raise CellError(_sentence(wrong), wrong)
    return Decoded(tuple(column.name for column in contract), tuple(columns), sheet_rows)


def _decode_column(
    column: Column, cells: Sequence[Any], zone: dt.tzinfo, address: Callable[[int], str]
) -> tuple[list[Any], dict[int, str]]:
    """A column's values, and by index why a cell has none."""
    read, check = reader(column.type, zone), checker(column)
    values: list[Any] = []
    reasons: dict[int, str] = {}
    for index, cell in enumerate(cells):
        value = None
        try:
            value = _read(cell, column, read)
            if check is not None and value is not None:
                check(value)
        except NotThatType as reason:
            value, reasons[index] = None, str(reason)
        values.append(value)
    if column.unique:
        for again, first in repeated(values).items():
            reasons[again] = f"stands twice, first in {address(first)}"
    return values, reasons


def _addresses(sheet_rows: Sequence[int], position: int) -> Callable[[int], str]:
    return lambda index: str(Cell(sheet_rows[index], position))


def bind(
    contract: Sequence[Column], header: Sequence[Any], *, worksheet: str, header_row: int = 0
) -> list[int]:
    """Where each column of the contract stands, by its header or an alias.

    Raises:
        SheetHeaderError: a header is missing or stands twice; lists what was found.
    """
    found = [normalise_header(cell) for cell in header]
    positions: list[int] = []
    problems: list[str] = []
    for column in contract:
        accepted = {normalise_header(text) for text in column.headers}
        matches = [position for position, text in enumerate(found) if text in accepted]
        if len(matches) == 1:
            positions.append(matches[0])
        elif matches:
            where = " and ".join(str(Cell(header_row, position)) for position in matches)
            problems.append(f'"{column.headers[0]}" stands twice, in {where}')
        else:
            problems.append(f'"{column.headers[0]}" is missing')
    if problems:
        listed = ", ".join(f'"{_printable(text)}"' for text in found if text) or "nothing"
        raise SheetHeaderError(
            f"{worksheet}: the header {'; '.join(problems)}. Row {header_row + 1} has {listed}. "
            "Rename the header in the sheet, or declare it in the contract "
            "(`header` or `aliases` of the column)."
        )
    return positions


def _zone(name: str, worksheet: str) -> dt.tzinfo:
    """A spreadsheet's time zone: a name such as Asia/Seoul, or Google's custom GMT+09:00.

    https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets#SpreadsheetProperties
    """
    try:
        if custom := _CUSTOM_ZONE.fullmatch(name):
            ahead = dt.timedelta(hours=int(custom[2]), minutes=int(custom[3]))
            return dt.timezone(ahead if custom[1] == "+" else -ahead)
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise SheetError(
            f"{worksheet}: the spreadsheet's time zone {name!r} is not known here, and a "
            "timestamptz column needs it. Choose another one in File > Settings of the "
            "spreadsheet, or declare the column as timestamp."
        ) from error


def _read(cell: Any, column: Column, read: Callable[[Any], Any]) -> Any:
    if _is_null(cell, column):
        if column.blank == "empty":
            return ""
        return _null(column, "but the column is required")
    if column.null_values and _plain(cell).strip() in column.null_values:
        return _null(column, "stands for NULL, but the column is required")
    if isinstance(cell, str) and cell in FORMULA_ERRORS:
        if column.formula_errors == "null":
            return _null(column, "is a formula's error, and the column is required")
        raise NotThatType("is a formula's error")
    return read(cell)


def _null(column: Column, refused: str) -> None:
    if column.required:
        raise NotThatType(refused)


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _is_null(cell: Any, column: Column) -> bool:
    """A blank cell; blanks that someone typed are a text in a varchar, and nothing elsewhere."""
    return _is_blank(cell) and not (cell and column.type.kind == "varchar")


def _shown(cell: Any, column: Column) -> str:
    if _is_null(cell, column):
        return "is blank,"
    if column.sensitive:
        return "the value (hidden: the column is sensitive)"
    if isinstance(cell, bool):
        return _plain(cell)
    text = _printable(_plain(cell)[: _SHOWN_CHARACTERS + 1])
    if len(text) > _SHOWN_CHARACTERS:
        text = text[: _SHOWN_CHARACTERS - 1] + "…"
    return f"'{text}'" if isinstance(cell, str) else text


def _plain(cell: Any) -> str:
    """A cell as it looks in the sheet without a number format."""
    if isinstance(cell, bool):
        return str(cell).upper()
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)


def _printable(text: str) -> str:
    """Text that is safe in a log and a terminal, where blanks other than a space can be seen."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text.replace("\n", "⏎")
    )


def _sentence(wrong: Sequence[WrongCell]) -> str:
    """The first cells in full, column by column, and how many of each column there are."""
    if len(wrong) == 1:
        return f"{wrong[0]}. Correct the cell; the table keeps its last version."
    shown = "\n".join(f"  {cell}" for cell in wrong[:_SHOWN_CELLS])
    counts = Counter(cell.header for cell in wrong)
    by_column = ", ".join(f'{count} in "{header}"' for header, count in counts.items())
    more = f"\n  … and {len(wrong) - _SHOWN_CELLS} more" if len(wrong) > _SHOWN_CELLS else ""
    return (
        f"{len(wrong)} wrong cells ({by_column}):\n{shown}{more}\n"
        "Correct them; the table keeps its last version."
    )
