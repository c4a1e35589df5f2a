"""Binding: which column of a worksheet each column of the contract is, by its header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.errors import SheetHeaderError
from sheet_assets.sheets.a1 import TOP_LEFT, Cell
from sheet_assets.sheets.contract import normalise_header
from sheet_assets.sheets.shown import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sheets.contract import Column


def bind(
    contract: Sequence[Column],
    header: Sequence[Any],
    *,
    worksheet: str,
    at: Cell = TOP_LEFT,
    reject_extra: bool = False,
) -> list[int]:
    """Where in `header` each column of the contract stands, by its header or an alias.

    Args:
        contract: The declared columns.
        header: The header's cells.
        worksheet: The worksheet's title, for messages.
        at: Where in the worksheet the first of these cells stands.
        reject_extra: Whether a header that no column claims is a mistake, too.

    Raises:
        SheetHeaderError: a header is missing, stands twice, or is extra; lists what was found.
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
            where = " and ".join(_address(at, position) for position in matches)
            problems.append(f'"{column.headers[0]}" stands twice, in {where}')
        else:
            problems.append(f'"{column.headers[0]}" is missing')
    extra = _extra(contract, found) if reject_extra else []
    problems += [
        f'"{printable(found[position])}" in {_address(at, position)} is not in the contract'
        for position in extra
    ]
    if problems:
        listed = ", ".join(f'"{printable(text)}"' for text in found if text) or "nothing"
        ignored = ", or let others be with `extra_columns: ignore`" if extra else ""
        raise SheetHeaderError(
            f"{worksheet}: the header {'; '.join(problems)}. Row {at.row + 1} has {listed}. "
            "Rename the header in the sheet, or declare it in the contract "
            f"(`header` or `aliases` of the column){ignored}."
        )
    return positions


def _extra(contract: Sequence[Column], found: Sequence[str]) -> list[int]:
    claimed = {normalise_header(text) for column in contract for text in column.headers}
    return [position for position, text in enumerate(found) if text and text not in claimed]


def _address(at: Cell, position: int) -> str:
    return str(Cell(at.row, at.column + position))
