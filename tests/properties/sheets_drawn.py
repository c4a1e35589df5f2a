"""Sheets drawn at random: a contract, rows that satisfy it, the cells they stand in, and wrong ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hypothesis import assume
from hypothesis import strategies as st
from kinds import FORMULA_ERRORS, Kind, kinds

from sheet_assets.sheets.contract import Column

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

ZONES = ["Etc/GMT", "Asia/Seoul", "America/New_York", "Australia/Lord_Howe"]
NULL_WORDS = ("n/a", "-", "none given", "-999")
HEADERS = ["Score", "점수", "how  likely\n(0-10)?", "Ünïcode\u00a0%", "=SUM(A1)", "'", "2026", "#"]
MOST_ROWS = 10
# Which of its possible cells each value stands in: cheaper to draw than the cells themselves.
_WHICH = st.lists(st.integers(0, 999), min_size=MOST_ROWS, max_size=MOST_ROWS)


@dataclass(frozen=True)
class DrawnColumn:
    """A column of the contract, the values of its rows, and the cells that hold them."""

    kind: Kind
    column: Column
    values: list[Any]
    cells: list[Any]

    @property
    def expected(self) -> list[Any]:
        """The values as they are compared with the table's."""
        return [None if value is None else self.kind.same(value) for value in self.values]


