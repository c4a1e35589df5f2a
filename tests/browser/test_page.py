"""The sandbox's page, as a person at a browser finds it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from cells import cell, go_to, place
from playwright.sync_api import expect

from sheet_assets.sandbox.google.drive.drive import OWNER

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page, Route

    from sheet_assets.sandbox.google import GoogleServer
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

ROWS = [["id", "score", "comment"], [1, 9, "quick"], [2, 4, "slow"], [3, True, None]]


@pytest.fixture
def sheet(workbook: Workbook) -> Worksheet:
    """Three answers."""
    sheet = workbook.worksheet("Sheet1")
    sheet.set_values(ROWS)
    return sheet


@pytest.fixture
def opened(page: Page, google: GoogleServer, sheet: Worksheet) -> Page:
    """The page with the test's spreadsheet open."""
    page.goto(f"{google.url}/spreadsheets/d/{sheet.workbook.spreadsheet_id}/edit")
    expect(cell(page, "A1")).to_have_text("id")
    return page


def type_into(page: Page, name: str, *keys: str) -> None:
    """Select a cell, and press keys: a text of several letters is typed."""
    cell(page, name).click()
    for key in keys:
        if len(key) > 1 and key[0].isupper():
            page.keyboard.press(key)
        else:
            page.keyboard.type(key)


