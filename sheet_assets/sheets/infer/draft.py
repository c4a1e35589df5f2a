"""A column of the contract on its way: its cells, a guess, and what the decoder says to it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import CellError
from sheet_assets.sheets.a1 import column_letters, parse_cell
from sheet_assets.sheets.contract import Column
from sheet_assets.sheets.decode import decode
from sheet_assets.sheets.infer.column import guess, guess_text
from sheet_assets.sheets.infer.header import column_names, snake_case

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sheet_assets.errors import WrongCell
    from sheet_assets.sheets.infer.area import SheetArea
    from sheet_assets.sheets.infer.cells import Cells
    from sheet_assets.sheets.infer.guess import Guess

_ID = re.compile(r"(?:.*_)?(?:id|uuid|key|code|no|nr|number)")


@dataclass(frozen=True)
class Draft:
    """A column of the contract on its way; `rows` are those that are no blank rows."""

    cells: Cells
    name: str
    guess: Guess
    rows: frozenset[int]

    def as_text(self) -> Draft:
        """The same as a varchar."""
        return replace(self, guess=guess_text(self.cells))

    @property
    def column(self) -> Column:
        """As the contract has it."""
        header = None if self.cells.header == self.name else self.cells.header
        return Column(
            name=self.name,
            type=self.guess.type,
            header=header,
            required=self.is_full,
            **self.guess.options,
        )

    @property
    def expected(self) -> frozenset[int]:
        """The rows whose cells the decoder may refuse."""
        return self.cells.errors | self.guess.odd | self.guess.lost

    @property
    def is_full(self) -> bool:
        """Whether no row has a NULL."""
        nulls = self.guess.options.get("null_values", ())
        words = {row for row, text in self.cells.texts.items() if text.strip() in nulls}
        filled = self.cells.filled - words
        if self.guess.type.kind == "varchar":
            filled |= self.cells.spaces.keys()
        return bool(self.rows) and self.rows <= filled

    @property
    def tells_rows_apart(self) -> bool:
        """Whether it is full, looks like an id by its name, and no value stands twice."""
        cells = self.cells
        values = [str(each).strip() for each in (*cells.numbers.values(), *cells.texts.values())]
        different = len(set(values)) == len(values) == len(self.rows) > 1
        return different and self.is_full and _ID.fullmatch(self.name) is not None

    def notes(self, refused: Mapping[int, WrongCell]) -> Iterator[str]:
        """What is to be known of it, cells that are refused among it."""
        yield from self.guess.notes
        if self.cells.header and not snake_case(self.cells.header):
            yield "Nothing of the header can stand in a name: give the column one."
        errors = refused.keys() & self.cells.errors
        if errors:
            yield (
                f"{self.cells.named(errors)}: a formula's error. Correct it in the sheet, or take "
                'it as NULL with `formula_errors: "null"`.'
            )
        others = refused.keys() - self.cells.errors - self.guess.lost
        if others:
            first = refused[min(others)]
            yield f"{self.cells.named(others)}: a wrong cell ({first.reason}). Correct it there."
        if self.cells.choices and self.guess.type.kind == "varchar":
            listed = json.dumps(self.cells.choices, ensure_ascii=False)
            yield f"A drop-down: `allowed: {listed}` refuses everything else."


def drafts_of(usable: Sequence[Cells]) -> dict[int, Draft]:
    """A draft of each column, by the worksheet's column; the names differ."""
    names = column_names(cells.header for cells in usable)
    taken = [name for name in names if name]
    rows = frozenset(row for cells in usable for row in cells.filled)
    found: dict[int, Draft] = {}
    for cells, name in zip(usable, names, strict=True):
        # A letter of the alphabet is how people call a column that they cannot name.
        named = name or column_names([f"column {column_letters(cells.column)}"], taken)[0]
        found[cells.column] = Draft(cells, str(named), guess(cells), rows)
        taken.append(str(named))
    return found


def refused_cells(
    area: SheetArea, header: int, drafts: Mapping[int, Draft]
) -> dict[int, dict[int, WrongCell]]:
    """What the decoder refuses, by column and row of the worksheet."""
    displayed = {
        column - area.first.column
        for column, draft in drafts.items()
        if draft.guess.options.get("as_displayed")
    }
    values = [_displayed(row, displayed) for row in area.values]
    refused: dict[int, dict[int, WrongCell]] = {column: {} for column in drafts}
    try:
        decode(
            [draft.column for draft in drafts.values()],
            values,
            worksheet=area.worksheet,
            time_zone=area.time_zone,
            top_left=area.first,
            header_row=header,
        )
    except CellError as error:
        for cell in error.cells:
            row, column = parse_cell(cell.address)
            refused[column][row] = cell
    return refused


def _displayed(row: Sequence[Any], columns: Collection[int]) -> Sequence[Any]:
    """The row with texts in these columns, which are not read unformatted later."""
    if not columns:
        return row
    return [
        f"{cell:.0f}" if index in columns and isinstance(cell, float | int) else cell
        for index, cell in enumerate(row)
    ]
