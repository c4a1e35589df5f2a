"""What cells show in the place of what they hold."""

from __future__ import annotations

import pytest

from sheet_assets.errors import CellError
from sheet_assets.sheets.contract import Column
from sheet_assets.sheets.decode import decode
from sheet_assets.sheets.displayed import shown


@pytest.mark.parametrize(
    ("cells", "texts", "expected"),
    [
        ([7], ["00007"], ["00007"]),
        (["", "", 8], ["", "x", "00008"], ["", "", "00008"]),
        ([7, 8], ["00007"], ["00007", ""]),
        ([True, "KR"], ["TRUE", "KR"], ["TRUE", "KR"]),
        ([2**53], ["9007199254740990"], [2**53]),
        ([None], ["x"], [None]),
    ],
)
def test_what_is_shown_takes_the_place(cells, texts, expected):
    """Blank cells stay blank, and a number that has been rounded stays a number."""
    assert shown(cells, texts) == expected


def codes(*cells, **more):
    contract = [Column(name="id", type="integer"), Column(name="code", type="varchar(8)", **more)]
    values = [["id", "code"], *([n, cell] for n, cell in enumerate(cells))]
    return decode(contract, values, worksheet="R").columns[1]


def test_a_cell_that_shows_no_value_is_an_error():
    """###### stands for a value that is not shown, in a column that is read as displayed only."""
    with pytest.raises(CellError, match="'######' is a formula's error"):
        codes("00001", "######", as_displayed=True)
    assert codes("00001", "######", "#", as_displayed=True, formula_errors="null") == [
        "00001",
        None,
        "#",
    ]
    assert codes("######") == ["######"]


def test_a_rounded_number_is_refused():
    """A number of more digits than a cell keeps would show other digits than were typed."""
    with pytest.raises(CellError, match="has more digits than a number cell keeps"):
        codes(float(2**60), as_displayed=True)


@pytest.mark.parametrize("kind", ["integer", "date", "boolean", "decimal(5,2)"])
def test_only_a_text_is_read_as_displayed(kind):
    """What is shown is a text; a number or date is never read from how it looks."""
    with pytest.raises(ValueError, match="column 'code': `as_displayed` needs a varchar, not"):
        Column(name="code", type=kind, as_displayed=True)
