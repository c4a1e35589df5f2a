"""The columns of a query that is unloaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# PostgreSQL's numbers of types, and how a manifest names each.
_BASES = {
    16: "boolean",
    20: "bigint",
    21: "smallint",
    23: "integer",
    25: "character varying",
    700: "real",
    701: "double precision",
    1042: "character",
    1043: "character varying",
    1082: "date",
    1083: "time without time zone",
    1114: "timestamp without time zone",
    1184: "timestamp with time zone",
    1266: "time with time zone",
    1700: "numeric",
}


@dataclass(frozen=True)
class UnloadColumn:
    """A column by what PostgreSQL says of it: its name, its type's number and modifier."""

    name: str
    type_id: int
    modifier: int

    @property
    def base(self) -> str:
        """Redshift's name of its type; what PostgreSQL has beyond them is written as a text."""
        return _BASES.get(self.type_id, "super")

    @property
    def is_text(self) -> bool:
        """Whether its values are escaped."""
        return self.base.startswith("character") or self.base == "super"

    @property
    def precision(self) -> tuple[int, int] | None:
        """Precision and scale of a NUMERIC that has them."""
        if self.base != "numeric" or self.modifier < 4:
            return None
        return (self.modifier - 4) >> 16 & 0xFFFF, (self.modifier - 4) & 0x7FF

    def described(self) -> dict[str, Any]:
        """How a verbose manifest tells of it."""
        kind: dict[str, Any] = {"base": self.base}
        if self.precision:
            kind["precision"], kind["scale"] = self.precision
        elif self.is_text and self.modifier >= 4:
            kind["max_length"] = self.modifier - 4
        return {"name": self.name, "type": kind}