@dataclass(frozen=True)
class DrawnSheet:
    """Columns in the contract's order; `order` is theirs in the sheet, None a neighbour's column."""

    time_zone: str
    columns: tuple[DrawnColumn, ...]
    order: tuple[int | None, ...]
    blank_above: tuple[bool, ...]

    @property
    def contract(self) -> tuple[Column, ...]:
        """What is declared."""
        return tuple(column.column for column in self.columns)

    @property
    def grid(self) -> list[list[Any]]:
        """The worksheet's rows, with the header, blank rows and other people's columns."""
        lines = [[self._header(place) for place in range(len(self.order))]]
        for index, has_blank in enumerate(self.blank_above):
            lines += [[]] * has_blank
            lines.append([self._cell(place, index) for place in range(len(self.order))])
        return lines

    @property
    def expected(self) -> list[tuple[Any, ...]]:
        """The rows of the table; a row of nothing but blanks is none."""
        rows = zip(*(column.expected for column in self.columns), strict=True)
        return [row for index, row in enumerate(rows) if not self.is_blank(index)]

    def is_blank(self, index: int) -> bool:
        """Whether a row's declared columns hold nothing but blanks."""
        cells = [column.cells[index] for column in self.columns]
        return all(cell is None or not str(cell).strip() for cell in cells)

    def compared(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """The table's rows as they are compared with what is expected."""
        return [
            tuple(
                None if value is None else column.kind.same(value)
                for column, value in zip(self.columns, row, strict=True)
            )
            for row in rows
        ]

    def address(self, index: int, column: int) -> str:
        """Where the cell of a row and a column of the contract stands."""
        above = 2 + index + sum(self.blank_above[: index + 1])
        return f"{'ABCDEFGHIJKL'[self.order.index(column)]}{above}"

    def with_cell(self, index: int, column: int, cell: Any) -> DrawnSheet:
        """The same sheet with another cell."""
        drawn = self.columns[column]
        cells = [*drawn.cells[:index], cell, *drawn.cells[index + 1 :]]
        changed = replace(drawn, cells=cells)
        return replace(self, columns=(*self.columns[:column], changed, *self.columns[column + 1 :]))

    def _header(self, place: int) -> str:
        column = self.order[place]
        return f"not ours {place}" if column is None else self.contract[column].headers[0]

    def _cell(self, place: int, index: int) -> Any:
        column = self.order[place]
        return "not ours" if column is None else self.columns[column].cells[index]


@st.composite
def sheets(draw: DrawFn) -> DrawnSheet:
    """Any contract of 1 to 6 columns, and 1 to 10 rows that satisfy it."""
    zone = draw(st.sampled_from(ZONES))
    drawn_kinds = draw(st.lists(kinds(ZoneInfo(zone)), min_size=1, max_size=6))
    rows = draw(st.integers(1, MOST_ROWS))
    columns = [draw(_columns(kind, f"c{place}", rows)) for place, kind in enumerate(drawn_kinds)]
    keyed = draw(st.sets(st.sampled_from(range(len(columns))), max_size=3))
    if all(_may_be_key(columns[place]) for place in keyed) and _tells_apart(columns, keyed):
        for place in keyed:
            column = columns[place].column.model_copy(update={"key": True})
            columns[place] = replace(columns[place], column=column)
    neighbours = draw(st.integers(0, 2))
    order = draw(st.permutations([*range(len(columns)), *[None] * neighbours]))
    blank_above = draw(st.lists(st.booleans(), min_size=rows, max_size=rows))
    return DrawnSheet(zone, tuple(columns), tuple(order), tuple(blank_above))


def _may_be_key(column: DrawnColumn) -> bool:
    return None not in column.values and not column.column.null_values


def _tells_apart(columns: list[DrawnColumn], keyed: set[int]) -> bool:
    key = [columns[place].values for place in sorted(keyed)]
    rows = [
        tuple(part.rstrip(" ") if isinstance(part, str) else part for part in row)
        for row in zip(*key, strict=True)
    ]
    return len(set(rows)) == len(rows)


@st.composite
def _columns(draw: DrawFn, kind: Kind, name: str, rows: int) -> DrawnColumn:
    """A column whose rules were made to fit the values that were drawn for it."""
    says: dict[str, Any] = {"name": name, "type": kind.type, "format": kind.written}
    if draw(st.booleans()):
        says["header"] = f"{draw(st.sampled_from(HEADERS))} {name}"
    if draw(st.booleans()):
        says["null_values"] = NULL_WORDS
    says["required"] = draw(st.booleans())
    says["formula_errors"] = draw(st.sampled_from(["reject", "null"]))
    says["sensitive"] = draw(st.booleans())
    if kind.is_text:
        says["blank"] = draw(st.sampled_from(["null", "empty"]))
    values = kind.values
    if "null_values" in says:
        # -999 stands for NULL, also where it is a number.
        values = values.filter(lambda value: str(value).strip() not in NULL_WORDS and value != -999)
    says["unique"] = not kind.is_small and draw(st.booleans())
    held: list[Any] = draw(
        st.lists(
            values, min_size=rows, max_size=rows, unique_by=kind.same if says["unique"] else None
        )
    )
    if says.get("blank") == "empty":
        held[0] = ""
    elif not says["required"]:
        for index in draw(st.sets(st.sampled_from(range(rows)), max_size=rows // 2)):
            held[index] = None
    says |= draw(_rules(kind, [value for value in held if value is not None]))
    which = draw(_WHICH)
    cells = [
        _one(_nulls(kind, says) if value is None else _cells(kind, value), number)
        for value, number in zip(held, which, strict=False)
    ]
    return DrawnColumn(kind, Column(**says), held, cells)


def _cells(kind: Kind, value: Any) -> list[Any]:
    return [None] if value == "" else kind.cells(value)


def _nulls(kind: Kind, says: dict[str, Any]) -> list[Any]:
    cells: list[Any] = [None]
    if not kind.is_text:
        cells += [" ", "\u00a0 \n"]
    if says.get("null_values"):
        cells += [*NULL_WORDS, " n/a ", -999]
    if says["formula_errors"] == "null":
        cells += FORMULA_ERRORS
    return cells


def _one(cells: list[Any], number: int) -> Any:
    return cells[number % len(cells)]


@st.composite
def _rules(draw: DrawFn, kind: Kind, values: list[Any]) -> dict[str, Any]:
    """Rules that these values keep."""
    rules: dict[str, Any] = {}
    which = draw(st.sampled_from(["none", "min", "max", "min and max", "allowed", "pattern"]))
    if not values:
        return rules
    if kind.is_ordered and "min" in which:
        rules["min"] = _limit(min(values))
    if kind.is_ordered and "max" in which:
        rules["max"] = _limit(max(values))
    if which == "allowed":
        rules["allowed"] = tuple(_limit(value) for value in values)
    if which == "pattern" and kind.is_text:
        rules["pattern"] = "|".join(re.escape(value) for value in values)
    return rules


def _limit(value: Any) -> Any:
    """As a person writes it into YAML."""
    return value if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class OneWrong:
    """A sheet with one wrong cell: where it stands, and the fields that may refuse it."""

    sheet: DrawnSheet
    index: int
    column: int
    rules: frozenset[str]


@st.composite
def one_wrong(draw: DrawFn) -> OneWrong:
    """A sheet that satisfies its contract but for one cell."""
    sheet = draw(sheets())
    place = draw(st.sampled_from(range(len(sheet.columns))))
    index = draw(st.sampled_from(range(len(sheet.blank_above))))
    drawn = sheet.columns[place]
    column, values = drawn.column, [value for value in drawn.values if value is not None]
    choices = ["type"]
    if column.formula_errors == "reject":
        choices.append("formula_errors")
    if (column.required or column.key) and column.blank == "null":
        choices.append("blank")
    if column.allowed or column.pattern or column.min is not None or column.max is not None:
        choices += ["rules"] * 3
    if column.unique and index and drawn.values[index] is not None:
        choices += ["unique"] * 2
    choice = draw(st.sampled_from(choices))
    rules = {choice}
    if choice == "type":
        cell = draw(drawn.kind.wrong)
        assume(str(cell).strip() not in column.null_values)
    elif choice == "formula_errors":
        cell = draw(st.sampled_from(FORMULA_ERRORS))
    elif choice == "blank":
        cell, rules = None, {"required", "key"}
    elif choice == "rules":
        drawn_values = draw(st.lists(drawn.kind.values, min_size=5, max_size=5))
        breaking = [value for value in drawn_values if _breaks(column, values, value)]
        assume(breaking)
        cell = draw(st.sampled_from(drawn.kind.cells(breaking[0])))
        rules = {"min", "max", "allowed", "pattern"}
    else:
        # Of a key of several columns, the first is where a row that stands twice is told.
        assume(sum(each.key for each in sheet.contract) < 2)
        again = draw(st.sampled_from(drawn.values[:index]))
        assume(again is not None)
        assume(not sheet.is_blank(drawn.values.index(again)))
        cell, rules = draw(st.sampled_from(_cells(drawn.kind, again))), {"unique", "key"}
    sheet = sheet.with_cell(index, place, cell)
    # A row that is blank as a whole is no row, and no mistake.
    assume(not sheet.is_blank(index))
    return OneWrong(sheet, index, place, frozenset(rules))


def _breaks(column: Column, values: list[Any], value: Any) -> bool:
    """Whether a value is not among those that the column's rules were made for."""
    if str(value).strip() in NULL_WORDS or value == -999:
        return False
    if column.allowed or column.pattern:
        return value not in values
    return (column.min is not None and value < min(values)) or (
        column.max is not None and value > max(values)
    )
