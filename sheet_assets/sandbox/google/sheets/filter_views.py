"""Filter views: filters that each viewer may choose, and the batchUpdate requests about them.

They hide nothing from the API: what a viewer has chosen is the viewer's own.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets.a1 import GridRange
from sheet_assets.sandbox.google.sheets.grid_range import grid_range, read_open_grid_range
from sheet_assets.sandbox.google.sheets.hidden import read_hidden_values, told_hidden_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

_FIELDS = ("title", "range", "filterSpecs")
_LACKING = ("namedRangeId", "tableId", "sortSpecs", "criteria")


@dataclass(frozen=True)
class FilterView:
    """A view over cells, header first: by column the displayed values that it hides."""

    filter_view_id: int
    title: str
    sheet_id: int
    cells: GridRange
    hidden_values: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Google's FilterView."""
        body = {
            "filterViewId": self.filter_view_id,
            "title": self.title,
            "range": grid_range(self.sheet_id, self.cells),
        }
        return body | told_hidden_values(self.hidden_values)

    def moved(self, move: Callable[[GridRange], GridRange | None]) -> FilterView | None:
        """The view after rows or columns moved; None when none of its cells are left."""
        cells = move(self.cells)
        if cells is None:
            return None
        columns = {
            column: move(GridRange(self.cells.start_row, self.cells.end_row, column, column + 1))
            for column in self.hidden_values
        }
        hidden = {
            there.start_column: self.hidden_values[column]
            for column, there in columns.items()
            if there is not None
        }
        return replace(self, cells=cells, hidden_values=hidden)


def add(request: Message, workbook: Workbook) -> dict[str, Any]:
    """Request addFilterView: the reply has the new view."""
    request.allow(("filter",))
    body = request.message("filter").allow(("filterViewId", *_FIELDS), lacking=_LACKING)
    filter_view_id = body.integer("filterViewId") or _free_id(workbook)
    if filter_view_id in workbook.filter_views:
        raise InvalidArgumentError(f"A filter view with the ID {filter_view_id} already exists.")
    blank = FilterView(filter_view_id, f"Filter {len(workbook.filter_views) + 1}", 0, GridRange())
    new = _changed(blank, body, workbook, {name for name in _FIELDS if name in body} | {"range"})
    workbook.filter_views[filter_view_id] = new
    return {"addFilterView": {"filter": new.as_json()}}


def update(request: Message, workbook: Workbook) -> None:
    """Request updateFilterView."""
    request.allow(("filter", "fields"))
    body = request.message("filter").allow(("filterViewId", *_FIELDS), lacking=_LACKING)
    mask = request.mask()
    old = _found(workbook, body.integer("filterViewId"))
    names = set(_FIELDS) if "*" in mask.children else set(mask.children)
    unknown = sorted(names - set(_FIELDS))
    if unknown:
        raise InvalidArgumentError(f"Invalid field: {unknown[0]}")
    workbook.filter_views[old.filter_view_id] = _changed(old, body, workbook, names)


def duplicate(request: Message, workbook: Workbook) -> dict[str, Any]:
    """Request duplicateFilterView: the reply has the copy."""
    request.allow(("filterId",))
    found = _found(workbook, request.integer("filterId"))
    new = replace(found, filter_view_id=_free_id(workbook), title=f"Copy of {found.title}")
    workbook.filter_views[new.filter_view_id] = new
    return {"duplicateFilterView": {"filter": new.as_json()}}


def delete(request: Message, workbook: Workbook) -> None:
    """Request deleteFilterView."""
    request.allow(("filterId",))
    del workbook.filter_views[_found(workbook, request.integer("filterId")).filter_view_id]


def _changed(old: FilterView, body: Message, workbook: Workbook, names: set[str]) -> FilterView:
    new = old
    if "title" in names:
        new = replace(new, title=body.text("title") or "")
        if not new.title:
            raise InvalidArgumentError("A filter view must have a title.")
    if "range" in names:
        worksheet, cells = read_open_grid_range(body.message("range"), workbook)
        new = replace(new, sheet_id=worksheet.sheet_id, cells=cells)
    if "filterSpecs" in names:
        within = workbook.worksheet_by_id(new.sheet_id).within(new.cells)
        new = replace(new, hidden_values=read_hidden_values(body, within))
    return new


def _found(workbook: Workbook, filter_view_id: int | None) -> FilterView:
    found = workbook.filter_views.get(filter_view_id or 0)
    if found is None:
        raise InvalidArgumentError(f"No filter view with id: {filter_view_id or 0}")
    return found


def _free_id(workbook: Workbook) -> int:
    while True:
        filter_view_id = 1 + secrets.randbelow(2**31 - 1)
        if filter_view_id not in workbook.filter_views:
            return filter_view_id
