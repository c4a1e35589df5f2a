from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from client_reports import LATER, SIGNED, Report, wrong

from sheet_assets.clients import sheet_report

if TYPE_CHECKING:
    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

KEY = "sheet_assets/report/tab/nps"
HEADER = ["Cell", "Link", "Header", "Value", "What is wrong"]
TITLE = "Errors in Sheet1"


@pytest.fixture
def report(google: GoogleClient, workbook: Workbook, sandbox: Sandbox) -> Report:
    """A spreadsheet of people's own: values, formats, notes, a second tab, which is hidden."""
    made = Report(google, workbook, sandbox)
    made.sheet.set_values([["id", "score"], *[[n, "ten"] for n in range(10)]])
    made.sheet.set_number_format("A2:A9", "NUMBER", "0.0")
    made.note("B3", "mine")
    workbook.add_worksheet("Other").hidden = True
    return made


def tab(report: Report, title: str = TITLE) -> Worksheet:
    """The report's tab."""
    return report.workbook.worksheet(title)


def listed(report: Report, title: str = TITLE) -> list[Any]:
    """The addresses that the tab lists."""
    return [row[0] for row in tab(report, title).values()[2:]]


def test_tab_lists_the_wrong_cells(report: Report) -> None:
    """Address, link, header, value and reason, row by row, below a frozen header."""
    reported = report([wrong("B3"), wrong("A2", "is blank,", "but it is required")], "tab")
    assert (reported.added, reported.removed, reported.api_calls) == (2, 0, 2)
    link = f"https://docs.google.com/spreadsheets/d/{report.workbook.spreadsheet_id}/edit#gid=0"
    explanation, *rows = tab(report).values()
    assert str(explanation[0]).startswith("These cells keep the sheet from being loaded.")
    assert str(explanation[0]).endswith(SIGNED)
    assert rows == [
        HEADER,
        ["A2", f"{link}&range=A2", "score", None, "The cell is blank, but it is required."],
        ["B3", f"{link}&range=B3", "score", "'ten'", "'ten' is not a whole number."],
    ]
    assert (tab(report).frozen_row_count, tab(report).hidden) == (2, False)
    assert tab(report).tab_color
    assert report.titles == ["Sheet1", "Other", TITLE]
    assert report.records() == [(KEY, tab(report).sheet_id)]


def test_nothing_else_changes_and_all_of_it_goes(report: Report) -> None:
    """The spreadsheet differs by one tab, at the end, and is as before when all is right."""
    before = report.everything()
    report([wrong("B3")], "tab")
    between = report.everything()
    between["sheets"].pop()
    assert between == before
    reported = report([], "tab")
    assert (reported.added, reported.removed, reported.api_calls) == (0, 1, 2)
    assert report.everything() == before


def test_equal_report_writes_nothing(report: Report) -> None:
    """The same cells again, in any order: one read, no write."""
    assert report.asked([wrong("B3"), wrong("B4")], "tab") == "GET POST"
    version = report.version
    assert report.asked([wrong("B4"), wrong("B3")], "tab") == "GET"
    assert report.version == version


def test_tab_follows_what_is_wrong(report: Report) -> None:
    """Corrected cells leave the list, new ones come, and the rows of the longer list are gone."""
    report([wrong("B3"), wrong("B4"), wrong("B5")], "tab")
    was = tab(report).sheet_id
    reported = report([wrong("B4", "'elf'"), wrong("A9")], "tab")
    assert (reported.added, reported.removed, reported.api_calls) == (2, 2, 3)
    assert listed(report) == ["B4", "A9"]
    assert tab(report).sheet_id == was
    reported = report([wrong(f"B{row}") for row in range(2, 40)], "tab")
    assert (reported.added, reported.removed) == (38, 1)
    assert listed(report) == [f"B{row}" for row in range(2, 40)]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+49 30", "-1", "@cell", '=IMPORTXML("x")', "'quoted'", "007", "TRUE", "열 😀"],
)
def test_text_is_never_parsed(report: Report, text: str) -> None:
    """What a cell, a header or a reason says stands in the tab as the text that it is."""
    report([wrong("B3", text, header=text)], "tab")
    (row,) = tab(report).values()[2:]
    assert row[2:4] == [text, text]
    kinds = {
        kind
        for line in report.everything()["sheets"][-1]["data"][0]["rowData"]
        for cell in line["values"]
        for kind in cell.get("userEnteredValue", {})
    }
    assert kinds == {"stringValue"}


