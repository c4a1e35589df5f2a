"""What cells show, in the place of what they hold: for columns declared `as_displayed`."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from sheet_assets.sheets.values import EXACT

if TYPE_CHECKING:
    from collections.abc import Sequence


def shown(cells: Sequence[Any], texts: Sequence[Any]) -> list[Any]:
    """The texts of one column, as FORMATTED_VALUE gives them, in the place of its cells.

    A blank cell stays blank. A number of more digits than a cell keeps stays a number, so that
    reading it as text is refused: what it shows has been rounded.

    Args:
        cells: Unformatted values.
        texts: From the same row on; there may be fewer.
    """
    return [
        held if _stays(held) else text for held, text in zip_longest(cells, texts, fillvalue="")
    ]


def _stays(held: Any) -> bool:
    is_number = isinstance(held, int | float) and not isinstance(held, bool)
    return held in ("", None) or (is_number and abs(held) >= EXACT)
