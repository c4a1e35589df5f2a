"""The rules beyond a column's type."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from sheet_assets.errors import CellError
from sheet_assets.sheets.contract import Column, contract_hash
from sheet_assets.sheets.decode import decode


def decoded(column, *cells):
    """The values of one column `c`; the cells stand from row 2 on."""
    values = [["id", "c"], *([number, cell] for number, cell in enumerate(cells))]
    contract = [Column(name="id", type="integer"), Column(name="c", **column)]
    return decode(contract, values, worksheet="Tab").columns[1]


def wrong(column, *cells):
    """Address and reason of every wrong cell."""
    with pytest.raises(CellError) as caught:
        decoded(column, *cells)
    return [(cell.address, cell.reason) for cell in caught.value.cells]


@pytest.mark.parametrize(
    ("column", "good", "bad", "reason"),
    [
        (
            {"type": "smallint", "min": 0, "max": 10},
            [0, 10, ""],
            -1,
            "is less than 0, the smallest allowed",
        ),
        (
            {"type": "smallint", "min": 0, "max": 10},
            [5],
            11,
            "is more than 10, the largest allowed",
        ),
        (
            {"type": "decimal(5,2)", "max": 1.5},
            [1.5, 1.504],
            1.51,
            "is more than 1.50, the largest allowed",
        ),
        ({"type": "double", "min": 0.5}, [0.5], 0.25, "is less than 0.5, the smallest allowed"),
        (
            {"type": "date", "min": "2025-01-01"},
            [45658, "2025-01-01"],
            45657,
            "is less than 2025-01-01, the smallest allowed",
        ),
        (
            {"type": "date", "min": dt.date(2025, 1, 1)},
            [45658],
            45657,
            "is less than 2025-01-01, the smallest allowed",
        ),
        (
            {"type": "time", "max": "18:00"},
            [0.5, 0.75],
            0.76,
            "is more than 18:00:00, the largest allowed",
        ),
        (
            {"type": "varchar(9)", "allowed": ["yes", "no"]},
            ["yes", "no", ""],
            "Yes",
            "is not one of 'yes', 'no'",
        ),
        ({"type": "integer", "allowed": [1, 2]}, [1, "2"], 3, "is not one of 1, 2"),
        (
            {"type": "varchar(9)", "pattern": "[A-Z]{2}[0-9]+"},
            ["KR1", "US22"],
            "KR1 ",
            "does not match the pattern [A-Z]{2}[0-9]+",
        ),
    ],
)
def test_rules_of_a_value(column, good, bad, reason):
    """What keeps the rule is a value, also NULL; what breaks it is a wrong cell with the limit in words."""
    assert len(decoded(column, *good)) == len(good)
    assert wrong(column, *good, bad) == [(f"B{len(good) + 2}", reason)]


def test_unique_names_the_first_place():
    """A value that stands again names where it stands first; NULL may stand many times."""
    column = {"type": "varchar(9)", "unique": True}
    assert decoded(column, "a", "", "b", "") == ["a", None, "b", None]
    assert wrong(column, "a", "b", "a", "", "b", "a") == [
        ("B4", "stands twice, first in B2"),
        ("B6", "stands twice, first in B3"),
        ("B7", "stands twice, first in B2"),
    ]


def test_unique_compares_values_not_spellings():
    """A number and the text of the same number are one value of an integer column."""
    assert wrong({"type": "integer", "unique": True}, 7, "7") == [
        ("B3", "stands twice, first in B2")
    ]


def test_unique_counts_the_empty_text():
    """With `blank: empty` a blank cell is a value, also past the end of a short row."""
    column = Column(name="c", type="varchar(9)", blank="empty", unique=True)
    with pytest.raises(CellError) as caught:
        decode(
            [Column(name="id", type="integer"), column], [["id", "c"], [1], [2]], worksheet="Tab"
        )
    assert [cell.address for cell in caught.value.cells] == ["B3"]


def test_null_values_are_null():
    """Declared texts, and numbers that look like them, stand for NULL; a required column refuses them."""
    column = {"type": "integer", "null_values": ["n/a", "-", "-999"]}
    assert decoded(column, "n/a", " - ", -999, 5) == [None, None, None, 5]
    assert wrong({**column, "required": True}, 1, "n/a") == [
        ("B3", "stands for NULL, but the column is required")
    ]


def test_formula_errors_may_be_null():
    """#N/A is a wrong cell unless the contract says that it is NULL."""
    assert wrong({"type": "integer"}, "#N/A") == [("B2", "is a formula's error")]
    assert decoded({"type": "integer", "formula_errors": "null"}, "#N/A", 1) == [None, 1]
    assert wrong({"type": "integer", "formula_errors": "null", "required": True}, "#DIV/0!") == [
        ("B2", "is a formula's error, and the column is required")
    ]


def test_sensitive_values_stay_hidden():
    """A broken rule of a sensitive column shows the limit and never the value."""
    column = {"type": "varchar(20)", "pattern": "[0-9]+", "sensitive": True}
    with pytest.raises(CellError) as caught:
        decoded(column, "canary-value")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ({"type": "integer", "min": "ten"}, "`min` 'ten' is not a whole number"),
        ({"type": "boolean", "max": True}, "a boolean has no `max`"),
        ({"type": "date", "allowed": ["yesterday"]}, "`allowed` 'yesterday' is not a date"),
        ({"type": "integer", "pattern": "[0-9]+"}, "`pattern` needs a varchar, not integer"),
        ({"type": "varchar(9)", "pattern": "("}, "`pattern` missing )"),
        (
            {"type": "varchar(9)", "pattern": "a{99999999999}"},
            "`pattern` the repetition number is too",
        ),
        (
            {"type": "varchar(9)", "pattern": "(" * 5000 + ")" * 5000},
            "`pattern` maximum recursion depth",
        ),
        ({"type": "varchar(2)", "allowed": ["yes"]}, "`allowed` 'yes' has 3 bytes"),
        ({"type": "integer", "min": 5, "max": 4}, "`min` 5 is more than `max` 4"),
    ],
)
def test_contract_refuses_rules_that_cannot_hold(column, said):
    """A limit of another type, or a rule without meaning for the type, is an error of the contract."""
    with pytest.raises(ValidationError) as caught:
        Column(name="c", **column)
    assert said in str(caught.value)


def test_rules_are_part_of_the_contract():
    """Another rule is another contract, so the table is checked and recorded anew."""
    plain = Column(name="c", type="integer")
    assert contract_hash([plain]) != contract_hash([Column(name="c", type="integer", max=3)])
