from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from client_reports import LATER, SIGNED, TEN, Report, notes, wrong

from sheet_assets.clients import sheet_report
from sheet_assets.clients.sheet_snapshot import read_sheet
from sheet_assets.errors import CellError

if TYPE_CHECKING:
    from pathlib import Path

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

KEY = "sheet_assets/report/notes/nps"


@pytest.fixture
def report(google: GoogleClient, workbook: Workbook, sandbox: Sandbox) -> Report:
    """A spreadsheet of people's own: values, formats, notes, formulas, a second tab."""
    made = Report(google, workbook, sandbox)
    made.sheet.set_values([["id", "score"], *[[n, "ten"] for n in range(10)], [], ["=A1", "x"]])
    made.sheet.set_number_format("A2:A9", "NUMBER", "0.0")
    made.note("A1", "Ask Kim before changing this.")
    other = workbook.add_worksheet("Other")
    other.set_values([["theirs"]])
    made.note("A1", "also theirs", other)
    return made


def test_wrong_cells_get_notes_in_words(report: Report) -> None:
    """Each wrong cell has a note for who edits the sheet, and the tab a record of it."""
    reported = report([wrong("B3"), wrong("B5", "is blank,", "but the column is required")])
    assert (reported.added, reported.removed, reported.api_calls) == (2, 0, 3)
    assert report.notes == {
        "A1": "Ask Kim before changing this.",
        "B3": TEN,
        "B5": f"The cell is blank, but the column is required. {LATER} {SIGNED}",
    }
    assert report.records() == [(KEY, 0)]


def test_nothing_else_changes_and_all_of_it_goes(report: Report) -> None:
    """The spreadsheet differs by the notes and the record alone, and is as before in the end."""
    before = report.everything()
    report([wrong("B3"), wrong("A13")])
    between = report.everything()
    first = between["sheets"][0]
    assert [entry["metadataKey"] for entry in first.pop("developerMetadata")] == [KEY]
    rows = first["data"][0]["rowData"]
    assert rows[2]["values"][1].pop("note") == TEN
    assert rows[12]["values"][0].pop("note") == TEN
    assert between == before
    reported = report([])
    assert (reported.added, reported.removed) == (0, 2)
    assert report.everything() == before


@pytest.mark.parametrize("cells", [[wrong("B3")], [wrong(f"B{row}") for row in range(2, 8)]])
def test_equal_report_writes_nothing(report: Report, cells: list[Any]) -> None:
    """The same cells again: two reads, no write, and the spreadsheet's version stays."""
    assert report.asked(cells) == "GET GET POST"
    version = report.version
    assert report.asked(cells) == "GET GET"
    assert report.version == version


@pytest.mark.parametrize("how", ["notes", "tab", "off"])
def test_nothing_wrong_is_one_read(report: Report, how: str) -> None:
    """Without wrong cells and an earlier report: the tabs' properties, and no cell."""
    assert report.asked([], how) == "GET"
    (asked,) = [each for each in report.sandbox.google.requests if "/v4/" in each.path]
    assert "data" not in asked.query.lower().replace("metadata", "")


def test_nothing_wrong_is_no_read_for_a_caller_who_knows(report: Report) -> None:
    """With the tabs' properties and records at hand, no request is sent; with a report, two."""

    def look() -> Any:
        return report.client.get(report.workbook.spreadsheet_id, fields=sheet_report.FIELDS)

    for how in ("notes", "tab", "off"):
        assert report.asked([], how, spreadsheet=look()) == ""
    assert report.asked([wrong("B3")], spreadsheet=look()) == "GET POST"
    assert report.asked([], spreadsheet=look()) == "GET POST"
    assert report.notes.keys() == {"A1"}


def test_corrected_cell_loses_its_note(report: Report) -> None:
    """Of two, the one that is right has no note any more; the other's stays as it is."""
    report([wrong("B3"), wrong("B5")])
    reported = report([wrong("B5")])
    assert (reported.added, reported.removed) == (0, 1)
    assert report.notes.keys() == {"A1", "B5"}
    assert report.records() == [(KEY, 0)]


def test_another_mistake_is_said_in_its_own_words(report: Report) -> None:
    """A cell that is wrong in another way by now has the new sentence alone."""
    report([wrong("B3")])
    reported = report([wrong("B3", "'elf'")])
    assert (reported.added, reported.removed) == (1, 0)
    assert report.notes["B3"] == TEN.replace("ten", "elf")


