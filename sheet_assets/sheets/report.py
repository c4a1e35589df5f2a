"""The report of wrong cells: what notes and a tab say to the people who edit the sheet.

Our part of a note is told by its lines: each ends with a signature that names the sheet's
component. Every other line is somebody else's and comes back as it was.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from sheet_assets.sheets.a1 import Cell, parse_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from sheet_assets.errors import WrongCell

# More notes than that help nobody; the batchUpdate stays at about 300 kB.
MAX_NOTES = 1_000
# 2.5 MB of JSON in one updateCells at most; Google recommends 2 MB and sets no limit:
# https://developers.google.com/workspace/sheets/api/limits
MAX_ROWS = 5_000
COUNTED_FROM = 1_000
MAX_TITLE = 100
TABLE_HEADER = ("Cell", "Link", "Header", "Value", "What is wrong")
# The explanation and the header stay in sight.
FROZEN_ROWS = 2
_MAX_SAID = 500
_LINE_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


def in_words(cell: WrongCell) -> str:
    """`'ten' is not a whole number.`: one line of at most 500 characters."""
    said = _line(f"{cell.value} {cell.reason}".strip())
    if said.startswith("is "):  # a blank cell: there is no value to begin with
        said = f"The cell {said}"
    return said[:1].upper() + said[1:] + ("" if said.endswith(".") else ".")


def notes(cells: Sequence[WrongCell]) -> dict[Cell, list[str]]:
    """What is said at each wrong cell, row by row, at the first 1,000 of them.

    The first one also says how many more there are.
    """
    said: dict[Cell, list[str]] = {}
    for cell in in_order(cells):
        said.setdefault(parse_cell(cell.address), []).append(in_words(cell))
    shown = dict(list(said.items())[:MAX_NOTES])
    for lines in shown.values():
        lines[-1] += " Once the cell is right, this note goes away by itself."
    if len(said) > len(shown):
        first = next(iter(shown))
        shown[first].append(
            f"{len(said) - len(shown):,} more cells of this worksheet are wrong; they get notes "
            "as these are corrected."
        )
    return shown


def signed(name: str) -> str:
    """How a line of ours ends."""
    return f"— sheet_assets ({_line(name)})"


def is_reported(note: str, name: str) -> bool:
    """Whether a note has a line of ours."""
    return any(_is_ours(line, name) for line in note.split("\n"))


def with_report(note: str, name: str, said: Sequence[str]) -> str:
    """A note with these lines as our part of it, below everybody else's; none takes it away.

    A note that says so already comes back as it is, in whatever order: two reports that each
    went below the other would write for ever.
    """
    lines = note.split("\n") if note else []
    shall_be = [f"{line} {signed(name)}" for line in said]
    if [line.rstrip() for line in lines if _is_ours(line, name)] == shall_be:
        return note
    return "\n".join([*(line for line in lines if not _is_ours(line, name)), *shall_be])


def table(cells: Sequence[WrongCell], name: str, link: Callable[[str], str]) -> list[list[str]]:
    """The rows of the report tab, all text: an explanation, the header, and the wrong cells.

    From 1,000 cells on, the number in each column comes first. At most 5,000 cells are listed;
    a last row says how many more there are.

    Args:
        cells: The wrong cells, in any order.
        name: The component's.
        link: The web address of a cell, by its A1 address.
    """
    if not cells:
        return [[f"All cells are right. {signed(name)}"], list(TABLE_HEADER)]
    ordered = in_order(cells)
    explanation = (
        "These cells keep the sheet from being loaded. Correct them there: this tab is written "
        f"anew each time, and goes away by itself. {signed(name)}"
    )
    rows = [[explanation], list(TABLE_HEADER)]
    if len(cells) > COUNTED_FROM:
        counts = Counter(cell.header for cell in ordered).most_common()
        rows += [["", "", _line(header), "", _counted(count)] for header, count in counts]
    rows += [
        [cell.address, link(cell.address), _line(cell.header), _value(cell), in_words(cell)]
        for cell in ordered[:MAX_ROWS]
    ]
    if len(ordered) > MAX_ROWS:
        more = f"… and {len(ordered) - MAX_ROWS:,} more, listed here as these are corrected."
        rows.append(["", "", "", "", more])
    return rows


def listed(rows: Sequence[Sequence[object]]) -> set[tuple[str, str]]:
    """Each cell's address and what a table says of it; also of a table that was read back."""
    return {
        (str(row[0]), str(row[-1]))
        for row in rows[FROZEN_ROWS:]
        if len(row) == len(TABLE_HEADER) and row[0]
    }


def tab_title(worksheet: str, taken: Collection[str]) -> str:
    """`Errors in Responses`: at most 100 characters, and no title that is taken in any case."""
    folded = {title.casefold() for title in taken}
    number = 1
    while True:
        end = "" if number == 1 else f" ({number})"
        title = f"Errors in {worksheet}"[: MAX_TITLE - len(end)].rstrip() + end
        if title.casefold() not in folded:
            return title
        number += 1


def in_order(cells: Sequence[WrongCell]) -> list[WrongCell]:
    """Row by row, as people go through a sheet."""
    return sorted(cells, key=lambda cell: parse_cell(cell.address))


def _is_ours(line: str, name: str) -> bool:
    return line.rstrip().endswith(signed(name))


def _value(cell: WrongCell) -> str:
    return "" if cell.value.startswith("is ") else _line(cell.value)


def _counted(count: int) -> str:
    return f"{count:,} wrong cells" if count != 1 else "1 wrong cell"


def _line(text: str) -> str:
    line = _LINE_BREAKS.sub(" ", text)
    return line if len(line) <= _MAX_SAID else line[: _MAX_SAID - 1] + "…"
