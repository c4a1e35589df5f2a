from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest

from sheet_assets.clients.drive_files import look_for, spreadsheet_versions
from sheet_assets.clients.spreadsheet import NamedArea
from sheet_assets.errors import SheetError, SheetNotFoundError, SheetPermissionError
from sheet_assets.sandbox import PERSON, SERVICE_ACCOUNT
from sheet_assets.sheets.area import Area

if TYPE_CHECKING:
    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.google.sheets.workbook import Workbook


def test_drive_file_says_who_changed_it_last(google: GoogleClient, workbook: Workbook) -> None:
    """Name, version and last editor; an edit raises the version."""
    before = google.drive_file(workbook.spreadsheet_id)
    workbook.worksheet("Sheet1").set_values([["x"]], by=PERSON)
    after = google.drive_file(workbook.spreadsheet_id)
    assert (after.name, after.modified_by) == ("NPS answers", PERSON)
    assert after.version > before.version
    assert after.modified_at >= before.modified_at
    assert after.modified_at.tzinfo is not None


def test_spreadsheet_lists_its_worksheets(google: GoogleClient, workbook: Workbook) -> None:
    """Tabs with gid and grid, found by title or by gid."""
    tab = workbook.add_worksheet("답변 '25", rows=7, columns=3)
    found = google.spreadsheet(workbook.spreadsheet_id)
    assert found.time_zone == "Etc/GMT"
    by_title = found.worksheet("답변 '25")
    assert by_title == found.worksheet(tab.sheet_id)
    assert (by_title.rows, by_title.columns) == (7, 3)
    assert found.worksheet(0).title == "Sheet1"


def test_unknown_worksheet_lists_what_there_is(google: GoogleClient, workbook: Workbook) -> None:
    """A wrong title is answered with the titles there are."""
    workbook.add_worksheet("Responses")
    with pytest.raises(
        SheetNotFoundError, match='no worksheet \'Answers\'; it has "Sheet1", "Resp'
    ):
        google.spreadsheet(workbook.spreadsheet_id).worksheet("Answers")


@pytest.mark.parametrize("title", ["답변 '25", "A1", "a/b:c", "100%", "!important"])
def test_values_of_any_title(google: GoogleClient, workbook: Workbook, title: str) -> None:
    """A worksheet is read whole whatever its title is, also when it looks like a cell."""
    workbook.worksheet("Sheet1").set_values([["wrong tab"]])
    workbook.add_worksheet(title).set_values([["id", "ok"], [1, True], [], [0.5, "한글\n둘"]])
    values = google.values(workbook.spreadsheet_id, title)
    assert values == [["id", "ok"], [1, True], [], [0.5, "한글\n둘"]]
    assert values[1][1] is True


def test_empty_worksheet_has_no_values(google: GoogleClient, workbook: Workbook) -> None:
    """An empty worksheet is no error: it has no rows."""
    assert google.values(workbook.spreadsheet_id, "Sheet1") == []


def test_renamed_worksheet_is_not_found(google: GoogleClient, workbook: Workbook) -> None:
    """A tab that is gone between two reads is an error, never an empty sheet."""
    with pytest.raises(SheetNotFoundError, match="renamed"):
        google.values(workbook.spreadsheet_id, "Gone")


@pytest.mark.parametrize("call", ["drive_file", "spreadsheet"])
def test_unshared_spreadsheet_names_the_address(
    google: GoogleClient, sandbox: Sandbox, call: str
) -> None:
    """Drive and Sheets alike: the sentence names the e-mail to share with, and the right."""
    private = sandbox.google.drive.create_spreadsheet("private")
    with pytest.raises(SheetPermissionError) as refused:
        getattr(google, call)(private.spreadsheet_id)
    assert f"not shared with {SERVICE_ACCOUNT} as viewer" in str(refused.value)
    assert private.spreadsheet_id in str(refused.value)


@pytest.mark.parametrize("call", ["drive_file", "spreadsheet"])
@pytest.mark.parametrize("spreadsheet_id", ["no-such-id", "with/slash?and=query"])
def test_missing_spreadsheet_names_the_id(
    google: GoogleClient, call: str, spreadsheet_id: str
) -> None:
    """An id that does not exist is told as such, not as a missing permission."""
    with pytest.raises(SheetNotFoundError, match="no spreadsheet with the id") as missing:
        getattr(google, call)(spreadsheet_id)
    assert spreadsheet_id in str(missing.value)


def test_expired_token_is_renewed(
    google: GoogleClient, sandbox: Sandbox, workbook: Workbook
) -> None:
    """A token that ends between two calls is renewed without a word."""
    google.spreadsheet(workbook.spreadsheet_id)
    sandbox.google.accounts.expire_tokens()
    assert google.spreadsheet(workbook.spreadsheet_id).title == "NPS answers"


def test_changes_since_a_token(google: GoogleClient, sandbox: Sandbox, workbook: Workbook) -> None:
    """Each changed file once, with its latest version; the next token continues from there."""
    token = google.start_page_token()
    sheet = workbook.worksheet("Sheet1")
    sheet.set_values([["x"]])
    sheet.set_values([["y"]])
    changes = google.changes(token)
    version = google.drive_file(workbook.spreadsheet_id).version
    assert changes.versions == {workbook.spreadsheet_id: version}
    assert google.changes(changes.next_page_token).versions == {}


