"""`sheet-assets diff`, on the sandbox, in this process."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from versioned_sheet import MARKS, A, B, sheet_of

if TYPE_CHECKING:
    from pathlib import Path

    from versioned_sheet import Sheet

    from sheet_assets.sandbox import Sandbox

pytestmark = MARKS


@pytest.fixture
def sheet(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sheet:
    """A sheet with a key and a sensitive column, whose deployment is the commands' own."""
    return sheet_of(sandbox, tmp_path, monkeypatch)


def test_diff_by_key(sheet: Sheet) -> None:
    """Of each changed row the columns that differ; rows that came and went; totals."""
    first, second = sheet.load(A), sheet.load(B)
    lines = sheet.says("diff", "orders").splitlines()
    assert lines[0].startswith(f"- {first[:8]}  read ")
    assert lines[1].startswith(f"+ {second[:8]}  read ")
    assert lines[1].endswith("Asia/Seoul, 3 rows")
    assert lines[2] == "2 changed, 1 removed, 1 added, 0 the same."
    assert [" ".join(line.split()) for line in lines[3:]] == [
        "id what changed",
        "~ 1 phone: hidden → hidden",
        "~ 2 amount: 20.00 → 21.00, name: 'bob' → 'bob⏎<[red]'",
        "- 3 amount: 30.00, name: NULL, phone: hidden",
        "+ 4 amount: 40.00, name: 'dan', phone: hidden",
    ]


def test_diff_as_json(sheet: Sheet) -> None:
    """Whole values by column, but for those of sensitive columns."""
    first, second = sheet.load(A), sheet.load(B)
    found = sheet.json("diff", "orders", first[:6], "current")
    assert (found["before"]["version"], found["after"]["version"]) == (first, second)
    assert (found["key"], found["changed"], found["removed"]) == (["id"], 2, 1)
    assert (found["added"], found["unchanged"]) == (1, 0)
    assert found["rows"][1] == {
        "kind": "changed",
        "before": {"id": "2", "amount": "20.00", "name": "bob", "phone": "hidden"},
        "after": {"id": "2", "amount": "21.00", "name": "bob\n<[red]", "phone": "hidden"},
        "columns": ["amount", "name"],
    }
    assert "555" not in json.dumps(found)


def test_diff_the_other_way_round_and_bounded(sheet: Sheet) -> None:
    """From the newer to the older; the totals are those of all rows, whatever is listed."""
    sheet.load(A)
    sheet.load(B)
    said = sheet.says("diff", "orders", "current", "previous", "--limit", "1")
    assert "2 changed, 1 removed, 1 added" in said
    assert "name: 'bob⏎<[red]'" not in said
    assert said.endswith("… and 3 more rows (--limit).\n")
    only_totals = sheet.says("diff", "orders", "--limit", "0")
    assert only_totals.endswith("0 the same.\n")


def test_no_difference(sheet: Sheet) -> None:
    """Equal versions are told in a sentence."""
    version = sheet.load(A)
    said = sheet.says("diff", "orders", version[:8], "current")
    assert "No difference: all 3 rows are the same." in said
    assert sheet.json("diff", "orders", "current", "current")["unchanged"] == 3


def day(days_ago: int) -> str:
    """A date in Seoul."""
    return (
        f"{dt.datetime.now(dt.UTC) + dt.timedelta(hours=9) - dt.timedelta(days=days_ago):%Y-%m-%d}"
    )


def test_diff_of_dates(sheet: Sheet) -> None:
    """A date means the newest version read before its end, where the setting says."""
    first, second = sheet.load(A, days_ago=5), sheet.load(B, days_ago=2)
    found = sheet.json("diff", "orders", day(5), day(2))
    assert (found["before"]["version"], found["after"]["version"]) == (first, second)
    found = sheet.json("diff", "orders", day(3), day(0))
    assert (found["before"]["version"], found["after"]["version"]) == (first, second)
    assert "The oldest in S3 is" in sheet.refused("diff", "orders", day(6))


def test_diff_of_what_is_no_version(sheet: Sheet) -> None:
    """Future and malformed dates, and what is no hash: a sentence and what to write."""
    sheet.load(A)
    for said, sentence in (
        ("2026-02-30", "'2026-02-30' is no date; write it as 2026-11-20"),
        ("20-11-2026", "'20-11-2026' is no date"),
        ("2999-01-01", "2999-01-01 has not begun yet: in Asia/Seoul it is"),
        ("12", "'12' names no version of orders: write at least 4 hexadecimal digits"),
        ("yesterday", "'yesterday' names no version of orders"),
        ("00000000", "No version of orders begins with 00000000. There is"),
    ):
        assert sentence in sheet.refused("diff", "orders", said, "current")


def test_diff_without_a_key_and_across_contracts(sheet: Sheet) -> None:
    """Common columns are compared, row by whole row; the others are named."""
    first = sheet.load(A)
    sheet.again(
        columns="    - {name: id, type: bigint}\n    - {name: amount, type: varchar(9)}\n",
        table=f"{sheet.small.schema}_again.orders",
    )
    sheet.load([(1, "10.00"), (2, "20.00"), (3, "31.00")])
    said = sheet.says("diff", "orders", first, "current")
    assert "Not compared: name, phone, which only the first has." in said
    assert "id was integer and is bigint" in said
    assert "0 changed, 1 removed, 1 added, 2 the same." in said
