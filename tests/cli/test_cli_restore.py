"""`sheet-assets restore` and `run --as-of`, on the sandbox, in this process."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from versioned_sheet import MARKS, A, B, sheet_of

if TYPE_CHECKING:
    from pathlib import Path

    from versioned_sheet import Sheet

    from sheet_assets.sandbox import Sandbox

pytestmark = MARKS


@pytest.fixture
def sheet(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sheet:
    """Of A five days ago, and B now."""
    found = sheet_of(sandbox, tmp_path, monkeypatch)
    found.load(A, days_ago=5)
    found.load(B)
    return found


def rows(sheet: Sheet) -> list[tuple[object, ...]]:
    """What stands in the table."""
    return sorted(sheet.small.rows())


def day(sheet: Sheet) -> str:
    """The date of the first version in the configured zone, which is not always that of UTC."""
    read_at = sheet.json("versions", "orders")["versions"][-1]["first_read_at"]
    return str(dt.datetime.fromisoformat(read_at).astimezone(ZoneInfo("Asia/Seoul")).date())


def test_a_date_brings_back_what_the_sheet_held(sheet: Sheet) -> None:
    """Every asset says what was done, and the table has the rows of that day."""
    said = json.loads(sheet("restore", "orders", "--as-of", day(sheet), "--json").stdout)
    assert {asset["asset"].partition("/")[0]: asset["outcome"] for asset in said["assets"]} == {
        "sheet_csv": "restored",
        "s3_object": "verified",
        sheet.small.schema: "loaded",
    }
    assert rows(sheet) == A


def test_a_version_may_be_named_by_its_first_digits_or_as_the_previous_one(sheet: Sheet) -> None:
    """`versions` lists the hashes; `previous` undoes the last change of the table."""
    assert sheet("restore", "orders", "--version", "previous").exit_code == 0
    assert rows(sheet) == A
    assert sheet("restore", "orders", "--version", "previous").exit_code == 0
    assert rows(sheet) == B


def test_run_as_of_is_the_same_for_the_assets_that_it_names(sheet: Sheet) -> None:
    """The operator's old way: run this for that date."""
    assert sheet("run", "orders", "--as-of", day(sheet)).exit_code == 0
    assert rows(sheet) == A


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["orders"], 2, "Say what to restore: one of --as-of, --version and --latest."),
        (["orders", "--latest", "--as-of", "2026-01-01"], 2, "one of --as-of"),
        (["orders", "--latest", "--as-of", ""], 2, "one of --as-of"),
        (["orders", "--as-of", ""], 1, "'' is no date"),
        (["orders", "--version", ""], 2, "--version is empty"),
        (["orders", "--as-of", "soon"], 1, "'soon' is no date; write it as 2026-11-20"),
        (["orders", "--as-of", "2999-01-01"], 1, "2999-01-01 has not begun yet"),
        (["nobody", "--latest"], 1, "There is no sheet 'nobody' in defs/; there is orders."),
        (["orders", "--as-of", "2001-01-01"], 1, "No version of orders was read before"),
        (["orders", "--version", "0000000"], 1, "0000000"),
    ],
)
def test_what_cannot_be_restored_is_refused(
    sheet: Sheet, args: list[str], code: int, said: str
) -> None:
    """A sentence that says what is wrong; the table keeps its rows."""
    result = sheet("restore", *args)
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert rows(sheet) == B
