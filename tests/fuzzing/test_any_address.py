"""Addresses of cells and ranges: the package's, and the sandbox's Google that reads them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st

from sheet_assets.sandbox.google.drive.drive import Drive
from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError
from sheet_assets.sheets import a1
from sheet_assets.sheets.area import Area

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

# What addresses are made of, and what looks like it: digits of other scripts, letters that become
# others when their case changes.
ADDRESSES = st.text("AaZz$$019::!' \n\t\u0663\uff21ß\u0131\u017f\u212a-", max_size=12) | st.text(
    max_size=12
)
LONG = "A" + "1" * 5000


@examples(150)
@given(ADDRESSES)
@example(LONG)
def test_any_text_is_an_address_or_a_sentence(text: str) -> None:
    """What is read as a cell, a rectangle or an area is read so again when it is written."""
    for read in (a1.parse_cell, a1.parse_rectangle, Area.parse):
        try:
            found = read(text)
        except ValueError as refused:
            said = str(refused)
        else:
            said = ""
            written = str(found)
            assert written.endswith(":") or read(written) == found
        assert "\n" not in said


@pytest.fixture(scope="module")
def workbook() -> Workbook:
    """A spreadsheet with one worksheet."""
    return Drive().create_spreadsheet("Any", owner="person@sandbox.invalid")


@examples(80)
@given(title=st.text(min_size=1, max_size=10), part=ADDRESSES)
@example(title="Sheet1", part=LONG)
@example(title="A1", part="A1")
def test_a_worksheet_is_found_by_any_title(workbook: Workbook, title: str, part: str) -> None:
    """As we quote it in a range; any other text is a range, or refused in Google's words."""
    (worksheet,) = workbook.worksheets
    worksheet.title = title
    found, cells = workbook.find_range(a1.in_worksheet(title, a1.Cell(1, 2)))
    assert found is worksheet
    assert cells == (1, 2, 2, 3)
    for text in (part, f"{title}!{part}", f"{title}{part}"):
        with contextlib.suppress(InvalidArgumentError, UnimplementedError):
            assert workbook.find_range(text)[0] is worksheet
