from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

DAY = ("DATE", "yyyy-mm-dd")
BOLD = {"textFormat": {"bold": True}}
RULE = {"condition": {"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "0"}]}}


def cells(a1: str, sheet_id: int = 0) -> dict[str, int]:
    """A GridRange from A1 notation, columns A to Z."""
    first, _, last = a1.partition(":")
    last = last or first
    return {
        "sheetId": sheet_id,
        "startRowIndex": int(first[1:]) - 1,
        "endRowIndex": int(last[1:]),
        "startColumnIndex": ord(first[0]) - 65,
        "endColumnIndex": ord(last[0]) - 64,
    }


@pytest.fixture
def filled(sheet: Worksheet, change: Callable[..., list[Any]]) -> Worksheet:
    """A1:B2 with values; A1 has a number format, another format, a rule and a note besides."""
    sheet.set_values([[43831, "b"], [True, None]])
    data = {
        "userEnteredFormat": {"numberFormat": {"type": DAY[0], "pattern": DAY[1]}, **BOLD},
        "dataValidation": RULE,
        "note": "n",
    }
    fields = "userEnteredFormat,dataValidation,note"
    change({"repeatCell": {"range": cells("A1"), "cell": data, "fields": fields}})
    return sheet


def parts(sheet: Worksheet, row: int, column: int) -> tuple[Any, ...]:
    """Everything a cell has."""
    values = sheet.rows[row] if row < len(sheet.rows) else ()
    value = values[column] if column < len(values) else None
    layers = [layer.at(row, column) for layer in sheet.layers]
    return (value, *layers, sheet.notes.get((row, column)))


@pytest.mark.parametrize(
    ("kind", "pasted"),
    [
        ("PASTE_NORMAL", (43831, DAY, BOLD, RULE, "n")),
        ("PASTE_NO_BORDERS", (43831, DAY, BOLD, RULE, "n")),
        ("PASTE_VALUES", (43831, None, None, None, "old")),
        ("PASTE_FORMULA", (43831, None, None, None, "old")),
        ("PASTE_FORMAT", ("old", DAY, BOLD, None, "old")),
        ("PASTE_DATA_VALIDATION", ("old", None, None, RULE, "old")),
    ],
)
def test_a_paste_takes_what_its_type_names(
    filled: Worksheet, change: Callable[..., list[Any]], kind: str, pasted: tuple[Any, ...]
) -> None:
    """The other parts of the destination stay, and so does the source."""
    filled.set_values([["old", "old"]], row=4, column=3)
    filled.put_note(4, 3, "old")
    change({"copyPaste": {"source": cells("A1"), "destination": cells("D5"), "pasteType": kind}})
    assert parts(filled, 4, 3) == pasted
    assert parts(filled, 0, 0) == (43831, DAY, BOLD, RULE, "n")
    assert parts(filled, 4, 4)[0] == "old"


def test_a_destination_is_filled_or_overrun(
    filled: Worksheet, change: Callable[..., list[Any]]
) -> None:
    """A multiple of the source is filled with copies; into a smaller place all of it goes."""
    for destination in ("D1:G2", "A5", "A8:A9"):
        change({"copyPaste": {"source": cells("A1:B2"), "destination": cells(destination)}})
    assert filled.values()[:2] == [
        [43831, "b", None, 43831, "b", 43831, "b"],
        [True, None, None, True, None, True],
    ]
    assert filled.values()[4:6] == [[43831, "b"], [True]]
    assert filled.values()[7:] == [[43831, "b"], [True]]
    change(
        {
            "copyPaste": {
                "source": cells("A1:B1"),
                "destination": cells("A12"),
                "pasteOrientation": "TRANSPOSE",
            }
        }
    )
    assert filled.values()[11:] == [[43831], ["b"]]
    assert (parts(filled, 11, 0)[1], filled.notes[11, 0]) == (DAY, "n")


def test_a_paste_from_another_tab_replaces_what_it_covers(
    workbook: Workbook, sheet: Worksheet, change: Callable[..., list[Any]]
) -> None:
    """Blank cells of the source blank the destination; texts stay texts, like a staged export."""
    staging = workbook.add_worksheet("staging", 3, 2, sheet_id=7)
    staging.set_values([["007", 1], [None, "=1+1"]])
    sheet.set_values([["x"] * 3] * 3)
    change(
        {
            "copyPaste": {
                "source": {"sheetId": 7},
                "destination": cells("A1:B3"),
                "pasteType": "PASTE_VALUES",
            }
        },
        {"deleteSheet": {"sheetId": 7}},
    )
    assert sheet.values() == [["007", 1, "x"], [None, "=1+1", "x"], [None, None, "x"]]


def test_a_cut_leaves_nothing(filled: Worksheet, change: Callable[..., list[Any]]) -> None:
    """All of the source goes, whatever is pasted; source and destination may overlap."""
    place = {"sheetId": 0, "rowIndex": 1, "columnIndex": 0}
    change({"cutPaste": {"source": cells("A1:B2"), "destination": place}})
    assert parts(filled, 0, 0) == (None, None, None, None, None)
    assert parts(filled, 1, 0) == (43831, DAY, BOLD, RULE, "n")
    assert filled.values() == [[], [43831, "b"], [True]]


def test_merges_come_along(sheet: Worksheet, change: Callable[..., list[Any]]) -> None:
    """A normal paste copies the merges of the source; one of values does not."""
    change({"mergeCells": {"range": cells("A1:B1")}})
    copy = {"source": cells("A1:B1"), "destination": cells("A3:B4")}
    change({"copyPaste": {**copy, "pasteType": "PASTE_VALUES"}})
    assert sheet.merges == ((0, 1, 0, 2),)
    change({"copyPaste": copy})
    assert sheet.merges == ((0, 1, 0, 2), (2, 3, 0, 2), (3, 4, 0, 2))


def test_a_paste_beyond_the_grid_changes_nothing(
    filled: Worksheet, refused: Callable[..., str]
) -> None:
    """The whole batch is refused in Google's words."""
    before = filled.values()
    message = refused(
        {"copyPaste": {"source": cells("A1:B2"), "destination": cells("A5")}},
        {"copyPaste": {"source": cells("A1:B2"), "destination": cells("Z1000")}},
    )
    assert message == (
        "Invalid requests[1].copyPaste: Range (Sheet1!Z1000:AA1001) exceeds grid limits. "
        "Max rows: 1000, max columns: 26"
    )
    assert filled.values() == before


def test_cells_are_inserted_and_deleted(
    filled: Worksheet, workbook: Workbook, change: Callable[..., list[Any]]
) -> None:
    """What stands behind moves with all it has; other columns, and wholly other ranges, stay."""
    filled.set_values([["below"]], row=2)
    change(
        {"addNamedRange": {"namedRange": {"name": "in_a", "range": cells("A1:A3")}}},
        {"addNamedRange": {"namedRange": {"name": "in_b", "range": cells("B1:B2")}}},
        {"insertRange": {"range": cells("A1:A2"), "shiftDimension": "ROWS"}},
    )
    assert filled.values() == [[None, "b"], [], [43831], [True], ["below"]]
    assert parts(filled, 2, 0) == (43831, DAY, BOLD, RULE, "n")
    assert parts(filled, 0, 0) == (None, None, None, None, None)
    named = {each.name: each.cells[:2] for each in workbook.named_ranges.values()}
    assert named == {"in_a": (2, 5), "in_b": (0, 2)}
    change({"deleteRange": {"range": cells("A1:A2"), "shiftDimension": "ROWS"}})
    assert filled.values() == [[43831, "b"], [True], ["below"]]
    change({"insertRange": {"range": cells("A1:A1"), "shiftDimension": "COLUMNS"}})
    assert filled.values()[0] == [None, 43831, "b"]
    change({"deleteRange": {"range": cells("A1:B1"), "shiftDimension": "COLUMNS"}})
    assert filled.values() == [["b"], [True], ["below"]]
    filled.row_count = 3
    change({"insertRange": {"range": cells("A2"), "shiftDimension": "ROWS"}})
    assert (filled.values(), filled.row_count) == ([["b"], [], [True], ["below"]], 4)
