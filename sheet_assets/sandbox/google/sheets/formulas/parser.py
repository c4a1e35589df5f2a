"""Reads a formula into its parts.

Operators from the weakest: comparisons, `&`, `+ -`, `* /`, `^`, the sign before an operand, `%`.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.sheets.cell import ErrorValue, number
from sheet_assets.sandbox.google.sheets.formulas.nodes import (
    Call,
    Cells,
    Literal,
    Name,
    Operation,
)
from sheet_assets.sandbox.google.sheets.formulas.references import GONE, Reference
from sheet_assets.sandbox.google.sheets.formulas.tokens import (
    FormulaSyntaxError,
    Token,
    tokenize,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.google.sheets.formulas.nodes import Node

PARSE_ERROR = ErrorValue("#ERROR!", "Formula parse error.")
_MISSING = ErrorValue(GONE, "Reference does not exist.")
_NO_ARRAYS = ErrorValue("#NAME?", "The sandbox does not implement arrays.")

_LEVELS = (
    {"=": "EQ", "<>": "NE", "<": "LT", "<=": "LTE", ">": "GT", ">=": "GTE"},
    {"&": "CONCAT"},
    {"+": "ADD", "-": "MINUS"},
    {"*": "MULTIPLY", "/": "DIVIDE"},
    {"^": "POW"},
)
_SIGNS = {"-": "UMINUS", "+": "UPLUS"}
_END = Token("end", "")
# Deeper ones would exhaust Python's stack.
_DEEPEST = 40


@lru_cache(maxsize=32_768)
def parse(formula: str) -> Node:
    """The parts of a formula; of a text that is none, Google's parse error."""
    try:
        tokens = [token for token in tokenize(formula) if token.kind != "space"]
        if any(token.kind == "array" for token in tokens):
            return Literal(_NO_ARRAYS)
        return _Parser(tokens).whole()
    except FormulaSyntaxError:
        return Literal(PARSE_ERROR)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise FormulaSyntaxError(text)
    return number(value)


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = [*tokens, _END]
        self.position = 0
        self.depth = 0

    def whole(self) -> Node:
        node = self.level(0)
        if self.next() is not _END:
            raise FormulaSyntaxError
        return node

    def next(self) -> Token:
        """The next token, taken."""
        self.position += 1
        return self.tokens[self.position - 1]

    def takes(self, *texts: str) -> bool:
        """Take the next token if it is an operator or a mark with one of these texts."""
        token = self.tokens[self.position]
        if token.kind in {"operator", "mark"} and token.text in texts:
            self.position += 1
            return True
        return False

    def level(self, strength: int) -> Node:
        if strength == len(_LEVELS):
            return self.signed()
        node = self.level(strength + 1)
        while self.takes(*_LEVELS[strength]):
            name = _LEVELS[strength][self.tokens[self.position - 1].text]
            node = Operation(name, (node, self.level(strength + 1)))
        return node

    def signed(self) -> Node:
        if self.takes(*_SIGNS):
            name = _SIGNS[self.tokens[self.position - 1].text]
            return Operation(name, (self.nested(self.signed),))
        node = self.operand()
        while self.takes("%"):
            node = Operation("UNARY_PERCENT", (node,))
        return node

    def operand(self) -> Node:
        if self.takes("("):
            node = self.nested(lambda: self.level(0))
            if not self.takes(")"):
                raise FormulaSyntaxError
            return node
        token = self.next()
        if token.kind == "number":
            return Literal(_number(token.text))
        if token.kind == "text":
            return Literal(token.text[1:-1].replace('""', '"'))
        if token.kind == "error":
            text = token.text.upper()
            return Literal(_MISSING if text == GONE else ErrorValue(text))
        if token.kind == "reference":
            return Cells(Reference.parse(token.text))
        if token.kind != "name":
            raise FormulaSyntaxError
        if self.takes("("):
            return Call(token.text, self.arguments())
        if token.text.upper() in {"TRUE", "FALSE"}:
            return Literal(token.text.upper() == "TRUE")
        return Name(token.text)

    def arguments(self) -> tuple[Node, ...]:
        """Arguments up to the closing parenthesis, which may be left out at the end."""
        if self.takes(")"):
            return ()
        arguments: list[Node] = []
        while True:
            token = self.tokens[self.position]
            if token.kind in {"mark", "end"} and token.text in {",", ";", ")", ""}:
                arguments.append(Literal(None))
            else:
                arguments.append(self.nested(lambda: self.level(0)))
            if self.takes(",", ";"):
                continue
            if self.takes(")") or self.tokens[self.position] is _END:
                return tuple(arguments)
            raise FormulaSyntaxError

    def nested(self, part: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise FormulaSyntaxError
        node = part()
        self.depth -= 1
        return node
