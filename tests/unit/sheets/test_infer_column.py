"""What a column of cells is taken for, and what is said of it."""

from __future__ import annotations

import pytest

from sheet_assets.sheets.a1 import Cell
from sheet_assets.sheets.infer.area import SheetArea
from sheet_assets.sheets.infer.cells import NumberFormat
from sheet_assets.sheets.infer.column import NULL_WORDS
from sheet_assets.sheets.infer.proposal import propose
from sheet_assets.sheets.infer.survey import Survey

PLAIN = NumberFormat()
DATE = NumberFormat("DATE", "yyyy-mm-dd")
MOMENT = NumberFormat("DATE_TIME", "yyyy-mm-dd hh:mm")
TIME = NumberFormat("TIME", "hh:mm")
DURATION = NumberFormat("TIME", "[h]:mm")
MONEY = NumberFormat("CURRENCY", '"$"#,##0.00')
WON = NumberFormat("CURRENCY", '"₩"#,##0')
PERCENT = NumberFormat("PERCENT", "0.0%")
CODE = NumberFormat("NUMBER", "00000")
TEXT = NumberFormat("TEXT")


def column(cells, formats=PLAIN, *, header="what", column_type="", choices=()):
    """The proposed column and its notes, of cells below B3 with one format, or one each."""
    each = [formats] * len(cells) if isinstance(formats, NumberFormat) else formats
    area = SheetArea(
        "Responses",
        [["row", header], *([number, cell] for number, cell in enumerate(cells))],
        first=Cell(2, 0),
        survey=Survey({1: dict(enumerate(each, 3))}, {1: column_type}, {1: tuple(choices)}),
    )
    proposal = propose(area, 2)
    proposed = proposal.columns[1]
    assert proposed.column is not None
    return proposed.column, " ".join(proposed.notes), [cell.address for cell in proposal.wrong]


