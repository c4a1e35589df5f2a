"""docs/decoding.md says what every kind of cell becomes in every type of column.

`python tests/unit/sheets/test_sheets_decoding_table.py` writes its tables anew; read the
difference before it is committed, since it is what people rely on.
"""

from __future__ import annotations

import json
import re
from itertools import groupby
from pathlib import Path

import pytest

from sheet_assets.errors import CellError
from sheet_assets.sheets.contract import Column
from sheet_assets.sheets.decode import decode
from sheet_assets.sheets.displayed import shown
from sheet_assets.warehouse.rows import field

PAGE = Path(__file__).parents[3] / "docs" / "decoding.md"
BEGIN, END = "<!-- tables -->", "<!-- /tables -->"
ZONE = "Asia/Seoul"

# (as values.get answers it, how a person would say it)
CELLS = [
    ("", "a blank cell"),
    ("  ", "two spaces"),
    (42, "42"),
    (-7, "-7"),
    (0.5, "0.5, also 50 % by its number format"),
    (1234.567, "1234.567, also $1,234.57 by its number format"),
    (0.1 + 0.2, "=0.1+0.2"),
    (40000, "40000"),
    (3_000_000_000, "3000000000"),
    (9007199254740993, "9007199254740993 as a number"),
    (1e300, "1E+300"),
    (45688, "2025-01-31"),
    (45688.395833333336, "2025-01-31 09:30:00"),
    (0.3958333333333333, "09:30:00"),
    (0.999999999, "23:59:59.9999"),
    (61, "1900-03-01"),
    (-1.25, "1899-12-28 18:00:00"),
    (True, "TRUE, also a ticked checkbox"),
    ("42", "the text 42"),
    (" 42 ", "the text 42 with blanks around it"),
    ("007", "the text 007"),
    ("9007199254740993", "the text 9007199254740993"),
    ("1,234", "the text 1,234"),
    ("12.5%", "the text 12.5%"),
    ("3.456", "the text 3.456"),
    ("1e3", "the text 1e3"),
    ("NaN", "the text NaN"),
    ("ten", "the text ten"),
    ("true", "the text true"),
    ("yes", "the text yes"),
    ("2025-01-31", "the text 2025-01-31"),
    ("31.01.2025", "the text 31.01.2025"),
    ("2025-02-30", "the text 2025-02-30"),
    ("2025-01-31 09:30:00", "the text 2025-01-31 09:30:00"),
    ("2025-01-31T09:30:00+02:00", "the text 2025-01-31T09:30:00+02:00"),
    ("09:30", "the text 09:30"),
    ("좋아요", "the text 좋아요 (9 bytes)"),
    ("추천합니다", "the text 추천합니다 (15 bytes)"),
    ("=1+1", "the text =1+1"),
    ("#N/A", "a formula that failed (#N/A)"),
    ("@NULL@", "the text @NULL@"),
    ("a\0b", "a text with a NUL character"),
]
TYPES = [
    "smallint",
    "integer",
    "bigint",
    "decimal(6,2)",
    "real",
    "double",
    "boolean",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "varchar(12)",
]

# What `format` changes is text; real dates and times are read as before.
FORMAT_CELLS = [
    ("", "a blank cell"),
    (42, "42"),
    (45688, "2025-01-31"),
    (45688.395833333336, "2025-01-31 09:30:00"),
    (0.3958333333333333, "09:30:00"),
    (True, "TRUE, also a ticked checkbox"),
    ("31.01.2025", "the text 31.01.2025"),
    ("1.2.25", "the text 1.2.25"),
    ("31.02.2025", "the text 31.02.2025"),
    ("31.01.2025 09:30", "the text 31.01.2025 09:30"),
    ("31.01.2025 09:30 +0200", "the text 31.01.2025 09:30 +0200"),
    ("09:30", "the text 09:30"),
    ("9:30 pm", "the text 9:30 pm"),
    ("2025-01-31", "the text 2025-01-31"),
    ("45688", "the text 45688"),
    ("#N/A", "a formula that failed (#N/A)"),
]
FORMATS = [
    ("date", "%d.%m.%Y"),
    ("date", "%d.%m.%y"),
    ("time", "%H:%M"),
    ("time", "%I:%M %p"),
    ("timestamp", "%d.%m.%Y %H:%M"),
    ("timestamptz", "%d.%m.%Y %H:%M"),
    ("timestamptz", "%d.%m.%Y %H:%M %z"),
]
# (what the cell holds, what it shows, how a person would say it)
DISPLAYED = [
    ("", "", "a blank cell"),
    (7, "00007", "7, shown as 00007"),
    (123456789, "123-45-6789", "123456789, shown as 123-45-6789"),
    (1234.567, "$1,234.57", "1234.567, shown as $1,234.57"),
    (45688, "31.01.2025", "2025-01-31, shown as 31.01.2025"),
    (5, "", "5, of which the format shows nothing"),
    (45688, "######", "2025-01-31 in a narrow cell, shown as ######"),
    (9007199254740993, "9007199254740990", "9007199254740993 as a number"),
    (True, "TRUE", "TRUE, also a ticked checkbox"),
    ("007", "007", "the text 007"),
    ("추천합니다", "추천합니다", "the text 추천합니다 (15 bytes)"),
    ("#N/A", "#N/A", "a formula that failed (#N/A)"),
]
# (the column, the rows, how a person would say it): what becomes of the last row
RULES = [
    ({"type": "integer", "required": True}, [[""]], "`required`, a blank cell"),
    ({"type": "integer", "unique": True}, [[7], [7]], "`unique`, 7 again"),
    ({"type": "integer", "unique": True}, [[""], [""]], "`unique`, a blank cell again"),
    ({"type": "integer", "key": True}, [[7], [7]], "`key`, 7 again"),
    ({"type": "integer", "key": True}, [[""]], "`key`, a blank cell"),
    ({"type": "varchar(9)", "key": True}, [["KR"], ["KR  "]], "`key`, KR again with spaces behind"),
    ({"type": "integer", "min": 0}, [[-1]], "`min: 0`, -1"),
    ({"type": "integer", "max": 10}, [[11]], "`max: 10`, 11"),
    ({"type": "date", "min": "2025-01-01"}, [["2024-12-31"]], "`min: 2025-01-01`, 2024-12-31"),
    ({"type": "integer", "allowed": (1, 2)}, [[3]], "`allowed: [1, 2]`, 3"),
    ({"type": "varchar(9)", "allowed": ("a", "b")}, [["A"]], "`allowed: [a, b]`, A"),
    ({"type": "varchar(9)", "pattern": "[A-Z]+"}, [["Ab"]], "`pattern: '[A-Z]+'`, Ab"),
    ({"type": "integer", "null_values": ("-",)}, [["-"]], "`null_values: ['-']`, -"),
    (
        {"type": "integer", "null_values": ("-",), "required": True},
        [["-"]],
        "`null_values: ['-']` and `required`, -",
    ),
    ({"type": "integer", "formula_errors": "null"}, [["#N/A"]], "`formula_errors: null`, #N/A"),
    (
        {"type": "integer", "formula_errors": "null", "required": True},
        [["#N/A"]],
        "`formula_errors: null` and `required`, #N/A",
    ),
    ({"type": "varchar(9)", "blank": "empty"}, [[""]], "`blank: empty`, a blank cell"),
    ({"type": "integer", "sensitive": True}, [["ten"]], "`sensitive`, ten"),
]


