"""The bench: a table with a column of each type, a good sheet for it, and cases that spoil it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from whole_path import WORKSHEET, columns

from sheet_assets.errors import CellError, SheetAssetsError
from sheet_assets.sheets.contract import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from whole_path import WholePath

    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

# Nine hours ahead, and Google's own name for it.
TIME_ZONE = "Asia/Seoul"
CONTRACT = columns(
    """
    - {name: id, type: integer}
    - {name: small, type: smallint}
    - {name: whole, type: integer}
    - {name: big, type: bigint}
    - {name: price, type: "decimal(6,2)"}
    - {name: ratio, type: real}
    - {name: measure, type: double}
    - {name: done, type: boolean}
    - {name: day, type: date}
    - {name: clock, type: time}
    - {name: at, type: timestamp}
    - {name: moment, type: timestamptz}
    - {name: note, type: varchar(12)}
    """
)
NAMES = [column.name for column in CONTRACT]
# 46346 is 2026-11-20.
FIRST = [1, 7, 40000, 3_000_000_000, 12.5, 0.5, 0.1, True, 46346, 0.5, 46346.5, 46346.25, "좋아요"]
SECOND = [2, -7, 41000, -5, 0.25, 1.5, 2.5, False, 46347, 0.25, 46347.5, 46347.75, "late"]
GOOD = [NAMES, FIRST, SECOND]
# The cell that most cases spoil is in the last row.
ROW = len(GOOD)


@dataclass(frozen=True)
class Case:
    """What somebody did to the sheet, and the sentence that they are told.

    Args:
        id: What is wrong, in words.
        says: The whole sentence; `{id}` is the spreadsheet's, `{table}` the table's name. Where
            it has " … ", only the parts between these are in what is said.
        error: The error that is raised.
        cells: Cells by address, put over the good sheet.
        grid: The whole sheet, instead of the good one.
        at: Row and column, from zero, where the sheet's first cell is put.
        rules: What columns declare beside their type, by name.
        source: More fields of the SheetSource.
        meddle: What else somebody did, after the cells were put.
        requests: The same, as requests of a batchUpdate.
        before_reading: What is done to the worksheet whenever values are asked for.
    """

    id: str
    says: str
    error: type[SheetAssetsError] = CellError
    cells: Mapping[str, Any] = field(default_factory=dict)
    grid: Sequence[Sequence[Any]] = field(default_factory=lambda: GOOD)
    at: tuple[int, int] = (0, 0)
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)
    meddle: Callable[[WholePath], object] | None = None
    requests: Sequence[Mapping[str, Any]] = ()
    before_reading: Callable[[Worksheet], object] | None = None

    @property
    def contract(self) -> tuple[Column, ...]:
        """The table's columns with this case's rules."""
        return tuple(
            Column(**{**column.model_dump(exclude_unset=True), **self.rules.get(column.name, {})})
            for column in CONTRACT
        )

    @property
    def parts(self) -> list[str]:
        """What the sentence must hold, where only parts of it are said; else none."""
        return self.says.split(" … ") if " … " in self.says else []


def address(name: str, row: int = ROW) -> str:
    """Where a row's cell of this column stands in the good sheet."""
    return f"{'ABCDEFGHIJKLM'[NAMES.index(name)]}{row}"


def wrong(said: str, name: str, cell: Any, reason: str, **more: Any) -> Case:
    """A case of one wrong cell, in the last row; `reason` begins with the value as it is shown."""
    where = address(name)
    return Case(
        said,
        f'{WORKSHEET}!{where} "{name}": {reason}. '
        "Correct the cell; the table keeps its last version.",
        cells={where: cell, **more.pop("cells", {})},
        rules={name: more.pop("rules", {}), **more.pop("other_rules", {})},
        **more,
    )


def with_header(**renamed: Any) -> list[list[Any]]:
    """The good sheet with other headers; None for a blank one."""
    return [[renamed.get(name, name) for name in NAMES], FIRST, SECOND]


LISTED = ", ".join(f'"{name}"' for name in NAMES)
REMEDY = (
    "Rename the header in the sheet, or declare it in the contract (`header` or `aliases` of the "
    "column)"
)


def listed(**renamed: str | None) -> str:
    """The headers as a message lists them."""
    shown = [renamed.get(name, name) for name in NAMES]
    return ", ".join(f'"{name}"' for name in shown if name)
