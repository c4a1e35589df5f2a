"""A column of dates, times or both: number cells by their format, texts by how they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sheets.infer.guess import Guess, spare
from sheet_assets.sheets.infer.written import Written, written
from sheet_assets.sheets.serials import to_datetime
from sheet_assets.warehouse.types import ColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_assets.sheets.infer.cells import Cells

_MOMENTS = {"DATE", "TIME", "DATE_TIME"}


def guess_moments(cells: Cells) -> Guess | None:
    """Dates, times or moments; None where the cells are something else, or may be two days.

    What a number cell is, its format says: the type of the column in a Sheets table, else the
    format of most of the cells that were asked for.
    """
    shown = moment_format(cells)
    if cells.numbers and not shown:
        return None
    texts = written(set(cells.texts.values()), spare(len(cells))) if cells.texts else None
    if texts and len(texts.forms) > 1:
        return None
    serials = {row: _kind_of(number, shown) for row, number in cells.numbers.items()}
    kind = _common({*filter(None, serials.values()), *([texts.kind] if texts else [])})
    if kind is None:
        return None
    odd = {
        *cells.booleans,
        *(row for row, found in serials.items() if not found),
        *(row for row, text in cells.texts.items() if texts is None or text in texts.odd),
    }
    form = texts.forms[0] if texts and texts.forms else None
    return Guess(
        ColumnType(kind),
        {"format": form} if form else {},
        tuple(_notes(cells, texts, serials, kind)),
        frozenset(odd),
    )


def moment_format(cells: Cells) -> str:
    """DATE, TIME or DATE_TIME, if that is what the number cells are shown as."""
    if not cells.numbers:
        return ""
    kind = cells.column_type if cells.column_type in _MOMENTS else ""
    return kind or next(iter(_MOMENTS & {cells.format_of(cells.numbers).type}), "")


def ambiguous_forms(cells: Cells) -> tuple[str, ...]:
    """The forms that texts may be written in, where there are several and they mean other days."""
    found = written(set(cells.texts.values()), spare(len(cells))) if cells.texts else None
    return found.forms if found and len(found.forms) > 1 else ()


def _kind_of(serial: float, shown: str) -> str:
    """The type of one number cell; empty where it is none, as a duration of days is."""
    if shown == "TIME" and 0 <= serial < 1:
        return "time"
    try:
        moment = to_datetime(serial)
    except (OverflowError, ValueError):
        return ""
    if shown == "TIME":
        return ""
    has_time = moment.time() != moment.min.time()
    return "timestamp" if has_time or shown == "DATE_TIME" else "date"


def _common(kinds: set[str]) -> str | None:
    """The type that holds all of these."""
    if len(kinds) == 1:
        return next(iter(kinds))
    for widest in ("timestamptz", "timestamp"):
        if widest in kinds and "time" not in kinds:
            return widest
    return None


def _notes(cells: Cells, texts: Written | None, serials: Mapping[int, str], kind: str) -> list[str]:
    notes = []
    if texts:
        rows = [row for row, text in cells.texts.items() if text not in texts.odd]
        form = texts.forms[0] if texts.forms else "ISO 8601"
        notes.append(f"{cells.typed_as_text(rows)}, written as {form}.")
    if kind == "timestamp" and moment_format(cells) == "DATE":
        rows = [row for row, found in serials.items() if found == "timestamp"]
        if rows:
            notes.append(f"{cells.named(rows)}: shown as a date, but with a time of day.")
    plain = [row for row in serials if row in cells.formats and not cells.formats[row].type]
    if plain and not cells.column_type:
        notes.append(
            f"{cells.named(plain)}: a number without a format, read as a date like the rest."
        )
    return notes
