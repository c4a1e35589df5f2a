from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests
    from conftest import Client

    from sheet_assets.sandbox.google import GoogleServer
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

DRIVE = "https://www.googleapis.com/drive/v3"
SHEETS = "https://sheets.googleapis.com/v4/spreadsheets"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"
CHANGES = "newStartPageToken,nextPageToken,changes(fileId,removed,time,file(version,modifiedTime,name,lastModifyingUser/me,lastModifyingUser/emailAddress))"


@pytest.fixture
def file_id(workbook: Workbook) -> str:
    """The workbook's id in Drive."""
    return workbook.spreadsheet_id


@pytest.fixture
def file(client: Client, file_id: str) -> Callable[[str], dict[str, Any]]:
    """Asks for fields of the workbook's file."""
    return lambda fields: client.get(f"{DRIVE}/files/{file_id}", fields=fields).json()


@pytest.fixture
def quiet(connect: Callable[..., Client]) -> Client:
    """An account that sees nothing at first."""
    return connect("quiet@sandbox.invalid")


def start(client: Client) -> str:
    """A page token for what happens from now on."""
    return client.get(f"{DRIVE}/changes/startPageToken").json()["startPageToken"]


def changes(client: Client, token: str, **more: Any) -> dict[str, Any]:
    """A page of changes, as sensors ask for it."""
    response = client.get(f"{DRIVE}/changes", **{"pageToken": token, "fields": CHANGES, **more})
    assert response.status_code == 200, response.text
    return response.json()


def put(client: Client, file_id: str, values: Any) -> requests.Response:
    """Write values to the first worksheet."""
    return client.session.put(
        f"{SHEETS}/{file_id}/values/Sheet1!A1?valueInputOption=RAW", json={"values": values}
    )


def test_a_file_tells_what_is_asked(
    client: Client, file_id: str, file: Callable[[str], dict[str, Any]]
) -> None:
    """Without a mask four fields are told; a mask picks any the sandbox has."""
    assert client.get(f"{DRIVE}/files/{file_id}", supportsAllDrives="true").json() == {
        "kind": "drive#file",
        "id": file_id,
        "name": "NPS",
        "mimeType": SPREADSHEET,
    }
    told = file("trashed,owners/emailAddress,capabilities/canEdit,version,createdTime")
    assert told["owners"] == [{"emailAddress": "owner@sandbox.invalid"}]
    assert (told["trashed"], told["capabilities"]) == (False, {"canEdit": True})
    assert told["version"].isdigit()
    assert datetime.fromisoformat(told["createdTime"]).tzinfo is not None
    assert file("*")["id"] == file_id


def test_a_file_not_seen_is_not_found(
    server: GoogleServer, client: Client, quiet: Client, file_id: str
) -> None:
    """Drive answers 404 with its own error form, for a file unshared as for none."""
    for url in (f"{DRIVE}/files/{file_id}", f"{DRIVE}/files/{file_id}?fields=id"):
        response = quiet.get(url)
        assert response.status_code == 404
        assert response.json()["error"] == {
            "code": 404,
            "message": f"File not found: {file_id}.",
            "errors": [
                {
                    "message": f"File not found: {file_id}.",
                    "domain": "global",
                    "reason": "notFound",
                    "location": "fileId",
                    "locationType": "parameter",
                }
            ],
        }
    server.drive.share(file_id, quiet.email, role="reader")
    shown = quiet.get(f"{DRIVE}/files/{file_id}", fields="capabilities").json()
    assert shown == {"capabilities": {"canEdit": False}}
    wrong = client.get(f"{DRIVE}/files/{file_id}", fields="id,colour")
    assert wrong.status_code == 400
    assert wrong.json()["error"]["message"] == "Invalid field selection colour"


