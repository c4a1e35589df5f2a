"""A column that a COPY fills."""

from __future__ import annotations

from dataclasses import dataclass

_TEXT_TYPES = {"varchar", "bpchar", "text"}
_TYPES = _TEXT_TYPES | {
    "int2", "int4", "int8", "numeric", "float4", "float8", "bool",
    "date", "time", "timetz", "timestamp", "timestamptz",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column by PostgreSQL's name of its type, which is Redshift's.

    `size` is the n of a text's type or the precision of a numeric. `identity` is `a` for one that
    the database numbers, `d` for one that it numbers by default.
    """

    name: str
    type: str
    size: int | None = None
    scale: int | None = None
    required: bool = False
    identity: str = ""

    @property
    def is_text(self) -> bool:
        """Whether an empty field is an empty text in it, not NULL."""
        return self.type in _TEXT_TYPES

    @property
    def is_known(self) -> bool:
        """Whether there are rules for its values."""
        return self.type in _TYPES

    @property
    def length(self) -> str:
        """What load errors show as the column's length."""
        if self.scale is not None:
            return f"{self.size}, {self.scale}"
        return str(self.size) if self.size is not None else ""
