"""What moves with rows and columns: all that lies on or over cells, and what is hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.sheets.a1 import GridRange
from sheet_assets.sandbox.google.sheets.formulas.moved import follow_cells
from sheet_assets.sandbox.google.sheets.spans import deleted, inserted

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.google.sheets.spans import Span
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

    _Move = Callable[[Span], Span | None]


def after_insert(
    worksheet: Worksheet, dimension: str, at: int, count: int, *, before: bool
) -> None:
    """Move what stands behind new rows or columns; `before`: they are like the one before."""
    _move_metadata(worksheet, dimension, at, at, count)
    _move_cells(worksheet, dimension, lambda span: inserted(span, at, count))
    tables = worksheet.workbook.tables
    for table_id, table in list(tables.items()):
        if table.sheet_id == worksheet.sheet_id:
            tables[table_id] = moved = table.after_insert(dimension, at, count, before=before)
            moved.name_columns(worksheet)


def after_delete(worksheet: Worksheet, dimension: str, first: int, end: int) -> None:
    """Move what stands behind rows or columns that are gone, and drop what stood in them.

    Raises:
        UnimplementedError: a table would lose its header row and keep others.
    """
    _move_metadata(worksheet, dimension, first, end, first - end)
    _move_cells(worksheet, dimension, lambda span: deleted(span, first, end))
    tables = worksheet.workbook.tables
    for table_id, table in list(tables.items()):
        if table.sheet_id == worksheet.sheet_id:
            left = table.after_delete(dimension, first, end)
            if left is None:
                del tables[table_id]
            else:
                tables[table_id] = left


def _move_metadata(worksheet: Worksheet, dimension: str, start: int, end: int, by: int) -> None:
    """Shift the developer metadata of the rows or columns from `end` on; drop those deleted."""
    metadata = worksheet.workbook.developer_metadata
    for metadata_id, entry in list(metadata.items()):
        place = entry.location
        if place.sheet_id != worksheet.sheet_id or place.dimension != dimension:
            continue
        if place.start >= end:
            metadata[metadata_id] = entry.moved(place.start + by)
        elif place.start >= start:
            del metadata[metadata_id]


def move_rectangles(worksheet: Worksheet, move: Callable[[GridRange], GridRange | None]) -> None:
    """Move named and protected ranges, charts and merges; those of which nothing is left go.

    Formulas that refer to them follow.
    """
    follow_cells(worksheet, move)
    workbook = worksheet.workbook
    here = worksheet.sheet_id
    for named_id, named in list(workbook.named_ranges.items()):
        if named.sheet_id == here:
            cells = move(named.cells)
            _keep(workbook.named_ranges, named_id, cells and replace(named, cells=cells))
    for protected_id, protected in list(workbook.protected_ranges.items()):
        if protected.sheet_id == here:
            _keep(workbook.protected_ranges, protected_id, protected.moved(move))
    for view_id, view in list(workbook.filter_views.items()):
        if view.sheet_id == here:
            _keep(workbook.filter_views, view_id, view.moved(move))
    for chart_id, chart in workbook.charts.items():
        workbook.charts[chart_id] = chart.moved(here, move)
    merges = [move(GridRange(*merge)) for merge in worksheet.merges]
    worksheet.merges = tuple(
        worksheet.bounded(cells) for cells in merges if cells is not None and not cells.is_cell
    )


def _keep(entries: dict[Any, Any], key: Any, entry: Any) -> None:
    if entry is None:
        del entries[key]
    else:
        entries[key] = entry


def _move_cells(worksheet: Worksheet, dimension: str, move: _Move) -> None:
    """Move all that has a rectangle, and the hidden rows."""
    move_rectangles(worksheet, lambda cells: _moved(cells, dimension, move))
    _move_filter(worksheet, dimension, move)

    def there(place: int) -> int | None:
        span = move((place, place + 1))
        return None if span is None else span[0]

    hidden = map(there, worksheet.out_of_sight[dimension])
    worksheet.out_of_sight = {
        **worksheet.out_of_sight,
        dimension: frozenset(place for place in hidden if place is not None),
    }
    pixels = {
        new: size
        for place, size in worksheet.pixel_sizes[dimension].items()
        if (new := there(place)) is not None
    }
    worksheet.pixel_sizes = {**worksheet.pixel_sizes, dimension: pixels}
    groups = worksheet.groups[dimension].moved(there)
    worksheet.groups = {**worksheet.groups, dimension: groups}


def _move_filter(worksheet: Worksheet, dimension: str, move: _Move) -> None:
    old = worksheet.basic_filter
    if old is None:
        return
    cells = _moved(GridRange(*old.cells), dimension, move)
    if cells is None:
        worksheet.basic_filter = None
        return
    values = old.hidden_values
    if dimension == "COLUMNS":
        spans = {column: move((column, column + 1)) for column in values}
        values = {span[0]: values[column] for column, span in spans.items() if span}
    worksheet.basic_filter = replace(old, cells=worksheet.bounded(cells), hidden_values=values)


def _moved(cells: GridRange, dimension: str, move: _Move) -> GridRange | None:
    rows = dimension == "ROWS"
    span = move(
        (cells.start_row, cells.end_row) if rows else (cells.start_column, cells.end_column)
    )
    if span is None:
        return None
    start, end = span
    if rows:
        return cells._replace(start_row=start, end_row=end)
    return cells._replace(start_column=start, end_column=end)
