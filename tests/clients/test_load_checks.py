"""The checks of a query's table: made before anybody can see what is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from client_tables import minutes

from sheet_assets.clients.table_load import load_query
from sheet_assets.errors import QueryError, RowCheckError
from sheet_assets.warehouse.manifest import Reading
from sheet_assets.warehouse.row_checks import (
    RowCheck,
    RowChecks,
    finds_no_row,
    has_at_least,
    input_has_at_least,
    of_columns,
)
from sheet_assets.warehouse.types import ResultColumn

if TYPE_CHECKING:
    from collections.abc import Callable

    from client_tables import Table

    from sheet_assets.clients.table_load import Loaded

CONTRACT = (
    ResultColumn(name="day", type="date", key=True),
    ResultColumn(name="answers", type="bigint", required=True),
    ResultColumn(name="best", type="varchar(20)", unique=True),
)
GOOD = ("'2026-11-19', 3, 'good'", "'2026-11-20', 1, 'late'")


def output(name: str, query: str, **options: Any) -> RowCheck:
    """A check of the rows about to be loaded."""
    return finds_no_row(name, query, field="output_checks", **options)


@pytest.fixture
def summary(table: Callable[..., Table]) -> Table:
    """A table that holds good rows already."""
    made = table()
    made = replace(made, target=replace(made.target, columns=CONTRACT))
    load(made, *GOOD)
    return made


def load(summary: Table, *rows: str, at: float = 0, checks: RowChecks | None = None) -> Loaded:
    """Load the rows of a query; by default the contract is all that is checked."""
    selects = " UNION ALL ".join(f"SELECT {row}" for row in rows)
    query = (
        "SELECT CAST(day AS date) AS day, answers, best "
        f"FROM (SELECT NULL AS day, NULL::int AS answers, NULL AS best WHERE false UNION ALL {selects}) AS q"
    )
    reading = Reading(read_at=minutes(at))
    return load_query(summary.redshift, summary.target, query, reading, checks=checks)


def refused(summary: Table, *rows: str, checks: RowChecks | None = None) -> RowCheckError:
    """The error of a load that leaves the table and its records as they are."""
    before = summary.rows(), summary.records()
    with pytest.raises(RowCheckError) as caught:
        load(summary, *rows, at=1, checks=checks)
    assert (summary.rows(), summary.records()) == before
    assert str(caught.value).endswith("The table is as it was.")
    return caught.value


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            ["'2026-11-20', 1, 'b'", "'2026-11-20', 1, 'c'", "'2026-11-21', 1, 'c '"],
            "1 value of day NULL or repeated: day 2026-11-20, times 2",
        ),
        (["NULL, 1, 'a'"], "1 value of day NULL or repeated: day NULL, times 1"),
        (["'2026-11-21', NULL, 'a'"], "1 row with NULL in answers: day 2026-11-21"),
        (
            ["'2026-11-21', 1, 'it''s'", "'2026-11-22', 1, 'it''s'", "'2026-11-23', 1, NULL"],
            "1 value of best repeated: best 'it's', times 2",
        ),
    ],
)
def test_rows_that_break_the_contract_never_become_visible(
    summary: Table, rows: list[str], said: str
) -> None:
    """Key, required and unique hold, which Redshift does not enforce; which rows break them is told."""
    (broken,) = refused(summary, *rows).broken
    assert broken.said == said


def test_all_that_does_not_hold_is_told_at_once(summary: Table) -> None:
    """One sentence a check, and how many of how many."""
    checks = RowChecks(
        output=(
            has_at_least(12),
            *of_columns(CONTRACT),
            output("answers_are_few", "SELECT day, answers FROM {rows} AS r WHERE answers > 2;"),
        )
    )
    error = refused(summary, *GOOD, "'2026-11-19', NULL, 'good'", checks=checks)
    assert [each.check for each in error.broken] == [
        "has_at_least_12_rows",
        "day_is_a_key",
        "answers_is_never_null",
        "best_is_unique",
        "answers_are_few",
    ]
    assert f"{summary.target} was not loaded: of 5 checks 5 do not hold." in str(error)
    assert "the query gives fewer than 12 rows: found 3." in str(error)
    assert "answers_are_few: 1 row found, such as day 2026-11-19, answers 3." in str(error)


def test_inputs_are_checked_before_the_query_is_run(summary: Table) -> None:
    """A table that was emptied by mistake stops the query, which would fail otherwise."""
    checks = RowChecks(
        input=(
            input_has_at_least(summary.target.schema, summary.target.table, 3),
            finds_no_row("one_is_one", "SELECT 1 WHERE 1 <> 1", field="input_checks"),
        ),
        output=(output("unreached", "SELECT 1 / 0 FROM {rows}"),),
    )
    (broken,) = refused(summary, "1 / 0, 1, 1", checks=checks).broken
    assert broken.said == f"{summary.target} has fewer than 3 rows: found 2"


def test_hidden_values_are_counted_only(summary: Table) -> None:
    """What may be sensitive is told of by its number and the other columns."""
    find = "SELECT day, best AS b FROM {rows} WHERE best = 'secret' ORDER BY day"
    checks = RowChecks(
        output=(
            *of_columns(CONTRACT, hidden={"best"}),
            output("nobody_is_late", find, shown=frozenset({"day"})),
        )
    )
    rows = ("'2026-11-21', 1, 'secret'", "'2026-11-22', 1, 'secret'")
    error = refused(summary, *rows, checks=checks)
    assert [each.said for each in error.broken] == [
        "1 value of best repeated: best (hidden), times 2",
        "2 rows found, such as day 2026-11-21, b (hidden); day 2026-11-22, b (hidden)",
    ]
    assert "secret" not in str(error)


def test_thousands_of_rows_are_counted_and_the_first_told(summary: Table) -> None:
    """A check's sentence stays short, whatever it finds."""
    wide = ", ".join(f"repeat('x', 900) AS c{i}" for i in range(40))
    query = f"SELECT {wide} FROM {{rows}}, generate_series(1, 3000)"
    checks = RowChecks(output=(output("nothing_is_wide", query),))
    (broken,) = refused(summary, *GOOD, checks=checks).broken
    assert broken.count == 6000
    assert broken.said.startswith("6,000 rows found, such as c0 'xxx")
    assert broken.said.endswith("…', …; …")
    assert len(broken.said) < 3000


