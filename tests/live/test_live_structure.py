"""Charts, developer metadata, protected ranges and references, where exports touch them."""

from __future__ import annotations

import gspread
import pytest
from conftest import PROTECTED, REAL
from live_spreadsheet import Tab


def metadata(tab, **location):
    """A piece of developer metadata of a test's own."""
    at = location or {"sheetId": tab.sheet_id}
    return {
        "createDeveloperMetadata": {
            "developerMetadata": {
                "metadataKey": "sheet_assets_live",
                "metadataValue": "1",
                "location": at,
                "visibility": "PROJECT",
            }
        }
    }


def test_a_chart_keeps_its_open_ranges(tab):
    """A source without a last row is told without one, so that rows added later are shown."""
    tab.write("A1:B3", [["day", "score"], [1, 2], [2, 3]])

    def source(column):
        cells = {"sheetId": tab.sheet_id, "startRowIndex": 0, "startColumnIndex": column, "endColumnIndex": column + 1}  # fmt: skip
        return {"sourceRange": {"sources": [cells]}}

    spec = {
        "basicChart": {
            "chartType": "LINE",
            "headerCount": 1,
            "domains": [{"domain": source(0)}],
            "series": [{"series": source(1)}],
        }
    }
    position = {"overlayPosition": {"anchorCell": {"sheetId": tab.sheet_id, "columnIndex": 3}}}
    tab.spreadsheet.batch_update({"addChart": {"chart": {"spec": spec, "position": position}}})
    grown = {"sheetId": tab.sheet_id, "gridProperties": {"rowCount": 40}}
    tab.spreadsheet.batch_update(
        {"updateSheetProperties": {"properties": grown, "fields": "gridProperties.rowCount"}}
    )
    (sheet,) = tab.spreadsheet.get("sheets.charts.spec.basicChart(domains,series)", tab.a1("A1"))
    basic = sheet["charts"][0]["spec"]["basicChart"]
    sources = [basic["domains"][0]["domain"], basic["series"][0]["series"]]
    for each in sources:
        (cells,) = each["sourceRange"]["sources"]
        assert "endRowIndex" not in cells


def test_metadata_of_a_row_move_with_it(tab):
    """Rows inserted above move it; it goes with its row."""
    row = {"sheetId": tab.sheet_id, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}
    above = {"sheetId": tab.sheet_id, "dimension": "ROWS", "startIndex": 0, "endIndex": 2}
    tab.spreadsheet.batch_update(
        metadata(tab, dimensionRange=row), {"insertDimension": {"range": above}}
    )
    fields = "sheets.data(startRow,rowMetadata.developerMetadata.metadataKey)"

    def rows():
        (sheet,) = tab.spreadsheet.get(fields, tab.a1("A1:A20"))
        lines = sheet["data"][0].get("rowMetadata", [])
        return [place for place, line in enumerate(lines) if line.get("developerMetadata")]

    assert rows() == [4]
    gone = {"sheetId": tab.sheet_id, "dimension": "ROWS", "startIndex": 4, "endIndex": 5}
    tab.spreadsheet.batch_update({"deleteDimension": {"range": gone}})
    assert rows() == []


def test_metadata_of_a_tab_have_a_limit(tab):
    """30,000 characters a tab, keys included, and not one more."""
    if tab.spreadsheet.in_sandbox:
        pytest.skip("The sandbox takes any number: docs/sandbox-limits.md.")
    kept, over = (metadata(tab) for _ in range(2))
    key = kept["createDeveloperMetadata"]["developerMetadata"]["metadataKey"]
    kept["createDeveloperMetadata"]["developerMetadata"]["metadataValue"] = "x" * (30_000 - len(key))  # fmt: skip
    tab.spreadsheet.batch_update(kept)
    tab.spreadsheet.refusal(over)
    (sheet,) = tab.spreadsheet.get("sheets.developerMetadata.metadataKey", tab.a1("A1"))
    assert len(sheet["developerMetadata"]) == 1


def test_whoever_protects_may_edit(tab):
    """The account that has protected a range is told requestingUserCanEdit."""
    protected = {"protectedRange": {"range": tab.cells("A1:B2"), "description": "live"}}
    tab.spreadsheet.batch_update({"addProtectedRange": protected})
    fields = "sheets.protectedRanges(requestingUserCanEdit,warningOnly)"
    (sheet,) = tab.spreadsheet.get(fields, tab.a1("A1"))
    (told,) = sheet["protectedRanges"]
    assert told == {"requestingUserCanEdit": True}
    tab.write("A1", [["x"]])


def test_what_the_owner_protects_is_refused(spreadsheet):
    """Without requestingUserCanEdit a write is a 400 with these words; nothing is changed."""
    if PROTECTED not in REAL:
        pytest.skip(
            f"{PROTECTED} is not set: the title of a tab that the spreadsheet's owner has "
            "protected from the service account. Writing into its cell A1 is tried, and refused."
        )
    title = REAL[PROTECTED]
    fields = "sheets.protectedRanges(requestingUserCanEdit,warningOnly)"
    (sheet,) = spreadsheet.get(fields, f"'{title}'!A1")
    assert sheet["protectedRanges"] == [{}]
    (found,) = spreadsheet.get("sheets.properties.sheetId", f"'{title}'!A1")
    cell = {"sheetId": found["properties"].get("sheetId", 0), "endRowIndex": 1, "endColumnIndex": 1}
    note = {"range": cell, "rows": [{"values": [{"note": "n"}]}], "fields": "note"}
    said = spreadsheet.refusal({"updateCells": note})
    assert "You are trying to edit a protected cell or object." in said


