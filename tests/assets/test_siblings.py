"""Sheets of one spreadsheet that one run reads."""

from __future__ import annotations

from collections import Counter

import pytest
from small_deployment import QUIET

pytestmark = QUIET

HEADER = ["id", "amount"]
NAMES = ("orders", "refunds", "gifts")


@pytest.fixture
def three(small):
    """Three worksheets of one spreadsheet, and a table for each."""
    for number, name in enumerate(NAMES):
        small.write_table(name)
        small.put(HEADER, [1, number], worksheet=name)
    return small


def calls(small) -> Counter:
    """What Google was asked, without tokens."""
    return Counter(
        request.path.rpartition("/")[2].partition(":")[2] or request.path.split("/")[1]
        for request in small.sandbox.google.requests
        if request.path != "/token"
    )


def test_they_are_read_in_three_requests(three, instance):
    """One Drive call, one for the tabs, one batchGet: as many as for one sheet."""
    three.sandbox.google.requests.clear()
    result = three.run(instance, *NAMES)
    assert result.success, result.errors
    assert sum(calls(three).values()) == 3
    assert [three.rows(name) for name in NAMES] == [[(1, 0)], [(1, 1)], [(1, 2)]]


def test_a_wrong_cell_in_one_fails_that_one_only(three, instance):
    """The others are loaded from the same answer."""
    three.put(HEADER, [1, "ten"], worksheet="refunds")
    result = three.run(instance, *NAMES)
    assert set(result.errors) == {"sheet_csv/refunds"}
    assert [three.rows(name) for name in ("orders", "gifts")] == [[(1, 0)], [(1, 2)]]


def test_a_missing_tab_fails_that_one_only(three, instance):
    """Its sentence is its own, and lists the tabs there are."""
    three.write_table("lost")
    result = three.run(instance, *NAMES, "lost")
    assert set(result.errors) == {"sheet_csv/lost"}
    assert "has no worksheet 'lost'" in result.errors["sheet_csv/lost"]
    assert three.rows("gifts") == [(1, 2)]


def test_a_run_of_one_sheet_reads_that_one_only(three, instance):
    """What a run does not load it does not read either."""
    three.sandbox.google.requests.clear()
    assert three.run(instance, "orders").success
    asked = [
        request.query for request in three.sandbox.google.requests if "batchGet" in request.path
    ]
    assert all("refunds" not in str(query) for query in asked)


def test_a_second_run_reads_again(three, instance):
    """Nothing of an earlier run is taken for what the sheet holds now."""
    assert three.run(instance, *NAMES).success
    three.put(HEADER, [1, 7], worksheet="gifts")
    assert three.run(instance, *NAMES).success
    assert three.rows("gifts") == [(1, 7)]
