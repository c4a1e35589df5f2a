"""The header row of a sheet that nobody has described yet, and names made of its headers."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from sheet_assets.sheets.contract import normalise_header
from sheet_assets.warehouse.types import MAX_IDENTIFIER_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# A title, a logo's place and a few notes stand above a header, not half a page.
_SEARCHED_ROWS = 50
# Letters that are no letter with an accent, and signs that say something in a header.
_SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l"}
    | {
        "%": " percent ",
        "#": " number ",
        "&": " and ",
        "'": "",
        "\N{RIGHT SINGLE QUOTATION MARK}": "",
    }
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Columns that every table has, which no other may be named like:
# https://www.postgresql.org/docs/8.0/ddl-system-columns.html (Redshift was made from 8.0)
_TAKEN = frozenset({"oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})


def header_row(values: Sequence[Sequence[Any]]) -> int | None:
    """Which row, counted from zero, looks like the header; None where there are no values.

    The first of the first 50 rows that stands above a row with a value, fills more than half of
    the columns that the fullest of them fills, and has two texts, or one and no gap: years may
    be headers, too. Without such a row it is the first one that has a value.
    """
    rows = [[cell for cell in row if not is_blank(cell)] for row in values[:_SEARCHED_ROWS]]
    widest = max(map(len, rows), default=0)
    filled = [index for index, row in enumerate(rows) if row]
    above_others = filled if len(values) > _SEARCHED_ROWS else filled[:-1]
    for index in above_others:
        texts = sum(isinstance(cell, str) for cell in rows[index])
        if len(rows[index]) * 2 > widest and (texts >= 2 or (texts and len(rows[index]) == widest)):
            return index
    return next(iter(filled), None)


def is_blank(cell: Any) -> bool:
    """Whether a cell has nothing in it, or blanks alone."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def column_names(headers: Iterable[Any], taken: Iterable[str] = ()) -> list[str | None]:
    """A name for each header, in snake_case and different from the others and those `taken`.

    None where no letter or digit of ASCII is left, as of a header in Hangul.
    """
    used = set(taken)
    names: list[str | None] = []
    for header in headers:
        name = snake_case(normalise_header(header))
        if name:
            name = _different(name, used)
            used.add(name)
        names.append(name or None)
    return names


def snake_case(text: str) -> str:
    """A name that Redshift takes: `Submitted at` is submitted_at, `Größe (m)` is grosse_m.

    Accents are left out; so is what has no letter in ASCII. Empty where nothing is left.
    """
    apart = _CAMEL.sub("_", text).lower().translate(_SPELLED)
    plain = unicodedata.normalize("NFKD", apart).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if name[:1].isdigit() or name in _TAKEN:
        name = f"_{name}"
    return name[:MAX_IDENTIFIER_BYTES].rstrip("_")


def _different(name: str, used: set[str]) -> str:
    candidate, count = name, 1
    while candidate in used:
        count += 1
        suffix = f"_{count}"
        candidate = name[: MAX_IDENTIFIER_BYTES - len(suffix)] + suffix
    return candidate
