"""For any contract and rows that satisfy it, what the sheet holds is what Redshift gives back.

HYPOTHESIS_PROFILE=thorough tries twenty times as many examples, and others each time.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from examples import examples
from hypothesis import given
from sheets_drawn import DrawnSheet, OneWrong, one_wrong, sheets
from whole_path import WORKSHEET, Services, WholePath

from sheet_assets.errors import CellError
from sheet_assets.sheets.decode import decode

if TYPE_CHECKING:
    from pathlib import Path

    from sheet_assets.errors import WrongCell


@examples(100)
@given(sheets())
def test_rows_that_satisfy_it_are_decoded_to_their_values(sheet: DrawnSheet) -> None:
    """Cells of any form become the values they stand for; blank rows and other columns nothing."""
    found = decode(sheet.contract, sheet.grid, worksheet=WORKSHEET, time_zone=sheet.time_zone)
    assert sheet.compared(list(found.rows())) == sheet.expected


@examples(150)
@given(one_wrong())
def test_a_cell_that_does_not_is_the_one_that_is_reported(drawn: OneWrong) -> None:
    """Exactly that cell: its address, its header, and the field of the contract it breaks."""
    sheet = drawn.sheet
    with pytest.raises(CellError) as refused:
        decode(sheet.contract, sheet.grid, worksheet=WORKSHEET, time_zone=sheet.time_zone)
    _is_that_cell(refused.value.cells, drawn)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the parts are written before they are uploaded."""
    return tmp_path_factory.mktemp("parts")


@examples(25)
@given(sheet=sheets())
def test_rows_that_satisfy_it_arrive_in_redshift(
    services: Services, folder: Path, sheet: DrawnSheet
) -> None:
    """Sheet, CSV, S3, COPY and SELECT: the same rows, each as often as it stands in the sheet."""
    path = WholePath(services, folder)
    path.workbook.time_zone = sheet.time_zone
    path.put(sheet.grid)
    path.load(sheet.contract, allow_empty=True)
    assert Counter(sheet.compared(path.rows())) == Counter(sheet.expected)


@examples(8)
@given(drawn=one_wrong(), before=sheets())
def test_a_cell_that_does_not_leaves_the_table_as_it_was(
    services: Services, folder: Path, drawn: OneWrong, before: DrawnSheet
) -> None:
    """The load ends with that cell, and neither the rows nor the load record change."""
    path = WholePath(services, folder)
    path.workbook.time_zone = before.time_zone
    path.put(before.grid)
    path.load(before.contract, allow_empty=True)
    held, records = path.rows(), path.records()
    path.workbook.time_zone = drawn.sheet.time_zone
    path.put(drawn.sheet.grid)
    with pytest.raises(CellError) as refused:
        path.load(drawn.sheet.contract)
    _is_that_cell(refused.value.cells, drawn)
    assert Counter(path.rows()) == Counter(held)
    assert path.records() == records


def _is_that_cell(cells: tuple[WrongCell, ...], drawn: OneWrong) -> None:
    column = drawn.sheet.contract[drawn.column]
    assert [(cell.worksheet, cell.address, cell.column) for cell in cells] == [
        (WORKSHEET, drawn.sheet.address(drawn.index, drawn.column), column.name)
    ]
    assert cells[0].header == " ".join(column.headers[0].split())
    assert cells[0].rule in drawn.rules
    wrong = drawn.sheet.columns[drawn.column].cells[drawn.index]
    if column.sensitive and wrong is not None:
        assert cells[0].value == "the value (hidden: the column is sensitive)"
