"""What values.get and values.update do, as the reading of sheets relies on it."""

from __future__ import annotations

import gspread
import pytest

ERRORS = [
    ("=1/0", "#DIV/0!", "DIVIDE_BY_ZERO"),
    ("=NA()", "#N/A", "N_A"),
    ("=nosuchfunction()", "#NAME?", "NAME"),
    ('="x"+1', "#VALUE!", "VALUE"),
    ("=SUM(1", 6, None),
    ("=1+*", "#ERROR!", "ERROR"),
]
# What is typed, what values.get then gives, and what the sheet shows.
TYPED = [
    ("+5", 5, "5"),
    ("-5", -5, "-5"),
    ("1,234", 1234, "1,234"),
    ("2020-01-02", 43832, "2020-01-02"),
    ("12%", 0.12, "12%"),
    ("1e3", 1000, "1.00E+03"),
    ("TRUE", True, "TRUE"),
    ("'007", "007", "007"),
    ("=-2^2", 4, "4"),
    ("=2^3^2", 64, "64"),
    ('="x"&1.5', "x1.5", "x1.5"),
    ('="x"&TRUE', "xTRUE", "xTRUE"),
    ("1/2/29", 47120, "1/2/29"),
    ("1/2/30", 10960, "1/2/30"),
]
# What a number without a format is shown as: 15 digits at most, fewer where it is very large.
SHOWN = [
    (0.1 + 0.2, "0.3"),
    (1234567.891, "1234567.891"),
    (123456789012345, "123456789012345"),
    (1e15, "1E+15"),
    (1e-9, "0.000000001"),
    (1.5e-10, "1.5E-10"),
]


def test_the_answer_of_an_update_is_what_was_stored(tab):
    """RAW values come back unformatted (includeValuesInResponse): a read-back is for nothing."""
    rows = [["007", 1.5, True], ["=1+1", "", 43831]]
    asked = {"includeValuesInResponse": "true", "responseValueRenderOption": "UNFORMATTED_VALUE"}
    answer = tab.write("A1:C2", rows, **asked)
    assert (answer["updatedCells"], answer["updatedRange"]) == (6, tab.a1("A1:C2"))
    assert answer["updatedData"]["values"] == rows
    assert tab.values("A1:C2") == rows


def test_blank_cells_at_the_end_are_left_out(tab):
    """By rows and by columns: what is blank behind the last value is missing, in the middle not."""
    tab.write("A1:D4", [["a", "", "c", ""], [""] * 4, ["d", "", "", ""], [""] * 4])
    assert tab.values("A1:D4") == [["a", "", "c"], [], ["d"]]
    by_columns = tab.values("A1:D4", majorDimension="COLUMNS")
    assert by_columns == [["a", "", "d"], [], ["c"]]


def test_rows_of_empty_results_are_told(tab):
    """A formula with the result "" is a cell with a value: its row does not count as blank."""
    tab.write("A1:A3", [["x"], [""], ['=""']], "USER_ENTERED")
    assert tab.values("A1:A5") == [["x"], [], [""]]


@pytest.mark.parametrize("render", ["UNFORMATTED_VALUE", "FORMATTED_VALUE"])
def test_errors_are_their_words(tab, render):
    """In values.get an error is a text; only the cell's data tell it from one that was typed."""
    tab.write("A1:F1", [[formula for formula, _, _ in ERRORS]], "USER_ENTERED")
    words = [said if render == "UNFORMATTED_VALUE" else str(said) for _, said, _ in ERRORS]
    # A parenthesis that was left open is closed.
    words[4] = 1 if render == "UNFORMATTED_VALUE" else "1"
    assert tab.values("A1:F1", render) == [words]
    (cells,) = tab.cell_data("A1:F1", "effectiveValue")
    kinds = [cell["effectiveValue"].get("errorValue", {}).get("type") for cell in cells]
    assert kinds == [kind for _, _, kind in ERRORS]


def test_what_typing_makes_of_texts(tab):
    """USER_ENTERED reads signs, groups, dates, percents and formulas as the sheet's locale does.

    It holds for spreadsheets of the locale en_US.
    """
    cells = f"A1:A{len(TYPED)}"
    tab.write(cells, [[text] for text, _, _ in TYPED], "USER_ENTERED")
    assert tab.values(cells) == [[value] for _, value, _ in TYPED]
    assert tab.values(cells, "FORMATTED_VALUE") == [[shown] for _, _, shown in TYPED]


def test_how_numbers_are_shown(tab):
    """FORMATTED_VALUE rounds what is stored; UNFORMATTED_VALUE does not."""
    cells = f"A1:A{len(SHOWN)}"
    tab.write(cells, [[number] for number, _ in SHOWN])
    assert tab.values(cells) == [[number] for number, _ in SHOWN]
    assert tab.values(cells, "FORMATTED_VALUE") == [[shown] for _, shown in SHOWN]


def test_a_null_leaves_the_cell_alone(tab):
    """Null is skipped, "" blanks."""
    tab.write("A1:B1", [["old", "old"]])
    tab.write("A1:B1", [[None, ""]])
    assert tab.values("A1:B1") == [["old"]]


def test_hidden_rows_are_read(tab):
    """Neither a person nor a filter hides a row from values.get."""
    tab.write("A1:A4", [["name"], ["a"], ["b"], ["c"]])
    where = {"sheetId": tab.sheet_id, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    hidden = {"range": where, "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
    hidden_values = {"columnIndex": 0, "filterCriteria": {"hiddenValues": ["c"]}}
    filtered = {"range": tab.cells("A1:A4"), "filterSpecs": [hidden_values]}
    tab.spreadsheet.batch_update(
        {"updateDimensionProperties": hidden}, {"setBasicFilter": {"filter": filtered}}
    )
    assert tab.values("A1:A4") == [["name"], ["a"], ["b"], ["c"]]


def test_a_named_range_comes_before_a_tab_of_its_name(tab):
    """A bare name means the named range, where a tab has that title, too."""
    unique = f"live_{tab.sheet_id}"
    other = tab.spreadsheet.add_tab(title=unique)
    other.write("A1", [["tab"]])
    tab.write("C3", [["named range"]])
    named = {"name": unique, "range": tab.cells("C3")}
    (added,) = tab.spreadsheet.batch_update({"addNamedRange": {"namedRange": named}})
    try:
        assert tab.spreadsheet.values(unique)["values"] == [["named range"]]
    finally:
        of_ours = {"namedRangeId": added["addNamedRange"]["namedRange"]["namedRangeId"]}
        tab.spreadsheet.batch_update({"deleteNamedRange": of_ours})


@pytest.mark.parametrize(
    ("cells", "value", "said"),
    [
        ("A1", "x" * 50_001, "Your input contains more than the maximum of 50000 characters in a single cell."),
        ("Z99", "x", "exceeds grid limits. Max rows: 20, max columns: 8"),
    ],
    ids=["50,001 characters", "outside the grid"],
)  # fmt: skip
def test_refused_values(tab, cells, value, said):
    """Words that errors of ours are recognized by, or that people are told."""
    with pytest.raises(gspread.exceptions.APIError) as refused:
        tab.write(cells, [[value]])
    assert refused.value.response.status_code == 400
    assert said in refused.value.error["message"]
