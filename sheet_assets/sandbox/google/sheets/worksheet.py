"""A worksheet: its properties and its grid of cells."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets.a1 import GridRange, Rectangle, parse_cells, spelled
from sheet_assets.sandbox.google.sheets.cell import (
    Formula,
    Old,
    checked_text,
    number,
    trim_rows,
    trimmed,
)
from sheet_assets.sandbox.google.sheets.dimension_groups import Groups
from sheet_assets.sandbox.google.sheets.number_formats import TYPES, NumberFormat, NumberFormats
from sheet_assets.sandbox.google.sheets.runs import Runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sheet_assets.sandbox.google.sheets.cell import Cell, Row
    from sheet_assets.sandbox.google.sheets.hidden import BasicFilter
    from sheet_assets.sandbox.google.sheets.workbook import Workbook


class Worksheet:
    """One tab. Contents are rows of plain Python values; what else cells have is sparse.

    A Formula among them is what was entered; `effective` has what it comes to.

    `set_values`, `values` and `set_number_format` are for seeding and looking from Python:
    they take the workbook's lock and count as a change by the editor named. The other methods
    are the server's, which holds the lock already.
    """

    def __init__(
        self, workbook: Workbook, sheet_id: int, title: str, row_count: int, column_count: int
    ) -> None:
        self.workbook = workbook
        self.sheet_id = sheet_id
        self.title = title
        self.row_count = row_count
        self.column_count = column_count
        self.frozen_row_count = 0
        self.frozen_column_count = 0
        self.hidden = False
        self.tab_color: dict[str, float] | None = None
        # Rows are tuples without blank ends and are replaced, never changed: a copy of the
        # list is a checkpoint.
        self.rows: list[Row] = []
        self.number_formats = NumberFormats()
        self.cell_formats: Runs[Mapping[str, Any]] = Runs()
        self.validations: Runs[Mapping[str, Any]] = Runs()
        self.notes: dict[tuple[int, int], str] = {}
        # These are replaced, never changed.
        self.merges: tuple[Rectangle, ...] = ()
        self.out_of_sight: dict[str, frozenset[int]] = {"ROWS": frozenset(), "COLUMNS": frozenset()}
        self.pixel_sizes: dict[str, dict[int, int]] = {"ROWS": {}, "COLUMNS": {}}
        self.groups = {"ROWS": Groups(), "COLUMNS": Groups()}
        self.basic_filter: BasicFilter | None = None

    def set_values(
        self,
        rows: Sequence[Sequence[Cell]],
        row: int = 0,
        column: int = 0,
        *,
        grow: bool = False,
        by: str | None = None,
    ) -> None:
        """Put values into the cells from (row, column), counted from 0; None blanks a cell.

        Args:
            rows: bool, int, float, str or None; a text is never parsed.
            row: first row, from 0.
            column: first column, from 0.
            grow: extend the grid when the values do not fit.
            by: e-mail of the editor; the owner when not given.

        Raises:
            SandboxError: the values do not fit into the grid, or are of another type.
        """
        block = [[_cell(value) for value in values] for values in rows]
        with self.workbook.lock:
            bottom = row + len(block)
            right = column + max(map(len, block), default=0)
            if grow:
                self.row_count = max(self.row_count, bottom)
                self.column_count = max(self.column_count, right)
            self.check_within_grid(Rectangle(row, bottom, column, right))
            self.write(row, column, block)
            self.workbook.touch(by)

    def values(self) -> list[list[Cell]]:
        """All values, of formulas their results, without the blank rows and cells at the ends."""
        with self.workbook.lock:
            return [list(row) for row in self.effective(self.grid)]

    def set_number_format(
        self,
        cells: str | GridRange,
        type: str,  # noqa: A002 - the vendor's word
        pattern: str = "",
        *,
        by: str | None = None,
    ) -> None:
        """Give cells, in A1 notation without a title or as a GridRange, a number format.

        Raises:
            SandboxError: the range or the type is unknown, or lies outside the grid.
        """
        wanted = parse_cells(cells) if isinstance(cells, str) else cells
        if wanted is None or type not in TYPES:
            raise SandboxError(f"{cells!r} is no range, or {type!r} is no number format type.")
        with self.workbook.lock:
            self.number_formats.put(self.bounded(wanted), NumberFormat(type, pattern))
            self.workbook.touch(by)

    @property
    def layers(self) -> tuple[Runs[Any], ...]:
        """What cells have beside values and notes."""
        return self.number_formats, self.cell_formats, self.validations

    @property
    def grid(self) -> Rectangle:
        """All cells there are."""
        return Rectangle(0, self.row_count, 0, self.column_count)

    def bounded(self, cells: GridRange) -> Rectangle:
        """The rectangle with its open ends at the edge of the grid.

        Raises:
            InvalidArgumentError: it reaches beyond the grid.
        """
        rectangle = Rectangle(
            cells.start_row,
            max(self.row_count, cells.start_row + 1) if cells.end_row is None else cells.end_row,
            cells.start_column,
            max(self.column_count, cells.start_column + 1)
            if cells.end_column is None
            else cells.end_column,
        )
        self.check_within_grid(rectangle)
        return rectangle

    def within(self, cells: GridRange) -> Rectangle:
        """The part of the rectangle within the grid, which may be none of it."""
        end_row = self.row_count if cells.end_row is None else cells.end_row
        end_column = self.column_count if cells.end_column is None else cells.end_column
        return Rectangle(
            cells.start_row,
            min(end_row, self.row_count),
            cells.start_column,
            min(end_column, self.column_count),
        )

    def clipped(self, cells: GridRange) -> Rectangle:
        """The part of the rectangle within the grid, for reading.

        Raises:
            InvalidArgumentError: it begins outside the grid.
        """
        end_row = self.row_count if cells.end_row is None else cells.end_row
        end_column = self.column_count if cells.end_column is None else cells.end_column
        if cells.start_row >= self.row_count or cells.start_column >= self.column_count:
            end_row, end_column = (
                max(end_row, cells.start_row + 1),
                max(end_column, cells.start_column + 1),
            )
            self.check_within_grid(
                Rectangle(cells.start_row, end_row, cells.start_column, end_column)
            )
        return self.within(cells)

    def check_within_grid(self, cells: Rectangle) -> None:
        """Raise Google's sentence unless the grid has all of these cells."""
        if cells.end_row > self.row_count or cells.end_column > self.column_count:
            raise InvalidArgumentError(
                f"Range ({spelled(self.title, cells)}) exceeds grid limits. "
                f"Max rows: {self.row_count}, max columns: {self.column_count}"
            )

    def extent(self) -> tuple[int, int]:
        """How many rows and columns reach to the last cell that has anything."""
        extents = [layer.extent() for layer in self.layers]
        extents += [(row + 1, column + 1) for row, column in self.notes]
        extents.append((len(self.rows), max(map(len, self.rows), default=0)))
        return max(rows for rows, _ in extents), max(columns for _, columns in extents)

    def check_editable(self, cells: Rectangle) -> None:
        """Raise Google's sentence when a protected range forbids these cells to the editor."""
        for protected in self.workbook.protected_ranges.values():
            if protected.forbids(self.workbook.editor, self, cells):
                raise InvalidArgumentError(
                    "You are trying to edit a protected cell or object. Please contact the "
                    "spreadsheet owner to remove protection if you need to edit."
                )

    def read(self, cells: Rectangle) -> list[Row]:
        """The contents of a rectangle, without the blank rows and cells at the ends."""
        if cells.start_column == 0 and cells.end_column >= self.column_count:
            rows = self.rows[cells.start_row : cells.end_row]
        else:
            columns = slice(cells.start_column, cells.end_column)
            rows = [trimmed(row[columns]) for row in self.rows[cells.start_row : cells.end_row]]
        trim_rows(rows)
        return rows

    def effective(self, cells: Rectangle) -> list[Row]:
        """What `read` tells, with its result in the place of each formula."""
        rows = self.read(cells)
        if not self.workbook.has_formulas:
            return rows
        value = self.workbook.results.value
        return [
            tuple(value(self, row, column) for column, _ in enumerate(contents, cells.start_column))
            if Formula in map(type, contents)
            else contents
            for row, contents in enumerate(rows, cells.start_row)
        ]

    def content(self, row: int, column: int) -> Cell:
        """What was entered into a cell."""
        contents = self.rows[row] if row < len(self.rows) else ()
        return contents[column] if column < len(contents) else None

    def put_content(self, row: int, column: int, content: Cell) -> None:
        """Put something in the place of what was entered into a cell."""
        contents = self.rows[row]
        self.rows[row] = (*contents[:column], content, *contents[column + 1 :])

    def formulas(self) -> Iterator[tuple[int, int, Formula]]:
        """Row, column and text of every formula."""
        for row, contents in enumerate(self.rows):
            if Formula in map(type, contents):
                for column, content in enumerate(contents):
                    if isinstance(content, Formula):
                        yield row, column, content

    def write(self, row: int, column: int, block: Sequence[Sequence[Cell | Old]]) -> None:
        """Put a block of values, which may be ragged, into the grid from (row, column).

        Raises:
            InvalidArgumentError: the editor may not change these cells.
        """
        width = max(map(len, block), default=0)
        self.check_editable(Rectangle(row, row + len(block), column, column + width))
        if not self.workbook.has_formulas:
            self.workbook.has_formulas = Formula in map(type, chain.from_iterable(block))
        missing = row + len(block) - len(self.rows)
        self.rows.extend([()] * max(missing, 0))
        for index, values in enumerate(block, row):
            old = self.rows[index]
            blanks = (None,) * max(column + len(values) - len(old), 0)
            cells: list[Any] = [*old, *blanks]
            cells[column : column + len(values)] = [
                cells[column + place] if value is Old.KEEP else value
                for place, value in enumerate(values)
            ]
            self.rows[index] = trimmed(cells)
        trim_rows(self.rows)

    def append_rows(self, rows: Iterable[Row]) -> None:
        """Add rows of values that are a sheet's own below the last; the grid has room for them."""
        self.rows.extend(map(trimmed, rows))
        trim_rows(self.rows)

    def clear(self, cells: Rectangle) -> None:
        """Blank the values of a rectangle.

        Raises:
            InvalidArgumentError: the editor may not change these cells.
        """
        self.check_editable(cells)
        end_row = min(cells.end_row, len(self.rows))
        for index in range(cells.start_row, end_row):
            row = self.rows[index]
            if len(row) > cells.end_column:
                gap = (None,) * (cells.end_column - cells.start_column)
                row = row[: cells.start_column] + gap + row[cells.end_column :]
            else:
                row = trimmed(row[: cells.start_column])
            self.rows[index] = row
        trim_rows(self.rows)

    def put_note(self, row: int, column: int, note: str) -> None:
        """Give a cell a note; the empty text removes it."""
        if note:
            self.notes[row, column] = note
        else:
            self.notes.pop((row, column), None)

    def clear_notes(self, cells: Rectangle) -> None:
        """Remove the notes of a rectangle."""
        self.notes = {place: note for place, note in self.notes.items() if not cells.has(*place)}

    def copied(self, workbook: Workbook, sheet_id: int, title: str) -> Worksheet:
        """A copy for a workbook, under another id and title."""
        copy = Worksheet(workbook, sheet_id, title, self.row_count, self.column_count)
        copy.restore({**self.checkpoint(), "workbook": workbook})
        copy.sheet_id, copy.title = sheet_id, title
        return copy

    def checkpoint(self) -> dict[str, Any]:
        """What `restore` needs to bring this state back."""
        return {
            **vars(self),
            "rows": list(self.rows),
            "number_formats": self.number_formats.copy(),
            "cell_formats": self.cell_formats.copy(),
            "validations": self.validations.copy(),
            "notes": dict(self.notes),
        }

    def restore(self, checkpoint: dict[str, Any]) -> None:
        """Bring the state of a checkpoint back."""
        vars(self).update(checkpoint)


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, str):
        return checked_text(value)
    raise SandboxError(f"A cell holds bool, int, float, str or None, not {value!r}.")
