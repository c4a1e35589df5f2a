from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from click.testing import CliRunner

from sheet_assets.cli.sandbox import sandbox as command
from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.google import GoogleServer
from sheet_assets.sandbox.seed_files import seed_file

if TYPE_CHECKING:
    from pathlib import Path

OWNER = "owner@sandbox.invalid"
READER = "reader@sandbox.invalid"
MOMENT = dt.datetime(2024, 1, 2, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def google() -> GoogleServer:
    """A server that need not run."""
    return GoogleServer()


def parquet(path: Path, **columns: Any) -> Path:
    """A Parquet file of these columns."""
    pa.parquet.write_table(pa.table(columns), path)
    return path


def test_a_parquet_file_becomes_a_sheet(google: GoogleServer, tmp_path: Path) -> None:
    """Values are the sheet's own, dates serial numbers with a format, the grid as large as they."""
    path = parquet(
        tmp_path / "all_types.parquet",
        n=[1, None, 3],
        x=[0.5, 2.0, float("nan")],
        money=[Decimal("1.10"), None, Decimal(7)],
        text=["007", "", None],
        same=pa.array(["a", "a", "b"]).dictionary_encode(),
        day=[dt.date(2020, 1, 1), None, dt.date(1899, 12, 31)],
        at=[MOMENT, None, MOMENT],
        time=[dt.time(6), None, dt.time(18)],
        yes=[True, False, None],
    )
    assert seed_file(google, path, share_with=[READER], by=OWNER) == 4
    workbook = google.drive.workbook("all_types")
    sheet = workbook.worksheet("Sheet1")
    assert (sheet.row_count, sheet.column_count) == (4, 9)
    assert sheet.values() == [
        ["n", "x", "money", "text", "same", "day", "at", "time", "yes"],
        [1, 0.5, 1.1, "007", "a", 43831, 45293.5, 0.25, True],
        [None, 2, None, None, "a", None, None, None, False],
        [3, None, 7, None, "b", 1, 45293.5, 0.75],
    ]
    kinds = [sheet.number_formats.at(1, column) for column in range(9)]
    assert [kind and kind.type for kind in kinds[5:8]] == ["DATE", "DATE_TIME", "TIME"]
    assert kinds[:5] == [None] * 5
    assert google.drive.file("all_types").role(READER) == "writer"


def test_a_column_of_a_csv_has_one_type(google: GoogleServer, tmp_path: Path) -> None:
    """Text where nothing else fits all of it; a quoted comma and an empty cell are no surprise."""
    path = tmp_path / "typed.csv"
    path.write_text('id,when,mixed,"a, b"\n1,2020-01-01,7,x\n2,,x,"y, z"\n')
    seed_file(google, path, spreadsheet_id="other id", worksheet="Tab", by=OWNER)
    sheet = google.drive.workbook("other id").worksheet("Tab")
    assert sheet.values()[1:] == [[1, 43831, "7", "x"], [2, None, "x", "y, z"]]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"x", "is no .csv or .parquet file"),
        ("b.parquet", b"x", "cannot be read"),
        ("c.csv", b"a,b\n1\n", "cannot be read"),
        ("d.csv", b"", "cannot be read"),
        ("e.csv", b"t\n" + b"x" * 50_001, "a text of 50,001 characters"),
        ("f.parquet", {"list": [[1]]}, "the column list is of the type list"),
        ("g.parquet", {f"c{n}": [0] * 1000 for n in range(9991)}, "and a spreadsheet holds 10,000,000"),
    ],
)  # fmt: skip
def test_what_no_sheet_can_hold_is_refused(
    google: GoogleServer, tmp_path: Path, name: str, content: Any, said: str
) -> None:
    """In a sentence, and without a spreadsheet left behind."""
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        parquet(path, **content)
    with pytest.raises(SandboxError, match=said):
        seed_file(google, path, by=OWNER)
    assert path.stem not in google.drive.files


def test_the_commands_tell_of_files_a_folder_and_the_quota() -> None:
    """`sandbox start` has --seed, --state-dir and --no-quota, `sandbox run` all but the folder."""
    start = CliRunner().invoke(command, ["start", "--help"]).output
    assert "--state-dir DIR" in start
    run = CliRunner().invoke(command, ["run", "--help"]).output
    assert all("--seed FILE" in each and "--no-quota" in each for each in (start, run))
    missing = CliRunner().invoke(command, ["start", "--seed", "nowhere.csv"])
    assert missing.exit_code == 2
