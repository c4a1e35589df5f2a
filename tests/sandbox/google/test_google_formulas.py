from __future__ import annotations

from typing import Any

import pytest

from sheet_assets.sandbox.google.sheets import dimensions, named_ranges
from sheet_assets.sandbox.google.sheets.a1 import GridRange
from sheet_assets.sandbox.google.sheets.cell import ErrorValue, Formula
from sheet_assets.sandbox.google.sheets.formulas.moved import copied
from sheet_assets.sandbox.google.sheets.workbook import Workbook

NO_NUMBER = (
    "Function {} expects number values. But '{}' is a text and cannot be coerced to a number."
)
WRONG_NUMBER = "Wrong number of arguments to {}. Expected {} arguments, but got {} arguments."
CIRCULAR = (
    "Circular dependency detected. To resolve with iterative calculation, see File > Settings."
)


@pytest.fixture(scope="module")
def data() -> Workbook:
    """Numbers, a text, a boolean, a blank and digits in row 1; a second tab; a named range."""
    workbook = Workbook("id", "Formulas")
    sheet = workbook.worksheet("Sheet1")
    sheet.set_values([[1, 2, 3, "a", True, None, "5"], [4, 5, 6]])
    workbook.add_worksheet("It's").set_values([[10], [20]])
    named_ranges.create(workbook, "scores", sheet, GridRange(0, 2, 0, 3))
    return workbook


def put(workbook: Workbook, formulas: dict[str, str]) -> None:
    """Enter formulas into cells of the first worksheet."""
    sheet = workbook.worksheets[0]
    for cell, text in formulas.items():
        _, where = workbook.find_range(cell)
        sheet.write(where.start_row, where.start_column, [[Formula(text)]])
    workbook.touch(None)


def value(workbook: Workbook, cell: str) -> Any:
    """The value of a cell of the first worksheet."""
    _, where = workbook.find_range(cell)
    return workbook.results.value(workbook.worksheets[0], where.start_row, where.start_column)


def text(workbook: Workbook, cell: str) -> str:
    """What was entered into a cell of the first worksheet."""
    _, where = workbook.find_range(cell)
    return str(workbook.worksheets[0].content(where.start_row, where.start_column))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=1+2*3", 7),
        ("=(1+2)*3", 9),
        ("= 1 / 1024", 1 / 1024),
        ("=2^3", 8),
        ("=-2^2", 4),
        ("=50%+1", 1.5),
        ("=--5", 5),
        ("=7-2-1", 4),
        ('="a"&"""b"&1&TRUE', 'a"b1TRUE'),
        ('="x"&1/3', "x0.333333333333333"),
        ("=1=1", True),
        ('="a"="A"', True),
        ('="a"<5', False),
        ('=TRUE>"z"', True),
        ("=A1<>B1", True),
        ("=A1+$B$1", 3),
        ("=a1+b1", 3),
        ("='It''s'!A1+'it''s'!$A$2", 30),
        ("=F1+1", 1),
        ('=F1=""', True),
        ("=F1=0", True),
        ("=F1=FALSE", True),
        ("=E1+1", 2),
        ("=G1+1", 6),
        ('="1/2/2020"+1', 43833),
        ('="12%"*100', 12),
        ("=SUM(A1:C1)", 6),
        ("=sum(A1:C2)", 21),
        ("=SUM(A:C)", 21),
        ("=SUM(2:2)", 15),
        ("=SUM(A2:B)", 9),
        ("=SUM(A1;B1,10)", 13),
        ("=SUM(A1:G1)", 6),
        ('=SUM("5",TRUE)', 6),
        ("=SUM(scores)", 21),
        ("=SUM(Scores,1)", 22),
        ("=SUM('It''s'!A:A)", 30),
        ("=AVERAGE(A1:G1)", 2),
        ("=COUNT(A1:G1)", 3),
        ('=COUNT("5",TRUE,"x",1/0)', 2),
        ("=COUNTA(A1:G1)", 6),
        ('=COUNTA("",1/0)', 2),
        ("=MIN(A1:G2)", 1),
        ("=MAX(A1:G2)", 6),
        ("=MAX(F1)", 0),
        ('=IF(A1>0,"y","n")', "y"),
        ('=IF(F1,"y")', False),
        ("=IF(TRUE,1,1/0)", 1),
        ("=IF(,,)", None),
        ('=IFERROR(1/0,"e")', "e"),
        ("=IFERROR(1/0)", None),
        ("=ROUND(2.5)", 3),
        ("=ROUND(-2.5)", -3),
        ("=ROUND(2.345,2)", 2.35),
        ("=ROUND(TRUE)", 1),
        ("=ROUND(1234.567,-2)", 1200),
        ("=AND(TRUE,1,0)", False),
        ("=AND(A1:E1)", True),
        ("=OR(FALSE,A1)", True),
        ("=NOT(F1)", True),
        ("=" + "+".join(["A1"] * 500), 500),
    ],
)
def test_formulas_compute(data: Workbook, formula: str, expected: Any) -> None:
    """Operators and functions have Google's meaning of blanks, texts, booleans and ranges.

    Blanks and comparisons were seen on the real API, the rest is in
    https://support.google.com/docs/table/25273.
    """
    put(data, {"J10": formula})
    assert value(data, "J10") == expected
    assert type(value(data, "J10")) is type(expected)