def test_a_check_that_cannot_be_made_fails_the_load(summary: Table) -> None:
    """SQL that Redshift refuses: which check, in its words, and where to correct it."""
    checks = RowChecks(output=(output("prices_add_up", "SELECT price FROM {rows}"),))
    rows = summary.rows()
    with pytest.raises(QueryError) as caught:
        load(summary, "'2026-11-21', 1, 'a'", at=1, checks=checks)
    said = str(caught.value)
    assert said.startswith(f"The check prices_add_up of {summary.target} could not be made. ")
    assert 'column "price" does not exist' in said
    assert "`output_checks`" in said
    assert summary.rows() == rows


def test_a_check_may_compare_with_the_rows_that_are_there(summary: Table) -> None:
    """The table itself is still the last version while the next one is checked."""
    query = (
        "SELECT old.n AS before, new.n AS after FROM (SELECT COUNT(*) AS n FROM {rows}) AS new, "
        f"(SELECT COUNT(*) AS n FROM {summary.target.quoted}) AS old WHERE new.n < old.n"
    )
    checks = RowChecks(output=(output("it_does_not_shrink", query),))
    (broken,) = refused(summary, GOOD[0], checks=checks).broken
    assert broken.said == "1 row found, such as before 2, after 1"


def test_good_rows_pass_every_check_and_are_loaded(summary: Table) -> None:
    """Checks change nothing of what is loaded: equal rows are still left alone."""
    checks = RowChecks(
        input=(input_has_at_least(summary.target.schema, summary.target.table, 2),),
        output=(has_at_least(2), *of_columns(CONTRACT)),
    )
    assert load(summary, *GOOD, at=1, checks=checks).outcome == "unchanged"
    more = ("'2026-11-21', 0, NULL", "'2026-11-22', 0, NULL")
    assert load(summary, *GOOD, *more, at=2, checks=checks).rows == 4
