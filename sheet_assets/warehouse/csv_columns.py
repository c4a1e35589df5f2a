"""Columns of fields as the CSV text of `rows.lines`, byte for byte, many rows at once."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from sheet_assets.warehouse.rows import NULL_MARKER

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


def lines(fields: pl.DataFrame) -> bytes:
    """Rows of fields, null for NULL, as CSV."""
    text = io.BytesIO()
    # "necessary": a lone carriage return and the empty text are put in quotes, too.
    fields.write_csv(text, include_header=False, quote_style="necessary", null_value=NULL_MARKER)
    return text.getvalue()


def cut(fields: pl.DataFrame, first: int, others: int) -> Iterator[pl.DataFrame]:
    """Rows in pieces: as many as fit the first one, and the others."""
    yield fields[:first]
    for start in range(first, fields.height, others):
        yield fields[start : start + others]
