"""A whole sheet's proposal: what is bound, what is left out, and that it reads the sheet."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import cycle

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Template

from sheet_assets.errors import CellError, SheetError
from sheet_assets.sheets.a1 import TOP_LEFT, Cell, column_letters, parse_cell
from sheet_assets.sheets.contract import Column, normalise_header
from sheet_assets.sheets.decode import decode
from sheet_assets.sheets.infer.area import SheetArea
from sheet_assets.sheets.infer.cells import NumberFormat
from sheet_assets.sheets.infer.defs_yaml import column_fields, defs_yaml
from sheet_assets.sheets.infer.draft import _displayed
from sheet_assets.sheets.infer.proposal import find_header, propose
from sheet_assets.sheets.infer.survey import Survey
from sheet_assets.sheets.values import FORMULA_ERRORS


def proposed(*values, first=TOP_LEFT, **more):
    area = SheetArea("Responses", values, first=first, survey=Survey(**more))
    return propose(area, find_header(area))


def text_of(proposal):
    return defs_yaml(proposal, {"name": "a", "worksheet": "2026 #1"}, {"worksheet": "gid\n7"})


def test_a_sheet():
    """The text can be read, has a line for each column and a comment for each doubt."""
    found = proposed(
        ["Answers"],
        ["id", "Submitted at", "이름", "Price"],
        [1, 45000, "홍길동", 9.5],
        [],
        [2, "2025-01-31", None, 10],
        formats={1: {2: NumberFormat("DATE"), 4: NumberFormat()}},
    )
    assert (found.header_row, found.rows, found.wrong) == (1, 2, ())
    assert text_of(found) == (
        "# Proposed by `sheet-assets infer` from 2 rows. Read it before you trust it: a comment "
        "says what is\n"
        "# unsure. `required: true` stands where no cell is blank today; take it away where one "
        "may be.\n"
        "type: sheet_assets.SheetTable\n"
        "attributes:\n"
        "  name: a\n"
        "  worksheet: '2026 #1'  # gid⏎7\n"
        "  columns:\n"
        "    # All values differ: with `key: true` it tells rows apart.\n"
        "    - {name: id, type: integer, required: true}\n"
        "    # B5: typed as text, written as ISO 8601.\n"
        "    - {name: submitted_at, type: date, header: Submitted at, required: true}\n"
        "    # Nothing of the header can stand in a name: give the column one.\n"
        "    - {name: column_c, type: varchar(32), header: 이름}\n"
        "    - {name: price, type: 'decimal(18,1)', header: Price, required: true}\n"
    )


def test_columns_that_cannot_be_bound_are_left_out_with_the_reason():
    """Headers that stand twice, are errors or are missing: a comment, and no column."""
    found = proposed(
        ["id", "Total", "", "total ", "Total", "#REF!", None],
        [1, 2, "x", 3, 4, 5],
        first=Cell(4, 1),
    )
    assert [column.name for column in found.contract] == ["id", "total"]
    assert [(each.letters, *each.notes) for each in found.columns if each.column is None] == [
        ("C", "This header stands in C5 and F5: rename all but one."),
        ("D", "It has values and no header: give it one in the sheet."),
        ("F", "This header stands in C5 and F5: rename all but one."),
        ("G", "Its header is a formula's error: correct it in the sheet."),
    ]
    assert '    # Column C, "Total", is left out. This header stands in C5' in text_of(found)
    assert "    # Column D, without a header, is left out. It has values" in text_of(found)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], "has no values where it was read"),
        ([[], ["", None]], "has no values where it was read"),
        ([["a", "a"], ["x", "y"]], "has no header that could be bound"),
    ],
)
def test_a_sheet_that_nothing_can_be_made_of(values, said):
    """An empty sheet, or one without a header of its own, is a sentence with the remedy."""
    with pytest.raises(SheetError, match=said):
        proposed(*values)


def test_a_header_alone():
    """Without rows nothing is required, and every type is a guess that says so."""
    found = proposed(["id", "score"])
    assert found.rows == 0
    assert [(column.required, str(column.type)) for column in found.contract] == [
        (False, "varchar(256)")
    ] * 2
    assert all("No values yet" in each.notes[0] for each in found.columns)


def test_required_counts_the_rows_that_are_loaded():
    """Blank rows do not count, and blanks that someone typed are a text in a varchar only."""
    found = proposed(
        ["id", "why", "n"], [1, " ", 1], [], [" ", "\xa0", ""], [None, "", 2], [3, "x", " "]
    )
    assert [column.required for column in found.contract] == [False, False, False]
    found = proposed(["id", "why", "n"], [1, " ", 1], [], [" ", "\xa0", ""], [3, "x", 2])
    assert [column.required for column in found.contract] == [True, True, True]


@pytest.mark.parametrize(
    ("values", "keys"),
    [
        ([["id", "order_id"], [1, 5], [2, 6]], ["id"]),
        ([["id", "order_id"], [1, 5], [1, 6]], ["order_id"]),
        ([["name", "n"], ["a", 5], ["b", 6]], []),
        ([["id", "n"], [1, 5], ["", 6]], []),
        ([["id", "n"], [1, 5]], []),
    ],
)
def test_a_key_is_suggested_and_not_declared(values, keys):
    """The first column that looks like an id and tells the rows apart, in a comment."""
    found = proposed(*values)
    assert not any(column.key for column in found.contract)
    said = [
        each.column.name for each in found.columns if any("`key: true`" in n for n in each.notes)
    ]
    assert said == keys


def test_a_template_in_a_header_stays_a_header():
    """What Dagster would take for a template is written so that it comes out as it is."""
    header = "Is {{ this }} {% it %} or {# this #}?"
    (fields,) = yaml.safe_load(text_of(proposed([header], [1])))["attributes"]["columns"]
    assert fields["header"] != header
    assert Template(fields["header"]).render() == header


def test_long_columns_take_several_lines():
    """A line of a file that people edit has at most 100 characters, where a header allows it."""
    found = proposed(
        [f"Would you {'really ' * 12}recommend us?", "b"], ["n/a", 1], [5, "n/a"], [6, 2]
    )
    assert max(map(len, text_of(found).splitlines()[:-1])) <= 150
    assert "    - name: would_you_really" in text_of(found)
    assert "      type: integer" in text_of(found)


TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["n/a", "-", "#N/A", "#REF!", "Loading...", " ", "\xa0", "@NULL@", "TRUE", "no"]
    ),
    st.sampled_from(["1", "007", "1.50", "1e5", "+49", "9" * 16, "9" * 40, ".", "1:30", "2025"]),
    st.sampled_from(["2025-01-31", "2025-02-30", "2025-01-31 09:30", "2025-01-31T09:30Z", "09:30"]),
    st.sampled_from(["31.01.2025", "03/04/2025", "13/04/2025", "May 5, 2025", "0001-01-01 00:00Z"]),
    st.sampled_from(["\0", "a\0b", "\ud800", "좋" * 30_000, "x\ny", "{{ x }}"]),
)
NUMBERS = st.one_of(
    st.integers(-5, 5),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(0, 1, exclude_max=True),
    st.sampled_from([45000, 45000.5, 1e300, 5e-324, 0.1 + 0.2, 2**53, 2958466, -693594, -0.0]),
)
CELLS = st.one_of(st.none(), st.just(""), st.booleans(), TEXTS, NUMBERS)
# Most columns are of one kind, with a stranger among them.
COLUMNS = st.sampled_from([CELLS, TEXTS, NUMBERS, st.integers(0, 9), st.booleans()]).flatmap(
    lambda kind: st.lists(kind | CELLS if kind is not CELLS else kind, max_size=6)
)
FORMATS = st.lists(
    st.builds(
        NumberFormat,
        st.sampled_from(["", "DATE", "TIME", "DATE_TIME", "CURRENCY", "PERCENT", "NUMBER", "TEXT"]),
        st.sampled_from(["", "00000", "0.00", "[h]:mm", "#,##0"]),
    ),
    min_size=1,
    max_size=2,
)
TYPES = st.sampled_from(["", "DATE", "TIME", "DATE_TIME", "DOUBLE", "CURRENCY", "TEXT", "BOOLEAN"])
UNUSABLE = {"", *FORMULA_ERRORS}
HEADERS = st.one_of(st.text(max_size=6), st.sampled_from(["id", "Date", "이름", "2026", "#REF!"]))


@st.composite
def sheets(draw):
    """An area of any cells below any headers, with any formats."""
    columns = draw(st.lists(COLUMNS, min_size=1, max_size=4))
    height = max(map(len, columns))
    headers = [draw(HEADERS) for _ in columns]
    rows = [
        [column[row] if row < len(column) else "" for column in columns] for row in range(height)
    ]
    first = draw(st.sampled_from([Cell(0, 0), Cell(6, 2)]))
    numbered = [first.column + index for index in range(len(columns))]
    below = range(first.row + 1, first.row + 1 + height)
    return SheetArea(
        "Responses",
        [headers, *rows],
        first=first,
        time_zone="Asia/Seoul",
        survey=Survey(
            formats={at: dict(zip(below, cycle(draw(FORMATS)), strict=False)) for at in numbered},
            column_types={at: draw(TYPES) for at in numbered},
        ),
    )


def _named(note):
    """How many cells a note names as refused."""
    if not re.search("a formula's error|a wrong cell|more digits", note):
        return 0
    more = re.match(r"[A-Z]+[0-9]+ and ([0-9,]+) more:", note)
    if more:
        return 1 + int(more[1].replace(",", ""))
    return 2 if re.match(r"[A-Z]+[0-9]+ and [A-Z]+[0-9]+:", note) else 1


@given(sheets())
def test_what_is_proposed_reads_the_sheet(area):
    """The decoder takes the sheet as it is, but for those cells that a comment names."""
    try:
        found = propose(area, area.first.row)
    except SheetError:
        counted = Counter(normalise_header(cell) for cell in area.values[0])
        assert not [text for text, count in counted.items() if count == 1 and text not in UNUSABLE]
        return
    displayed = {
        index
        for index, header in enumerate(area.values[0])
        for each in found.columns
        if each.column
        and each.column.as_displayed
        and each.letters == column_letters(area.first.column + index)
    }
    refused = []
    try:
        decoded = decode(
            found.contract,
            [_displayed(row, displayed) for row in area.values],
            worksheet="Responses",
            time_zone="Asia/Seoul",
            top_left=area.first,
        )
        assert len(decoded) == found.rows
    except CellError as error:
        refused = [cell.address for cell in error.cells]
    assert refused == [cell.address for cell in found.wrong]
    for each in (each for each in found.columns if each.column):
        here = [address for address in refused if address.rstrip("0123456789") == each.letters]
        assert sum(map(_named, each.notes)) == len(here)
        assert not here or any(note.startswith(here[0]) for note in each.notes)
    # In so few rows a cell is refused only where no type could take it.
    for address in refused:
        cell = parse_cell(address)
        value = area.values[cell.row - area.first.row][cell.column - area.first.column]
        assert not isinstance(value, bool)
        assert isinstance(value, str) or not math.isfinite(value) or abs(value) >= 2**53


@given(sheets())
def test_what_is_proposed_can_be_read_back(area):
    """The YAML says the contract, whatever stands in headers and cells."""
    try:
        found = propose(area, area.first.row)
    except SheetError:
        return
    said = yaml.safe_load(text_of(found))
    assert said["type"] == "sheet_assets.SheetTable"
    assert said["attributes"].pop("worksheet") == "2026 #1"
    for fields, column in zip(said["attributes"]["columns"], found.contract, strict=True):
        if "{{" in str(column_fields(column)):
            continue
        assert Column.model_validate(fields) == column
