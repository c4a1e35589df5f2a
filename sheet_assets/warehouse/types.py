"""Redshift's column types, as far as a sheet can fill them.

Ranges and lengths: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

_TYPE = re.compile(r"([a-z][a-z0-9]*(?: [a-z]+)*) ?(?:\( ?([0-9]{1,9}) ?(?:, ?([0-9]{1,9}) ?)?\))?")
_ALIASES = {
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "numeric": "decimal",
    "float4": "real",
    "float": "double",
    "float8": "double",
    "double precision": "double",
    "bool": "boolean",
    "text": "varchar",
    "character varying": "varchar",
    "time without time zone": "time",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
}
_WITHOUT_ARGUMENTS = {
    *("smallint", "integer", "bigint", "real", "double", "boolean"),
    *("date", "time", "timestamp", "timestamptz"),
}
KNOWN_TYPES = (
    "smallint, integer, bigint, decimal(p,s), real, double, boolean, date, time, timestamp, "
    "timestamptz, varchar(n)"
)
# As many digits as the whole numbers of these types have at most.
_INTEGER_DIGITS = {"smallint": 5, "integer": 10, "bigint": 19}
INTEGER_BITS = {"smallint": 16, "integer": 32, "bigint": 64}
MAX_VARCHAR_BYTES = 65535
DEFAULT_VARCHAR_BYTES = 256
MAX_PRECISION = 38
MAX_IDENTIFIER_BYTES = 127


@dataclass(frozen=True)
class ColumnType:
    """One of Redshift's types; `length` is in bytes, `precision` and `scale` in digits."""

    kind: str
    length: int = 0
    precision: int = 0
    scale: int = 0

    @classmethod
    def parse(cls, text: str) -> ColumnType:
        """Read `varchar(20)`, `decimal(5,2)`, `integer` and their usual aliases.

        Raises:
            ValueError: Redshift has no such type, or a sheet cannot fill it.
        """
        match = _TYPE.fullmatch(" ".join(text.lower().split()))
        if not match:
            raise ValueError(f"{text!r} is not a column type; there are {KNOWN_TYPES}")
        kind = _ALIASES.get(match[1], match[1])
        first, second = (int(group) if group else None for group in (match[2], match[3]))
        if kind == "varchar" and second is None:
            length = DEFAULT_VARCHAR_BYTES if first is None else first
            if not 1 <= length <= MAX_VARCHAR_BYTES:
                raise ValueError(f"{text!r}: a varchar has 1 to {MAX_VARCHAR_BYTES} bytes")
            return cls(kind, length=length)
        if kind == "decimal":
            precision, scale = 18 if first is None else first, second or 0
            if not (1 <= precision <= MAX_PRECISION and scale <= precision):
                raise ValueError(f"{text!r}: a decimal has 1 to {MAX_PRECISION} digits in all")
            return cls(kind, precision=precision, scale=scale)
        if kind in _WITHOUT_ARGUMENTS and first is None:
            return cls(kind)
        raise ValueError(f"{text!r} is not a column type; there are {KNOWN_TYPES}")

    def has_room_for(self, other: ColumnType) -> bool:
        """Whether every value of another type can become one of this, and stays the same."""
        if self.kind == other.kind and self.kind not in {"varchar", "decimal"}:
            return True
        if self.kind in INTEGER_BITS and other.kind in INTEGER_BITS:
            return INTEGER_BITS[self.kind] > INTEGER_BITS[other.kind]
        if self.kind == "decimal" and other.kind in _INTEGER_DIGITS:
            return self.precision - self.scale >= _INTEGER_DIGITS[other.kind]
        if self.kind == other.kind == "decimal":
            whole = self.precision - self.scale >= other.precision - other.scale
            return whole and self.scale >= other.scale
        if self.kind == other.kind == "varchar":
            return self.length >= other.length
        return (other.kind, self.kind) in {("real", "double"), ("date", "timestamp")}

    def __str__(self) -> str:
        if self.kind == "varchar":
            return f"varchar({self.length})"
        if self.kind == "decimal":
            return f"decimal({self.precision},{self.scale})"
        return "double precision" if self.kind == "double" else self.kind


def _parse(value: Any) -> ColumnType:
    return value if isinstance(value, ColumnType) else ColumnType.parse(str(value))


TypeField = Annotated[
    ColumnType,
    BeforeValidator(_parse, json_schema_input_type=str),
    PlainSerializer(str, return_type=str),
]


class TableColumn(BaseModel):
    """A column of a table in Redshift."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(
        min_length=1,
        max_length=MAX_IDENTIFIER_BYTES,
        pattern=r"^[a-z_][a-z0-9_]*$",
        description="The column's name in Redshift: lower case letters, digits, underscores.",
    )
    type: TypeField = Field(description=f"Its type: {KNOWN_TYPES}.")
    required: bool = Field(default=False, description="Refuse NULL.")
    description: str | None = Field(default=None, description="What the column says.")


class ResultColumn(TableColumn):
    """A column of a query's rows, and what must hold of it."""

    key: bool = Field(
        default=False,
        description="Whether it is (a part of) what tells rows apart: required, and unique "
        "together with the other key columns.",
    )
    unique: bool = Field(default=False, description="Refuse a value that stands twice.")
    sensitive: bool = Field(
        default=False,
        description="Never show its values in messages, previews or logs; so is what comes from a "
        "sensitive column of a sheet, without being told.",
    )

    @model_validator(mode="before")
    @classmethod
    def _key_is_required(cls, said: Any) -> Any:
        is_key = isinstance(said, dict) and said.get("key") is True
        return {**said, "required": True} if is_key else said
