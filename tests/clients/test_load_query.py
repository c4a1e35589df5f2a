from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from client_tables import columns, minutes

from sheet_assets.clients.table_load import load_query
from sheet_assets.errors import QueryError, RowCheckError
from sheet_assets.warehouse.manifest import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from client_tables import Table

    from sheet_assets.clients.table_load import Loaded

SUMMARY = columns(day="date!", answers="bigint!", best="varchar(20)")


@pytest.fixture
def summary(table: Callable[..., Table]) -> Table:
    """A table for a query's rows."""
    return table(SUMMARY)


@pytest.fixture
def answers(table: Callable[..., Table]) -> Table:
    """A table that the query reads."""
    made = table(columns(day="date", comment="varchar(20)"))
    made.load([("2026-11-19", "good"), ("2026-11-20", "late"), ("2026-11-20", None)])
    return made


def load(table: Table, query: str, at: float = 0, **options: Any) -> Loaded:
    """Load a query's rows as of so many minutes after noon."""
    return load_query(table.redshift, table.target, query, Reading(read_at=minutes(at)), **options)


def grouped(answers: Table) -> str:
    """The summary's query; its columns are in another order than the contract's."""
    return (
        "SELECT max(comment) AS best, count(*) AS answers, day\n"
        f"FROM {answers.target.quoted} WHERE coalesce(comment, '') NOT LIKE '%!' -- all of them\n"
        "GROUP BY day;\n"
    )


def test_rows_are_bound_by_the_names_of_the_columns(summary: Table, answers: Table) -> None:
    """A query's columns find theirs by name, whatever their order; ; and comments may end it."""
    assert load(summary, grouped(answers)).outcome == "loaded"
    shown = [(str(day), count, best) for day, count, best in summary.rows()]
    assert shown == [("2026-11-19", 1, "good"), ("2026-11-20", 2, "late")]
    assert summary.current()["manifest"] is None


def test_equal_rows_are_left_alone(summary: Table, answers: Table) -> None:
    """The query is run again, and its rows are compared: equal ones load nothing."""
    first = load(summary, grouped(answers))
    again = load(summary, grouped(answers), 1)
    assert (again.outcome, again.version, again.rows) == ("unchanged", first.version, 2)
    assert summary.current()["read_at"] == minutes(1)


def test_changed_source_loads_a_new_version(summary: Table, answers: Table) -> None:
    """Other rows from the same query are another version."""
    first = load(summary, grouped(answers))
    answers.execute("INSERT INTO {} VALUES ('2026-11-21', 'new')")
    second = load(summary, grouped(answers), 1)
    assert (second.outcome, second.rows) == ("loaded", 3)
    assert second.version != first.version


def test_changed_query_is_a_new_version(summary: Table, answers: Table) -> None:
    """The same rows from another query are another version: the record says which query."""
    first = load(summary, grouped(answers))
    second = load(summary, grouped(answers).replace("all of them", "all"), 1)
    assert second.outcome == "loaded"
    assert second.version != first.version


def test_row_order_makes_no_version(summary: Table, answers: Table) -> None:
    """A query without ORDER BY may give its rows in any order: that is no change."""
    union = "SELECT DATE '2026-11-{}' AS day, 1 AS answers, 'x' AS best"
    one, other = union.format(19), union.format(20)
    query = "SELECT * FROM ({} UNION ALL {}) AS either"
    first = load(summary, f"{query.format(one, other)} ORDER BY day")
    before = summary.rows()
    summary.execute("DELETE FROM {}")
    second = load(summary, f"{query.format(one, other)} ORDER BY day", 1)
    assert (second.outcome, second.version) == ("loaded", first.version)
    assert summary.rows() == before


def test_missing_column_is_named(summary: Table, answers: Table) -> None:
    """A query that lacks a column of the contract fails with its name; the table stays."""
    load(summary, grouped(answers))
    before = summary.rows()
    with pytest.raises(QueryError) as failed:
        load(summary, grouped(answers).replace("AS best", "AS top"), 1)
    assert 'column "best" does not exist' in str(failed.value)
    assert f"The query of {summary.target} failed" in str(failed.value)
    assert "defs.yaml" in str(failed.value)
    assert summary.rows() == before


def test_null_in_a_required_column_shows_no_row(summary: Table, answers: Table) -> None:
    """A NULL where the contract wants a value names the column and shows no other value."""
    query = "SELECT NULL::date AS day, 1 AS answers, 'private' AS best"
    with pytest.raises(RowCheckError, match="day_is_never_null: 1 row with NULL in day") as failed:
        load(summary, query)
    assert "private" not in str(failed.value)
    assert summary.rows() == []


def test_failing_query_changes_nothing(summary: Table, answers: Table) -> None:
    """A query that fails half-way through its rows leaves the old rows."""
    load(summary, grouped(answers))
    before = summary.rows()
    with pytest.raises(QueryError, match="division by zero"):
        load(summary, grouped(answers).replace("count(*)", "1 / (count(*) - 1)"), 1)
    assert summary.rows() == before
    assert len(summary.records()) == 1


def test_older_result_is_superseded(summary: Table, answers: Table) -> None:
    """Rows queried before the recorded ones never replace them."""
    load(summary, grouped(answers), 5)
    answers.execute("DELETE FROM {}")
    assert load(summary, grouped(answers), 4).outcome == "superseded"
    assert len(summary.rows()) == 2
