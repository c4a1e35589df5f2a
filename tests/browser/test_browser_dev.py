"""`sheet-assets dev`, used with a mouse and a keyboard only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from browser_dev import Addresses, running_dev
from cells import cell, go_to
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

# For a run or two, on a machine that does other things beside it.
RUNS_MS = 120_000


@pytest.fixture(scope="module")
def dev(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """One for both tests; nothing is started where there is no browser."""
    with running_dev(tmp_path_factory.mktemp("dev")) as addresses:
        yield addresses


def test_an_asset_is_materialized_by_a_click(dev: Addresses, page: Page):
    """The button on an asset's page starts a run, and the run succeeds."""
    page.goto(f"{dev.dagster}/assets/sheet_csv/spreadsheet_copy_testing")
    # An icon's name stands before the word.
    page.get_by_role("button", name=re.compile("Materialize$")).click()
    page.get_by_text("View", exact=True).click()
    expect(page.get_by_text("Success", exact=True).first).to_be_visible(timeout=RUNS_MS)


def test_an_edit_arrives_in_the_exported_tab(dev: Addresses, page: Page):
    """Somebody edits a score on the page; sensor, table, summary and exported tab follow."""
    page.goto(f"{dev.sheets}/d/spreadsheet-copy-testing")
    page.get_by_role("tab", name="RedshiftToSheet").click()
    # The sensor has found that nothing was loaded yet, and its run has filled the tab.
    go_to(page, "A362")
    expect(cell(page, "A362")).to_have_text("2025-12-31", timeout=RUNS_MS)
    go_to(page, "A2")
    date, promoters, detractors = (cell(page, name).inner_text() for name in ("A2", "D2", "F2"))

    other = page.context.new_page()
    other.goto(f"{dev.sheets}/d/nps-survey")
    expect(cell(other, "B2")).to_contain_text(date)
    assert int(cell(other, "C2").inner_text()) <= 6
    cell(other, "C2").click()
    other.keyboard.type("10")
    other.keyboard.press("Enter")
    expect(other.locator("#modified")).to_contain_text("by you")

    page.bring_to_front()
    expect(cell(page, "D2")).to_have_text(str(int(promoters) + 1), timeout=RUNS_MS)
    expect(cell(page, "F2")).to_have_text(str(int(detractors) - 1))
    expect(page.locator("#modified")).to_contain_text("by sheet-assets")
