"""Repeats: the rows of a large sheet that may stand twice, found by eight bytes a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence


class Repeats:
    """Keeps a hash of each row's fields; equal hashes are a suspicion, which the values settle."""

    def __init__(self) -> None:
        self._hashes = pl.Series(dtype=pl.UInt64)

    def add(self, columns: Sequence[pl.Series]) -> None:
        """The next rows, a series a column; a row with a null in it repeats none."""
        frame = pl.DataFrame({str(place): column for place, column in enumerate(columns)})
        has_null = frame.select(pl.any_horizontal(pl.all().is_null())).to_series()
        self._hashes.extend(frame.hash_rows().set(has_null, None))

    def suspects(self) -> list[int]:
        """The indexes of all rows whose hash stands twice, those that have it first included."""
        ordered = self._hashes.drop_nulls().sort()
        twice = ordered.filter(ordered == ordered.shift(1)).unique()
        return self._hashes.is_in(twice.implode()).arg_true().to_list() if len(twice) else []
