"""Named ranges: names for cells, and the batchUpdate requests that add, change and delete them."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets.grid_range import grid_range, read_open_grid_range

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.a1 import GridRange
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

# https://support.google.com/docs/answer/63175
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,249}", re.ASCII)
_NO_NAME = re.compile(r"[A-Z]{1,3}[0-9]+|R[0-9]*C[0-9]*|TRUE|FALSE", re.IGNORECASE | re.ASCII)
_FIELDS = ("namedRangeId", "name", "range")


@dataclass(frozen=True)
class NamedRange:
    """A name for cells of a worksheet; open ends move with the edge of the grid."""

    named_range_id: str
    name: str
    sheet_id: int
    cells: GridRange

    def as_json(self) -> dict[str, Any]:
        """Google's NamedRange."""
        return {
            "namedRangeId": self.named_range_id,
            "name": self.name,
            "range": grid_range(self.sheet_id, self.cells),
        }


def create(
    workbook: Workbook,
    name: str,
    worksheet: Worksheet,
    cells: GridRange,
    *,
    named_range_id: str | None = None,
) -> NamedRange:
    """Name these cells; the id is chosen when not given.

    Raises:
        InvalidArgumentError: the name or the id is taken, or the name is none.
    """
    new = NamedRange(named_range_id or _free_id(workbook), name, worksheet.sheet_id, cells)
    if new.named_range_id in workbook.named_ranges:
        raise InvalidArgumentError(
            f"A named range with the ID {new.named_range_id} already exists."
        )
    _check_name(workbook, new)
    workbook.named_ranges[new.named_range_id] = new
    return new


def add(request: Message, workbook: Workbook) -> dict[str, Any]:
    """Request addNamedRange: the reply has the new named range."""
    request.allow(("namedRange",))
    body = request.message("namedRange").allow(_FIELDS)
    if "range" not in body:
        raise InvalidArgumentError("A range must be specified.")
    worksheet, cells = read_open_grid_range(body.message("range"), workbook)
    new = create(
        workbook,
        body.text("name") or "",
        worksheet,
        cells,
        named_range_id=body.text("namedRangeId"),
    )
    return {"addNamedRange": {"namedRange": new.as_json()}}


def update(request: Message, workbook: Workbook) -> None:
    """Request updateNamedRange."""
    request.allow(("namedRange", "fields"))
    body = request.message("namedRange").allow(_FIELDS)
    mask = request.mask()
    changed = _found(workbook, body.text("namedRangeId"))
    unknown = [name for name in mask.children if name not in (*_FIELDS, "*")]
    if unknown:
        raise InvalidArgumentError(f"Invalid field: {unknown[0]}")
    if mask.wants("name"):
        changed = replace(changed, name=body.text("name") or "")
        _check_name(workbook, changed)
    if mask.wants("range"):
        worksheet, cells = read_open_grid_range(body.message("range"), workbook)
        changed = replace(changed, sheet_id=worksheet.sheet_id, cells=cells)
    workbook.named_ranges[changed.named_range_id] = changed


def delete(request: Message, workbook: Workbook) -> None:
    """Request deleteNamedRange: the cells stay."""
    request.allow(("namedRangeId",))
    del workbook.named_ranges[_found(workbook, request.text("namedRangeId")).named_range_id]


def _found(workbook: Workbook, named_range_id: str | None) -> NamedRange:
    found = workbook.named_ranges.get(named_range_id or "")
    if found is None:
        raise InvalidArgumentError(f"No named range with id: {named_range_id or ''}")
    return found


def _check_name(workbook: Workbook, new: NamedRange) -> None:
    if not _NAME.fullmatch(new.name) or _NO_NAME.fullmatch(new.name):
        raise InvalidArgumentError(f"The name {new.name!r} is not valid for a named range.")
    for other in workbook.named_ranges.values():
        same = other.name.casefold() == new.name.casefold()
        if same and other.named_range_id != new.named_range_id:
            raise InvalidArgumentError(f'A named range with the name "{new.name}" already exists.')


def _free_id(workbook: Workbook) -> str:
    while True:
        named_range_id = str(1 + secrets.randbelow(2**31 - 1))
        if named_range_id not in workbook.named_ranges:
            return named_range_id
