"""The rules a column's values keep beyond their type: range, choice, pattern, uniqueness."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from sheet_assets.sheets.values import NotThatType, reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sheet_assets.sheets.contract import Column

_UNORDERED = {"boolean"}


def bound(column: Column, which: str, limit: Any) -> Any:
    """A `min`, `max` or `allowed` of the contract as a value of the column's type.

    Raises:
        ValueError: it is not of that type, or the type has no order.
    """
    if which != "allowed" and column.type.kind in _UNORDERED:
        raise ValueError(f"column {column.name!r}: a {column.type} has no `{which}`")
    cell = limit.isoformat() if isinstance(limit, dt.date | dt.time) else limit
    try:
        return reader(column.type, dt.UTC)(cell)
    except NotThatType as reason:
        raise ValueError(f"column {column.name!r}: `{which}` {limit!r} {reason}") from None


def checker(column: Column) -> Callable[[Any], None] | None:
    """The function that raises `NotThatType` for a value that breaks a rule; None without rules."""
    rules: list[Callable[[Any], None]] = []
    if column.min is not None:
        rules.append(_at_least(bound(column, "min", column.min)))
    if column.max is not None:
        rules.append(_at_most(bound(column, "max", column.max)))
    if column.allowed:
        rules.append(_one_of([bound(column, "allowed", each) for each in column.allowed]))
    if column.pattern is not None:
        rules.append(_matching(column.pattern))
    if not rules:
        return None

    def check(value: Any) -> None:
        for rule in rules:
            rule(value)

    return check


def repeated(values: Iterable[Any]) -> dict[int, int]:
    """Where a value stands again: its index, and the index where it stands first. NULL may."""
    first: dict[Any, int] = {}
    again: dict[int, int] = {}
    for index, value in enumerate(values):
        if value is not None and first.setdefault(value, index) != index:
            again[index] = first[value]
    return again


def repeated_keys(key: Sequence[Sequence[Any]]) -> dict[int, int]:
    """The same of the key: `key[i]` has the values of its i-th column; a part that is NULL ends it.

    Redshift ignores spaces at the end when it compares texts, so a merge would take two keys
    that differ by them for one:
    https://docs.aws.amazon.com/redshift/latest/dg/r_Examples_with_character_types.html
    """
    return repeated(
        None
        if None in row
        else tuple(part.rstrip(" ") if isinstance(part, str) else part for part in row)
        for row in zip(*key, strict=True)
    )


def _at_least(smallest: Any) -> Callable[[Any], None]:
    def rule(value: Any) -> None:
        if value < smallest:
            raise NotThatType(f"is less than {smallest}, the smallest allowed", "min")

    return rule


def _at_most(largest: Any) -> Callable[[Any], None]:
    def rule(value: Any) -> None:
        if value > largest:
            raise NotThatType(f"is more than {largest}, the largest allowed", "max")

    return rule


def _one_of(choices: Sequence[Any]) -> Callable[[Any], None]:
    known = frozenset(choices)
    listed = ", ".join(
        f"'{choice}'" if isinstance(choice, str) else str(choice) for choice in choices
    )

    def rule(value: Any) -> None:
        if value not in known:
            raise NotThatType(f"is not one of {listed}", "allowed")

    return rule


def _matching(pattern: str) -> Callable[[Any], None]:
    compiled = re.compile(pattern)

    def rule(value: Any) -> None:
        if not compiled.fullmatch(value):
            raise NotThatType(f"does not match the pattern {pattern}", "pattern")

    return rule