def paste(page: Page, text: str) -> None:
    """Paste a text, as another program has put it into the clipboard."""
    page.evaluate(
        """(text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const options = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        text,
    )


def wait_for(page: Page, sheet: Worksheet, name: str, value: object) -> None:
    """Wait until the sheet itself holds the value in this cell."""
    row, column = place(name)
    for _ in range(100):
        rows = sheet.values()
        found = rows[row][column] if row < len(rows) and column < len(rows[row]) else None
        if found == value and type(found) is type(value):
            return
        page.wait_for_timeout(20)
    pytest.fail(f"{name} is {found!r}, not {value!r}")


def test_what_is_typed_is_stored(opened: Page, sheet: Worksheet):
    """Typing begins an edit, Enter, Tab, arrows and Escape end it; the API makes values of texts."""
    type_into(opened, "B2", "10", "Enter", "7", "Tab", "dull", "Enter")
    wait_for(opened, sheet, "B2", 10)
    wait_for(opened, sheet, "B3", 7)
    wait_for(opened, sheet, "C3", "dull")
    # Enter has gone back to the column that Tab set out from.
    expect(opened.locator("#address")).to_have_value("B4")
    type_into(opened, "B4", "5", "ArrowRight", "x", "Escape")
    wait_for(opened, sheet, "B4", 5)
    expect(cell(opened, "C4")).to_have_text("")
    assert sheet.workbook.spreadsheet_id in opened.url


def test_editing_what_stands_there(opened: Page, sheet: Worksheet):
    """Enter, F2, a double click and the formula bar edit the value as it was entered."""
    sheet.set_values([["007"]], 5)
    expect(cell(opened, "A6")).to_have_text("007")
    type_into(opened, "A6", "F2")
    # Without the apostrophe it would become a number.
    expect(opened.locator("#editor")).to_have_value("'007")
    type_into(opened, "C2", "Enter", "er", "Enter")
    wait_for(opened, sheet, "C2", "quicker")
    assert sheet.values()[5] == ["007"]
    cell(opened, "C3").dblclick()
    opened.keyboard.type("!")
    opened.keyboard.press("Tab")
    wait_for(opened, sheet, "C3", "slow!")
    cell(opened, "B4").click()
    expect(opened.locator("#entered")).to_have_value("TRUE")
    opened.locator("#entered").fill("FALSE")
    opened.keyboard.press("Enter")
    wait_for(opened, sheet, "B4", value=False)


def test_formulas_and_dates(opened: Page, sheet: Worksheet):
    """A formula shows what it comes to, follows its cells, and is edited as it was entered."""
    type_into(opened, "D2", "=B2*2", "Enter", "2025-09-01", "Enter")
    expect(cell(opened, "D2")).to_have_text("18")
    type_into(opened, "B2", "10", "Enter")
    expect(cell(opened, "D2")).to_have_text("20")
    cell(opened, "D2").click()
    expect(opened.locator("#entered")).to_have_value("=B2*2")
    cell(opened, "D3").click()
    expect(opened.locator("#entered")).to_have_value("2025-09-01")
    opened.keyboard.press("Delete")
    expect(cell(opened, "D3")).to_have_text("")
    opened.keyboard.press("Control+z")
    expect(cell(opened, "D3")).to_have_text("2025-09-01")


def test_a_script_with_an_input_method(opened: Page, sheet: Worksheet):
    """What an input method composes over a cell is not lost."""
    cell(opened, "C4").click()
    client = opened.context.new_cdp_session(opened)
    client.send("Input.imeSetComposition", {"text": "조", "selectionStart": 1, "selectionEnd": 1})
    client.send("Input.insertText", {"text": "좋아요"})
    opened.keyboard.press("Enter")
    wait_for(opened, sheet, "C4", "좋아요")


def test_clear_and_undo(opened: Page, sheet: Worksheet):
    """Delete clears what is selected; undo brings it back as it was, redo takes it again."""
    cell(opened, "A2").click()
    cell(opened, "C4").click(modifiers=["Shift"])
    expect(opened.locator("#summary")).to_have_text("Sum 19 · Count 8")
    opened.keyboard.press("Delete")
    expect(cell(opened, "B2")).to_have_text("")
    assert sheet.values() == ROWS[:1]
    opened.keyboard.press("Control+z")
    expect(cell(opened, "B4")).to_have_text("TRUE")
    assert [list(row) for row in sheet.values()] == [*ROWS[:3], [3, True]]
    opened.keyboard.press("Control+y")
    expect(cell(opened, "B4")).to_have_text("")


def test_paste_and_copy(opened: Page, sheet: Worksheet):
    """A block from a spreadsheet is pasted as it is, quotes, tabs and line breaks too; one value fills."""
    cell(opened, "B6").click()
    paste(opened, 'a\t1\t"two\nlines"\r\n"say ""hi"""\t\tTRUE\r\n')
    wait_for(opened, sheet, "D7", value=True)
    assert sheet.values()[5:] == [[None, "a", 1, "two\nlines"], [None, 'say "hi"', None, True]]
    opened.keyboard.press("Control+c")
    copied = opened.evaluate(
        """() => {
          const data = new DataTransfer();
          const options = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("copy", options));
          return data.getData("text/plain");
        }"""
    )
    assert copied == 'a\t1\t"two\nlines"\nsay "hi"\t\tTRUE'
    cell(opened, "A9").click()
    opened.keyboard.press("Shift+ArrowDown")
    paste(opened, "8")
    wait_for(opened, sheet, "A10", 8)


def test_a_refusal_is_told_in_the_apis_words(opened: Page, sheet: Worksheet):
    """What the API refuses stays open as it was typed, with the API's sentence; nothing is written."""
    long = "x" * 50_001
    cell(opened, "C2").click()
    paste(opened, long)
    told = opened.get_by_role("alert")
    expect(told).to_contain_text("C2 was not written: ")
    expect(told).to_contain_text("50000 characters")
    expect(opened.locator("#editor")).to_have_value(long)
    opened.keyboard.press("Escape")
    expect(told).to_be_hidden()
    expect(cell(opened, "C2")).to_have_text("quick")
    go_to(opened, "Z1")
    paste(opened, "1\t2")
    expect(told).to_contain_text("Z1:AA1 was not written: ")
    assert sheet.values() == [list(filter(None, row)) for row in ROWS]


def test_what_others_write_appears(opened: Page, sheet: Worksheet):
    """Another writer's values, notes and tabs appear by themselves, and what is being typed stays."""
    cell(opened, "A4").click()
    opened.keyboard.type("half")
    sheet.set_values([[8]], 1, 1, by=OWNER)
    sheet.workbook.add_worksheet("Summary", by=OWNER)
    with sheet.workbook.lock:
        sheet.put_note(2, 1, "'four' is not a whole number.")
        sheet.workbook.touch(OWNER)
    expect(cell(opened, "B2")).to_have_text("8")
    expect(opened.get_by_role("tab", name="Summary")).to_be_visible()
    expect(opened.locator("#editor")).to_have_value("half")
    opened.keyboard.press("Escape")
    note = opened.get_by_role("note")
    expect(note).to_be_hidden()
    opened.get_by_role("button", name="1 note").click()
    expect(opened.locator("#address")).to_have_value("B3")
    expect(note).to_have_text("'four' is not a whole number.")
    opened.keyboard.press("ArrowUp")
    expect(note).to_be_hidden()
    cell(opened, "B3").hover()
    expect(note).to_be_visible()
    expect(opened.locator("#modified")).to_contain_text("by owner")


def test_a_hundred_thousand_rows(page: Page, google: GoogleServer, workbook: Workbook):
    """Only what is in view is read and drawn, at the top, in the middle and at the end."""
    sheet = workbook.worksheet("Sheet1")
    sheet.set_values([[n, n * n, f"row {n}"] for n in range(1, 100_001)], grow=True)
    page.goto(f"{google.url}/spreadsheets/d/{workbook.spreadsheet_id}")
    expect(cell(page, "C1")).to_have_text("row 1")
    google.requests.clear()
    page.keyboard.press("Control+ArrowDown")
    expect(cell(page, "A100000")).to_have_text("100000")
    go_to(page, "C50000")
    expect(cell(page, "C50000")).to_have_text("row 50000")
    page.mouse.move(600, 400)
    page.mouse.wheel(0, 26_000)
    expect(cell(page, "C51010")).to_have_text("row 51010")
    reads = [entry for entry in google.requests if "ranges=" in entry.query]
    assert len(reads) <= 12
    assert page.locator("#grid .row").count() < 60


def test_going_on_before_the_first_rows_come(page: Page, google: GoogleServer, workbook: Workbook):
    """Regression: a cell named before its tab was laid out was an error, and out of sight."""
    workbook.worksheet("Sheet1").set_values([[n] for n in range(1, 1001)])
    held: list[Route] | None = []

    def hold(route: Route) -> None:
        if held is None:
            route.continue_()
        else:
            held.append(route)

    page.route(re.compile("ranges="), hold)
    page.goto(f"{google.url}/spreadsheets/d/{workbook.spreadsheet_id}")
    expect(page.get_by_role("tab", name="Sheet1")).to_be_visible()
    page.keyboard.press("PageDown")
    go_to(page, "A900")
    workbook.touch(OWNER)
    page.wait_for_timeout(1500)  # A look for changes, each second, comes before the rows too.
    waiting, held = held, None
    for route in waiting:
        route.continue_()
    expect(cell(page, "A900")).to_have_text("900")
    expect(cell(page, "A900")).to_be_in_viewport()


def test_frozen_rows_and_columns_stay(opened: Page, sheet: Worksheet):
    """Letters, numbers and what the sheet freezes stay in view."""
    with sheet.workbook.lock:
        sheet.frozen_row_count = sheet.frozen_column_count = 1
        sheet.workbook.touch(OWNER)
    expect(opened.locator('.head [data-row="0"]')).to_be_visible()
    go_to(opened, "Z900")
    expect(cell(opened, "Z900")).to_be_in_viewport()
    for name in ("A1", "A900", "Z1"):
        expect(cell(opened, name)).to_be_in_viewport()
    expect(cell(opened, "A1")).to_have_text("id")


def test_tabs_and_spreadsheets(opened: Page, google: GoogleServer, workbook: Workbook):
    """Tabs and spreadsheets are opened by click, by address and by the names of cells."""
    added = workbook.add_worksheet("It's 2026")
    added.set_values([["here"]], 6, 2)
    other = google.drive.create_spreadsheet("Another", owner=opened.locator("#person").inner_text())
    foreign = google.drive.create_spreadsheet("Foreign")
    opened.get_by_role("tab", name="It's 2026").click()
    expect(cell(opened, "C7")).to_have_text("here")
    assert opened.url.endswith(f"/d/{workbook.spreadsheet_id}/edit#gid={added.sheet_id}")
    go_to(opened, "Sheet1!B2")
    expect(opened.locator("#entered")).to_have_value("9")
    opened.get_by_role("link", name="Another").click()
    expect(opened.get_by_role("heading", name="Another")).to_be_visible()
    opened.go_back()
    expect(cell(opened, "A1")).to_have_text("id")
    opened.goto(f"{google.url}/spreadsheets/d/{foreign.spreadsheet_id}")
    expect(opened.get_by_text("or it is not yours")).to_be_visible()
    assert other.spreadsheet_id not in opened.url


def test_view_only(page: Page, google: GoogleServer, workbook: Workbook, opened: Page):
    """A spreadsheet that is only shared to read takes no typing."""
    person = opened.locator("#person").inner_text()
    shown = google.drive.create_spreadsheet("Shown")
    shown.worksheet("Sheet1").set_values([["fixed"]])
    google.drive.share(shown.spreadsheet_id, person, "reader")
    opened.get_by_role("link", name="Shown").click()
    expect(cell(opened, "A1")).to_have_text("fixed")
    type_into(opened, "A1", "loose", "Enter", "Delete")
    paste(opened, "loose")
    expect(cell(opened, "A1")).to_have_text("fixed")
    assert shown.worksheet("Sheet1").values() == [["fixed"]]


def test_the_keyboard_can_leave_the_grid(opened: Page):
    """Escape and then Tab goes on to the tabs; a mouse is needed nowhere."""
    cell(opened, "A1").click()
    opened.keyboard.press("Escape")
    opened.keyboard.press("Tab")
    expect(opened.get_by_role("tab", name="Sheet1")).to_be_focused()
    opened.keyboard.press("Shift+Tab")
    opened.keyboard.press("Tab")
    expect(opened.locator("#address")).to_have_value("B1")


def test_a_cell_is_text_never_markup(opened: Page, sheet: Worksheet):
    """What a cell, a note or a title holds is shown, not run."""
    attack = "<img src=x onerror=\"document.title='run'\">"
    sheet.set_values([[attack]], 0, 3)
    expect(cell(opened, "D1")).to_have_text(attack)
    assert opened.locator("img[src=x]").count() == 0


def test_on_a_telephone(browser: Browser, google: GoogleServer, sheet: Worksheet):
    """A finger selects with one tap and edits with the next; the spreadsheets are behind a button."""
    telephone = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = telephone.new_page()
    page.goto(f"{google.url}/spreadsheets/d/{sheet.workbook.spreadsheet_id}")
    cell(page, "B3").tap()
    expect(page.locator("#entered")).to_have_value("4")
    cell(page, "B3").tap()
    page.keyboard.press("Backspace")
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    wait_for(page, sheet, "B3", 6)
    link = page.get_by_role("link", name=sheet.workbook.title)
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Spreadsheets").tap()
    expect(link).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    telephone.close()


def _token(page: Page, url: str, **options: Any) -> Any:
    return page.evaluate(
        "([url, options]) => fetch(url, options).then((r) => r.status, () => 'kept out')",
        [url, {"method": "POST", **options}],
    )


def test_another_site_gets_no_token(
    page: Page, google: GoogleServer, workbook: Workbook, make_site: Callable[[str], str]
):
    """A page of another origin can neither get the token, nor read or write, nor frame the page."""
    site = make_site("<title>elsewhere</title>")
    page.goto(site)
    token = f"{google.url}/spreadsheets/token"
    assert _token(page, token) == "kept out"
    assert _token(page, token, mode="no-cors") == "kept out"
    api = f"{google.url}/v4/spreadsheets/{workbook.spreadsheet_id}:batchUpdate"
    assert _token(page, api, headers={"Authorization": "Bearer x"}) == "kept out"
    refused = [(entry.path, entry.status) for entry in google.requests if entry.method != "GET"]
    assert (f"/v4/spreadsheets/{workbook.spreadsheet_id}:batchUpdate", 200) not in refused
    page.set_content(f'<iframe src="{google.url}/spreadsheets"></iframe>')
    frame = page.frame_locator("iframe")
    expect(frame.locator("#grid")).to_have_count(0)
