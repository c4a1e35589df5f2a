"""The number formats of a worksheet's cells."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from sheet_assets.sandbox.google.sheets.runs import Runs

TYPES = frozenset(
    {"TEXT", "NUMBER", "PERCENT", "CURRENCY", "DATE", "TIME", "DATE_TIME", "SCIENTIFIC"}
)


class NumberFormat(NamedTuple):
    """Google's NumberFormat: a type and, unless it is the type's default, a pattern."""

    type: str
    pattern: str = ""


NumberFormats: TypeAlias = Runs[NumberFormat]
