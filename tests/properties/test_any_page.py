"""Large sheets are decoded by columns, a page at a time, to the bytes and errors of cell by cell.

HYPOTHESIS_PROFILE=thorough tries twenty times as many examples, and others each time.
"""

from __future__ import annotations

import random
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from sheets_drawn import DrawnSheet, sheets

from sheet_assets.errors import CellError
from sheet_assets.sheets.decode import decode
from sheet_assets.sheets.page import Page
from sheet_assets.sheets.paged import PagedDecoding
from sheet_assets.warehouse import csv_columns
from sheet_assets.warehouse import rows as csv_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.errors import WrongCell
    from sheet_assets.sheets.contract import Column
    from sheet_assets.warehouse.manifest import Origin

    Found = tuple[str, Origin, list[tuple[Any, ...]]] | tuple[str, tuple[WrongCell, ...]]

# Cells that one type or another must look at closely.
CELLS: list[Any] = [
    *("", " ", "\u00a0", "x", "5", " 5", "1e5", "007", "TRUE", "false", "n/a", " n/a ", "-"),
    *("#N/A", "Loading...", "###", "@NULL@", "a\0b", 'say "hi"', "a,b", "a\nb", "\r", "가" * 30),
    *("2026-11-20", "2026-11-20 09:30:00.000004", "09:30", "0001-01-01T00:00Z", "12.345"),
    *(True, False, 0, -1, 5, 5.0, -0.0, 7, 10, 11, 2**15, 2**31, -(2**31), 2**53, 2**53 - 1),
    *(2**63, 2**64 - 1, 1e300, 1e-300, 5e-324, 1e-5, 1e16, 1.5, 2.5, 0.125, 1.005, 2.675, -999),
    *(0.1 + 0.2, 123456789.125, 99999999.995, 43831, 43831.5, 43831.999999999, 1 - 2**-53),
    *(0.99999999, 60.5, -693593, -693593.5, -693594, 2958465, 2958465.999999, 2958466, 45000.1),
    # Where New York's clocks change, and on that day.
    *(45725.104166666664, 45963.0625, 45725, 45963.9),
]

NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False, width=64),
    st.floats(-1e6, 1e6),
    st.integers(-(10**7), 10**7).map(lambda number: number / 1000),
    st.integers(-700_000, 3_000_000),
    st.integers(0, 86_400_000).map(lambda number: 45_000 + number / 86_400_000),
)


def one_by_one(sheet: DrawnSheet, contract: tuple[Column, ...], grid: list[list[Any]]) -> Found:
    """What `decode` makes of it, and `rows.lines` of that."""
    try:
        found = decode(contract, grid, worksheet="Any", time_zone=sheet.time_zone)
    except CellError as error:
        return str(error), error.cells
    text = "".join(csv_rows.lines(found.rows()))
    return text, found.origin, list(found.rows())[:3]


def by_pages(
    sheet: DrawnSheet, contract: tuple[Column, ...], grid: list[list[Any]], height: int
) -> Found:
    """What comes of its columns, in pages of some rows."""
    decoding = PagedDecoding(contract, worksheet="Any", time_zone=sheet.time_zone, head=3)
    text = b""
    try:
        for page in pages(grid, height):
            fields = decoding.add(page)
            if fields is not None:
                text += b"".join(map(csv_columns.lines, csv_columns.cut(fields, 2, 5)))
        decoding.finish()
    except CellError as error:
        return str(error), error.cells
    return text.decode(), decoding.origin, decoding.head


def pages(grid: list[list[Any]], height: int) -> Iterator[Page]:
    """As Google tells columns: nothing is null, and blank cells at the end are left out."""
    for row in range(0, len(grid), height):
        lines = zip_longest(*grid[row : row + height], fillvalue=None)
        columns = [["" if cell is None else cell for cell in line] for line in lines]
        for column in columns:
            while column and column[-1] == "":
                column.pop()
        yield Page(row, columns)


@examples(120)
@given(
    sheet=sheets(),
    numbers=st.lists(NUMBERS, min_size=20, max_size=20),
    seed=st.integers(0, 2**32),
    wrong=st.sampled_from([0, 0, 1, 30, 100]),
    height=st.sampled_from([1, 3, 7, 100]),
)
def test_pages_become_what_cells_become(
    sheet: DrawnSheet, numbers: list[Any], seed: int, wrong: int, height: int
) -> None:
    """Any contract, right and wrong cells, pages of any height: equal bytes, or equal errors."""
    chance = random.Random(seed)
    header, *rows = sheet.grid
    # Rows that satisfy the contract, some of them again, and among them cells of any kind.
    rows = [list(chance.choice(rows)) for _ in range(15)] if wrong else rows
    for row in rows:
        for place in range(len(row)):
            if chance.randrange(100) < wrong:
                row[place] = chance.choice([*CELLS, *numbers])
    grid = [header, *rows]
    assert by_pages(sheet, sheet.contract, grid, height) == one_by_one(sheet, sheet.contract, grid)
