"""What a section of a number format asks for, found out once for all numbers it displays."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.sandbox.google.sheets.patterns import Token, number_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

# Zeros, with places before them that need not be filled.
_ZEROS = re.compile("#*0+")


class Simple(NamedTuple):
    """Two texts, and how many digits there are at least between them."""

    before: str
    least: int
    after: str


class Shape(NamedTuple):
    """A section made ready: tokens without commas, and what the commas and percents ask for.

    `exponent` and `slash` are places; `places` is the number of digits behind the point, None
    where no digits are displayed as they are. `simple` is a section of zeros between two texts,
    like most there are.
    """

    tokens: tuple[Token, ...]
    grouped: bool
    scale: int
    is_general: bool
    exponent: int | None
    slash: int | None
    places: int | None
    simple: Simple | None


@lru_cache(maxsize=1024)
def shape_of(section: str) -> Shape:
    """The shape of a section."""
    tokens = number_tokens(section)
    kept: list[Token] = []
    grouped = False
    scale = 0
    for at, token in enumerate(tokens):
        if token.kind == "percent":
            scale += 2
        if token.kind != "comma":
            kept.append(token)
            continue
        after = next((each for each in tokens[at:] if each.kind != "comma"), None)
        if not kept or kept[-1].kind != "digit":
            kept.append(Token("literal", ","))
        elif after is not None and after.kind == "digit":
            grouped = True
        else:
            scale -= 3
    kinds = [token.kind for token in kept]
    exponent = kinds.index("exponent") if "exponent" in kinds else None
    slash = _slash(kept)
    places = None
    if "digit" in kinds and exponent is None and slash is None:
        point = kinds.index("point") if "point" in kinds else len(kinds)
        places = kinds[point:].count("digit")
    return Shape(
        tuple(kept),
        grouped,
        scale,
        "general" in kinds,
        exponent,
        slash,
        places,
        _made_simple(kept, grouped=grouped) if places is not None else None,
    )


def _slash(tokens: Sequence[Token]) -> int | None:
    """The place of a slash between digits."""
    for at in range(1, len(tokens) - 1):
        before, token, after = tokens[at - 1 : at + 2]
        if token.kind == "slash" and before.kind == "digit" and is_digit(after):
            return at
    return None


def _made_simple(tokens: Sequence[Token], *, grouped: bool) -> Simple | None:
    """The texts around a section of zeros, and how many digits there are at least."""
    marks = [token.kind in {"digit", "point"} for token in tokens]
    first, end = marks.index(True), len(marks) - marks[::-1].index(True)
    number = "".join(token.text for token in tokens[first:end])
    whole, _, decimals = number.partition(".")
    if not (all(marks[first:end]) and _ZEROS.fullmatch(whole) and set(decimals) <= {"0"}):
        return None
    # Zeros that are filled in would need commas of their own.
    if number.endswith(".") or (grouped and whole.count("0") > 3):
        return None
    texts = ["".join(token.text for token in part) for part in (tokens[:first], tokens[end:])]
    return Simple(texts[0], whole.count("0"), texts[1])


def is_digit(token: Token) -> bool:
    """Whether a token stands for a digit of a fraction, or is one."""
    return token.kind == "digit" or token.text.isdecimal()
