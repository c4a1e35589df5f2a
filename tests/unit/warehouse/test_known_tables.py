from __future__ import annotations

import pytest

from sheet_assets.warehouse.column_sources import Source
from sheet_assets.warehouse.known_tables import KnownTables

COLUMNS = {
    ("raw", "orders"): ("id", "email", "amount"),
    ("raw", "shops"): ("id", "city"),
    ("sums", "totals"): ("buyer", "total"),
}
KNOWN = KnownTables(
    COLUMNS, frozenset({Source("raw", "orders", "email")}), frozenset({("sums", "totals")})
)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("SELECT * FROM raw.orders", {"id", "amount"}),
        ("SELECT LOWER(email) AS e, amount + 1 AS a, 1 AS one FROM raw.orders", {"a", "one"}),
        ("SELECT COUNT(DISTINCT email) AS n FROM raw.orders", set()),
        ("SELECT o.amount, s.city FROM raw.orders AS o, raw.shops AS s", {"amount", "city"}),
        # What is not known to be harmless: another program's table, and what a query has made.
        ("SELECT a FROM other.people", set()),
        ("SELECT total, city FROM sums.totals, raw.shops", {"city"}),
        ("SELECT (", set()),
    ],
)
def test_columns_in_which_nothing_sensitive_can_be(query, shown):
    """Shown is what is known to come from harmless columns alone."""
    assert KNOWN.shown(query) == shown


def test_without_anything_sensitive_all_is_shown():
    """Also what comes from tables that nothing is known of."""
    assert KnownTables(COLUMNS).shown("SELECT a FROM other.people") is None


def test_rows_about_to_be_loaded_are_known_by_what_is_hidden_of_them():
    """A check of a query's rows may show the columns that are not hidden, although derived."""
    name = ("sums", "totals")
    known = KNOWN.with_rows(name, COLUMNS[name], hidden={"buyer"})
    assert known.shown("SELECT UPPER(buyer) AS b, total FROM sums.totals") == {"total"}
    assert KnownTables().with_rows(name, COLUMNS[name], hidden=()).shown("SELECT 1") is None
