"""The value of a formula, given the values of the cells it refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.sheets.formulas.coercion import EvaluationError, checked, fail
from sheet_assets.sandbox.google.sheets.formulas.functions import FUNCTIONS, Arguments
from sheet_assets.sandbox.google.sheets.formulas.nodes import (
    Call,
    Cells,
    Literal,
    Name,
    Operation,
)
from sheet_assets.sandbox.google.sheets.formulas.operators import operate
from sheet_assets.sandbox.google.sheets.formulas.scope import Area

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.cell import Cell
    from sheet_assets.sandbox.google.sheets.formulas.nodes import Node
    from sheet_assets.sandbox.google.sheets.formulas.scope import Scope


def evaluated(node: Node, scope: Scope) -> Cell:
    """The value of a whole formula, an error included; None when it is blank."""
    try:
        return _single(node, scope)
    except EvaluationError as exc:
        return exc.error


def _single(node: Node, scope: Scope) -> Cell:
    value = _evaluate(node, scope)
    return checked(scope.single(value) if isinstance(value, Area) else value)


def _evaluate(node: Node, scope: Scope) -> Cell | Area:
    if isinstance(node, Literal):
        return checked(node.value)
    if isinstance(node, Cells):
        return scope.area(node.reference)
    if isinstance(node, Name):
        return scope.named_area(node.text)
    if isinstance(node, Call):
        function = FUNCTIONS.get(node.name.upper())
        if function is None:
            fail("#NAME?", f"Unknown function: '{node.name}'.")
        return function.call(Arguments(node.name.upper(), node.arguments, scope, _evaluate))
    return _operation(node, scope)


def _operation(node: Operation, scope: Scope) -> Cell:
    """From the innermost left operand outwards: a long sum is no deep one."""
    operations = [node]
    while isinstance(first := operations[-1].operands[0], Operation):
        operations.append(first)
    value = _single(first, scope)
    for each in reversed(operations):
        others = [_single(part, scope) for part in each.operands[1:]]
        value = operate(each.name, [value, *others], scope.locale)
    return value
