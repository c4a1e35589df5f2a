"""How wrong cells are told: shortened, in one line, with the right address, and many at once."""

from __future__ import annotations

from typing import Any

from bench import FIRST, NAMES, SECOND, Case, wrong

WHOLE = "is not a whole number"
KEEPS = "the table keeps its last version."


def many(said: str, counts: str, lines: list[str], *, more: int = 0, **options: Any) -> Case:
    """A case of several wrong cells: how many by column, and the first of them in full."""
    total = len(lines) + more
    told = [f"{total} wrong cells ({counts}):", *(f"  Sheet1!{line}" for line in lines)]
    told += [f"  … and {more} more"] * bool(more)
    return Case(said, "\n".join([*told, f"Correct them; {KEEPS}"]), **options)


def moved(said: str, where: str, **options: Any) -> Case:
    """A case of one wrong cell that does not stand where it does in the good sheet."""
    return Case(
        said, f"Sheet1!{where} \"small\": 'ten' {WHOLE}. Correct the cell; {KEEPS}", **options
    )


TEN = [SECOND[0], "ten", *SECOND[2:]]

SHOWN = [
    wrong("a text of forty characters", "small", "x" * 40, f"'{'x' * 40}' {WHOLE}"),
    wrong("a text of forty-one characters", "small", "x" * 41, f"'{'x' * 39}…' {WHOLE}"),
    wrong("a text of fifty thousand characters", "small", "가" * 50_000, f"'{'가' * 39}…' {WHOLE}"),
    wrong("a text of several lines", "small", "ten\nor so", f"'ten⏎or so' {WHOLE}"),
    wrong(
        "a text that would color the terminal", "small", "\x1b[31mten", f"'\\x1b[31mten' {WHOLE}"
    ),
    wrong("a text with a bell and a tab", "small", "\a\tten", f"'\\x07\\tten' {WHOLE}"),
    wrong("a text that turns the direction around", "small", "\u202enet", f"'\\u202enet' {WHOLE}"),
    wrong("a number behind a byte order mark", "small", "\ufeff10", f"'\\ufeff10' {WHOLE}"),
    wrong("a number with NBSP in its middle", "whole", "1\u00a0000", f"'1\\xa0000' {WHOLE}"),
    wrong("a text in quotes", "small", "'ten'", f"''ten'' {WHOLE}"),
    wrong("a text that looks like a formula", "small", "=1+1", f"'=1+1' {WHOLE}"),
    wrong("a text in curly brackets", "small", "{0} %s", f"'{{0}} %s' {WHOLE}"),
]

MERGED = {
    "mergeCells": {
        "range": {
            "sheetId": 0,
            "startRowIndex": 1,
            "endRowIndex": 3,
            "startColumnIndex": 0,
            "endColumnIndex": 1,
        }
    }
}

PLACES = [
    moved("a wrong cell below blank rows", "B6", grid=[NAMES, FIRST, [], [], [], TEN]),
    moved(
        "a wrong cell in a sheet that begins further down",
        "F12",
        grid=[NAMES, FIRST, TEN],
        at=(9, 4),
        source={"range": "E10:Q"},
    ),
    moved(
        "a wrong cell in columns beyond Z",
        "AB3",
        grid=[NAMES, FIRST, TEN],
        at=(0, 26),
        source={"range": "AA:AM"},
    ),
    moved(
        "a wrong cell below a title",
        "B5",
        grid=[["Answers"], [], NAMES, FIRST, TEN],
        source={"header_row": 3},
    ),
    moved(
        "a wrong cell in a column that was moved",
        "A3",
        grid=[[NAMES[1], NAMES[0], *NAMES[2:]], [7, 1, *FIRST[2:]], ["ten", 2, *SECOND[2:]]],
    ),
    moved(
        "a wrong cell in a hidden row",
        "B3",
        grid=[NAMES, FIRST, TEN],
        requests=[
            {
                "updateDimensionProperties": {
                    "range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 3},
                    "properties": {"hiddenByUser": True},
                    "fields": "hiddenByUser",
                }
            }
        ],
    ),
    Case(
        "a key that is merged over two rows",
        f'Sheet1!A3 "id": is blank, but it is the key. Correct the cell; {KEEPS}',
        requests=[MERGED],
        rules={"id": {"key": True}},
    ),
    Case(
        "a wrong cell under an alias",
        f"Sheet1!B3 \"Likely?\": 'ten' {WHOLE}. Correct the cell; {KEEPS}",
        grid=[[NAMES[0], " Likely?\n", *NAMES[2:]], FIRST, TEN],
        rules={"small": {"aliases": ["Likely?"]}},
    ),
    Case(
        "a wrong cell in a tab with quotes in its title",
        f"Kim's!B3 \"small\": 'ten' {WHOLE}. Correct the cell; {KEEPS}",
        grid=[NAMES, FIRST, TEN],
        source={"worksheet": "Kim's"},
        meddle=lambda path: setattr(path.worksheet, "title", "Kim's"),
    ),
]

MANY = [
    many(
        "two wrong cells of one row",
        '1 in "small", 1 in "note"',
        [
            f"B3 \"small\": 'ten' {WHOLE}",
            "M3 \"note\": 'a much longer text' has 18 bytes, more than varchar(12) holds",
        ],
        cells={"B3": "ten", "M3": "a much longer text"},
    ),
    many(
        "wrong cells are told column by column",
        '2 in "small", 1 in "whole"',
        [f"B2 \"small\": 'a' {WHOLE}", f"B3 \"small\": 'c' {WHOLE}", f"C2 \"whole\": 'b' {WHOLE}"],
        cells={"B2": "a", "C2": "b", "B3": "c"},
    ),
    many(
        "six wrong cells, of which five are shown",
        '6 in "small"',
        [f"B{row} \"small\": 'x' {WHOLE}" for row in range(2, 7)],
        more=1,
        grid=[NAMES, *([number, "x"] for number in range(6))],
    ),
    many(
        "three thousand wrong cells",
        '2000 in "small", 1000 in "big"',
        [f"B{row} \"small\": 'x' {WHOLE}" for row in range(2, 7)],
        more=2995,
        grid=[NAMES, *([number, "x", None, "y" if number % 2 else 1] for number in range(2000))],
    ),
    many(
        "a value of every wrong kind in a required column",
        '5 in "id"',
        [
            'A2 "id": is blank, but the column is required',
            f'A3 "id": 1.5 {WHOLE}',
            f'A4 "id": TRUE {WHOLE}',
            f"A5 \"id\": '5a' {WHOLE}",
            "A6 \"id\": '#N/A' is a formula's error",
        ],
        grid=[NAMES, [None, 1], [1.5], [True], ["5a"], ["#N/A"], [6]],
        rules={"id": {"required": True}},
    ),
    many(
        "a value that stands four times",
        '3 in "small"',
        [
            'B3 "small": 7 stands twice, first in B2',
            'B4 "small": 7 stands twice, first in B2',
            'B6 "small": 7 stands twice, first in B2',
        ],
        grid=[NAMES, *([number, 8 if number == 3 else 7] for number in range(5))],
        rules={"small": {"unique": True}},
    ),
]

CASES = [*SHOWN, *PLACES, *MANY]
