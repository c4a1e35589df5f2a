"""Columns that are read as displayed: what their cells show, beside what the others hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sheet_assets.clients.sheet_snapshot import snapshot_of
from sheet_assets.errors import CellError, SheetHeaderError
from sheet_assets.sheets.contract import Column

if TYPE_CHECKING:
    from client_readings import Readings

CODES = (
    Column(name="id", type="integer"),
    Column(name="zip", type="varchar(12)", header="ZIP", as_displayed=True),
    Column(name="ssn", type="varchar(12)", as_displayed=True),
)


def test_zeros_of_a_number_format_are_read(readings: Readings) -> None:
    """In one more request for all such columns, wherever they stand; texts are themselves."""
    rows = [["ssn", "x", "ZIP", "id"], [5, 1, 123, 7], [], ["n/a", 1, "00456", 8]]
    readings.sheet.set_values([["a title"], *rows], 1, 1)
    readings.sheet.set_number_format("B4:B9", "NUMBER", "000-00-0000")
    readings.sheet.set_number_format("D4:E9", "NUMBER", "00000")
    readings.sandbox.google.requests.clear()
    read = readings.read(columns=CODES, range="B2:E", header_row=3)
    assert read.preview == [(7, "00123", "000-00-0005"), (8, "00456", "n/a")]
    held, shown = readings.value_queries()
    assert "UNFORMATTED_VALUE" in held
    assert "=FORMATTED_VALUE" in shown
    assert shown.count("ranges=") == 2
    # Drive twice: what is shown must belong to what is held.
    assert read.api_calls == 5


@pytest.mark.parametrize(
    ("cell", "kind", "pattern", "shown"),
    [
        (7, "NUMBER", "00000", "00007"),
        (7, "NUMBER", '"KR-"000', "KR-007"),
        (0.125, "PERCENT", "0.0%", "12.5%"),
        (1234.5, "NUMBER", "#,##0.00", "1,234.50"),
        (45688, "DATE", "dd.mm.yyyy", "31.01.2025"),
        (True, "TEXT", "", "TRUE"),
        ("007", "NUMBER", "00000", "007"),
        (7, "TEXT", "", "7"),
        (None, "NUMBER", "00000", None),
    ],
)
def test_what_a_format_shows(
    readings: Readings, cell: Any, kind: str, pattern: str, shown: str | None
) -> None:
    """Whatever the cell holds, the value is the text that people see."""
    readings.sheet.set_values([["id", "ZIP", "ssn"], [1, cell]])
    readings.sheet.set_number_format("B2", kind, pattern)
    assert readings.read(columns=CODES).preview == [(1, shown, None)]


def test_a_rounded_number_is_refused(readings: Readings) -> None:
    """An id of 17 digits shows other digits than were typed."""
    readings.sheet.set_values([["id", "ZIP", "ssn"], [1, 12345678901234567]])
    readings.sheet.set_number_format("B2", "NUMBER", "0")
    with pytest.raises(CellError, match="has more digits than a number cell keeps"):
        readings.read(columns=CODES)


def test_nothing_to_show_takes_no_request(readings: Readings) -> None:
    """No rows, and a header that is missing."""
    readings.sheet.set_values([["id", "ZIP", "ssn"]])
    assert readings.read(columns=CODES, allow_empty=True).api_calls == 3
    readings.sheet.set_values([["id", "ZIP", None], [1, 5]])
    readings.sandbox.google.requests.clear()
    with pytest.raises(SheetHeaderError, match='"ssn" is missing'):
        readings.read(columns=CODES)
    assert len(readings.value_queries()) == 1


def test_what_is_shown_belongs_to_what_is_held(
    readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that is inserted between the two readings would put each code beside another id."""
    readings.sheet.set_values([["id", "ZIP", "ssn"], [1, 1, None], [2, 2, None]])
    get, made = readings.google.batch_values, []

    def edited_before(spreadsheet_id: str, ranges: Any, **more: Any) -> Any:
        if more.get("displayed") and not made:
            made.append(1)
            readings.insert_rows(1, 2)
            readings.sheet.set_values([[3, 3]], row=1)
        return get(spreadsheet_id, ranges, **more)

    monkeypatch.setattr(readings.google, "batch_values", edited_before)
    read = readings.read(columns=CODES)
    assert read.preview == [(3, "3", None), (1, "1", None), (2, "2", None)]


def test_several_sheets_take_one_request(readings: Readings) -> None:
    """However many sheets of a spreadsheet have such columns."""
    for n in range(3):
        tab = readings.workbook.add_worksheet(f"Codes {n}")
        tab.set_values([["ssn", "id", "ZIP"], [None, n, n]])
        tab.set_number_format("C2:C9", "NUMBER", "00000")
    fetched = readings.fetch(
        *(
            readings.source(name=f"codes_{n}", columns=CODES, worksheet=f"Codes {n}")
            for n in range(3)
        )
    )
    assert len(readings.value_queries()) == 2
    for n in range(3):
        read = snapshot_of(fetched[f"codes_{n}"], readings.folder)
        assert read.preview == [(n, f"0000{n}", None)]
