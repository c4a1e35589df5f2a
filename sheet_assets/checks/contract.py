"""The contract's rules as asset checks: of `sheet_csv/<name>`, one a rule, all of them blocking."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from sheet_assets.errors import (
    CellError,
    SheetAssetsError,
    SheetHeaderError,
    TooFewRowsError,
    WrongCell,
)
from sheet_assets.sheets.contract import Column, SheetSource

_SHOWN_CELLS = 20


@dataclass(frozen=True)
class ContractCheck:
    """One rule of a contract.

    A wrong cell breaks it when its rule is one of `rules`, and its column is `column` (None: of
    any column). `broken_by` are the errors that say it does not hold without naming a cell.
    """

    name: str
    description: str
    rules: frozenset[str] = frozenset()
    column: str | None = None
    broken_by: tuple[type[SheetAssetsError], ...] = ()

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """As the asset declares it."""
        return dg.AssetCheckSpec(self.name, asset=key, description=self.description, blocking=True)

    def result(self, error: SheetAssetsError | None) -> dg.AssetCheckResult:
        """Whether it holds, and where it does not: addresses, never values."""
        cells = error.cells if isinstance(error, CellError) else ()
        wrong = [cell for cell in cells if self._is_broken_at(cell)]
        metadata: dict[str, Any] = {"wrong_cells": len(wrong)} if self.rules else {}
        if wrong:
            more = f" and {len(wrong) - _SHOWN_CELLS} more" if len(wrong) > _SHOWN_CELLS else ""
            metadata["cells"] = ", ".join(cell.address for cell in wrong[:_SHOWN_CELLS]) + more
        return dg.AssetCheckResult(
            check_name=self.name,
            passed=not wrong and not isinstance(error, self.broken_by),
            metadata=metadata,
        )

    def _is_broken_at(self, cell: WrongCell) -> bool:
        return cell.rule in self.rules and self.column in {None, cell.column}


def contract_checks(source: SheetSource) -> list[ContractCheck]:
    """The checks of a sheet: its headers, its rows, all its types together, and each rule."""
    columns = source.columns
    at_least = max(source.min_rows, 0 if source.allow_empty else 1)
    return [
        ContractCheck(
            "every_header_is_there_once",
            "Every column of the contract has its header in the sheet, and only one.",
            broken_by=(SheetHeaderError,),
        ),
        *(
            [
                ContractCheck(
                    f"has_at_least_{at_least}_row{'' if at_least == 1 else 's'}",
                    "The sheet has not been emptied by mistake.",
                    broken_by=(TooFewRowsError,),
                )
            ]
            if at_least
            else []
        ),
        ContractCheck(
            "every_cell_has_the_type_of_its_column",
            "No cell is of another type than the contract says, and none is a formula's error.",
            frozenset({"type", "formula_errors"}),
        ),
        *_key_check(columns),
        *(check for column in columns for check in _column_checks(column)),
    ]


def known_results(
    checks: Iterable[ContractCheck], error: SheetAssetsError
) -> Iterator[dg.AssetCheckResult]:
    """What a failed reading tells of the checks: nothing, where it came to no cell."""
    if isinstance(error, CellError | SheetHeaderError | TooFewRowsError):
        for check in checks:
            result = check.result(error)
            if isinstance(error, CellError) or not result.passed:
                yield result


def _key_check(columns: Sequence[Column]) -> Iterator[ContractCheck]:
    key = [column.name for column in columns if column.key]
    if key:
        yield ContractCheck(
            _name(f"{'_and_'.join(key)}_tell_rows_apart" if len(key) > 1 else f"{key[0]}_is_a_key"),
            f"No two rows have the same {' and '.join(key)}, and none has it blank.",
            frozenset({"key"}),
        )


def _column_checks(column: Column) -> Iterator[ContractCheck]:
    def check(sentence: str, description: str, *rules: str) -> ContractCheck:
        name = _name(f"{column.name}_{sentence}")
        return ContractCheck(name, description, frozenset(rules), column.name)

    if column.required and not column.key:
        yield check("is_never_blank", f"{column.name} has a value in every row.", "required")
    if column.unique:
        yield check("is_unique", f"No value of {column.name} stands twice.", "unique")
    if column.min is not None and column.max is not None:
        yield check(
            f"is_between_{_limit(column.min)}_and_{_limit(column.max)}",
            f"{column.name} is at least {column.min} and at most {column.max}.",
            *("min", "max"),
        )
    elif column.min is not None:
        yield check(
            f"is_at_least_{_limit(column.min)}", f"{column.name} is {column.min} or more.", "min"
        )
    elif column.max is not None:
        yield check(
            f"is_at_most_{_limit(column.max)}", f"{column.name} is {column.max} or less.", "max"
        )
    if column.allowed:
        yield check(
            "is_an_allowed_value",
            f"{column.name} is one of {', '.join(map(str, column.allowed))}.",
            "allowed",
        )
    if column.pattern is not None:
        yield check("matches_its_pattern", f"{column.name} matches {column.pattern!r}.", "pattern")


def _name(sentence: str) -> str:
    """A check's name has letters, digits and underscores only."""
    return re.sub(r"[^A-Za-z0-9_]", "_", sentence)


def _limit(value: object) -> str:
    return re.sub(r"^-", "minus_", str(value))