@pytest.mark.parametrize(
    ("cells", "formats", "said", "noted"),
    [
        # Numbers.
        ([1, 2], PLAIN, {"type": "integer"}, ""),
        ([1, 70000], PLAIN, {"type": "integer"}, ""),
        ([1, 3_000_000_000], PLAIN, {"type": "bigint"}, ""),
        ([-(2**31), 2**31 - 1], PLAIN, {"type": "integer"}, ""),
        ([1, 2**31], PLAIN, {"type": "bigint"}, ""),
        ([1.0, 2.0], PLAIN, {"type": "integer"}, ""),
        ([1.5, 2], PLAIN, {"type": "decimal(18,1)"}, ""),
        ([0.30000000000000004], PLAIN, {"type": "decimal(18,1)"}, ""),
        ([1 / 3], PLAIN, {"type": "double precision"}, ""),
        ([1e300], PLAIN, {"type": "double precision"}, ""),
        ([1e15 + 0.5, 1.125], PLAIN, {"type": "decimal(38,3)"}, ""),
        ([19.99, 5], MONEY, {"type": "decimal(18,2)"}, ""),
        ([19, 5], MONEY, {"type": "decimal(18,2)"}, ""),
        ([19000, 5], WON, {"type": "integer"}, ""),
        ([19.125], MONEY, {"type": "decimal(18,3)"}, ""),
        ([100 / 3], MONEY, {"type": "decimal(18,4)"}, "rounded to 4"),
        ([0.5, 0.125], PERCENT, {"type": "decimal(18,4)"}, "12 % is 0.12"),
        ([1 / 3], PERCENT, {"type": "double precision"}, "12 % is 0.12"),
        ([1, 2], NumberFormat("NUMBER", "#,##0.00"), {"type": "decimal(18,2)"}, ""),
        ([1, 2], NumberFormat("SCIENTIFIC", "0.00E+00"), {"type": "double precision"}, ""),
        # Numbers typed as text.
        (["1", "-2"], PLAIN, {"type": "integer"}, "Typed as text"),
        (["1.50", "2"], PLAIN, {"type": "decimal(18,1)"}, "Typed as text"),
        ([1, "2", 3], PLAIN, {"type": "integer"}, "B5: typed as text"),
        (["1", "2"], TEXT, {"type": "varchar(32)"}, "integer would read it, too"),
        (["007", "8"], PLAIN, {"type": "varchar(32)"}, "leading zeros"),
        (["+49301234567"], PLAIN, {"type": "varchar(32)"}, ""),
        (["23E12", "45E6"], PLAIN, {"type": "varchar(32)"}, ""),
        (["4111111111111111"], PLAIN, {"type": "varchar(32)"}, "more than 15"),
        ([8, "007"], PLAIN, {"type": "varchar(32)"}, "Codes: as numbers, B5 would lose"),
        # Codes and long ids.
        ([1067, 4109], CODE, {"type": "varchar(32)", "as_displayed": True}, "(00000)"),
        (
            [1067, "unknown"],
            CODE,
            {"as_displayed": True, "null_values": ("unknown",)},
            "B5: read as",
        ),
        ([1067.5], CODE, {"type": "decimal(18,1)"}, ""),
        ([1.5, 2], NumberFormat("NUMBER", "0.00"), {"type": "decimal(18,1)"}, ""),
        # Dates and times.
        ([45000, 45001], DATE, {"type": "date"}, ""),
        ([45000, 45001.5], DATE, {"type": "timestamp"}, "B5: shown as a date, but with a time"),
        ([45000, 45001], MOMENT, {"type": "timestamp"}, ""),
        ([0.5, 0.75], TIME, {"type": "time"}, ""),
        ([0.5, 30.25], DURATION, {"type": "double precision"}, "0.5 is 12 h."),
        ([45000, 45001, 45002], [DATE, DATE, PLAIN], {"type": "date"}, "B6: a number without"),
        ([45000, "2025-01-31"], DATE, {"type": "date"}, "B5: typed as text, written as ISO 8601"),
        ([45000, "31.1.2025"], DATE, {"type": "date", "format": "%d.%m.%Y"}, "B5: typed as text"),
        ([45000.5, "31.1.2025"], DATE, {"type": "timestamp", "format": "%d.%m.%Y"}, "B4: shown as"),
        (["2025-01-31", "2025-2-1"], PLAIN, {"type": "date"}, "written as ISO 8601"),
        (["31.1.2025"], PLAIN, {"type": "date", "format": "%d.%m.%Y"}, "Typed as text, written as"),
        (["2025-01-31 09:30Z"], PLAIN, {"type": "timestamptz"}, "ISO 8601"),
        (["9:30 PM"], PLAIN, {"type": "time", "format": "%I:%M %p"}, "%I:%M %p."),
        (["03/04/2025"], PLAIN, {"type": "varchar(32)"}, "%d/%m/%Y or %m/%d/%Y: the values do"),
        ([45000, "03/04/2025"], DATE, {"type": "varchar(32)"}, "B4: a date or time, kept as its"),
        ([45000, "soon"], DATE, {"type": "varchar(32)"}, "`as_displayed: true` takes"),
        # Booleans.
        ([True, False], PLAIN, {"type": "boolean"}, ""),
        ([True, "false"], PLAIN, {"type": "boolean"}, "B5: typed as text"),
        ([True, 1], PLAIN, {"type": "varchar(32)"}, "Mostly numbers, but not B4"),
        # Words for nothing.
        ([1, "n/a", 2], PLAIN, {"type": "integer", "null_values": ("n/a",)}, "B5: read as NULL"),
        ([1, " - ", 2], PLAIN, {"type": "integer", "null_values": ("-",)}, "B5: read as NULL"),
        ([45000, "TBD"], DATE, {"type": "date", "null_values": ("TBD",)}, "B5: read as NULL"),
        ([1, "-", "n/a", "x"], PLAIN, {"type": "varchar(32)", "null_values": ()}, "Mostly texts"),
        (["-", "-"], PLAIN, {"type": "varchar(32)", "null_values": ()}, ""),
        # Texts.
        (["good", ""], PLAIN, {"type": "varchar(32)"}, ""),
        ([1, "ten"], PLAIN, {"type": "varchar(32)"}, "Mostly numbers, but not B5"),
        ([1, "ten", "two"], PLAIN, {"type": "varchar(32)"}, "Mostly texts; a number: B4."),
        (["좋" * 10, "x"], PLAIN, {"type": "varchar(64)"}, ""),
        (["x" * 22], PLAIN, {"type": "varchar(64)"}, ""),
        (["x" * 40_000], PLAIN, {"type": "varchar(65535)"}, ""),
        (["a@b.de", "c@d.kr"], PLAIN, {"type": "varchar(32)"}, "`sensitive: true`"),
        (["", None], PLAIN, {"type": "varchar(256)"}, "No values yet"),
    ],
)
def test_what_it_is_taken_for(cells, formats, said, noted):
    """All cells decide, number formats tell dates from numbers, and what is unsure is said."""
    found, notes, wrong = column(cells, formats)
    for name, value in said.items():
        shown = getattr(found, name)
        assert (str(shown) if name == "type" else shown) == value
    assert (noted in notes) if noted else not notes
    assert wrong == []