def test_two_reasons_of_one_cell(report: Report) -> None:
    """A cell that two rules refuse has one note with both."""
    reported = report([wrong("B3"), wrong("B3", reason="stands twice, first in B2")])
    assert reported.added == 1
    assert report.notes["B3"].count("\n") == 1
    assert report([]).removed == 1
    assert "B3" not in report.notes


def test_notes_move_with_their_rows(report: Report) -> None:
    """After rows were inserted above, the note is known at its new place, and taken from there."""
    report([wrong("B3"), wrong("B5")])
    report.rows("insertDimension", 1, 3)
    assert report.notes.keys() == {"A1", "B5", "B7"}
    assert report.asked([wrong("B5"), wrong("B7")]) == "GET GET"
    report.rows("deleteDimension", 1, 2)
    assert report([wrong("B6")]).removed == 1
    assert report.notes.keys() == {"A1", "B6"}


def test_note_one_row_off_is_healed(report: Report) -> None:
    """A row that is inserted between reading and reporting: the next report puts it right."""
    report.rows("insertDimension", 1, 2)
    report([wrong("B3")])  # as read before the row came
    reported = report([wrong("B4")])
    assert (reported.added, reported.removed) == (1, 1)
    assert report.notes.keys() == {"A1", "B4"}


def test_rows_that_went_in_between(report: Report) -> None:
    """A wrong cell whose row was deleted since it was read is left out; the others are noted."""
    report.rows("deleteDimension", 3, 1000)
    reported = report([wrong("B3"), wrong("B900")])
    assert reported.added == 1
    assert report.notes.keys() == {"A1", "B3"}


@pytest.mark.parametrize(
    "theirs",
    [
        "Ask Kim",
        "two\nlines",
        "ends with a line break\n",
        "\n\nbegins with two",
        "  blanks  ",
        "이 칸은 김 대리에게 😀",
        "'ten' is not a whole number.",
        "— sheet_assets",
        "=HYPERLINK(1)",
    ],
)
def test_note_of_a_person_stays(report: Report, theirs: str) -> None:
    """What a person has noted on a wrong cell stays above ours, and is as it was in the end."""
    report.note("B3", theirs)
    before = report.everything()
    assert report([wrong("B3")]).added == 1
    assert report.notes["B3"] == f"{theirs}\n{TEN}"
    assert report.asked([wrong("B3")]) == "GET GET"
    report([])
    assert report.notes["B3"] == theirs
    assert report.everything() == before


def test_person_writes_into_our_note(report: Report) -> None:
    """Lines that a person adds around ours stay; a line of ours that was edited is replaced."""
    report([wrong("B3"), wrong("B4"), wrong("B5")])
    report.note("B3", f"I asked Kim.\n{TEN}\nShe answers tomorrow.")
    report.note("B4", TEN.replace("not a", "NOT A"))
    report.note("B5", f"{TEN} seen, thanks")
    report([wrong("B3"), wrong("B4"), wrong("B5")])
    assert report.notes["B3"] == f"I asked Kim.\n{TEN}\nShe answers tomorrow."
    assert report.notes["B4"] == TEN
    assert report.notes["B5"] == f"{TEN} seen, thanks\n{TEN}"
    report([])
    assert report.notes == {
        "A1": "Ask Kim before changing this.",
        "B3": "I asked Kim.\nShe answers tomorrow.",
        "B5": f"{TEN} seen, thanks",
    }


def test_note_that_a_person_removed_comes_back(report: Report) -> None:
    """While a cell is wrong its note is put again; once it is right, it is not missed."""
    report([wrong("B3"), wrong("B4")])
    report.note("B3", "")
    assert report([wrong("B3"), wrong("B4")]).added == 1
    report.note("B3", "")
    report.note("B4", "")
    assert report([]).removed == 0
    assert report.records() == []


def test_two_sheets_on_one_worksheet(report: Report) -> None:
    """Each names its own lines and takes no other's away, so that they do not write for ever."""
    report([wrong("B3")], name="nps")
    report([wrong("B3"), wrong("B4")], name="nps_2")
    theirs = TEN.replace("(nps)", "(nps_2)")
    assert report.notes["B3"] == f"{TEN}\n{theirs}"
    assert report.asked([wrong("B3")], name="nps") == "GET GET"
    assert report([], name="nps").removed == 1
    assert report.notes["B3"] == theirs
    assert report([], name="nps_2").removed == 2
    assert report.notes.keys() == {"A1"}
    assert report.records() == []


