"""How a formula's text follows its references: cells move, formulas are copied, tabs renamed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.sheets.cell import Formula
from sheet_assets.sandbox.google.sheets.formulas.references import GONE, Reference
from sheet_assets.sandbox.google.sheets.formulas.tokens import FormulaSyntaxError, tokenize

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.google.sheets.a1 import GridRange
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

    _Change = Callable[[Reference], Reference | None]


def copied(formula: Formula, rows: int, columns: int) -> Formula:
    """The formula as it stands in a copy so many rows and columns further."""
    return _changed(formula, lambda reference: reference.shifted(rows, columns))


def follow_cells(worksheet: Worksheet, move: Callable[[GridRange], GridRange | None]) -> None:
    """Let the formulas of the workbook follow cells of a worksheet that moved, or are gone."""

    def change_in(home: Worksheet) -> _Change:
        def change(reference: Reference) -> Reference | None:
            if not _is_to(reference, worksheet, home):
                return reference
            new = move(reference.cells)
            if new is None:
                return None
            return reference if new == reference.cells else reference.placed(new)

        return change

    _rewrite(worksheet.workbook, change_in)


def follow_title(worksheet: Worksheet, title: str) -> None:
    """Let the formulas of the workbook name a worksheet by the title it is about to have."""

    def change(reference: Reference) -> Reference:
        if reference.title is None or reference.title.casefold() != worksheet.title.casefold():
            return reference
        return replace(reference, title=title)

    _rewrite(worksheet.workbook, lambda _: change)


def _is_to(reference: Reference, worksheet: Worksheet, home: Worksheet) -> bool:
    if reference.title is None:
        return home is worksheet
    return reference.title.casefold() == worksheet.title.casefold()


def _rewrite(workbook: Workbook, change_in: Callable[[Worksheet], _Change]) -> None:
    if not workbook.has_formulas:
        return
    for home in workbook.worksheets:
        change = change_in(home)
        for row, column, formula in list(home.formulas()):
            new = _changed(formula, change)
            if new != formula:
                home.put_content(row, column, new)


def _changed(formula: Formula, change: _Change) -> Formula:
    """The formula with each reference changed; only those that change are spelled anew."""
    try:
        tokens = tokenize(formula)
    except FormulaSyntaxError:
        return formula
    pieces = ["="]
    for token in tokens:
        piece = token.text
        if token.kind == "reference":
            old = Reference.parse(token.text)
            new = change(old)
            if new is None:
                piece = GONE
            elif new != old:
                piece = new.spelled()
        pieces.append(piece)
    return Formula("".join(pieces))
