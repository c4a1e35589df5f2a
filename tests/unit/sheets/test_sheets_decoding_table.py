"""docs/decoding.md says what every kind of cell becomes in every type of column.

`python tests/unit/sheets/test_sheets_decoding_table.py` writes its tables anew; read the
difference before it is committed, since it is what people rely on.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sheet_assets.errors import CellError
from sheet_assets.sheets.contract import Column
from sheet_assets.sheets.decode import decode
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


def outcome(cell: object, kind: str) -> str:
    """The value as it stands in the CSV, or the reason in italics."""
    contract = [Column(name="id", type="integer"), Column(name="c", type=kind)]
    values = json.loads(json.dumps([["id", "c"], [1, cell]]))
    try:
        (value,) = decode(contract, values, worksheet="T", time_zone=ZONE).columns[1]
    except CellError as error:
        return f"*{error.cells[0].reason}*"
    return "NULL" if value is None else f"`{field(value)}`"


def tables() -> str:
    """Every table of the page."""
    assert ZoneInfo(ZONE)
    parts = [BEGIN]
    for kind in TYPES:
        parts += ["", f"### {kind}", "", "| Cell | Becomes, or *why not* |", "|---|---|"]
        parts += [f"| {said} | {outcome(cell, kind)} |" for cell, said in CELLS]
    return "\n".join([*parts, "", END])


def written() -> dict[tuple[str, str], str]:
    """What the page says: by type and cell."""
    said = {}
    for section in re.split(r"^### ", PAGE.read_text(), flags=re.MULTILINE)[1:]:
        kind = section.partition("\n")[0]
        for cell, becomes in re.findall(r"^\| (.+?) \| (.+) \|$", section, re.MULTILINE):
            said[kind, cell] = becomes
    return said


WRITTEN = written() if PAGE.exists() else {}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(("cell", "said"), CELLS, ids=[said for _, said in CELLS])
def test_the_page_says_what_a_cell_becomes(kind, cell, said):
    """The page's line for this cell and type is what decoding does."""
    assert WRITTEN[kind, said] == outcome(cell, kind)


def test_the_page_has_no_other_lines():
    """No type and no cell stands on the page that is not tested."""
    headings = {(kind, "Cell") for kind in TYPES}
    assert set(WRITTEN) - headings == {(kind, said) for kind in TYPES for _, said in CELLS}


if __name__ == "__main__":
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    PAGE.write_text(before + tables() + rest.partition(END)[2])
