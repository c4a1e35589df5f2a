"""Spans of rows or columns, from 0, the end exclusive, and where inserting and deleting move them.

An end of None is the edge of the grid; a span from 0 to the edge is all of it and never moves.
"""

from __future__ import annotations

from typing import TypeAlias

Span: TypeAlias = tuple[int, int | None]


def inserted(span: Span, at: int, count: int, *, at_end: bool = False) -> Span:
    """The span after `count` rows were inserted at a row: within it, it grows.

    `at_end`: it grows at its end, too.
    """
    start, end = span
    if at <= start and (start, end) != (0, None):
        return start + count, None if end is None else end + count
    if end is None or at > end or (at == end and not at_end):
        return span
    return start, end + count


def deleted(span: Span, first: int, end: int) -> Span | None:
    """The span after rows were deleted, the end exclusive; None when nothing of it is left."""

    def moved(place: int) -> int:
        return place - max(min(place, end) - first, 0)

    start, stop = moved(span[0]), None if span[1] is None else moved(span[1])
    return None if stop is not None and stop <= start else (start, stop)
