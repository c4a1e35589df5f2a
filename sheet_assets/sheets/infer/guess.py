"""A guess: a column's type, the contract's other fields, and what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheet_assets.warehouse.types import MAX_VARCHAR_BYTES, ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterable

_VARCHAR_BYTES = (32, 64, 128, 256, 512, 1000, 4000, 16000, MAX_VARCHAR_BYTES)


@dataclass(frozen=True)
class Guess:
    """A type, the other fields of the Column, sentences about them, and the rows that differ.

    `odd` rows make the type doubtful, where they are too many. `lost` rows are wrong in any type
    that makes sense: the sheet itself has lost what was typed.
    """

    type: ColumnType
    options: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    odd: frozenset[int] = frozenset()
    lost: frozenset[int] = frozenset()


def spare(cells: int) -> int:
    """How many of so many cells may be plainly wrong: 1 % of at least 100, and at most 20."""
    return min(cells // 100, 20)


def varchar(sizes_bytes: Iterable[int]) -> ColumnType:
    """A varchar with room for texts half as long again as the longest of these."""
    wanted = max(sizes_bytes, default=0) * 3 // 2
    length = next((size for size in _VARCHAR_BYTES if size >= wanted), MAX_VARCHAR_BYTES)
    return ColumnType("varchar", length=length)
