from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from gspread.utils import ExportFormat

from sheet_assets.sandbox.google import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

    from sheet_assets.sandbox.google import GoogleServer
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

DRIVE = "https://www.googleapis.com/drive/v3"
SPREADSHEET = {"mimeType": "application/vnd.google-apps.spreadsheet"}
ROBOT = "robot@project.iam.gserviceaccount.com"


def error(response: Any) -> tuple[int, str]:
    """The status and Drive's reason."""
    return response.status_code, response.json()["error"]["errors"][0]["reason"]


def test_gspread_creates_copies_imports_exports_and_deletes(connect: Callable[..., Client]) -> None:
    """The unmodified client finds every Drive method that it uses for spreadsheets."""
    client = connect("maker@sandbox.invalid")
    made = client.gspread.create("Made")
    made.sheet1.update([["a", 1.5], ['say "x"', None], [None, "ü"]])
    assert made.export(ExportFormat.CSV) == 'a,1.5\r\n"say ""x""",\r\n,ü'.encode()
    assert made.export(ExportFormat.TSV).startswith(b"a\t1.5\r\n")
    made.sheet1.format("A1", {"textFormat": {"bold": True}})
    copy = client.gspread.copy(made.id, title="Copied")
    assert (copy.title, copy.sheet1.get_all_values()) == ("Copied", made.sheet1.get_all_values())
    copy.sheet1.update([["other"]])
    assert made.sheet1.acell("A1").value == "a"
    client.gspread.import_csv(copy.id, "x,12\ny\n")
    assert copy.sheet1.get_all_values() == [["x", "12"], ["y", ""]]
    copy.update_title("Renamed")
    assert {file["name"] for file in client.gspread.list_spreadsheet_files()} == {
        "Made",
        "Renamed",
    }
    for file in (made, copy):
        client.gspread.del_spreadsheet(file.id)
    assert client.gspread.list_spreadsheet_files() == []


def test_files_are_shared_over_http(
    connect: Callable[..., Client], client: Client, workbook: Workbook
) -> None:
    """A permission is made, told, changed and taken away; its id is the user's everywhere."""
    url = f"{DRIVE}/files/{workbook.spreadsheet_id}/permissions"
    guest = connect("guest@sandbox.invalid")
    seen = f"{DRIVE}/files/{workbook.spreadsheet_id}"
    body = {"type": "user", "role": "reader", "emailAddress": guest.email}
    made = client.session.post(url, json=body).json()
    assert made == {"kind": "drive#permission", "id": made["id"], "type": "user", "role": "reader"}
    assert error(guest.session.patch(seen, json={"name": "x"})) == (
        403,
        "insufficientFilePermissions",
    )
    told = client.get(url, fields="permissions(id,role,emailAddress)").json()["permissions"]
    assert [entry["role"] for entry in told] == ["owner", "writer", "reader"]
    assert client.session.patch(f"{url}/{made['id']}", json={"role": "writer"}).ok
    assert guest.session.patch(seen, json={"name": "x"}).json()["name"] == "x"
    assert client.get(f"{url}/{made['id']}").json()["role"] == "writer"
    assert client.session.delete(f"{url}/{made['id']}").status_code == 204
    assert guest.get(seen).status_code == 404
    assert client.get(f"{url}/{made['id']}").status_code == 404
    assert client.session.post(url, json={"type": "anyone", "role": "reader"}).status_code == 501


def test_only_its_owner_deletes_a_file(
    client: Client, server: GoogleServer, workbook: Workbook
) -> None:
    """A writer may neither delete nor trash it."""
    url = f"{DRIVE}/files/{workbook.spreadsheet_id}"
    assert error(client.session.delete(url)) == (403, "insufficientFilePermissions")
    assert client.session.patch(url, json={"trashed": True}).status_code == 403
    assert workbook.spreadsheet_id in server.drive.files
    own = client.session.post(f"{DRIVE}/files", json=SPREADSHEET).json()
    trash = client.session.patch(
        f"{DRIVE}/files/{own['id']}?fields=trashed", json={"trashed": True}
    )
    assert trash.json() == {"trashed": True}


