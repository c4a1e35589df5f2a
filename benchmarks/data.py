"""The sheet that every implementation reads: ten columns of all types, a twentieth of it blank."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    Cell = bool | int | float | str | None

WORKSHEET = "Sheet1"
# As a defs.yaml has them. A key is unique, `min` and `max` are checked: the peers check nothing.
COLUMNS: tuple[dict[str, Any], ...] = (
    {"name": "id", "type": "integer", "key": True},
    {"name": "code", "type": "varchar(16)", "required": True},
    {"name": "score", "type": "smallint", "min": 0, "max": 10},
    {"name": "amount", "type": "decimal(12,2)"},
    {"name": "ratio", "type": "double"},
    {"name": "region", "type": "varchar(20)"},
    {"name": "comment", "type": "varchar(400)"},
    {"name": "answered", "type": "date"},
    {"name": "recorded_at", "type": "timestamp"},
    {"name": "promoter", "type": "boolean"},
)
NAMES = tuple(column["name"] for column in COLUMNS)
WIDTH = len(COLUMNS)
# Of the columns, by their letters: type and pattern, as Google has them.
NUMBER_FORMATS = {
    "D": ("NUMBER", "0.00"),
    "H": ("DATE", "yyyy-mm-dd"),
    "I": ("DATE_TIME", "yyyy-mm-dd hh:mm:ss"),
}
_REGIONS = ("north", "south", "east", "west", "서울", "부산")
_WORDS = ("빠르다", "친절해요", "배송이 늦었어요", "good", "so, so", 'he said "fine"', "expensive")
_FIRST_DAY = 43_831  # 2020-01-01, as a sheet counts days
# Of the columns score, amount, ratio, answered, recorded_at and promoter.
_WRONG: tuple[tuple[int, Cell], ...] = (
    (2, 11),
    (3, "12,50 EUR"),
    (4, "n/a"),
    (7, "2026-13-45"),
    (8, "yesterday"),
    (9, "perhaps"),
)
# One wrong cell in so many rows of ten: a thousandth of all cells.
ROWS_A_WRONG_CELL = 100


def spreadsheet_id(rows: int, *, wrong: bool = False) -> str:
    """Of the spreadsheet with so many rows below its header."""
    return f"benchmark-{rows}{'-wrong' if wrong else ''}"


def rows(count: int, *, wrong: bool = False) -> Iterator[tuple[Cell, ...]]:
    """So many rows below the header, the same each time; with `wrong`, some break the contract."""
    drawn = random.Random(7)  # noqa: S311 - no secret
    for number in range(1, count + 1):
        chance = drawn.random
        cells: list[Cell] = [
            number,
            f"C-{number:07d}",
            int(chance() * 11),
            _told(int(chance() * 10_000_000) / 100),
            chance() * 1000,
            _REGIONS[int(chance() * 6)],
            " ".join(_WORDS[int(chance() * 7)] for _ in range(3)),
            _FIRST_DAY + int(chance() * 2000),
            _told(_FIRST_DAY + int(chance() * 172_800_000) / 86_400),
            chance() < 0.5,
        ]
        # Not the key and the code: a twentieth of all cells.
        for place in range(2, WIDTH):
            if chance() < 0.0625:
                cells[place] = None
        if wrong and number % ROWS_A_WRONG_CELL == ROWS_A_WRONG_CELL // 2:
            place, cell = _WRONG[number // ROWS_A_WRONG_CELL % len(_WRONG)]
            cells[place] = cell
        yield tuple(cells)


def wrong_cells(count: int) -> int:
    """How many cells of so many rows break the contract."""
    return (count + ROWS_A_WRONG_CELL // 2) // ROWS_A_WRONG_CELL


def create_table(table: str) -> str:
    """The table as somebody makes it who loads a CSV by hand."""
    types = ", ".join(
        f"{column['name']} {column['type'].replace('double', 'double precision')}"
        for column in COLUMNS
    )
    return f"CREATE TABLE {table} ({types})"


def _told(number: float) -> float:
    """As a sheet tells it: a whole number without a point."""
    return int(number) if number.is_integer() else number
