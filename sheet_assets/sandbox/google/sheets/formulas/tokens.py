"""The tokens of a formula."""

from __future__ import annotations

import re
from typing import NamedTuple

from sheet_assets.sandbox.google.sheets.cell import ERROR_TYPES
from sheet_assets.sandbox.google.sheets.formulas.references import REFERENCE

_TOKENS = (
    ("space", re.compile(r"\s+")),
    ("text", re.compile(r'"(?:[^"]|"")*"')),
    ("error", re.compile("|".join(re.escape(error) for error in ERROR_TYPES), re.IGNORECASE)),
    ("reference", REFERENCE),
    ("number", re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")),
    ("name", re.compile(r"[^\W\d][\w.]*")),
    ("operator", re.compile(r"<=|>=|<>|[-+*/^&=<>%]")),
    ("mark", re.compile(r"[(),;]")),
    ("array", re.compile(r"[{}]")),
)


class Token(NamedTuple):
    """A piece of a formula's text."""

    kind: str
    text: str


class FormulaSyntaxError(Exception):
    """The text is no formula."""


def tokenize(formula: str) -> list[Token]:
    """The tokens behind the first `=`, spaces included: joined, they are the text again.

    Raises:
        FormulaSyntaxError: a character stands where none of its kind can.
    """
    tokens: list[Token] = []
    position = 1
    while position < len(formula):
        for kind, expression in _TOKENS:
            match = expression.match(formula, position)
            if match is not None:
                tokens.append(Token(kind, match.group()))
                position = match.end()
                break
        else:
            raise FormulaSyntaxError(formula[position])
    return tokens
