"""Columns of fields as the CSV text of `rows.lines`, byte for byte, many rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.warehouse.rows import NULL_MARKER

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


def quoted(fields: pl.Series) -> pl.Series:
    """Fields as they stand in a line: in quotes where they must, as the empty text always."""
    special = fields.str.contains('[",\r\n]') | (fields == "")
    if not special.any():
        return fields
    in_quotes = '"' + fields.str.replace_all('"', '""', literal=True) + '"'
    return in_quotes.zip_with(special, fields)


def lines(fields: pl.DataFrame) -> bytes:
    """Rows of fields as they stand in a line, null for NULL, as CSV."""
    # Polars' own quoting leaves a lone carriage return bare.
    text: str = fields.write_csv(
        None, include_header=False, quote_style="never", null_value=NULL_MARKER
    )
    return text.encode()


def cut(fields: pl.DataFrame, first: int, others: int) -> Iterator[pl.DataFrame]:
    """Rows in pieces: as many as fit the first one, and the others."""
    yield fields[:first]
    for start in range(first, fields.height, others):
        yield fields[start : start + others]
