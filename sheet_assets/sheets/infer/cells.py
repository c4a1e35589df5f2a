"""The cells below one header, sorted by what they are: what a column's type is judged by."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sheet_assets.sheets.a1 import Cell
from sheet_assets.sheets.infer.header import is_blank
from sheet_assets.sheets.values import FORMULA_ERRORS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

# A pattern of nothing but zeros and literal signs: 00000, 000-0000. A point would be decimals.
_CODE = re.compile(r'(?:0|[-/ ]|\\.|"[^"]*")*')
_LITERAL = re.compile(r'\\.|"[^"]*"')


class NumberFormat(NamedTuple):
    """Google's NumberFormat; without a type it is that of a cell which nobody has formatted.

    https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/cells#NumberFormatType
    """

    type: str = ""
    pattern: str = ""

    @property
    def is_code(self) -> bool:
        """Whether it does nothing but show leading zeros: 00000."""
        zeros = _LITERAL.sub("", self.pattern).count("0")
        return zeros >= 2 and _CODE.fullmatch(self.pattern) is not None

    @property
    def decimals(self) -> int:
        """The decimal places it always shows."""
        shown = re.search(r"\.(0+)", _LITERAL.sub("", self.pattern))
        return len(shown[1]) if shown else 0


@dataclass(frozen=True)
class Cells:
    """A column's cells by their row, counted from zero in the worksheet.

    Args:
        header: As it is compared.
        column: The worksheet's column, counted from zero.
        numbers, texts, booleans, errors: What stands in them; blank cells are left out.
        spaces: Texts of blanks alone, which only a varchar keeps.
        formats: Number formats of the rows that were asked for.
        column_type: Google's, in a column of a Sheets table, for example DATE or DROPDOWN.
        choices: What a drop-down of a Sheets table offers.
    """

    header: str
    column: int
    numbers: Mapping[int, float] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)
    booleans: Mapping[int, bool] = field(default_factory=dict)
    errors: frozenset[int] = frozenset()
    spaces: Mapping[int, str] = field(default_factory=dict)
    formats: Mapping[int, NumberFormat] = field(default_factory=dict)
    column_type: str = ""
    choices: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.numbers) + len(self.texts) + len(self.booleans)

    @property
    def filled(self) -> set[int]:
        """The rows of cells that are neither blank nor of blanks alone."""
        return {*self.numbers, *self.texts, *self.booleans, *self.errors}

    def without(self, rows: Collection[int]) -> Cells:
        """The same without the texts of these rows."""
        left = {row: text for row, text in self.texts.items() if row not in rows}
        return replace(self, texts=left)

    def format_of(self, rows: Iterable[int]) -> NumberFormat:
        """The format that most of these cells have; none where most have none."""
        known = Counter(self.formats[row] for row in rows if row in self.formats)
        return known.most_common(1)[0][0] if known else NumberFormat()

    def named(self, rows: Collection[int]) -> str:
        """`C7`, `C7 and C9` or `C7 and 12 more`, by their order in the sheet."""
        first, *others = sorted(rows)
        shown = str(Cell(first, self.column))
        if len(others) == 1:
            return f"{shown} and {Cell(others[0], self.column)}"
        return f"{shown} and {len(others):,} more" if others else shown

    def typed_as_text(self, rows: Collection[int]) -> str:
        """The beginning of a sentence about texts that are something else."""
        return "Typed as text" if len(rows) == len(self) else f"{self.named(rows)}: typed as text"


def sorted_cells(header: str, column: int, values: Iterable[tuple[int, Any]], **more: Any) -> Cells:
    """Sort a column's values, as values.get gives them unformatted, each with its row.

    `more` are the fields of Cells that the values do not tell.
    """
    numbers: dict[int, float] = {}
    texts: dict[int, str] = {}
    booleans: dict[int, bool] = {}
    spaces: dict[int, str] = {}
    errors: set[int] = set()
    for row, cell in values:
        if isinstance(cell, bool):
            booleans[row] = cell
        elif isinstance(cell, int | float):
            numbers[row] = cell
        elif isinstance(cell, str) and cell in FORMULA_ERRORS:
            errors.add(row)
        elif not is_blank(cell):
            texts[row] = str(cell)
        elif cell:
            spaces[row] = cell
    return Cells(header, column, numbers, texts, booleans, frozenset(errors), spaces, **more)
