"""The functions that formulas can call.

https://support.google.com/docs/table/25273
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.sandbox.google.sheets.cell import ErrorValue
from sheet_assets.sandbox.google.sheets.formulas.coercion import (
    EvaluationError,
    as_boolean,
    as_number,
    as_result,
    checked,
    fail,
    is_number,
    typed_number,
)
from sheet_assets.sandbox.google.sheets.formulas.scope import Area

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.sandbox.google.sheets.cell import Cell
    from sheet_assets.sandbox.google.sheets.formulas.nodes import Node
    from sheet_assets.sandbox.google.sheets.formulas.scope import Scope

_EXACT = Context(prec=700, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Arguments:
    """The arguments of a call, evaluated when they are asked for."""

    function: str
    nodes: tuple[Node, ...]
    scope: Scope
    evaluate: Callable[[Node, Scope], Cell | Area]

    def __len__(self) -> int:
        return len(self.nodes)

    def value(self, at: int) -> Cell:
        """The one value of an argument; None for one that is left out."""
        if at >= len(self.nodes):
            return None
        value = self.evaluate(self.nodes[at], self.scope)
        return self.scope.single(value) if isinstance(value, Area) else value

    def number(self, at: int) -> float:
        """The argument as a number."""
        return as_number(self.value(at), self.function, at + 1, self.scope.locale)

    def boolean(self, at: int) -> bool:
        """The argument as a boolean."""
        return as_boolean(self.value(at), self.function, at + 1)

    def each(self) -> Iterator[tuple[int, Cell, bool]]:
        """Every value: its position, and whether it is a cell's rather than the argument itself.

        An error is a value here as others are.
        """
        for position, node in enumerate(self.nodes, 1):
            try:
                value = self.evaluate(node, self.scope)
            except EvaluationError as exc:
                value = exc.error
            if isinstance(value, Area):
                for cell in self.scope.values(value):
                    yield position, cell, True
            else:
                yield position, value, False

    def numbers(self) -> list[float]:
        """All numbers: in cells texts and booleans are passed over, as arguments they count."""
        numbers: list[float] = []
        for position, value, in_cell in self.each():
            if not in_cell:
                numbers.append(as_number(value, self.function, position, self.scope.locale))
            elif is_number(found := checked(value)):
                numbers.append(found)
        return numbers


class Function(NamedTuple):
    """What a call computes, and how many arguments it takes; without `most`, any number."""

    compute: Callable[[Arguments], Cell]
    least: int = 1
    most: int | None = None

    def call(self, arguments: Arguments) -> Cell:
        """The value of a call.

        Raises:
            EvaluationError: it has an error for its value.
        """
        count = len(arguments)
        if count < self.least or (self.most is not None and count > self.most):
            fail(
                "#N/A",
                f"Wrong number of arguments to {arguments.function}. "
                f"Expected {self._expected()}, but got {count} arguments.",
            )
        return self.compute(arguments)

    def _expected(self) -> str:
        if self.most is None:
            return f"at least {self.least} arguments"
        if self.most == self.least:
            return f"{self.least} arguments"
        return f"between {self.least} and {self.most} arguments"


def _sum(arguments: Arguments) -> Cell:
    return as_result(float(sum(arguments.numbers())), "SUM")


def _average(arguments: Arguments) -> Cell:
    numbers = arguments.numbers()
    if not numbers:
        fail("#DIV/0!", "Evaluation of function AVERAGE caused a divide by zero error.")
    return as_result(float(sum(numbers)) / len(numbers), "AVERAGE")


def _count(arguments: Arguments) -> Cell:
    """Numbers in cells; of the arguments themselves all that can be one."""
    locale = arguments.scope.locale
    return sum(
        is_number(value)
        or (not in_cell and isinstance(value, bool))
        or (not in_cell and isinstance(value, str) and typed_number(value, locale) is not None)
        for _, value, in_cell in arguments.each()
    )


def _counta(arguments: Arguments) -> Cell:
    """Whatever is there: the empty text and errors, too."""
    return sum(value is not None or not in_cell for _, value, in_cell in arguments.each())


def _if(arguments: Arguments) -> Cell:
    if arguments.boolean(0):
        return arguments.value(1)
    return arguments.value(2) if len(arguments) > 2 else False


def _iferror(arguments: Arguments) -> Cell:
    try:
        return checked(arguments.value(0))
    except EvaluationError:
        return arguments.value(1)


def _round(arguments: Arguments) -> Cell:
    """Halves go away from zero, as people round: 2.5 is 3, and -2.5 is -3."""
    value, places = arguments.number(0), int(arguments.number(1))
    if abs(places) > 400:
        return as_result(float(value) if places > 0 else 0.0, "ROUND")
    exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), context=_EXACT)
    return as_result(float(exact), "ROUND")


def _booleans(arguments: Arguments) -> list[bool]:
    """All truth values: texts and blanks in cells are passed over."""
    found = []
    for position, value, in_cell in arguments.each():
        if not in_cell:
            found.append(as_boolean(value, arguments.function, position))
        elif not isinstance(checked(value), str) and value is not None:
            found.append(bool(value))
    if not found:
        fail("#VALUE!", f"Function {arguments.function} has no values to look at.")
    return found


def _na(_: Arguments) -> Cell:
    raise EvaluationError(ErrorValue("#N/A"))


FUNCTIONS = {
    "SUM": Function(_sum),
    "COUNT": Function(_count),
    "COUNTA": Function(_counta),
    "AVERAGE": Function(_average),
    "MIN": Function(lambda arguments: min(arguments.numbers(), default=0)),
    "MAX": Function(lambda arguments: max(arguments.numbers(), default=0)),
    "IF": Function(_if, 2, 3),
    "IFERROR": Function(_iferror, 1, 2),
    "ROUND": Function(_round, 1, 2),
    "AND": Function(lambda arguments: all(_booleans(arguments))),
    "OR": Function(lambda arguments: any(_booleans(arguments))),
    "NOT": Function(lambda arguments: not arguments.boolean(0), 1, 1),
    "TRUE": Function(lambda _: True, 0, 0),
    "FALSE": Function(lambda _: False, 0, 0),
    "NA": Function(_na, 0, 0),
}