def test_sorting_shifts_relative_references(tab):
    """A formula of a sorted row goes on to mean its own row."""
    tab.write("A1:B3", [[3, "=A1*10"], [1, "=A2*10"], [2, "=A3*10"]], "USER_ENTERED")
    order = [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]
    tab.spreadsheet.batch_update({"sortRange": {"range": tab.cells("A1:B3"), "sortSpecs": order}})
    assert tab.values("A1:B3", "FORMULA") == [[1, "=A1*10"], [2, "=A2*10"], [3, "=A3*10"]]


def test_cut_cells_are_followed(tab):
    """A formula goes on to mean the cells that were cut and pasted elsewhere."""
    tab.write("A1:B1", [[5, "=A1+1"]], "USER_ENTERED")
    to = {"sheetId": tab.sheet_id, "rowIndex": 4, "columnIndex": 3}
    paste = {"source": tab.cells("A1"), "destination": to, "pasteType": "PASTE_NORMAL"}
    tab.spreadsheet.batch_update({"cutPaste": paste})
    assert tab.values("B1", "FORMULA") == [["=D5+1"]]


def test_inserted_cells_make_the_grid_grow(tab):
    """An insertRange pushes what stands at the grid's end into new rows, and loses nothing."""
    tab.write("A20", [["last"]])
    request = {"range": tab.cells("A1:A2"), "shiftDimension": "ROWS"}
    tab.spreadsheet.batch_update({"insertRange": request})
    assert tab.values("A22") == [["last"]]


def test_deleted_cells_pull_up_what_is_below(tab):
    """A deleteRange shifts its columns alone, and formulas follow."""
    tab.write("A1:B3", [[1, "a"], [2, "b"], [3, "c"]])
    tab.write("D1", [["=A3"]], "USER_ENTERED")
    request = {"range": tab.cells("A1:A2"), "shiftDimension": "ROWS"}
    tab.spreadsheet.batch_update({"deleteRange": request})
    assert tab.values("A1:B3") == [[3, "a"], ["", "b"], ["", "c"]]
    assert tab.values("D1", "FORMULA") == [["=A1"]]


def test_a_duplicate_has_its_own_formulas(tab):
    """Formulas within the tab mean the copy's cells; values, notes and metadata come along."""
    tab.write("A1:B1", [[5, "=A1+1"]], "USER_ENTERED")
    note = {"range": tab.cells("A1"), "cell": {"note": "n"}, "fields": "note"}
    copied = {"sourceSheetId": tab.sheet_id, "newSheetName": f"{tab.title} copy"}
    *_, reply = tab.spreadsheet.batch_update({"repeatCell": note}, {"duplicateSheet": copied})
    properties = reply["duplicateSheet"]["properties"]
    copy = Tab(tab.spreadsheet, properties["sheetId"], properties["title"])
    tab.spreadsheet.tabs.append(copy)
    copy.write("A1", [[7]])
    assert copy.values("A1:B1") == [[7, 8]]
    assert copy.cell_data("A1", "note") == [[{"note": "n"}]]


def test_a_tab_has_at_most_18278_columns(tab):
    """As far as ZZZ, and not one more."""
    most = {"rowCount": 1, "columnCount": 18_278}
    fields = "gridProperties(rowCount,columnCount)"
    for grid, taken in ((most, True), ({**most, "columnCount": 18_279}, False)):
        properties = {"sheetId": tab.sheet_id, "gridProperties": grid}
        request = {"updateSheetProperties": {"properties": properties, "fields": fields}}
        if taken:
            tab.spreadsheet.batch_update(request)
        else:
            tab.spreadsheet.refusal(request)


def test_a_new_tab_of_the_old_title_is_another_tab(tab):
    """A formula that meant a deleted tab is #REF! for good; so exports keep a tab's gid."""
    if tab.spreadsheet.in_sandbox:
        pytest.skip("The sandbox finds such a tab again: docs/sandbox-limits.md.")
    other = tab.spreadsheet.add_tab()
    other.write("A1", [[7]])
    tab.write("A1", [[f"='{other.title}'!A1"]], "USER_ENTERED")
    assert tab.values("A1") == [[7]]
    tab.spreadsheet.batch_update({"deleteSheet": {"sheetId": other.sheet_id}})
    again = tab.spreadsheet.add_tab(title=other.title)
    again.write("A1", [[8]])
    assert tab.values("A1") == [["#REF!"]]


def test_an_unknown_tab(spreadsheet):
    """The words by which a missing tab is recognized."""
    with pytest.raises(gspread.exceptions.APIError) as refused:
        spreadsheet.values("'no tab of this name'!A1")
    assert refused.value.error["message"] == "Unable to parse range: 'no tab of this name'!A1"
