"""A field mask: the tree of field names that a partial response or an update names."""

from __future__ import annotations

import re
from typing import Any

_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|[*.,/()])")


class FieldMask:
    """Names at one level and the mask below each; a mask without names stands for everything."""

    def __init__(self, children: dict[str, FieldMask] | None = None) -> None:
        self.children = children or {}

    @classmethod
    def parse(cls, text: str) -> FieldMask:
        """Read `a,b.c,d/e(f,g),*`.

        Raises:
            ValueError: the text is no field mask.
        """
        tokens = _tokens(text)
        mask, position = _parse_list(tokens, 0)
        if position != len(tokens):
            raise ValueError(f"{text!r} is no field mask")
        return mask

    def wants(self, *path: str) -> bool:
        """Whether the field at this path, or something below it, is named."""
        mask = self
        for name in path:
            if not mask.children:
                return True
            below = mask.below(name)
            if below is None:
                return False
            mask = below
        return True

    def below(self, name: str) -> FieldMask | None:
        """The mask for what stands below a name; None when the name is not in this mask."""
        if not self.children:
            return self
        return self.children.get(name) or self.children.get("*")

    def select(self, value: Any) -> Any:
        """The part of a JSON value that this mask names; lists are passed through."""
        if not self.children:
            return value
        if isinstance(value, list):
            return [self.select(item) for item in value]
        if not isinstance(value, dict):
            return value
        selected = {}
        for name, item in value.items():
            below = self.below(name)
            if below is not None:
                selected[name] = below.select(item)
        return selected

    def leaves(self, prefix: str = "") -> list[str]:
        """Every named path, dotted, in order."""
        found = []
        for name, below in self.children.items():
            path = f"{prefix}{name}"
            found += below.leaves(f"{path}.") if below.children else [path]
        return found

    def unknown(self, schema: FieldMask, prefix: str = "") -> list[str]:
        """The named paths that a schema, itself a mask, does not have."""
        if not schema.children:
            return []
        found = []
        for name, below in self.children.items():
            if name == "*":
                continue
            known = schema.children.get(name)
            if known is None:
                found.append(prefix + name)
            else:
                found += below.unknown(known, f"{prefix}{name}.")
        return found


def _tokens(text: str) -> list[str]:
    tokens = []
    position = 0
    stripped = text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            raise ValueError(f"{text!r} is no field mask")
        tokens.append(match.group(1))
        position = match.end()
    return tokens


def _parse_list(tokens: list[str], position: int) -> tuple[FieldMask, int]:
    mask = FieldMask()
    while True:
        position = _parse_path(tokens, position, mask)
        if position >= len(tokens) or tokens[position] != ",":
            return mask, position
        position += 1


def _parse_path(tokens: list[str], position: int, mask: FieldMask) -> int:
    """Read one dotted path, with its parenthesis if any, into `mask`; return where it ends."""
    names = []
    below = FieldMask()
    while True:
        if position >= len(tokens) or tokens[position] in ".,/()":
            raise ValueError(f"{tokens} is no field mask")
        names.append(tokens[position])
        position += 1
        following = tokens[position] if position < len(tokens) else ""
        if following == "(":
            below, position = _parse_list(tokens, position + 1)
            if position >= len(tokens) or tokens[position] != ")":
                raise ValueError(f"{tokens} is no field mask")
            position += 1
            break
        if following not in {".", "/"}:
            break
        position += 1
    for name in reversed(names):
        below = FieldMask({name: below})
    _merge(mask, below)
    return position


def _merge(mask: FieldMask, other: FieldMask) -> None:
    for name, below in other.children.items():
        known = mask.children.get(name)
        if known is None:
            mask.children[name] = below
        elif not known.children or not below.children:
            # `a,a.b` names all of a.
            mask.children[name] = FieldMask()
        else:
            _merge(known, below)