def test_what_is_too_large_or_no_spreadsheet_is_refused(
    client: Client, workbook: Workbook, sheet: Worksheet
) -> None:
    """An export has at most 10 MB, and only spreadsheets are created, only as text exported."""
    url = f"{DRIVE}/files/{workbook.spreadsheet_id}/export?mimeType="
    sheet.set_values([["x" * 50_000]] * 210)
    assert error(client.session.get(f"{url}text/csv")) == (403, "exportSizeLimitExceeded")
    assert client.session.get(f"{url}application/pdf").status_code == 501
    folder = {"mimeType": "application/vnd.google-apps.folder"}
    assert client.session.post(f"{DRIVE}/files", json=folder).status_code == 501


def test_service_accounts_can_be_left_without_room(
    server: GoogleServer, connect: Callable[..., Client]
) -> None:
    """As at Google today: no files of their own, but files in a shared drive."""
    robot, person = connect(ROBOT), connect("person@sandbox.invalid")
    server.drive.limits = Limits(service_accounts_store_files=False)
    refused = robot.session.post(f"{DRIVE}/files", json=SPREADSHEET)
    assert error(refused) == (403, "storageQuotaExceeded")
    assert refused.json()["error"]["errors"][0]["domain"] == "usageLimits"
    assert person.session.post(f"{DRIVE}/files", json=SPREADSHEET).ok
    shared = server.drive.create_shared_drive({ROBOT: "writer"})
    body = {**SPREADSHEET, "parents": [shared.drive_id]}
    assert robot.session.post(f"{DRIVE}/files?supportsAllDrives=true", json=body).ok
    assert error(person.session.post(f"{DRIVE}/files", json=body)) == (404, "notFound")


def test_files_in_shared_drives_are_told_to_those_who_ask(
    server: GoogleServer, connect: Callable[..., Client]
) -> None:
    """Without supportsAllDrives and includeItemsFromAllDrives they are not there."""
    member = connect("member@sandbox.invalid")
    shared = server.drive.create_shared_drive(
        {member.email: "writer", "guest@sandbox.invalid": "reader"}
    )
    token = member.get(f"{DRIVE}/changes/startPageToken").json()["startPageToken"]
    made = server.drive.create_spreadsheet("Shared", drive_id=shared.drive_id)
    every = {"supportsAllDrives": "true", "includeItemsFromAllDrives": "true"}
    url = f"{DRIVE}/files/{made.spreadsheet_id}"
    assert member.get(url).status_code == 404
    told = member.get(url, supportsAllDrives="true", fields="driveId,owners,ownedByMe").json()
    assert told == {"driveId": shared.drive_id, "ownedByMe": False}
    assert member.get(f"{DRIVE}/files").json()["files"] == []
    assert len(member.get(f"{DRIVE}/files", **every, corpora="allDrives").json()["files"]) == 1
    assert member.get(f"{DRIVE}/changes", pageToken=token).json()["changes"] == []
    assert len(member.get(f"{DRIVE}/changes", pageToken=token, **every).json()["changes"]) == 1
    assert member.gspread.open_by_key(made.spreadsheet_id).sheet1.get_all_values() == [[]]
    guest = connect("guest@sandbox.invalid")
    body = {**SPREADSHEET, "parents": [shared.drive_id]}
    assert error(guest.session.post(f"{DRIVE}/files", json=body))[0] == 403
    assert error(guest.session.delete(f"{url}?supportsAllDrives=true"))[0] == 403
    assert member.session.delete(f"{url}?supportsAllDrives=true").status_code == 204


