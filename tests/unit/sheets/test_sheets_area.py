"""The part of a worksheet that is read."""

from __future__ import annotations

import pytest

from sheet_assets.sheets.a1 import Rectangle
from sheet_assets.sheets.area import WHOLE, Area


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("B3:F", Area(2, 1, None, 6)),
        ("B3:F100", Area(2, 1, 100, 6)),
        ("B:F", Area(0, 1, None, 6)),
        ("3:100", Area(2, 0, 100, None)),
        ("B3:100", Area(2, 1, 100, None)),
        ("$B$3:$F", Area(2, 1, None, 6)),
        (" b3:f ", Area(2, 1, None, 6)),
        ("C:C", Area(0, 2, None, 3)),
        ("AA7:ZZ7", Area(6, 26, 7, 702)),
    ],
)
def test_a_range_is_an_area(text, area):
    """Every form that Google's A1 notation has for several cells, in any case."""
    assert Area.parse(text) == area
    assert Area.parse(str(area)) == area


@pytest.mark.parametrize(
    "text",
    ["", ":", "B3", "B3:", ":F", "3:F", "B:F100", "F", "3", "B3;F", "1:2:3", "B0:F", "BBBB:C"],
)
def test_what_is_no_range_is_refused_with_examples(text):
    """One cell, half a range, and a start that leaves out what the end says."""
    with pytest.raises(ValueError, match=r"is not a range of a worksheet, such as B3:F, B3:F100"):
        Area.parse(text)


@pytest.mark.parametrize("text", ["F3:B", "B9:F3", "9:3"])
def test_a_range_begins_at_its_upper_left(text):
    """Google would turn it round; what was meant is asked."""
    with pytest.raises(ValueError, match="ends before it starts; write the upper left corner"):
        Area.parse(text)


@pytest.mark.parametrize("text", ["Responses!B3:F", "'My tab'!A:B"])
def test_a_worksheet_in_a_range_is_refused(text):
    """The worksheet has its own field."""
    with pytest.raises(ValueError, match="names a worksheet; put that into `worksheet`"):
        Area.parse(text)


@pytest.mark.parametrize(
    ("grid_range", "area"),
    [
        ({}, WHOLE),
        ({"sheetId": 7}, WHOLE),
        ({"startRowIndex": 2, "endRowIndex": 9}, Area(2, 0, 9, None)),
        (
            {"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 1, "endColumnIndex": 3},
            Area(0, 1, 2, 3),
        ),
    ],
)
def test_googles_grid_range(grid_range, area):
    """What a GridRange leaves out is zero at its start and open at its end."""
    assert Area.of_grid_range(grid_range) == area


@pytest.mark.parametrize(
    ("area", "rectangle"),
    [
        (WHOLE, Rectangle(0, 0, 10, 4)),
        (Area(2, 1, None, 6), Rectangle(2, 1, 10, 4)),
        (Area(2, 1, 5, 3), Rectangle(2, 1, 5, 3)),
        (Area(10, 0), None),
        (Area(0, 4), None),
    ],
)
def test_area_within_a_grid(area, rectangle):
    """It ends where the grid ends; what lies beyond is nothing."""
    assert area.within(10, 4) == rectangle


def test_rows_of_an_area():
    """Rows are counted from zero, and an open end has all of them."""
    assert [Area(2, 0, 4).has_row(row) for row in range(1, 5)] == [False, True, True, False]
    assert Area(2).has_row(10**9)