@pytest.mark.parametrize("how", ["trash", "delete", "unshare"])
def test_removed_file_has_no_version(
    google: GoogleClient, sandbox: Sandbox, workbook: Workbook, how: str
) -> None:
    """A file that went away after a change is removed, and no change."""
    token = google.start_page_token()
    workbook.worksheet("Sheet1").set_values([["x"]])
    drive = sandbox.google.drive
    if how == "unshare":
        drive.unshare(workbook.spreadsheet_id, SERVICE_ACCOUNT)
    else:
        getattr(drive, how)(workbook.spreadsheet_id)
    changes = google.changes(token)
    assert changes.removed == {workbook.spreadsheet_id}
    assert changes.versions == {}


def test_changes_come_over_all_pages(
    google: GoogleClient, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of changes that does not fit one page is read to its end."""
    from sheet_assets.sandbox.google.drive import change_methods

    token = google.start_page_token()
    made = [sandbox.google.drive.create_spreadsheet(f"page {n}") for n in range(5)]
    for each in made:
        sandbox.google.drive.share(each.spreadsheet_id, SERVICE_ACCOUNT)
    monkeypatch.setattr(change_methods, "page_size", lambda _: 2)
    before = google.api_calls
    changes = google.changes(token)
    assert set(changes.versions) == {each.spreadsheet_id for each in made}
    assert google.api_calls - before == 3
    assert google.changes(changes.next_page_token).versions == {}


def test_unknown_page_token_is_an_error(google: GoogleClient) -> None:
    """A token that Google does not know raises: it is not a list without changes."""
    with pytest.raises(SheetError, match="Invalid Value"):
        google.changes("999999999")


def test_shared_drives_are_among_what_is_listed(google: GoogleClient, sandbox: Sandbox) -> None:
    """Each call of Drive's asks for the items of all drives, not of the account's own alone."""
    sandbox.google.requests.clear()
    changes = google.changes(google.start_page_token())
    spreadsheet_versions(google)
    look_for(google, [*changes.versions, "unknown"])
    asked = [
        (each.path.removeprefix("/drive/v3"), parse_qs(each.query))
        for each in sandbox.google.requests
        if each.path.startswith("/drive/")
    ]
    paths = ["/changes/startPageToken", "/changes", "/files", "/files/unknown"]
    assert [path for path, _ in asked] == paths
    assert all(query["supportsAllDrives"] == ["true"] for _, query in asked)
    assert all(query["includeItemsFromAllDrives"] == ["true"] for _, query in asked[1:3])
    assert asked[2][1]["corpora"] == ["allDrives"]


def test_batch_update_needs_an_editor(
    google: GoogleClient, sandbox: Sandbox, workbook: Workbook
) -> None:
    """A reader who writes is told to be made an editor."""
    sandbox.google.drive.share(workbook.spreadsheet_id, SERVICE_ACCOUNT, role="reader")
    rename = {"updateSpreadsheetProperties": {"properties": {"title": "x"}, "fields": "title"}}
    with pytest.raises(SheetPermissionError, match=r"as editor. Open it, choose Share"):
        google.batch_update(workbook.spreadsheet_id, [rename])
    assert workbook.title == "NPS answers"


def test_several_ranges_are_one_read(google: GoogleClient, workbook: Workbook) -> None:
    """Values of each range in order, held or as displayed; a range whose tab is gone is told."""
    sheet = workbook.worksheet("Sheet1")
    sheet.set_values([["id", "zip"], [1, 7]])
    sheet.set_number_format("B2", "NUMBER", "00000")
    calls = google.api_calls
    ranges = ["Sheet1!B2:B", "Sheet1!A1:B1", "Sheet1!D5:E9"]
    held = google.batch_values(workbook.spreadsheet_id, ranges)
    assert held == [[[7]], [["id", "zip"]], []]
    shown = google.batch_values(workbook.spreadsheet_id, ranges[:1], displayed=True)
    assert (shown, google.api_calls - calls) == ([[["00007"]]], 2)
    with pytest.raises(SheetNotFoundError, match="does not find the worksheet any more"):
        google.batch_values(workbook.spreadsheet_id, ["Sheet1!A1", "Gone!A1"])


def test_named_ranges_and_tables_are_told_when_asked_for(
    google: GoogleClient, workbook: Workbook
) -> None:
    """What a GridRange leaves out is zero, or open; a table's footer is not part of it."""
    workbook.add_worksheet("Other", sheet_id=7)
    cells = {"startRowIndex": 2, "endRowIndex": 6, "startColumnIndex": 1, "endColumnIndex": 4}
    footer = {"footerColorStyle": {"rgbColor": {}}}
    google.batch_update(
        workbook.spreadsheet_id,
        [
            {"addNamedRange": {"namedRange": {"name": "whole", "range": {"sheetId": 7}}}},
            {"addNamedRange": {"namedRange": {"name": "part", "range": cells}}},
            {"addTable": {"table": {"name": "Plain", "range": {**cells, "sheetId": 7}}}},
            {"addTable": {"table": {"name": "Summed", "range": cells, "rowsProperties": footer}}},
        ],
    )
    asked = google.spreadsheet(workbook.spreadsheet_id, named_ranges=True, tables=True)
    assert asked.named_ranges == (
        NamedArea("whole", 7, Area()),
        NamedArea("part", 0, Area(2, 1, 6, 4)),
    )
    assert asked.tables == (
        NamedArea("Summed", 0, Area(2, 1, 5, 4)),
        NamedArea("Plain", 7, Area(2, 1, 6, 4)),
    )
    bare = google.spreadsheet(workbook.spreadsheet_id)
    assert (bare.named_ranges, bare.tables) == ((), ())