@pytest.mark.parametrize(
    ("formula", "shown", "kind", "message"),
    [
        ("=1/0", "#DIV/0!", "DIVIDE_BY_ZERO", "Function DIVIDE parameter 2 cannot be zero."),
        ("=A1/F1", "#DIV/0!", "DIVIDE_BY_ZERO", "Function DIVIDE parameter 2 cannot be zero."),
        ('="a"+1', "#VALUE!", "VALUE", NO_NUMBER.format("ADD parameter 1", "a")),
        ("=2*D1", "#VALUE!", "VALUE", NO_NUMBER.format("MULTIPLY parameter 2", "a")),
        ('=SUM(1,"a")', "#VALUE!", "VALUE", NO_NUMBER.format("SUM parameter 2", "a")),
        ("=A1:A2+1", "#VALUE!", "VALUE", "An array value could not be found."),
        ("=Missing!A1", "#REF!", "REF", "Unresolved sheet name 'Missing'."),
        ("=ZZ99", "#REF!", "REF", "Reference does not exist."),
        ("=SUM(#REF!)", "#REF!", "REF", "Reference does not exist."),
        ("=J10+1", "#REF!", "REF", CIRCULAR),
        ("=SUM(J:J)", "#REF!", "REF", CIRCULAR),
        ("=NotARealFunction()", "#NAME?", "NAME", "Unknown function: 'NotARealFunction'."),
        ("=TODAY()", "#NAME?", "NAME", "Unknown function: 'TODAY'."),
        ("=Stefan", "#NAME?", "NAME", "Unknown range name: 'STEFAN'."),
        ("={1,2}", "#NAME?", "NAME", "The sandbox does not implement arrays."),
        ("=NA()", "#N/A", "N_A", ""),
        (
            *("=IF(1)", "#N/A", "N_A"),
            WRONG_NUMBER.format("IF", "between 2 and 3", 1),
        ),
        ("=1+", "#ERROR!", "ERROR", "Formula parse error."),
        ("=A1:Z1 A30:Z30", "#ERROR!", "ERROR", "Formula parse error."),
        ("=SUM(1", None, None, None),
        (
            *("=AVERAGE(F1)", "#DIV/0!", "DIVIDE_BY_ZERO"),
            "Evaluation of function AVERAGE caused a divide by zero error.",
        ),
        ("=10^400", "#NUM!", "NUM", "Function POW caused a number that is too large."),
        ("=" + "(" * 60 + "1" + ")" * 60, "#ERROR!", "ERROR", "Formula parse error."),
    ],
)
def test_errors_are_values(
    data: Workbook, formula: str, shown: str | None, kind: str | None, message: str | None
) -> None:
    """A formula that fails has an error for its value: the display, Google's type, a sentence."""
    put(data, {"J10": formula})
    error = value(data, "J10")
    if shown is None:
        assert error == 1
        return
    assert isinstance(error, ErrorValue)
    assert (error, error.type, error.message) == (shown, kind, message)


def test_a_range_without_its_place_is_taken_from_the_formulas_row_or_column(
    data: Workbook,
) -> None:
    """Where one value is wanted, a row or column gives that of the formula's own place."""
    put(data, {"T2": "=A1:A2", "B9": "=A1:C1*10"})
    assert (value(data, "T2"), value(data, "B9")) == (4, 20)


def test_results_follow_what_they_depend_on() -> None:
    """A change of a cell changes what depends on it, however long the chain is."""
    workbook = Workbook("id", "Chain")
    sheet = workbook.worksheets[0]
    sheet.set_values([[1]])
    sheet.write(1, 0, [[Formula(f"=A{row}+1")] for row in range(1, 1000)])
    sheet.write(0, 1, [[Formula("=SUM(A:A)")]])
    workbook.touch(None)
    assert (value(workbook, "A1000"), value(workbook, "B1")) == (1000, 500_500)
    sheet.set_values([[11]])
    assert (value(workbook, "A1000"), value(workbook, "B1")) == (1010, 510_500)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('="x"&A1', "x"),
        ('="x"&A2', "x"),
        ('=A1=""', True),
        ('=A2=""', True),
        ("=A1=A2", True),
        ("=A2=0", True),
        ("=A2=A3", True),
        ("=COUNTA(A1)", 1),
        ("=COUNTA(A2:A3)", 0),
    ],
)
def test_formulas_that_come_to_nothing(formula: str, expected: Any) -> None:
    """The empty text in A1 is counted, the blank in A2 is as blank as the cell below it.

    The real API was seen to answer so.
    """
    workbook = Workbook("id", "Blanks")
    put(workbook, {"A1": '=""', "A2": "=IF(,,)", "B1": formula})
    assert value(workbook, "B1") == expected


