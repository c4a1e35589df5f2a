"""The number format that a formula's result takes over from what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.sheets.formulas.coercion import EvaluationError
from sheet_assets.sandbox.google.sheets.formulas.nodes import Call, Cells, Name, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.google.sheets.formulas.nodes import Node
    from sheet_assets.sandbox.google.sheets.formulas.scope import Scope
    from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

    FormatOf = Callable[[Worksheet, int, int], NumberFormat | None]

_DATES = frozenset({"DATE", "TIME", "DATE_TIME"})
_OF_ARGUMENTS = {
    "SUM": (0,),
    "AVERAGE": (0,),
    "MIN": (0,),
    "MAX": (0,),
    "ROUND": (0,),
    "IF": (1, 2),
    "IFERROR": (0, 1),
}
_SUMS = frozenset({"ADD", "MINUS", "UPLUS"})
_PRODUCTS = frozenset({"MULTIPLY", "DIVIDE", "UMINUS"})


def result_format(node: Node, scope: Scope, format_of: FormatOf) -> NumberFormat | None:
    """The format of the first cell that has one; a date moved by a number stays a date."""
    if isinstance(node, Cells | Name):
        return _of_cells(node, scope, format_of)
    if isinstance(node, Operation):
        return _of_operation(node, scope, format_of)
    if not isinstance(node, Call):
        return None
    places = _OF_ARGUMENTS.get(node.name.upper(), ())
    formats = (
        result_format(node.arguments[at], scope, format_of)
        for at in places
        if at < len(node.arguments)
    )
    return next((each for each in formats if each is not None), None)


def _of_cells(node: Cells | Name, scope: Scope, format_of: FormatOf) -> NumberFormat | None:
    try:
        if isinstance(node, Cells):
            worksheet, cells = scope.area(node.reference)
        else:
            worksheet, cells = scope.named_area(node.text)
    except EvaluationError:
        return None
    return format_of(worksheet, cells.start_row, cells.start_column)


def _of_operation(node: Operation, scope: Scope, format_of: FormatOf) -> NumberFormat | None:
    """From the innermost left operand outwards, as the value is computed."""
    operations = [node]
    while isinstance(first := operations[-1].operands[0], Operation):
        operations.append(first)
    found = result_format(first, scope, format_of)
    for each in reversed(operations):
        others = [result_format(part, scope, format_of) for part in each.operands[1:]]
        found = _combined(each.name, [found, *others])
    return found


def _combined(name: str, formats: list[NumberFormat | None]) -> NumberFormat | None:
    found = [each for each in formats if each is not None]
    dates = [each for each in found if each.type in _DATES]
    if not dates:
        return found[0] if found and name in _SUMS | _PRODUCTS else None
    # The difference of two dates is a number of days, and a product of one means nothing.
    return dates[0] if name in _SUMS and (name != "MINUS" or len(dates) == 1) else None