def test_versions_grow_with_every_change(
    server: GoogleServer,
    client: Client,
    workbook: Workbook,
    file_id: str,
    file: Callable[[str], dict[str, Any]],
) -> None:
    """Values, requests, a rename and a share each add one; reading and failing add none."""

    def version() -> int:
        return int(file("version")["version"])

    before = version()
    steps = [
        lambda: put(client, file_id, [[1]]),
        lambda: client.batch_update(file_id, {"addSheet": {}}, {"addSheet": {}}),
        lambda: workbook.rename("Other", by="editor@sandbox.invalid"),
        lambda: server.drive.share(file_id, "reader@sandbox.invalid", role="reader"),
    ]
    for done, step in enumerate(steps, 1):
        step()
        assert version() == before + done
    client.get(f"{SHEETS}/{file_id}/values/Sheet1")
    put(client, file_id, [[None]])
    put(client, file_id, [[1] * 100])
    client.batch_update(file_id, {"deleteSheet": {"sheetId": 12345}})
    assert version() == before + len(steps)


def test_content_changes_name_time_and_editor(
    server: GoogleServer,
    client: Client,
    sheet: Worksheet,
    file_id: str,
    file: Callable[[str], dict[str, Any]],
) -> None:
    """The fields modifiedTime and lastModifyingUser follow the content, and sharing leaves them."""
    fields = "modifiedTime,lastModifyingUser(me,emailAddress)"
    put(client, file_id, [[1]])
    mine = file(fields)
    assert mine["lastModifyingUser"] == {"me": True, "emailAddress": client.email}
    sheet.set_values([[2]], by="editor@sandbox.invalid")
    theirs = file(fields)
    assert theirs["lastModifyingUser"] == {"me": False, "emailAddress": "editor@sandbox.invalid"}
    assert theirs["modifiedTime"] >= mine["modifiedTime"]
    server.drive.share(file_id, "reader@sandbox.invalid")
    assert file(fields) == theirs


def test_changes_are_told_once_each_to_those_who_see_them(
    server: GoogleServer, client: Client, quiet: Client, sheet: Worksheet, file_id: str
) -> None:
    """A page token yields each changed file once, and nothing to another account."""
    token, other = start(client), start(quiet)
    assert changes(client, token) == {"newStartPageToken": token, "changes": []}
    sheet.set_values([[1]], by="editor@sandbox.invalid")
    put(client, file_id, [[2]])
    answer = changes(client, token)
    (change,) = answer["changes"]
    assert (change["fileId"], change["removed"]) == (file_id, False)
    assert change["file"]["lastModifyingUser"] == {"me": True, "emailAddress": client.email}
    assert changes(client, answer["newStartPageToken"])["changes"] == []
    assert changes(client, token)["changes"] == [change]
    assert changes(quiet, other)["changes"] == []


def test_gaining_and_losing_access_are_changes(
    server: GoogleServer, client: Client, quiet: Client, file_id: str
) -> None:
    """A share shows the file; an unshare and a deletion show it as removed, without the file."""
    token = start(quiet)
    server.drive.share(file_id, quiet.email)
    answer = changes(quiet, token)
    assert [(change["fileId"], change["removed"]) for change in answer["changes"]] == [
        (file_id, False)
    ]
    server.drive.unshare(file_id, quiet.email)
    lost = changes(quiet, answer["newStartPageToken"])
    assert [(change["removed"], "file" in change) for change in lost["changes"]] == [(True, False)]
    mine = changes(client, answer["newStartPageToken"])
    server.drive.delete(file_id)
    gone = changes(client, mine["newStartPageToken"])
    assert [(change["fileId"], change["removed"]) for change in gone["changes"]] == [
        (file_id, True)
    ]
    assert changes(quiet, lost["newStartPageToken"])["changes"] == []
    assert changes(client, mine["newStartPageToken"], includeRemoved="false")["changes"] == []


def test_changes_come_in_pages(server: GoogleServer, client: Client) -> None:
    """A pageSize parts the changes; the pages together have each file once."""
    token = start(client)
    made = [server.drive.create_spreadsheet(f"File {n}", owner=client.email) for n in range(5)]
    seen = []
    page = changes(client, token, pageSize=2)
    while True:
        seen += [change["fileId"] for change in page["changes"]]
        assert len(page["changes"]) <= 2
        if "nextPageToken" not in page:
            break
        assert "newStartPageToken" not in page
        page = changes(client, page["nextPageToken"], pageSize=2)
    assert seen == [workbook.spreadsheet_id for workbook in made]
    default = client.get(f"{DRIVE}/changes", pageToken=token).json()
    assert default["kind"] == "drive#changeList"
    assert set(default["changes"][0]) == {
        "kind",
        "removed",
        "time",
        "type",
        "changeType",
        "fileId",
        "file",
    }
    assert set(default["changes"][0]["file"]) == {"kind", "id", "name", "mimeType"}