def test_tab_of_a_person_with_that_title(report: Report) -> None:
    """A tab is told by its record, not by its title: a person's own is neither used nor removed."""
    report.workbook.add_worksheet(TITLE.upper()).set_values([["mine"]])
    before = report.everything()
    report([wrong("B3")], "tab")
    assert report.titles[2:] == [TITLE.upper(), f"{TITLE} (2)"]
    report([], "tab")
    assert report.everything() == before


def test_tab_that_was_renamed_moved_and_narrowed(report: Report) -> None:
    """It stays the report's, under the person's title, and a column that went comes back."""
    report([wrong("B3")], "tab")
    gid = tab(report).sheet_id
    moved = {"sheetId": gid, "title": "To do", "index": 0}
    report.do("updateSheetProperties", properties=moved, fields="title,index")
    where = {"sheetId": gid, "dimension": "COLUMNS", "startIndex": 2, "endIndex": 3}
    report.do("deleteDimension", range=where)
    report([wrong("B3"), wrong("B4")], "tab")
    assert report.titles == ["To do", "Sheet1", "Other"]
    assert tab(report, "To do").values()[1] == HEADER
    assert listed(report, "To do") == ["B3", "B4"]
    assert report([], "tab").removed == 2
    assert report.titles == ["Sheet1", "Other"]


def test_person_writes_beside_the_list(report: Report) -> None:
    """Columns right of ours are not written to while the tab stands."""
    report([wrong("B3")], "tab")
    where = {"sheetId": tab(report).sheet_id, "dimension": "COLUMNS", "length": 1}
    report.do("appendDimension", **where)
    tab(report).set_values([["Kim"]], row=2, column=5)
    report([wrong("B4")], "tab")
    (row,) = tab(report).values()[2:]
    assert (row[0], row[5]) == ("B4", "Kim")


def test_copy_of_the_tab_is_left_alone(report: Report) -> None:
    """A copy that a person made of the tab, record and all, is not the report's."""
    report([wrong("B3")], "tab")
    (record,) = report.workbook.developer_metadata.values()
    copy = report.workbook.add_worksheet("Copy", sheet_id=77)
    copy.set_values(tab(report).values())
    entry = {"metadataKey": KEY, "metadataValue": record.value, "location": {"sheetId": 77}}
    report.do("createDeveloperMetadata", developerMetadata=entry | {"visibility": "DOCUMENT"})
    kept = copy.values()
    report([wrong("B4")], "tab")
    assert listed(report) == ["B4"]
    report([], "tab")
    assert report.titles == ["Sheet1", "Other", "Copy"]
    assert copy.values() == kept


def test_tab_that_a_person_deleted_comes_back(report: Report) -> None:
    """While cells are wrong the tab is made again; when all is right, it is not missed."""
    report([wrong("B3")], "tab")
    report.do("deleteSheet", sheetId=tab(report).sheet_id)
    assert report([wrong("B3")], "tab").added == 1
    report.do("deleteSheet", sheetId=tab(report).sheet_id)
    assert report.asked([], "tab") == "GET"


def test_last_visible_tab_stays(report: Report) -> None:
    """Where every other tab is hidden the report's cannot go: it says that all is right."""
    report([wrong("B3"), wrong("B4")], "tab")
    hidden = {"sheetId": 0, "hidden": True}
    report.do("updateSheetProperties", properties=hidden, fields="hidden")
    assert report([], "tab").removed == 2
    assert tab(report).values() == [[f"All cells are right. {SIGNED}"], HEADER]
    assert report.asked([], "tab") == "GET"
    report.do("updateSheetProperties", properties=hidden | {"hidden": False}, fields="hidden")
    assert report([], "tab").removed == 0
    assert report.titles == ["Sheet1", "Other"]


