"""The lines of an export, all at once: as they would be found one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.clients.sheet_export import lines

if TYPE_CHECKING:
    from sheet_assets.sheets.encode import CellValue

EXACT = 2**53 - 1
CELLS = st.one_of(
    st.just(""),
    st.text('",[]\\x', max_size=4),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    st.booleans(),
    st.integers(-EXACT, EXACT),
    st.floats(allow_nan=False, allow_infinity=False, width=32).filter(lambda x: x % 1),
)
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=6)
)


def told(rows: list[list[CellValue]]) -> list[list[CellValue]]:
    """As Google tells them: without blanks at the end of a row, and blank rows at the end."""
    kept = [list(row) for row in rows]
    for row in kept:
        while row and row[-1] == "":
            row.pop()
    while kept and not kept[-1]:
        kept.pop()
    return kept


@examples(200)
@given(ROWS, st.data())
def test_are_told(rows: list[list[CellValue]], data: st.DataObject) -> None:
    """What stands there is found to stand there, and no other rows."""
    texts = [lines.line(row) for row in rows]
    assert lines.are_told(told(rows), texts)
    if rows:
        place = data.draw(st.integers(0, len(rows) - 1))
        column = data.draw(st.integers(0, len(rows[0]) - 1))
        other = data.draw(
            CELLS.filter(lambda cell: lines.line([cell]) != lines.line([rows[place][column]]))
        )
        changed = [list(row) for row in rows]
        changed[place][column] = other
        assert not lines.are_told(told(changed), texts)
        assert not lines.are_told(told(rows), [*texts[:place], None, *texts[place + 1 :]])


@examples(200)
@given(ROWS)
def test_blanks(rows: list[list[CellValue]]) -> None:
    """Counted in the line as in the row."""
    for row in rows:
        assert lines.blanks(lines.line(row)) == row.count("")
