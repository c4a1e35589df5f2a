"""What an export relies on when it pastes values from its staging tab."""

from __future__ import annotations

import pytest

TEXTS = [["007", "=1+1", "+49 30", "2020-01-01", "TRUE"], ["1e5", "'quoted", "@x", " 5", "#N/A"]]


def test_texts_stay_texts(tab, staging):
    """What was written as a text is one after PASTE_VALUES: no number, date, formula or error."""
    staging.write("A1:E2", TEXTS)
    tab.spreadsheet.batch_update(staging.paste_values("A1:E2", tab, "B3:F4"))
    stored = tab.cell_data("B3:F4", "userEnteredValue")
    assert [[cell["userEnteredValue"] for cell in row] for row in stored] == [
        [{"stringValue": text} for text in row] for row in TEXTS
    ]


def test_numbers_and_booleans_stay_what_they_are(tab, staging):
    """A double arrives bit by bit, and a formula as its result."""
    numbers = [0.1, 1e-300, 9007199254740991, -1.5, True]
    staging.write("A1:E1", [numbers])
    staging.write("F1", [["=A1*2"]], "USER_ENTERED")
    tab.spreadsheet.batch_update(staging.paste_values("A1:F1", tab, "A1:F1"))
    assert tab.values("A1:F1", "FORMULA") == [[*numbers, 0.2]]


def test_blanks_are_pasted_over_values(tab, staging):
    """An empty cell of the source empties the target's."""
    tab.write("A1:C2", [["old"] * 3] * 2)
    staging.write("B2", [["new"]])
    tab.spreadsheet.batch_update(staging.paste_values("A1:C2", tab, "A1:C2"))
    assert tab.values("A1:C2") == [[], ["", "new"]]


def test_formats_notes_and_rules_of_the_target_stay(tab, staging):
    """PASTE_VALUES takes nothing else along, and leaves what is there."""
    day = {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}
    ours, theirs = tab.cells("A1"), staging.cells("A1")
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}, "note": "staging"}
    tab.spreadsheet.batch_update(
        {"repeatCell": {"range": ours, "cell": {"userEnteredFormat": day, "note": "ours"}, "fields": "userEnteredFormat.numberFormat,note"}},
        {"repeatCell": {"range": theirs, "cell": bold, "fields": "userEnteredFormat,note"}},
    )  # fmt: skip
    staging.write("A1", [[43831]])
    tab.spreadsheet.batch_update(staging.paste_values("A1", tab, "A1"))
    (((cell,),)) = tab.cell_data("A1", "formattedValue,userEnteredFormat,note")
    assert cell == {"formattedValue": "2020-01-01", "userEnteredFormat": day, "note": "ours"}


def test_the_staging_tab_goes_in_the_same_batch(tab, staging):
    """Pasted from and deleted in one batchUpdate: the values are there, without a reference."""
    staging.write("A1:B1", [[1, "x"]])
    gone = {"deleteSheet": {"sheetId": staging.sheet_id}}
    tab.spreadsheet.batch_update(staging.paste_values("A1:B1", tab, "A1:B1"), gone)
    assert tab.values("A1:B1", "FORMULA") == [[1, "x"]]


def test_a_batch_that_fails_has_done_nothing(tab, staging):
    """The paste before a request that is refused has not happened, and the staging tab is there."""
    staging.write("A1", [["new"]])
    tab.write("A1", [["old"]])
    outside = {"updateCells": {"range": tab.cells("A99"), "rows": [{"values": [{"note": "n"}]}], "fields": "note"}}  # fmt: skip
    gone = {"deleteSheet": {"sheetId": staging.sheet_id}}
    said = tab.spreadsheet.refusal(staging.paste_values("A1", tab, "A1"), gone, outside)
    assert said.startswith("Invalid requests[2].updateCells: ")
    assert (tab.values("A1"), staging.values("A1")) == ([["old"]], [["new"]])


@pytest.mark.parametrize("written", ["pasted", "updateCells"])
def test_hidden_rows_of_a_filter_are_written_too(tab, staging, written):
    """An active basic filter hides rows; what is pasted or written goes into all of them."""
    tab.write("A1:A5", [["name"], ["a"], ["b"], ["a"], ["b"]])
    hidden_values = {"columnIndex": 0, "filterCriteria": {"hiddenValues": ["b"]}}
    filtered = {
        "setBasicFilter": {"filter": {"range": tab.cells("A1:A5"), "filterSpecs": [hidden_values]}}
    }
    tab.spreadsheet.batch_update(filtered)
    new = [["name"], ["1"], ["2"], ["3"], ["4"]]
    if written == "pasted":
        staging.write("A1:A5", new)
        request = staging.paste_values("A1:A5", tab, "A1:A5")
    else:
        rows = [{"values": [{"userEnteredValue": {"stringValue": text}}]} for (text,) in new]
        request = {"updateCells": {"range": tab.cells("A1:A5"), "rows": rows, "fields": "userEnteredValue"}}  # fmt: skip
    tab.spreadsheet.batch_update(request)
    assert tab.values("A1:A5") == new
