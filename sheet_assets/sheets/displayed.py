"""What cells show, in the place of what they hold: for columns declared `as_displayed`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.sheets.values import EXACT

if TYPE_CHECKING:
    from collections.abc import MutableSequence, Sequence


def show(
    rows: Sequence[MutableSequence[Any]], position: int, texts: Sequence[Sequence[Any]]
) -> None:
    """Put the texts of one column, as FORMATTED_VALUE gives them, into the rows, in place.

    A blank cell stays blank. A number of more digits than a cell keeps stays a number, so that
    reading it as text is refused: what it shows has been rounded.

    Args:
        rows: Unformatted values, ragged.
        position: The column's place in them.
        texts: From the same row on: rows of one cell, or of none; there may be fewer.
    """
    for index, row in enumerate(rows):
        held: Any = row[position] if position < len(row) else ""
        is_number = isinstance(held, int | float) and not isinstance(held, bool)
        if held in ("", None) or (is_number and abs(held) >= EXACT):
            continue
        text = texts[index] if index < len(texts) else ()
        row[position] = text[0] if text else ""
