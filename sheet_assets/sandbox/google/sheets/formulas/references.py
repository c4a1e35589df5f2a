"""References to cells as formulas spell them: A1, $A$1, A1:B2, A:A, 2:2, with or without a tab."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from sheet_assets.sandbox.google.sheets.a1 import (
    GridRange,
    column_index,
    column_letters,
    quoted_title,
)

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.spans import Span

GONE = "#REF!"

_TITLE = r"(?:(?P<title>'(?:[^']|'')*'|[^\W\d]\w*)!)?"
REFERENCE = re.compile(
    _TITLE
    + r"(?P<cells>\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,7}(?::\$?(?:[A-Za-z]{1,3}\$?[1-9][0-9]{0,7}"
    r"|[A-Za-z]{1,3}|[1-9][0-9]{0,7}))?"
    r"|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?[1-9][0-9]{0,7}:\$?[1-9][0-9]{0,7})"
    r"(?![\w(.!])"
)
_CORNER = re.compile(r"(\$?)([A-Za-z]{1,3})?(\$?)([1-9][0-9]*)?", re.ASCII)


@dataclass(frozen=True)
class Edge:
    """A row or column of a reference's corner, from 0; fixed ones have a `$`."""

    place: int
    fixed: bool

    def shifted(self, by: int) -> Edge:
        """Where it is in a copy that stands `by` further."""
        return self if self.fixed else replace(self, place=self.place + by)


Edges: TypeAlias = "tuple[Edge | None, Edge | None]"


@dataclass(frozen=True)
class Reference:
    """Cells that a formula names: the rows and the columns of two corners, None where one is open.

    `title` is None for cells of the formula's own worksheet.
    """

    title: str | None
    rows: Edges
    columns: Edges
    is_cell: bool

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read what REFERENCE matches."""
        match = REFERENCE.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no reference")
        title = match["title"]
        if title is not None and title.startswith("'"):
            title = title[1:-1].replace("''", "'")
        first, colon, last = match["cells"].partition(":")
        column, row = _corner(first)
        last_column, last_row = _corner(last) if colon else (column, row)
        return cls(title, (row, last_row), (column, last_column), is_cell=not colon)

    @property
    def cells(self) -> GridRange:
        """The cells, whichever corner stands first."""
        return GridRange(*_span(self.rows), *_span(self.columns))

    def spelled(self) -> str:
        """The text of it."""
        title = "" if self.title is None else f"{quoted_title(self.title)}!"
        first, last = map(_spelled, self.columns, self.rows)
        return f"{title}{first}" if self.is_cell else f"{title}{first}:{last}"

    def shifted(self, rows: int, columns: int) -> Reference | None:
        """What it is in a copy of the formula; None when it would lie beyond the first cell."""
        new = replace(self, rows=_shifted(self.rows, rows), columns=_shifted(self.columns, columns))
        places = [edge.place for edge in (*new.rows, *new.columns) if edge is not None]
        return new if min(places) >= 0 else None

    def placed(self, cells: GridRange) -> Reference:
        """The reference to other cells, its corners and fixed edges in the same order."""
        return replace(
            self,
            rows=_placed(self.rows, (cells.start_row, cells.end_row)),
            columns=_placed(self.columns, (cells.start_column, cells.end_column)),
        )


def _corner(text: str) -> tuple[Edge | None, Edge | None]:
    """The column and the row of a corner."""
    match = _CORNER.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no corner")
    dollar, letters, other, number = match.groups()
    column = Edge(column_index(letters), bool(dollar)) if letters else None
    # Without letters the one dollar there can be is the row's.
    fixed = bool(other if letters else dollar)
    return column, Edge(int(number) - 1, fixed) if number else None


def _span(edges: Edges) -> Span:
    first, last = edges
    if first is not None and last is not None:
        return min(first.place, last.place), max(first.place, last.place) + 1
    edge = first or last
    return (0 if edge is None else edge.place), None


def _shifted(edges: Edges, by: int) -> Edges:
    first, last = edges
    return first and first.shifted(by), last and last.shifted(by)


def _placed(edges: Edges, span: Span) -> Edges:
    """The edges at the ends of a span, or the one there is at its start."""
    first, last = edges
    start, end = span
    if first is None or last is None or end is None:
        return first and replace(first, place=start), last and replace(last, place=start)
    places = (start, end - 1) if first.place <= last.place else (end - 1, start)
    return replace(first, place=places[0]), replace(last, place=places[1])


def _spelled(column: Edge | None, row: Edge | None) -> str:
    text = ""
    if column is not None:
        text += ("$" if column.fixed else "") + column_letters(column.place)
    if row is not None:
        text += ("$" if row.fixed else "") + str(row.place + 1)
    return text