def test_thousands_of_wrong_cells(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """6,000: 5,000 are listed in one write of less than 3 MB, below the counts by column."""
    sent: list[int] = []
    write = report.client.batch_update

    def measured(spreadsheet_id: str, updates: Any) -> None:
        sent.append(len(json.dumps({"requests": list(updates)})))
        write(spreadsheet_id, updates)

    monkeypatch.setattr(report.client, "batch_update", measured)
    value, reason = f"'{'x' * 38}'", "is not a date (a date cell, or text like 2026-11-20)"
    cells = [wrong(f"B{row}", value, reason) for row in range(2, 5_999)]
    cells += [wrong(f"A{row}", value, reason, header="id") for row in range(2, 5)]
    assert report.asked(cells, "tab") == "GET POST"
    rows = tab(report).values()
    assert [row[2:] for row in rows[2:4]] == [
        ["score", None, "5,997 wrong cells"],
        ["id", None, "3 wrong cells"],
    ]
    assert len(rows) == 4 + 5_000 + 1
    assert rows[-1][-1] == "… and 1,000 more, listed here as these are corrected."
    assert report.asked(cells, "tab") == "GET"
    report(cells[:3], "tab")
    assert listed(report) == ["B2", "B3", "B4"]
    assert report([], "tab").removed == 3
    assert max(sent) < 3_000_000


def test_two_sheets_on_one_worksheet(report: Report) -> None:
    """Each has a tab of its own, which the other does not touch."""
    report([wrong("B3")], "tab")
    report([wrong("B4")], "tab", name="nps_2")
    assert report.titles == ["Sheet1", "Other", TITLE, f"{TITLE} (2)"]
    assert report.asked([wrong("B3")], "tab") == "GET"
    report([], "tab")
    assert report.titles == ["Sheet1", "Other", f"{TITLE} (2)"]
    assert listed(report, f"{TITLE} (2)") == ["B4"]


def test_gid_that_is_taken(report: Report) -> None:
    """The tab's gid is made from its name; where a tab has it, the next one is taken."""
    report([wrong("B3")], "tab")
    gid = tab(report).sheet_id
    report([], "tab")
    report.workbook.add_worksheet("Taken", sheet_id=gid)
    report([wrong("B3")], "tab")
    assert tab(report).sheet_id == gid + 1


def test_from_notes_to_tab_and_back(report: Report) -> None:
    """Another form takes the first one away in the same write; off takes either."""
    note = f"'ten' is not a whole number. {LATER} {SIGNED}"
    before = report.everything()
    cells = [wrong("B3"), wrong("B4")]
    report(cells, "notes")
    assert report.asked(cells, "tab") == "GET GET POST"
    assert (report.notes, listed(report)) == ({"B3": "mine"}, ["B3", "B4"])
    assert report.asked(cells, "notes") == "GET GET POST"
    assert report.notes == {"B3": f"mine\n{note}", "B4": note}
    assert report.titles == ["Sheet1", "Other"]
    report(cells, "tab")
    assert report(cells, "off").removed == 2
    assert report.everything() == before


def test_tab_that_went_since_it_was_seen(report: Report) -> None:
    """When Google refuses what was planned on an older look, the next look decides."""
    report([wrong("B3")], "tab")
    seen = report.client.get(report.workbook.spreadsheet_id, fields=sheet_report.FIELDS)
    report.do("deleteSheet", sheetId=tab(report).sheet_id)
    assert report.asked([], "tab", spreadsheet=seen) == "POST GET"
    assert report.titles == ["Sheet1", "Other"]
    report([wrong("B3")], "tab")
    unseen = {**seen, "sheets": seen["sheets"][:2]}
    reported = report([wrong("B4")], "tab", spreadsheet=unseen)
    assert (reported.added, reported.removed, reported.api_calls) == (1, 1, 4)
    assert listed(report) == ["B4"]