def outcome(cell: object, kind: str, **column: object) -> str:
    """The value as it stands in the CSV, or the reason in italics."""
    contract = [Column(name="id", type="integer"), Column(name="c", type=kind, **column)]
    values = json.loads(json.dumps([["id", "c"], [1, cell]]))
    try:
        (value,) = decode(contract, values, worksheet="T", time_zone=ZONE).columns[1]
    except CellError as error:
        return f"*{error.cells[0].reason}*"
    return "NULL" if value is None else f"`{field(value)}`"


def displayed(held: object, shows: str) -> str:
    """What a cell that holds one thing and shows another becomes."""
    (cell,) = shown([held], [shows] if shows else [])
    return outcome(cell, "varchar(12)", as_displayed=True)


def ruled(column: dict[str, object], rows: list[list[object]]) -> str:
    """What the last of the rows becomes, or all that is said of it."""
    contract = [Column(name="row", type="integer"), Column(name="c", **column)]
    values = [["row", "c"], *([place, *row] for place, row in enumerate(rows))]
    try:
        value = decode(contract, values, worksheet="T").columns[1][-1]
    except CellError as error:
        (cell,) = error.cells
        return f"*{cell.value} {cell.reason}*"
    return "NULL" if value is None else "the empty text" if value == "" else f"`{field(value)}`"


def lines() -> dict[tuple[str, str], str]:
    """Every line of the page's tables: by section and cell, what it becomes."""
    return {
        **{(kind, said): outcome(cell, kind) for kind in TYPES for cell, said in CELLS},
        **{
            (f"{kind} with `format: {written}`", said): outcome(cell, kind, format=written)
            for kind, written in FORMATS
            for cell, said in FORMAT_CELLS
        },
        **{
            ("varchar(12) with `as_displayed`", said): displayed(held, shows)
            for held, shows, said in DISPLAYED
        },
        **{("Rules", said): ruled(column, rows) for column, rows, said in RULES},
    }


def tables() -> str:
    """Every table of the page."""
    parts = [BEGIN]
    for section, group in groupby(lines().items(), key=lambda line: line[0][0]):
        parts += ["", f"### {section}", "", "| Cell | Becomes, or *why not* |", "|---|---|"]
        parts += [f"| {said} | {becomes} |" for (_, said), becomes in group]
    return "\n".join([*parts, "", END])


def written() -> dict[tuple[str, str], str]:
    """What the page says: by section and cell."""
    said = {}
    for section in re.split(r"^### ", PAGE.read_text(), flags=re.MULTILINE)[1:]:
        heading = section.partition("\n")[0]
        for cell, becomes in re.findall(r"^\| (.+?) \| (.+) \|$", section, re.MULTILINE):
            if cell != "Cell":
                said[heading, cell] = becomes
    return said


LINES = lines()
WRITTEN = written() if PAGE.exists() else {}


@pytest.mark.parametrize("line", LINES, ids=" / ".join)
def test_the_page_says_what_a_cell_becomes(line):
    """The page's line for this cell and column is what decoding does."""
    assert WRITTEN[line] == LINES[line]


def test_the_page_has_no_other_lines():
    """No column and no cell stands on the page that is not tested."""
    assert set(WRITTEN) == set(LINES)


if __name__ == "__main__":
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    PAGE.write_text(before + tables() + rest.partition(END)[2])
