"""Cells in messages: short, in one line, masked where they are sensitive."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

from sheet_assets.sheets import serials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.errors import WrongCell

BLANK = "is blank,"
HIDDEN = "the value (hidden: the column is sensitive)"
MOMENTS = frozenset({"date", "time", "timestamp", "timestamptz"})
_SHOWN_CHARACTERS = 40
_SHOWN_CELLS = 5


def shown(cell: Any) -> str:
    """A cell that is not blank, at most 40 characters of it: a text in quotes, TRUE, 5.5."""
    if isinstance(cell, bool):
        return plain(cell)
    text = printable(plain(cell)[: _SHOWN_CHARACTERS + 1])
    if len(text) > _SHOWN_CHARACTERS:
        text = text[: _SHOWN_CHARACTERS - 1] + "…"
    return f"'{text}'" if isinstance(cell, str) else text


def is_number(cell: Any) -> bool:
    """Whether it is a number cell, which a date cell is, too."""
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def shown_serial(cell: float, kind: str) -> str:
    """A number in a column of dates or times, and what the sheet shows: 46345 (2026-11-19)."""
    if 0 <= cell < 1:
        return f"{plain(cell)} ({serials.to_time(cell)})"
    if kind == "time":
        return shown(cell)
    try:
        moment = serials.to_datetime(cell)
    except (OverflowError, ValueError):
        return shown(cell)
    return f"{plain(cell)} ({moment.date() if moment.time() == dt.time() else moment})"


def plain(cell: Any) -> str:
    """A cell as it looks in the sheet without a number format."""
    if isinstance(cell, bool):
        return str(cell).upper()
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)


def printable(text: str) -> str:
    """Text that is safe in a log and a terminal, where blanks other than a space can be seen."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text.replace("\n", "⏎")
    )


def sentence(wrong: Sequence[WrongCell]) -> str:
    """The first cells in full, column by column, and how many of each column there are."""
    if len(wrong) == 1:
        return f"{wrong[0]}. Correct the cell; the table keeps its last version."
    first = "\n".join(f"  {cell}" for cell in wrong[:_SHOWN_CELLS])
    counts = Counter(cell.header for cell in wrong)
    by_column = ", ".join(f'{count} in "{header}"' for header, count in counts.items())
    more = f"\n  … and {len(wrong) - _SHOWN_CELLS} more" if len(wrong) > _SHOWN_CELLS else ""
    return (
        f"{len(wrong)} wrong cells ({by_column}):\n{first}{more}\n"
        "Correct them; the table keeps its last version."
    )