@pytest.mark.parametrize("token", ["x", "-1", "0", "99999999", "1.5"])
def test_a_wrong_page_token_is_refused(client: Client, token: str) -> None:
    """What is no token of this Drive is a 400 about pageToken, not an empty answer."""
    response = client.get(f"{DRIVE}/changes", pageToken=token)
    assert response.status_code == 400
    assert response.json()["error"]["errors"][0] == {
        "message": "Invalid Value",
        "domain": "global",
        "reason": "invalid",
        "location": "pageToken",
        "locationType": "parameter",
    }
    assert client.get(f"{DRIVE}/changes").json()["error"]["errors"][0]["reason"] == "required"


def test_files_are_listed_by_query(server: GoogleServer, connect: Callable[..., Client]) -> None:
    """Only files seen are listed, the last modified first, and each term narrows them."""
    client = connect("lister@sandbox.invalid")
    first = server.drive.create_spreadsheet("It's first", owner=client.email)
    second = server.drive.create_spreadsheet("second")
    server.drive.share(second.spreadsheet_id, client.email, role="reader")
    server.drive.create_spreadsheet("hidden")

    def names(q: str | None = None, **more: Any) -> list[str]:
        response = client.get(f"{DRIVE}/files", **({"q": q} if q else {}), **more)
        assert response.status_code == 200, response.text
        return [file["name"] for file in response.json()["files"]]

    assert set(names()) == {"It's first", "second"}
    assert names(r"name = 'It\'s first'") == ["It's first"]
    assert names(f"mimeType='{SPREADSHEET}' and name=\"second\" and trashed = false") == ["second"]
    assert names("mimeType='text/csv'") == []
    file = server.drive.file(second.spreadsheet_id)
    # The clock of Drive has milliseconds: two files made at once have the same time.
    file.edits[-1] = file.edits[-1]._replace(time=file.modified_time + timedelta(seconds=5))
    assert names() == ["second", "It's first"]
    since = server.drive.file(first.spreadsheet_id).modified_time.isoformat()
    assert names(f"modifiedTime > '{since}'") == ["second"]
    server.drive.trash(second.spreadsheet_id)
    assert names("trashed=true") == ["second"]
    page = client.get(f"{DRIVE}/files", pageSize=1, fields="nextPageToken,files/name").json()
    assert page["files"] == [{"name": "second"}]
    assert names(pageToken=page["nextPageToken"]) == ["It's first"]


@pytest.mark.parametrize(
    "q",
    [
        "fullText contains 'x'",
        "'me' in owners",
        "name = 'a' or name = 'b'",
        "not trashed=true",
        "fullText = 'x'",
    ],
)
def test_a_query_that_is_not_known_names_itself(client: Client, q: str | None) -> None:
    """A term the sandbox lacks is a 501 with the query, not a wrong list."""
    response = client.get(f"{DRIVE}/files", q=q)
    assert response.status_code == 501
    assert q in response.json()["error"]["message"]


def test_the_model_is_safe_to_use_from_threads(
    server: GoogleServer,
    client: Client,
    sheet: Worksheet,
    file_id: str,
    file: Callable[[str], dict[str, Any]],
) -> None:
    """Changes from several threads and over HTTP are all counted and all kept."""
    before = int(file("version")["version"])

    def write(column: int) -> None:
        for row in range(50):
            sheet.set_values([[row]], row=row, column=column)

    threads = [threading.Thread(target=write, args=(column,)) for column in range(1, 4)]
    for thread in threads:
        thread.start()
    for n in range(20):
        assert put(client, file_id, [[n]]).status_code == 200
    for thread in threads:
        thread.join()
    assert int(file("version")["version"]) == before + 170
    assert sheet.values() == [[19 if row == 0 else None, row, row, row] for row in range(50)]
