"""Takes the README's pictures, from `sheet-assets dev` on the sample sheets: `make screenshots`."""

from __future__ import annotations

import io
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

# As pytest has it: the folders of tests and of browser tests are on the path.
sys.path.append(str(Path(__file__).parents[1]))

from browser_dev import running_dev
from cells import cell, go_to
from chromium import NAMES, installed, launched
from PIL import Image
from playwright.sync_api import expect

if TYPE_CHECKING:
    from browser_dev import Addresses
    from playwright.sync_api import Browser

IMAGES = Path(__file__).parents[2] / "docs" / "images"
LARGEST_BYTES = 200_000
RUNS_MS = 180_000
# From here on, the comments of a screenful are in a script that every machine has fonts for.
FIRST_ROW = 2100
WRONG_CELL = "C2112"
GROUPS = "%2C".join(f"global%40global%3A{name}" for name in ("sheets", "summaries", "exports"))


def main() -> None:
    """Take both."""
    path = installed()
    if path is None:
        sys.exit(f"No browser is installed: none of {', '.join(NAMES)}.")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_dev(Path(folder)) as addresses,
        launched(path) as browser,
    ):
        take(browser, addresses)


def take(browser: Browser, addresses: Addresses) -> None:
    """A wrong answer on the sandbox's page with its note; then, corrected, Dagster's lineage."""
    sheets = browser.new_page(viewport={"width": 1280, "height": 640}, device_scale_factor=1.5)
    sheets.goto(f"{addresses.sheets}/d/spreadsheet-copy-testing")
    sheets.get_by_role("tab", name="RedshiftToSheet").click()
    go_to(sheets, "A362")
    expect(cell(sheets, "A362")).to_have_text("2025-12-31", timeout=RUNS_MS)

    sheets.get_by_role("link", name="nps-survey").click()
    expect(cell(sheets, "A2")).to_have_text("1")
    go_to(sheets, f"A{FIRST_ROW + 40}")
    go_to(sheets, f"A{FIRST_ROW}")
    cell(sheets, WRONG_CELL).click()
    before = cell(sheets, WRONG_CELL).inner_text()
    sheets.keyboard.type("ten")
    sheets.keyboard.press("Enter")
    sheets.keyboard.press("ArrowUp")
    expect(sheets.get_by_role("note")).to_be_visible(timeout=RUNS_MS)
    sheets.wait_for_timeout(3_000)  # what has changed is no longer highlighted
    keep("page", sheets.screenshot())
    sheets.keyboard.type(before)
    sheets.keyboard.press("Enter")
    expect(sheets.get_by_role("button", name="1 note")).to_be_hidden(timeout=RUNS_MS)

    dagster = browser.new_page(viewport={"width": 2360, "height": 760})
    dagster.goto(f"{addresses.dagster}/asset-groups?expanded={GROUPS}")
    expect(dagster.get_by_text(re.compile("Fail|Overdue|Unsynced"))).to_have_count(
        0, timeout=RUNS_MS
    )
    expect(dagster.get_by_text("Materialized", exact=True)).to_have_count(8, timeout=RUNS_MS)
    dagster.wait_for_timeout(2_000)
    graph = {"x": 600, "y": 195, "width": 1720, "height": 405}
    keep("lineage", dagster.screenshot(clip=graph))


def keep(name: str, png: bytes) -> None:
    """Write a picture with a palette, small enough for a README."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    path = IMAGES / f"{name}.png"
    path.parent.mkdir(exist_ok=True)
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(IMAGES.parents[1])}: {size:,} bytes")
    if size > LARGEST_BYTES:
        sys.exit(f"{path} is larger than {LARGEST_BYTES:,} bytes.")


if __name__ == "__main__":
    main()
