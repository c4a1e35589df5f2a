from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.errors import WrongCell
from sheet_assets.sheets import report
from sheet_assets.sheets.a1 import parse_cell

SIGNED = "— sheet_assets (nps)"
LATER = "Once the cell is right, this note goes away by itself."


def wrong(address="C2", value="'ten'", reason="is not a whole number", header="score"):
    return WrongCell("Responses", address, header, value, reason)


@pytest.mark.parametrize(
    ("value", "reason", "said"),
    [
        ("'ten'", "is not a whole number", "'ten' is not a whole number."),
        ("3.5", "is not a whole number", "3.5 is not a whole number."),
        (
            "is blank,",
            "but the column is required",
            "The cell is blank, but the column is required.",
        ),
        (
            "the value (hidden: the column is sensitive)",
            "stands twice, first in A2",
            "The value (hidden: the column is sensitive) stands twice, first in A2.",
        ),
        ("'=1+1'", "is not a number", "'=1+1' is not a number."),
        ("'열'", "is not a date", "'열' is not a date."),
        ("'x'", "is none of a\nb", "'x' is none of a b."),
        ("'x'", "is none of a\u2028b\r\nc", "'x' is none of a b c."),
        ("", "is missing.", "The cell is missing."),
    ],
)
def test_a_wrong_cell_in_words(value, reason, said):
    """One line and one whole sentence, for somebody who never saw the contract."""
    assert report.in_words(wrong(value=value, reason=reason)) == said


def test_words_are_bounded():
    """A reason that lists hundreds of allowed values does not make a note of pages."""
    said = report.in_words(wrong(reason=f"is none of {', '.join('abcdefgh' * 400)}"))
    assert len(said) == 501
    assert said.endswith("….")


LINES = st.lists(st.text(st.characters(exclude_characters="\n"), max_size=20), max_size=3)


@given(note=st.text(max_size=60), said=LINES)
def test_any_note_comes_back_as_it_was(note, said):
    """Whatever a person has noted, in whatever characters, is below nothing and above ours."""
    ours = report.with_report(note, "nps", said)
    assert ours.startswith(note)
    assert report.is_reported(ours, "nps") == bool(said)
    assert report.with_report(ours, "nps", ()) == note
    assert report.with_report(ours, "nps", said) == ours
    assert report.with_report(ours, "nps", ["other"]) == report.with_report(note, "nps", ["other"])


@pytest.mark.parametrize(
    ("edited", "left"),
    [
        (f"mine\nx {SIGNED}", "mine"),
        (f"x {SIGNED}\nmine", "mine"),
        (f"mine\nx {SIGNED}\nyours\ny {SIGNED}", "mine\nyours"),
        (f"asked Kim about it: x {SIGNED}", ""),
        (f"x {SIGNED}  ", ""),
        (f"x {SIGNED} asked Kim", f"x {SIGNED} asked Kim"),
        ("x — sheet_assets", "x — sheet_assets"),
        ("x — sheet_assets (nps_2)", "x — sheet_assets (nps_2)"),
        (f"mine \n\n{SIGNED}", "mine \n"),
    ],
)
def test_whose_a_line_is(edited, left):
    """A line that ends with the signature is ours, also edited; each other line is a person's."""
    assert report.with_report(edited, "nps", ()) == left


def test_two_reports_do_not_take_turns():
    """A note that has our lines already is left as it is, whatever stands below them."""
    both = report.with_report(report.with_report("mine", "a", ["x"]), "b", ["x"])
    assert report.with_report(both, "a", ["x"]) == both
    assert report.with_report(f"{both}\nyours", "b", ["x"]) == f"{both}\nyours"
    assert report.with_report(both, "a", ["y"]).split("\n")[1:] == [
        "x — sheet_assets (b)",
        "y — sheet_assets (a)",
    ]


def test_notes_say_each_reason_of_a_cell():
    """Two rules that refuse one cell are two lines; the last one says that the note goes away."""
    cells = [wrong("C2"), wrong("B9"), wrong("C2", reason="stands twice, first in C1")]
    assert report.notes(cells) == {
        parse_cell("C2"): [
            "'ten' is not a whole number.",
            f"'ten' stands twice, first in C1. {LATER}",
        ],
        parse_cell("B9"): [f"'ten' is not a whole number. {LATER}"],
    }


def test_notes_are_bounded():
    """The first thousand cells, row by row; the first of them says how many more there are."""
    cells = [wrong(f"{column}{row}") for column in "AB" for row in range(2, 702)]
    notes = report.notes(cells)
    assert [str(cell) for cell in notes] == [f"{c}{row}" for row in range(2, 502) for c in "AB"]
    first = notes[parse_cell("A2")]
    assert first[1:] == [
        "400 more cells of this worksheet are wrong; they get notes as these are corrected."
    ]
    assert all(len(lines) == 1 for cell, lines in notes.items() if cell != parse_cell("A2"))


def test_table_lists_cells_row_by_row():
    """Address, link, header, value and reason, under an explanation and the header."""
    cells = [
        wrong("C10", header="sc\u2028ore"),
        wrong("C2", "is blank,", "but the column is required"),
    ]
    rows = report.table(cells, "nps", lambda address: f"#{address}")
    assert rows[0][0].startswith("These cells keep the sheet from being loaded.")
    assert rows[0][0].endswith(SIGNED)
    assert rows[1:] == [
        ["Cell", "Link", "Header", "Value", "What is wrong"],
        ["C2", "#C2", "score", "", "The cell is blank, but the column is required."],
        ["C10", "#C10", "sc ore", "'ten'", "'ten' is not a whole number."],
    ]
    assert report.listed(rows) == {
        ("C2", "The cell is blank, but the column is required."),
        ("C10", "'ten' is not a whole number."),
    }


def test_table_of_nothing():
    """Without wrong cells it says so, for a tab that cannot be removed."""
    rows = report.table((), "nps", str)
    assert rows[0] == [f"All cells are right. {SIGNED}"]
    assert report.listed(rows) == set()


def test_table_counts_by_column_and_is_bounded():
    """Thousands: first how many in each column, most first; at the end how many are not listed."""
    cells = [wrong(f"C{row}") for row in range(2, 5_502)]
    cells.append(wrong("A3", header="id"))
    rows = report.table(cells, "nps", str)
    assert rows[2:4] == [
        ["", "", "score", "", "5,500 wrong cells"],
        ["", "", "id", "", "1 wrong cell"],
    ]
    assert [row[0] for row in rows[4:8]] == ["C2", "A3", "C3", "C4"]
    assert rows[-1] == ["", "", "", "", "… and 501 more, listed here as these are corrected."]
    assert len(report.listed(rows)) == 5_000
    assert len(report.table(cells[:1_000], "nps", str)) == 1_002


@pytest.mark.parametrize(
    ("worksheet", "taken", "title"),
    [
        ("Responses", ["Responses"], "Errors in Responses"),
        ("Responses", ["ERRORS IN responses"], "Errors in Responses (2)"),
        (
            "Responses",
            ["Errors in Responses", "Errors in Responses (2)"],
            "Errors in Responses (3)",
        ),
        ("x" * 100, [], f"Errors in {'x' * 90}"),
        ("x" * 100, [f"Errors in {'x' * 90}"], f"Errors in {'x' * 86} (2)"),
    ],
)
def test_title_of_the_tab(worksheet, taken, title):
    """At most 100 characters, and never a title that another tab has in any case."""
    assert report.tab_title(worksheet, taken) == title
    assert len(title) <= 100