def test_drive_can_lag(
    server: GoogleServer, client: Client, workbook: Workbook, sheet: Worksheet
) -> None:
    """With a lag an edit shows in modifiedTime, version and changes only when it is old enough."""
    server.drive.limits = Limits(modified_lag_seconds=180)
    file = server.drive.file(workbook.spreadsheet_id)
    token = client.get(f"{DRIVE}/changes/startPageToken").json()["startPageToken"]

    def told() -> tuple[Any, ...]:
        url = f"{DRIVE}/files/{workbook.spreadsheet_id}"
        body = client.get(url, fields="modifiedTime,version,lastModifyingUser/emailAddress").json()
        page = client.get(f"{DRIVE}/changes", pageToken=token).json()
        return body, [change["fileId"] for change in page["changes"]]

    before = told()
    sheet.set_values([["new"]], by=client.email)
    assert told() == before
    # Three minutes pass.
    edit = file.edits[-1]
    file.edits[-1] = edit._replace(time=edit.time - timedelta(seconds=181))
    change = server.drive.changes[-1]
    server.drive.changes[-1] = change._replace(told_at=change.time)
    body, changed = told()
    assert body["lastModifyingUser"]["emailAddress"] == client.email
    assert body["version"] == str(file.version) != before[0]["version"]
    assert changed == [workbook.spreadsheet_id]


def test_a_spreadsheet_is_created_by_the_sheets_api(
    server: GoogleServer, connect: Callable[..., Client]
) -> None:
    """With its tabs or with one; a refused one is nowhere, and a robot may have no room."""
    person, robot = connect("creator@sandbox.invalid"), connect(ROBOT)
    url = "https://sheets.googleapis.com/v4/spreadsheets"
    tabs = [{"properties": {"title": title, "sheetId": place}} for place, title in enumerate("ab")]
    made = person.session.post(url, json={"properties": {"title": "T"}, "sheets": tabs}).json()
    assert made["properties"]["title"] == "T"
    assert [tab["properties"]["title"] for tab in made["sheets"]] == ["a", "b"]
    bare = person.session.post(f"{url}?fields=sheets.properties.title", json={}).json()
    assert bare == {"sheets": [{"properties": {"title": "Sheet1"}}]}
    before = (len(server.drive.files), len(server.drive.changes))
    assert person.session.post(url, json={"sheets": [tabs[0], tabs[0]]}).status_code == 400
    server.drive.limits = Limits(service_accounts_store_files=False)
    assert robot.session.post(url, json={}).status_code == 403
    assert (len(server.drive.files), len(server.drive.changes)) == before


def test_a_tab_is_copied_to_another_spreadsheet(
    server: GoogleServer, connect: Callable[..., Client], workbook: Workbook, sheet: Worksheet
) -> None:
    """With its cells, into a spreadsheet that the caller may change."""
    client = connect("loader@sandbox.invalid")
    sheet.set_values([["a", 1]])
    own = server.drive.create_spreadsheet("Own", owner=client.email)
    tab = client.gspread.open_by_key(workbook.spreadsheet_id).sheet1
    told = tab.copy_to(own.spreadsheet_id)
    assert (told["title"], told["index"]) == ("Copy of Sheet1", 1)
    assert own.worksheet("Copy of Sheet1").values() == [["a", 1]]
    foreign = server.drive.create_spreadsheet("Foreign")
    url = f"https://sheets.googleapis.com/v4/spreadsheets/{workbook.spreadsheet_id}/sheets/0:copyTo"
    body = {"destinationSpreadsheetId": foreign.spreadsheet_id}
    assert client.session.post(url, json=body).status_code == 403


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name contains 'rep'", {"Report May"}),
        ("name contains 'port'", set()),
        ("createdTime > '2000-01-01T00:00:00'", {"Report May", "Other"}),
        ("modifiedTime <= '2000-01-01T00:00:00' and trashed = false", set()),
    ],
)
def test_queries_find_files(
    server: GoogleServer, connect: Callable[..., Client], query: str, names: set[str]
) -> None:
    """Names by the beginnings of their words, times by any comparison."""
    client = connect(f"asker{len(query)}@sandbox.invalid")
    for name in ("Report May", "Other"):
        server.drive.create_spreadsheet(name, owner=client.email)
    files = client.get(f"{DRIVE}/files", q=query).json()["files"]
    assert {file["name"] for file in files} == names