def test_thousands_of_wrong_cells(report: Report) -> None:
    """5,000: a thousand notes in one write, the first of which says how many more there are."""
    report.sheet.set_values([["ten"]] * 5_000, row=1, column=1, grow=True)
    cells = [wrong(f"B{row}") for row in range(2, 5_002)]
    report.note("B2", "mine")
    assert report.asked(cells) == "GET GET POST"
    assert len(report.notes) == 1_001
    assert report.notes["B2"].split("\n") == [
        "mine",
        TEN,
        "4,000 more cells of this worksheet are wrong; they get notes as these are corrected. "
        + SIGNED,
    ]
    assert report.asked(cells) == "GET GET"
    reported = report(cells[500:])
    assert (reported.added, reported.removed) == (501, 500)
    assert "3,500 more cells" in report.notes["B502"]
    assert report([]).removed == 1_000
    assert report.notes == {"A1": "Ask Kim before changing this.", "B2": "mine"}


def test_only_so_much_fits_a_note(report: Report) -> None:
    """Where a person's note leaves no room for ours, it stays alone; Google refuses more."""
    report.note("B3", "x" * (50_000 - len(TEN) - 1))
    report.note("B4", "x" * (50_000 - len(TEN)))
    assert report([wrong("B3"), wrong("B4")]).added == 1
    assert len(report.notes["B3"]) == 50_000
    assert report.notes["B4"] == "x" * (50_000 - len(TEN))
    request = {"start": {"sheetId": 0}, "rows": [{"values": [{"note": "x" * 50_001}]}]}
    with pytest.raises(Exception, match="more than the maximum of 50000 characters"):
        report.do("updateCells", **request, fields="note")


@pytest.mark.parametrize("title", ["응답 😀", "it's 100%: A1:B2", "A1", "Other!B3"])
def test_worksheet_of_any_name(report: Report, title: str) -> None:
    """The notes go to the worksheet that the cells name, whatever it is called."""
    tab = report.workbook.add_worksheet(title, sheet_id=42)
    report([wrong("C7", "'열😀'", worksheet=title)])
    assert notes(tab) == {"C7": TEN.replace("ten", "열😀")}
    assert report.records() == [(KEY, 42)]
    assert report.notes.keys() == {"A1"}


def test_worksheet_that_is_read_no_more(report: Report) -> None:
    """When the contract names another worksheet, the notes on the first one go."""
    report([wrong("B3")])
    reported = report([wrong("A1", worksheet="Other")])
    assert (reported.added, reported.removed) == (1, 1)
    assert report.notes.keys() == {"A1"}
    assert notes(report.workbook.worksheet("Other")) == {"A1": f"also theirs\n{TEN}"}


def test_switched_off(report: Report) -> None:
    """Off takes an earlier report away and puts none, whatever is wrong, and on which worksheet."""
    report([wrong("B3")])
    cells = [wrong("B3", worksheet="Renamed"), wrong("B4", worksheet="Renamed")]
    assert report(cells, "off").removed == 1
    assert report.notes.keys() == {"A1"}
    assert report.records() == []


def test_what_a_person_reads_after_a_load(report: Report, tmp_path: Path) -> None:
    """Read, reported, corrected, read again: the notes follow what the contract says."""
    source = report.source()

    def load() -> None:
        try:
            read_sheet(report.client, source, tmp_path)
        except CellError as error:
            report(error.cells)
        else:
            report([])

    report.sheet.set_values([["id", "score"], [1, "ten"], [2, 3], [3, 0.5]])
    report.rows("deleteDimension", 4, 1000)
    load()
    assert report.notes == {
        "A1": "Ask Kim before changing this.",
        "B2": TEN,
        "B4": TEN.replace("'ten'", "0.5"),
    }
    report.sheet.set_values([[10]], row=1, column=1)
    load()
    assert report.notes.keys() == {"A1", "B4"}
    report.sheet.set_values([[5]], row=3, column=1)
    load()
    assert report.notes.keys() == {"A1"}
