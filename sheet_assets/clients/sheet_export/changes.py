"""What an export has to change in its worksheet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import SheetError
from sheet_assets.sheets.a1 import Cell, Rectangle, in_worksheet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sheet_assets.clients.sheet_export.result import Result
    from sheet_assets.sheets.diff import Difference


@dataclass(frozen=True)
class Block:
    """Rows of the worksheet, one below the other, that are written together."""

    row: int
    rows: int


@dataclass(frozen=True)
class Changes:
    """What is to be written where.

    Args:
        old: What the export owned before.
        new: What it owns after, before rows are deleted.
        blocks: The rows that are written, from top to bottom.
        written: Their lines, in this order; read as often as needed.
        size_bytes: Of those lines.
        cells_changed: Cells that hold something else afterwards.
        fingerprint: Of all cells of the export afterwards.
        found: Of all cells of the export before.
        difference: What changes, as people read it.
        cleared: Rows whose cells of the export are cleared.
        deleted: Rows of the worksheet that are deleted as a whole.
    """

    old: Rectangle
    new: Rectangle
    blocks: tuple[Block, ...]
    written: Iterable[bytes]
    size_bytes: int
    cells_changed: int
    fingerprint: str
    found: str
    difference: Difference
    cleared: tuple[int, ...] = ()
    deleted: tuple[int, ...] = ()

    @property
    def cells(self) -> int:
        """How many are written."""
        return sum(block.rows for block in self.blocks) * self.new.width

    @property
    def final(self) -> Rectangle:
        """What the export owns once the deleted rows have gone."""
        return self.new._replace(end_row=self.new.end_row - len(self.deleted))

    def final_blocks(self) -> list[Block]:
        """Where the written rows stand once the deleted ones have gone."""
        return [
            Block(block.row - sum(row < block.row for row in self.deleted), block.rows)
            for block in self.blocks
        ]


@dataclass
class Strangers:
    """Cells that are not the export's, from top to bottom, as far as they may be in its way."""

    cells: list[Cell] = field(default_factory=list)

    def refuse(self, title: str, new: Rectangle) -> None:
        """Refuse to write over them.

        Raises:
            SheetError: there are any above the end of `new`.
        """
        there = [cell for cell in self.cells if cell.row < new.end_row]
        if there:
            raise SheetError(
                f"The result needs {in_worksheet(title, new)}, where {len(there):,} cells hold "
                "something that this export did not write (the first is "
                f"{in_worksheet(title, there[0])}). Move or clear them, or give the export "
                "another `anchor`. The sheet is as it was."
            )


def adopted(sheet: Iterable[list[Any]], anchor: Cell, result: Result) -> Rectangle:
    """What a first export takes over: the block under its anchor that has its headers.

    An earlier program may have written it. Columns count as long as their headers are the
    result's; rows, as long as one of these columns holds something.

    Args:
        sheet: The rows from the anchor on.
        anchor: The cell of the first header.
        result: What is going to stand there.
    """
    rows = width = 0
    for row in sheet:
        if not rows:
            for cell, name in zip(row, result.headers, strict=False):
                if str(cell).strip().casefold() != name.strip().casefold():
                    break
                width += 1
        if not any(cell != "" for cell in row[:width]):
            break
        rows += 1
    return Rectangle(anchor.row, anchor.column, anchor.row + rows, anchor.column + width)


def differ(one: Any, other: Any) -> bool:
    """Whether two cells are not the same: 1 is not TRUE, although Python takes them for equal."""
    return bool(one != other) or isinstance(one, bool) != isinstance(other, bool)
