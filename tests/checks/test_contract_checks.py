"""The names of a contract's checks, and what breaks each of them."""

from __future__ import annotations

import pytest

from sheet_assets.checks.contract import contract_checks, known_results
from sheet_assets.errors import (
    CellError,
    SheetHeaderError,
    SheetUnavailableError,
    TooFewRowsError,
    WrongCell,
)
from sheet_assets.sheets.contract import SheetSource

ALWAYS = {
    "every_header_is_there_once",
    "has_at_least_1_row",
    "every_cell_has_the_type_of_its_column",
}


def checks(*columns: dict, **fields: object):
    """The checks of a sheet with these columns, by name."""
    source = SheetSource(
        name="nps",
        spreadsheet_id="x",
        worksheet="A",
        columns=columns or [{"name": "id", "type": "integer"}],
        **fields,
    )
    return {check.name: check for check in contract_checks(source)}


def wrong(column: str, rule: str, address: str = "A2") -> WrongCell:
    """A cell that breaks a rule of a column."""
    return WrongCell("A", address, column, "x", "is wrong", rule, column)


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ({"type": "integer", "required": True}, "id_is_never_blank"),
        ({"type": "integer", "unique": True}, "id_is_unique"),
        ({"type": "integer", "key": True}, "id_is_a_key"),
        ({"type": "smallint", "min": 0, "max": 10}, "id_is_between_0_and_10"),
        ({"type": "smallint", "min": -5}, "id_is_at_least_minus_5"),
        ({"type": "decimal(5,2)", "max": 0.5}, "id_is_at_most_0_5"),
        ({"type": "date", "min": "2026-01-01"}, "id_is_at_least_2026_01_01"),
        ({"type": "varchar(9)", "allowed": ["a", "b"]}, "id_is_an_allowed_value"),
        ({"type": "varchar(9)", "pattern": "[a-z]+"}, "id_matches_its_pattern"),
    ],
)
def test_each_rule_is_a_check_with_a_sentence_for_a_name(column, name):
    """A contract's rule appears as one more check, named so that it can be false."""
    assert set(checks({"name": "id", **column})) == ALWAYS | {name}


def test_several_key_columns_are_one_check():
    """Together they tell rows apart, none of them alone."""
    names = checks(
        {"name": "day", "type": "date", "key": True},
        {"name": "shop", "type": "integer", "key": True},
    )
    assert set(names) == ALWAYS | {"day_and_shop_tell_rows_apart"}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "has_at_least_1_row"),
        ({"min_rows": 1}, "has_at_least_1_row"),
        ({"min_rows": 100}, "has_at_least_100_rows"),
    ],
)
def test_the_number_of_rows_is_a_check(fields, name):
    """Its name has the number; one that may be empty has none."""
    assert name in checks(**fields)
    assert not any(check.startswith("has_at_least") for check in checks(allow_empty=True))


def test_a_wrong_cell_breaks_the_checks_of_its_rule_and_column_only():
    """A second column with the same rule still passes, and so do the other rules."""
    by_name = checks(
        {"name": "a", "type": "integer", "unique": True},
        {"name": "b", "type": "integer", "unique": True},
    )
    error = CellError(
        "", [wrong("a", "unique", "A3"), wrong("a", "unique", "A9"), wrong("b", "type")]
    )
    results = {result.check_name: result for result in known_results(by_name.values(), error)}
    assert {name for name, result in results.items() if not result.passed} == {
        "a_is_unique",
        "every_cell_has_the_type_of_its_column",
    }
    assert results["a_is_unique"].metadata["cells"].value == "A3, A9"
    assert results["a_is_unique"].metadata["wrong_cells"].value == 2
    assert set(results) == set(by_name)


def test_thousands_of_wrong_cells_are_counted_and_not_listed():
    """The metadata of a check stays small."""
    by_name = checks({"name": "a", "type": "integer", "required": True})
    error = CellError("", [wrong("a", "required", f"A{row}") for row in range(2, 5002)])
    said = by_name["a_is_never_blank"].result(error).metadata
    assert said["wrong_cells"].value == 5000
    assert said["cells"].value.endswith("A21 and 4980 more")


@pytest.mark.parametrize(
    ("error", "broken"),
    [
        (SheetHeaderError("no header"), {"every_header_is_there_once"}),
        (TooFewRowsError("no rows"), {"has_at_least_1_row"}),
        (SheetUnavailableError("no answer"), set()),
    ],
)
def test_an_error_without_cells_tells_of_its_own_check_only(error, broken):
    """What was not looked at is neither passed nor failed."""
    results = list(known_results(checks().values(), error))
    assert {result.check_name for result in results} == broken
    assert not any(result.passed for result in results)
