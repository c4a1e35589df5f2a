"""`sheet-assets demo` of somebody who has changed defs/."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from decoys import decoyed

from sheet_assets import sample_defs
from sheet_assets.cli.demo import _same

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


def test_yours_first_and_then_the_story(own_checkout: Checkout, tmp_path: Path) -> None:
    """Of changed defs/ the demo loads what they have now; then it tells the whole story.

    That is: everything loaded, a mistake shown, an edit followed, nothing done twice. It connects
    to nothing of production, though .env names it.
    """
    shutil.rmtree(own_checkout.defs / "spreadsheet_copy_testing")
    (own_checkout.defs / "everything").mkdir()
    (own_checkout.defs / "everything" / "defs.yaml").write_text(ADDED)
    directory = tmp_path / "production"
    directory.mkdir()
    with decoyed(own_checkout.root, directory) as checkout:
        result = checkout.run("demo", timeout=150)
    assert result.returncode == 0, result.stderr
    assert "\x1b" not in result.stdout + result.stderr
    assert (result.stderr.count("sandbox started"), result.stdout.count("✓ done")) == (2, 1)
    yours, _, story = result.stdout.partition("The story of the sample sheets")
    assert "spreadsheet_copy_testing" not in yours
    (row,) = [line.split() for line in yours.splitlines() if "raw_data/everything" in line]
    assert row[1:3] == ["loaded", "20"]
    assert "raw_data/spreadsheet_copy_testing" in story
    assert "raw_data/everything" not in story
    _assert_told(story)


def _assert_told(story: str) -> None:
    said = [line.rstrip() for line in story.splitlines()]
    headlines = [line for line in said if line.startswith(("The exported", "A person", "✓"))]
    assert any("'ten' is not a whole number. Once the cell is right" in line for line in said)
    assert headlines[0] == "The exported sheet before: 60 days, only January and September"
    assert headlines[1] == "The exported sheet after: 361 days, all twelve months"
    assert headlines[2].startswith("A person edits an answer of 2025-09-")
    assert headlines[3].startswith("✓ done in ")
    tables = [line.split() for line in said if "raw_data/nps " in line]
    assert [line[1] for line in tables] == ["loaded", "not", "loaded", "unchanged"]
    before, after = (
        next(line.split() for line in said if line.split()[:1] == [when])
        for when in ("before", "after")
    )
    assert before[1] == after[1]
    assert float(before[2]) < float(after[2]), "two detractors became promoters: NPS rises"
    assert int(before[-1]) - int(after[-1]) == 2
    assert said[-3].endswith("Nothing was uploaded, loaded or written.")


def test_unchanged_defs_are_the_story_itself(own_checkout: Checkout) -> None:
    """What the checkout comes with is not loaded twice; a changed sample is a change."""
    sample = Path(sample_defs.__file__).parent
    assert _same(own_checkout.defs, sample)
    (own_checkout.defs / "nps" / "sample.csv").write_text("id,created_at,score,comment\n")
    assert not _same(own_checkout.defs, sample)


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
