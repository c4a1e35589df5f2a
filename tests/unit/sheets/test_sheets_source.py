"""Where the rows of a sheet stand, as its contract says it."""

from __future__ import annotations

import pydantic
import pytest

from sheet_assets.sheets.area import WHOLE, Area
from sheet_assets.sheets.contract import Column, SheetSource, contract_hash

ID = Column(name="id", type="integer")


def source(**fields):
    return SheetSource(name="nps", spreadsheet_id="one", columns=(ID,), **fields)


@pytest.mark.parametrize(
    ("fields", "area"),
    [
        ({"worksheet": "Responses"}, WHOLE),
        ({"worksheet": 0}, WHOLE),
        ({"worksheet": "Responses", "range": "B3:F", "header_row": 3}, Area(2, 1, None, 6)),
        ({"worksheet": "Responses", "range": "B3:F9", "header_row": 9}, Area(2, 1, 9, 6)),
        ({"named_range": "nps_answers", "header_row": 7}, WHOLE),
        ({"sheets_table": "NPS answers", "min_rows": 3}, WHOLE),
    ],
)
def test_places(fields, area):
    """A worksheet or a part of it, a named range, or a table."""
    assert source(**fields).area == area


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (
            {},
            "worksheet: exactly one of .* says where the rows are, and here is none",
        ),
        ({"range": "B3:F"}, "worksheet: exactly one of"),
        (
            {"worksheet": 0, "named_range": "nps"},
            "worksheet: exactly one of .* and here is worksheet and named_range",
        ),
        (
            {"worksheet": "R", "named_range": "nps", "sheets_table": "t"},
            "here is worksheet and named_range and sheets_table",
        ),
        (
            {"named_range": "nps", "range": "B3:F"},
            "range: it is a part of a worksheet, and a named_range has no parts",
        ),
        ({"sheets_table": "t", "range": "B3:F"}, "and a sheets_table has no parts"),
        ({"worksheet": "R", "range": "B3"}, "range: 'B3' is not a range of a worksheet"),
        ({"worksheet": "R", "range": "R!B3:F"}, "range: 'R!B3:F' names a worksheet"),
        (
            {"worksheet": "R", "range": "B3:F", "header_row": 2},
            "header_row: row 2 is not in the range B3:F",
        ),
        (
            {"worksheet": "R", "range": "B3:F9", "header_row": 10},
            "header_row: row 10 is not in the range B3:F9",
        ),
        (
            {"sheets_table": "t", "header_row": 1},
            "header_row: the first row of a sheets_table is its header",
        ),
        (
            {"worksheet": "R", "allow_empty": True, "min_rows": 1},
            "min_rows: with `allow_empty` it is 0",
        ),
    ],
)
def test_places_that_are_none(fields, problem):
    """What does not go together is refused; the sentence begins with the field."""
    with pytest.raises(pydantic.ValidationError, match=f"Value error, .*{problem}"):
        source(**fields)


def test_new_fields_change_no_hash_unless_they_are_used():
    """`format`, `as_displayed` and `key` are part of the contract where they are declared."""
    plain = Column(name="code", type="varchar(9)")
    said = Column(name="code", type="varchar(9)", format=None, as_displayed=False, key=False)
    assert contract_hash([said]) == contract_hash([plain])
    # As it was before there were such fields.
    before = "d21170a45cfaedd742c53740fd1ab7883a46fec9c9ad5a804bdf4780c4642857"
    assert contract_hash([plain]) == before
    day = Column(name="day", type="date")
    for one, other in (
        (plain, plain.model_copy(update={"as_displayed": True})),
        (plain, plain.model_copy(update={"key": True})),
        (day, day.model_copy(update={"format": "%d.%m.%Y"})),
    ):
        assert contract_hash([one]) != contract_hash([other])
