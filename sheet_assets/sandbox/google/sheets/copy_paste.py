"""The batchUpdate requests copyPaste and cutPaste."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError
from sheet_assets.sandbox.google.sheets.a1 import GridRange, Rectangle
from sheet_assets.sandbox.google.sheets.blocks import EVERYTHING, Block, Parts, wipe
from sheet_assets.sandbox.google.sheets.cell import Formula
from sheet_assets.sandbox.google.sheets.formulas.moved import copied, follow_cells
from sheet_assets.sandbox.google.sheets.grid_range import read_coordinate, read_grid_range

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.cell import Cell
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

# https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request#PasteType
PASTE_TYPES = {
    "PASTE_NORMAL": EVERYTHING,
    "PASTE_VALUES": Parts(formats=False, validations=False, notes=False),
    "PASTE_FORMAT": Parts(values=False, validations=False, notes=False),
    "PASTE_NO_BORDERS": EVERYTHING,
    "PASTE_FORMULA": Parts(formats=False, validations=False, notes=False),
    "PASTE_DATA_VALIDATION": Parts(values=False, formats=False, notes=False),
}
_ORIENTATIONS = ("NORMAL", "TRANSPOSE")
_LACKING = ("PASTE_CONDITIONAL_FORMATTING",)


def copy_paste(request: Message, workbook: Workbook) -> None:
    """Request copyPaste: a larger destination is filled with copies, in a smaller one all goes."""
    request.allow(("source", "destination", "pasteType", "pasteOrientation"))
    parts = _parts(request)
    origin, source = read_grid_range(request.message("source"), workbook)
    worksheet, destination = read_grid_range(request.message("destination"), workbook)
    block = Block.of(origin, source)
    if request.text("pasteType") == "PASTE_VALUES":
        block = replace(block, values=_plain(origin, source))
    _check_borders(request, block)
    turned = request.enum("pasteOrientation", _ORIENTATIONS, "PasteOrientation") == "TRANSPOSE"
    if turned:
        if any(merge.meets(source) for merge in origin.merges):
            raise UnimplementedError("pasteOrientation TRANSPOSE of merged cells")
        block = block.transposed()
    pasted = [
        _copy(block, source, row, column, turned=turned).put(worksheet, row, column, parts)
        for row in _starts(destination.start_row, destination.end_row, block.height)
        for column in _starts(destination.start_column, destination.end_column, block.width)
    ]
    if parts.formats:
        _paste_merges(origin, source, worksheet, pasted)


def cut_paste(request: Message, workbook: Workbook) -> None:
    """Request cutPaste: all of the source is cut, whatever of it is pasted."""
    request.allow(("source", "destination", "pasteType"))
    parts = _parts(request)
    origin, source = read_grid_range(request.message("source"), workbook)
    worksheet, row, column = read_coordinate(request.message("destination"), workbook)
    if any(merge.meets(source) for merge in origin.merges):
        raise UnimplementedError("cutPaste of merged cells")
    block = Block.of(origin, source)
    _check_borders(request, block)
    if workbook.has_formulas and worksheet is not origin:
        raise UnimplementedError("cutPaste to another sheet where there are formulas")
    wipe(origin, source)
    block.put(worksheet, row, column, parts)
    follow_cells(origin, lambda cells: _cut(cells, source, row, column))


def _plain(worksheet: Worksheet, cells: Rectangle) -> list[list[Cell]]:
    """The values of cells, formulas computed; one that comes to nothing leaves nothing."""
    return [[None if value == "" else value for value in row] for row in worksheet.effective(cells)]


def _copy(block: Block, source: Rectangle, row: int, column: int, *, turned: bool) -> Block:
    """The block for a place: relative references of its formulas go as far as these do."""

    def value(down: int, across: int, content: Cell) -> Cell:
        if not isinstance(content, Formula):
            return content
        from_row, from_column = (across, down) if turned else (down, across)
        return copied(
            content,
            row + down - source.start_row - from_row,
            column + across - source.start_column - from_column,
        )

    values = [
        [value(down, across, content) for across, content in enumerate(contents)]
        if Formula in map(type, contents)
        else contents
        for down, contents in enumerate(block.values)
    ]
    return replace(block, values=values)


def _cut(cells: GridRange, source: Rectangle, row: int, column: int) -> GridRange:
    """Where a reference leads after the source was cut and pasted: along, if all of it was."""
    start_row, end_row, start_column, end_column = cells
    if end_row is None or end_column is None:
        return cells
    if not source.contains(Rectangle(start_row, end_row, start_column, end_column)):
        return cells
    down, across = row - source.start_row, column - source.start_column
    return GridRange(start_row + down, end_row + down, start_column + across, end_column + across)


def _parts(request: Message) -> Parts:
    return PASTE_TYPES[request.enum("pasteType", tuple(PASTE_TYPES), "PasteType", lacking=_LACKING)]


def _check_borders(request: Message, block: Block) -> None:
    without = request.text("pasteType") == "PASTE_NO_BORDERS"
    if without and any("borders" in run.value for column in block.runs[1] for run in column):
        raise UnimplementedError("PASTE_NO_BORDERS of cells that have borders")


def _starts(start: int, end: int, size: int) -> range:
    """Where copies begin: the span is filled when it is a multiple of the source's."""
    return range(start, end, size) if (end - start) % size == 0 else range(start, start + 1)


def _paste_merges(
    origin: Worksheet, source: Rectangle, worksheet: Worksheet, pasted: list[Rectangle]
) -> None:
    """Merges of the source come along; those under it go, unless only a part is covered."""
    inside = [merge for merge in origin.merges if merge.meets(source)]
    kept = []
    for merge in worksheet.merges:
        covers = [cells for cells in pasted if merge.meets(cells)]
        if not covers or (worksheet is origin and merge in inside):
            kept.append(merge)
        elif not any(cells.contains(merge) for cells in covers):
            raise InvalidArgumentError("You can't paste over only a part of merged cells.")
    new = [
        Rectangle(
            cells.start_row + merge.start_row - source.start_row,
            cells.start_row + merge.end_row - source.start_row,
            cells.start_column + merge.start_column - source.start_column,
            cells.start_column + merge.end_column - source.start_column,
        )
        for cells in pasted
        for merge in inside
    ]
    worksheet.merges = tuple(dict.fromkeys([*kept, *new]))
