"""`sheet-assets demo` of somebody who has changed defs/."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkout import Checkout

# Every type, and no sample.csv beside it: the sandbox makes rows that fit.
ADDED = """\
type: sheet_assets.SheetTable
attributes:
  name: everything
  spreadsheet: everything-sheet
  worksheet: Sheet1
  table: raw_data.everything
  columns:
    - {name: a, type: smallint, required: true}
    - {name: b, type: bigint}
    - {name: c, type: "decimal(6,2)"}
    - {name: d, type: real}
    - {name: e, type: double}
    - {name: f, type: boolean}
    - {name: g, type: date}
    - {name: h, type: time}
    - {name: i, type: timestamp}
    - {name: j, type: timestamptz}
    - {name: k, type: varchar(4), required: true}
"""


def test_one_sheet_added_and_one_removed(own_checkout: Checkout) -> None:
    """The demo loads what defs/ has now, and then tells the story of the sample sheets."""
    shutil.rmtree(own_checkout.defs / "spreadsheet_copy_testing")
    (own_checkout.defs / "everything").mkdir()
    (own_checkout.defs / "everything" / "defs.yaml").write_text(ADDED)
    result = own_checkout.run("demo", timeout=90)
    assert result.returncode == 0, result.stderr
    yours, _, story = result.stdout.partition("The story of the sample sheets")
    assert "raw_data/everything" in yours
    assert "spreadsheet_copy_testing" not in yours
    (row,) = [line.split() for line in yours.splitlines() if "raw_data/everything" in line]
    assert row[1:3] == ["loaded", "20"]
    assert "raw_data/spreadsheet_copy_testing" in story
    assert "raw_data/everything" not in story
    assert "Nothing was uploaded, loaded or written." in story
    assert (result.stderr.count("sandbox started"), result.stdout.count("✓ done")) == (2, 1)


def test_a_wrong_cell_ends_it(own_checkout: Checkout) -> None:
    """A sheet that cannot be loaded ends the demo with exit code 1, and names the cell."""
    sample = own_checkout.defs / "spreadsheet_copy_testing" / "sample.csv"
    lines = sample.read_text().splitlines()
    lines[2] = ",".join(["ten", *lines[2].split(",")[1:]])
    sample.write_text("\n".join(lines) + "\n")
    result = own_checkout.run("demo")
    assert result.returncode == 1
    assert 'Sheet1!A3 "col1": ' in result.stderr
    assert "is not a whole number" in result.stderr
    assert "Traceback" not in result.stderr
    assert "The story" not in result.stdout
