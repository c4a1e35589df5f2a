"""Cells of the page's grid, by the names they have there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def cell(page: Page, name: str) -> Locator:
    """A cell of the columns A to Z, while it is in view."""
    row, column = place(name)
    return page.locator(f'#grid [data-row="{row}"] > [data-column="{column}"]')


def place(name: str) -> tuple[int, int]:
    """The row and the column, from 0."""
    found = re.fullmatch(r"([A-Z])([0-9]+)", name)
    assert found, name
    return int(found[2]) - 1, ord(found[1]) - ord("A")


def go_to(page: Page, name: str) -> None:
    """Go to a cell, wherever it is."""
    page.locator("#address").fill(name)
    page.keyboard.press("Enter")
    expect(page.locator("#editor")).to_be_focused()
