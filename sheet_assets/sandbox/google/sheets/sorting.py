"""The batchUpdate request sortRange: rows in the order of their values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets.blocks import Block
from sheet_assets.sandbox.google.sheets.cell import Formula
from sheet_assets.sandbox.google.sheets.formulas.moved import copied
from sheet_assets.sandbox.google.sheets.grid_range import read_grid_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.google.sheets.cell import Cell
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook


def sort_range(request: Message, workbook: Workbook) -> None:
    """Request sortRange: rows go with all that their cells in the range have."""
    request.allow(("range", "sortSpecs"))
    worksheet, cells = read_grid_range(request.message("range"), workbook)
    specs = []
    for spec in request.messages("sortSpecs"):
        spec.allow(
            ("dimensionIndex", "sortOrder"),
            lacking=(
                "foregroundColor",
                "foregroundColorStyle",
                "backgroundColor",
                "backgroundColorStyle",
                "dataSourceColumnReference",
            ),
        )
        column = spec.count("dimensionIndex")
        if not cells.start_column <= column < cells.end_column:
            raise InvalidArgumentError(f"The column {column} is not in the range to sort.")
        direction = spec.enum("sortOrder", ("ASCENDING", "DESCENDING"), "SortOrder")
        specs.append((column - cells.start_column, direction == "DESCENDING"))
    if any(merge.meets(cells) for merge in worksheet.merges):
        raise InvalidArgumentError("You can't sort a range with merged cells.")
    block = Block.of(worksheet, cells)
    values = worksheet.effective(cells)
    order = list(range(block.height))
    # The last specification first: sorting is stable.
    for place, descending in reversed(specs):
        keys = [_key(row[place] if place < len(row) else None) for row in values]
        blank = [row for row in order if row >= len(keys) or keys[row] is None]
        filled = [row for row in order if row < len(keys) and keys[row] is not None]
        filled.sort(key=lambda row, keys=keys: keys[row], reverse=descending)  # type: ignore[misc]  # none is None
        order = filled + blank
    block = block.rearranged(order)
    moved = [
        _moved(row, place - order[place]) if Formula in map(type, row) else row
        for place, row in enumerate(block.values)
    ]
    replace(block, values=moved).put(worksheet, cells.start_row, cells.start_column)


def _moved(row: Sequence[Cell], by: int) -> Sequence[Cell]:
    """The contents of a row that moves: its formulas refer to the row they come to."""
    return [copied(content, by, 0) if isinstance(content, Formula) else content for content in row]


def _key(value: Cell) -> tuple[Any, ...] | None:
    """Numbers before texts before booleans; blank cells are last in either order."""
    if value is None:
        return None
    if isinstance(value, bool):
        return (2, value)
    if isinstance(value, str):
        return (1, value.casefold(), value)
    return (0, value)
