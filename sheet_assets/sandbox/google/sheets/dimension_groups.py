"""Groups of rows and columns, and the batchUpdate requests about them.

A group at depth 2 is within one at depth 1: a dimension is kept as how deep each of its rows or
columns lies, and the groups are read from that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets.grid_range import Span, read_dimension_range

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


@dataclass(frozen=True)
class Groups:
    """How deep rows or columns lie, where they do, and the (start, depth) of collapsed groups."""

    depths: Mapping[int, int] = field(default_factory=dict)
    collapsed: frozenset[tuple[int, int]] = frozenset()

    def spans(self) -> list[tuple[int, int, int]]:
        """Start, end and depth of every group, outer ones first."""
        found = []
        for depth in range(1, max(self.depths.values(), default=0) + 1):
            places = sorted(place for place, deep in self.depths.items() if deep >= depth)
            start = None
            for place, following in zip(places, [*places[1:], -1], strict=True):
                start = place if start is None else start
                if following != place + 1:
                    found.append((start, place + 1, depth))
                    start = None
        return found

    def deeper(self, span: Span, by: int) -> Groups:
        """The groups after these rows or columns went deeper, or up again."""
        depths = dict(self.depths)
        for place in range(span.start, span.end):
            depths[place] = depths.get(place, 0) + by
        return self._of({place: deep for place, deep in depths.items() if deep > 0})

    def moved(self, move: Callable[[int], int | None]) -> Groups:
        """The groups after rows or columns moved."""
        moved = {place: move(place) for place in self.depths}
        new = {there: self.depths[place] for place, there in moved.items() if there is not None}
        kept = {
            (there, depth)
            for start, depth in self.collapsed
            if (there := moved.get(start)) is not None
        }
        return Groups(new, frozenset(kept))

    def _of(self, depths: Mapping[int, int]) -> Groups:
        new = Groups(depths)
        starts = {(start, depth) for start, _, depth in new.spans()}
        return Groups(depths, self.collapsed & starts)


def add(request: Message, workbook: Workbook) -> dict[str, Any]:
    """Request addDimensionGroup: the reply has all groups of the dimension."""
    request.allow(("range",))
    span = read_dimension_range(request.message("range"), workbook)
    _put(span, _groups(span).deeper(span, 1))
    return {"addDimensionGroup": {"dimensionGroups": told(span.worksheet, span.dimension)}}


def delete(request: Message, workbook: Workbook) -> dict[str, Any]:
    """Request deleteDimensionGroup: what is in the range lies one depth less deep."""
    request.allow(("range",))
    span = read_dimension_range(request.message("range"), workbook)
    groups = _groups(span)
    if not any(groups.depths.get(place) for place in range(span.start, span.end)):
        raise InvalidArgumentError("There is no group in the range.")
    _put(span, groups.deeper(span, -1))
    left = told(span.worksheet, span.dimension)
    return {"deleteDimensionGroup": {"dimensionGroups": left} if left else {}}


def update(request: Message, workbook: Workbook) -> None:
    """Request updateDimensionGroup: a group is collapsed, which hides it, or shown again."""
    request.allow(("dimensionGroup", "fields"))
    body = request.message("dimensionGroup").allow(("range", "depth", "collapsed"))
    unknown = [name for name in request.mask().children if name not in {"collapsed", "*"}]
    if unknown:
        raise InvalidArgumentError(f"Invalid field: {unknown[0]}")
    span = read_dimension_range(body.message("range"), workbook)
    depth = body.count("depth")
    groups = _groups(span)
    if (span.start, span.end, depth) not in groups.spans():
        raise InvalidArgumentError("There is no group with this range and depth.")
    worksheet = span.worksheet
    places = frozenset(range(span.start, span.end))
    hidden = worksheet.out_of_sight[span.dimension]
    key = frozenset({(span.start, depth)})
    if body.boolean("collapsed"):
        hidden, collapsed = hidden | places, groups.collapsed | key
    else:
        hidden, collapsed = hidden - places, groups.collapsed - key
    worksheet.out_of_sight = {**worksheet.out_of_sight, span.dimension: hidden}
    _put(span, Groups(groups.depths, collapsed))


def told(worksheet: Worksheet, dimension: str) -> list[dict[str, Any]]:
    """Google's DimensionGroups of the rows or columns of a worksheet."""
    groups = worksheet.groups[dimension]
    bodies = []
    for start, end, depth in groups.spans():
        span: dict[str, Any] = {"sheetId": worksheet.sheet_id} if worksheet.sheet_id else {}
        span |= {"dimension": dimension, "startIndex": start, "endIndex": end}
        body: dict[str, Any] = {"range": span, "depth": depth}
        bodies.append(body | ({"collapsed": True} if (start, depth) in groups.collapsed else {}))
    return bodies


def _groups(span: Span) -> Groups:
    return span.worksheet.groups[span.dimension]


def _put(span: Span, groups: Groups) -> None:
    span.worksheet.groups = {**span.worksheet.groups, span.dimension: groups}