@pytest.mark.parametrize(
    ("column_type", "cells", "kind"),
    [
        ("DATE", [45000], "date"),
        ("DATE_TIME", [45000], "timestamp"),
        ("TIME", [0.5], "time"),
        ("CURRENCY", [5], "decimal(18,2)"),
        ("PERCENT", [0.5], "decimal(18,4)"),
        ("DOUBLE", [5], "integer"),
        ("DOUBLE", [1 / 3], "double precision"),
        ("TEXT", ["5"], "varchar(32)"),
        ("DATE", [], "date"),
        ("CURRENCY", [], "decimal(18,2)"),
        ("BOOLEAN", [], "boolean"),
        ("TEXT", [], "varchar(256)"),
    ],
)
def test_type_of_a_sheets_table(column_type, cells, kind):
    """The type that somebody gave the column counts, also where there are no values."""
    found, _, _ = column(cells, column_type=column_type)
    assert str(found.type) == kind


def test_drop_down():
    """What a drop-down offers is told, and not declared: it may still grow."""
    found, notes, _ = column(["a"], column_type="DROPDOWN", choices=["a", 'b "c"'])
    assert found.allowed == ()
    assert r'`allowed: ["a", "b \"c\""]` refuses everything else' in notes


def test_numbers_that_have_lost_digits_are_told():
    """The cells are named, since no type can bring back what the sheet has rounded."""
    found, notes, wrong = column([1, 9007199254740993, 4111111111111111111])
    assert str(found.type) == "bigint"
    assert notes.startswith("B5 and B6: more digits than a number cell keeps")
    assert wrong == ["B5", "B6"]
    assert str(column([12345678901234567890])[0].type) == "varchar(32)"


def test_dates_without_a_format_are_suspected():
    """Numbers of this century under a header like Date: integer, and a word of doubt."""
    found, notes, _ = column([45000, 45001], header="Order date")
    assert str(found.type) == "integer"
    assert "may be dates that lost their format" in notes
    assert column([45000, 45001], header="Steps")[1] == ""


def test_a_few_wrong_cells_do_not_make_a_column_text():
    """1 % of at least 100 cells may be wrong, and are named; in fewer cells none may."""
    for cells, kind, named in (
        ([*range(99), "ten"], "integer", ["B103"]),
        ([*range(98), "ten"], "varchar(32)", []),
        ([*range(98), "ten", "two"], "varchar(32)", []),
        ([*range(198), "ten", "two"], "integer", ["B202", "B203"]),
        ([*range(5000), *["ten"] * 21], "varchar(32)", []),
    ):
        found, notes, wrong = column(cells)
        assert (str(found.type), wrong) == (kind, named)
        assert not named or f"{' and '.join(named)}: a wrong cell (is not a whole number)" in notes


def test_errors_of_formulas_are_no_values():
    """They decide nothing, and are told with what to do."""
    found, notes, wrong = column([1, "#N/A", 3, "#REF!"])
    assert str(found.type) == "integer"
    assert notes == (
        "B5 and B7: a formula's error. Correct it in the sheet, or take it as NULL with "
        '`formula_errors: "null"`.'
    )
    assert wrong == ["B5", "B7"]


def test_no_value_of_a_cell_is_told():
    """A defs.yaml is kept for years where many may read it: notes name cells, not values."""
    secret = "Jane Doe"
    for cells in ([*range(200), secret], [1, 2, secret], [secret, 5], [45000, secret]):
        assert secret not in column(cells)[1]


@pytest.mark.parametrize("word", sorted(NULL_WORDS))
def test_words_for_nothing(word):
    """Each such word stands for NULL among numbers, in upper case, too."""
    found, _, wrong = column([1, 2, word, word.upper()])
    assert found.null_values == tuple(sorted({word, word.upper()}))
    assert (found.required, wrong) == (False, [])
