"""The parts of a formula that was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.cell import ErrorValue
    from sheet_assets.sandbox.google.sheets.formulas.references import Reference


@dataclass(frozen=True)
class Literal:
    """A number, a text, TRUE or FALSE, an error; None where an argument is left out."""

    value: bool | float | str | ErrorValue | None


@dataclass(frozen=True)
class Cells:
    """A reference."""

    reference: Reference


@dataclass(frozen=True)
class Name:
    """A word that is no function: the name of a range."""

    text: str


@dataclass(frozen=True)
class Call:
    """A function, its name as it was typed, and its arguments."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Operation:
    """An operator, by the name of Google's function for it, and one or two operands."""

    name: str
    operands: tuple[Node, ...]


Node: TypeAlias = Literal | Cells | Name | Call | Operation


def inputs(node: Node) -> tuple[list[Reference], list[str]]:
    """The references and the range names anywhere in a formula."""
    found: list[Reference] = []
    names: list[str] = []
    left: list[Node] = [node]
    while left:
        part = left.pop()
        if isinstance(part, Cells):
            found.append(part.reference)
        elif isinstance(part, Name):
            names.append(part.text)
        elif isinstance(part, Call):
            left.extend(part.arguments)
        elif isinstance(part, Operation):
            left.extend(part.operands)
    return found, names