def test_only_a_circle_is_circular() -> None:
    """Cells on a circle are errors; what reads them fails with them, the others do not."""
    workbook = Workbook("id", "Circle")
    formulas = {"A1": "=B1", "B1": "=C1+1", "C1": "=A1", "D1": "=IFERROR(A1,0)", "E1": "=1"}
    put(workbook, formulas)
    assert [value(workbook, f"{column}1") for column in "ABC"] == ["#REF!"] * 3
    assert (value(workbook, "D1"), value(workbook, "E1")) == (0, 1)


@pytest.mark.parametrize(
    ("formula", "rows", "columns", "expected"),
    [
        ("=A1+$B$2+C$3+$D4", 2, 1, "=B3+$B$2+D$3+$D6"),
        ("=SUM(A:A, 2:2, A2:B)", 1, 1, "=SUM(B:B, 3:3, B3:C)"),
        ("='My tab'!A1&\"A1\"", 1, 0, "='My tab'!A2&\"A1\""),
        ("=B2+A1", -1, 0, "=B1+#REF!"),
        ("=LOG10(a1) + score1", 1, 0, "=LOG10(A2) + score1"),
        ("=no formula ! A1", 1, 0, "=no formula ! A1"),
    ],
)
def test_a_copy_shifts_what_is_not_fixed(
    formula: str, rows: int, columns: int, expected: str
) -> None:
    """Relative references move with a copied formula, names and texts never; none leaves A1."""
    assert copied(Formula(formula), rows, columns) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("insert", "ROWS", 1, 3), ["=A1+A5", "=SUM(A1:A5)", "=SUM(B:B)", "=$A$5 ", "=A5:A", "=A1"]),
        (("insert", "COLUMNS", 0, 1), ["=B1+B3", "=SUM(B1:B3)", "=SUM(C:C)", "=$B$3 ", "=B3:B", "=A1"]),
        (("delete", "ROWS", 1, 2), ["=A1+A2", "=SUM(A1:A2)", "=SUM(B:B)", "=$A$2 ", "=A2:A", "=A1"]),
        (("delete", "ROWS", 2, 3), ["=A1+#REF!", "=SUM(A1:A2)", "=SUM(B:B)", "=#REF! ", "=A3:A", "=A1"]),
        (("delete", "ROWS", 0, 3), ["=#REF!+#REF!", "=SUM(#REF!)", "=SUM(B:B)", "=#REF! ", "=A1:A", "=A1"]),
        (("delete", "COLUMNS", 1, 2), ["=A1+A3", "=SUM(A1:A3)", "=SUM(#REF!)", "=$A$3 ", "=A3:A", "=A1"]),
    ],
)  # fmt: skip
def test_references_follow_the_cells(
    change: tuple[str, str, int, int], expected: list[str]
) -> None:
    """Inserted rows and columns push references, deleted ones take them along as #REF!.

    The last formula is on the same tab as itself and refers to another one, which does not move.
    """
    workbook = Workbook("id", "Moves")
    workbook.add_worksheet("Data")
    kind, dimension, start, end = change
    formulas = [
        "=Data!A1+Data!A3",
        "=SUM(data!A1:A3)",
        "=SUM('Data'!B:B)",
        "=Data!$A$3 ",
        "=Data!A3:A",
    ]
    put(workbook, {f"D{row}": formula for row, formula in enumerate([*formulas, "=A1"], 1)})
    data = workbook.worksheet("Data")
    if kind == "insert":
        dimensions.insert(data, dimension, start, end, before=False)
    else:
        dimensions.delete(data, dimension, start, end)
    moved = [text(workbook, f"D{row}") for row in range(1, 7)]
    plain = [
        each.replace("Data!", "").replace("data!", "").replace("'Data'!", "") for each in moved
    ]
    assert plain == expected


def test_a_formula_moves_with_its_own_cells() -> None:
    """Formulas on the sheet that changes stand elsewhere, and still mean the same cells."""
    workbook = Workbook("id", "Moves")
    sheet = workbook.worksheets[0]
    sheet.set_values([[1], [2], [3]])
    put(workbook, {"A4": "=SUM(A1:A3)", "B1": "=A4*2"})
    dimensions.insert(sheet, "ROWS", 1, 2, before=False)
    workbook.touch(None)
    assert (text(workbook, "A5"), text(workbook, "B1")) == ("=SUM(A1:A4)", "=A5*2")
    assert (value(workbook, "A5"), value(workbook, "B1")) == (6, 12)
    dimensions.delete(sheet, "ROWS", 4, 5)
    workbook.touch(None)
    assert text(workbook, "B1") == "=#REF!*2"
    assert value(workbook, "B1") == "#REF!"
