from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discovery
import google_auth_httplib2
import httplib2
import pytest
from google.oauth2.service_account import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.sandbox.google import GoogleServer

SHEETS = "https://sheets.googleapis.com/v4/spreadsheets"
EMAIL = "second@sandbox.invalid"
SCOPES = [f"https://www.googleapis.com/auth/{name}" for name in ("spreadsheets", "drive")]


@pytest.fixture
def api(
    server: GoogleServer, account: Callable[[str], dict[str, str]]
) -> Iterator[Callable[[str, str], Any]]:
    """Builds google-api-python-client's service of an API, on the sandbox."""
    info = {**account(EMAIL), "token_uri": f"{server.url}/token"}
    credentials = Credentials.from_service_account_info(info, scopes=SCOPES)
    connection = httplib2.Http(proxy_info=None)
    http = google_auth_httplib2.AuthorizedHttp(credentials, http=connection)

    def built(name: str, version: str) -> Any:
        path = "" if name == "sheets" else "/drive/v3/"
        return build(
            name, version, http=http, client_options={"api_endpoint": f"{server.url}{path}"}
        )

    yield built
    connection.close()


def test_googles_own_client_works_a_spreadsheet(api: Callable[[str, str], Any]) -> None:
    """Created, written, appended to, arranged, read, shared, exported and deleted."""
    drive, sheets = api("drive", "v3"), api("sheets", "v4").spreadsheets()
    body = {"name": "Second", "mimeType": "application/vnd.google-apps.spreadsheet"}
    file_id = drive.files().create(body=body, fields="id").execute()["id"]
    values = sheets.values()
    row = {"values": [["a", "=1+1", "2020-01-01"]]}
    raw = {"spreadsheetId": file_id, "valueInputOption": "RAW"}
    values.update(range="A1", body={"values": [["id", "sum", "day"]]}, **raw).execute()
    typed = {"spreadsheetId": file_id, "valueInputOption": "USER_ENTERED"}
    values.append(range="A1", body=row, **typed).execute()
    got = values.batchGet(spreadsheetId=file_id, ranges=["A:C", "B2"]).execute()["valueRanges"]
    assert got[0]["values"] == [["id", "sum", "day"], ["a", "2", "2020-01-01"]]
    assert got[1]["values"] == [["2"]]
    freeze = {"properties": {"gridProperties": {"frozenRowCount": 1}}, "fields": "gridProperties.frozenRowCount"}  # fmt: skip
    changes = {"requests": [{"updateSheetProperties": freeze}]}
    sheets.batchUpdate(spreadsheetId=file_id, body=changes).execute()
    told = sheets.get(spreadsheetId=file_id, fields="sheets.properties.gridProperties").execute()
    assert told["sheets"][0]["properties"]["gridProperties"]["frozenRowCount"] == 1
    person = {"type": "user", "role": "reader", "emailAddress": "x@sandbox.invalid"}
    drive.permissions().create(fileId=file_id, body=person).execute()
    assert len(drive.permissions().list(fileId=file_id).execute()["permissions"]) == 2
    export = drive.files().export(fileId=file_id, mimeType="text/csv").execute()
    assert export == b"id,sum,day\r\na,2,2020-01-01"
    drive.files().delete(fileId=file_id).execute()
    with pytest.raises(HttpError, match="File not found"):
        drive.files().get(fileId=file_id).execute()


def test_googles_own_client_pages_and_watches(
    api: Callable[[str, str], Any], server: GoogleServer
) -> None:
    """list_next and changes come to an end, and a refusal is the client's own error."""
    files, changes = api("drive", "v3").files(), api("drive", "v3").changes()
    token = changes.getStartPageToken().execute()["startPageToken"]
    for number in range(3):
        server.drive.create_spreadsheet(f"Paged {number}", owner=EMAIL)
    request = files.list(q="name contains 'Paged'", pageSize=2)
    names = []
    while request is not None:
        page = request.execute()
        names += [file["name"] for file in page["files"]]
        request = files.list_next(request, page)
    assert sorted(names) == ["Paged 0", "Paged 1", "Paged 2"]
    assert len(changes.list(pageToken=token).execute()["changes"]) == 3
    file_id = server.drive.create_spreadsheet("Other", owner=EMAIL).spreadsheet_id
    values = api("sheets", "v4").spreadsheets().values()
    request = values.get(spreadsheetId=file_id, range="Nowhere!A1")
    with pytest.raises(HttpError, match="Unable to parse range: Nowhere!A1"):
        request.execute()


@pytest.mark.parametrize(
    ("http_method", "address", "method_id"),
    [
        ("GET", "/x", "sheets.spreadsheets.get"),
        ("GET", "/x/values/Sheet1!A1%3AB2", "sheets.spreadsheets.values.get"),
        ("PUT", "/x/values/A1", "sheets.spreadsheets.values.update"),
        ("POST", "/x/values/A1:append", "sheets.spreadsheets.values.append"),
        ("POST", "/x/values/A%3AA:clear", "sheets.spreadsheets.values.clear"),
        ("GET", "/x/values:batchGet", "sheets.spreadsheets.values.batchGet"),
        ("POST", "/x:batchUpdate", "sheets.spreadsheets.batchUpdate"),
        ("POST", "/x/developerMetadata:search", "sheets.spreadsheets.developerMetadata.search"),
    ],
)
def test_addresses_are_found_in_the_document(
    http_method: str, address: str, method_id: str
) -> None:
    """What goes over the wire is checked as the method that it calls."""
    method = discovery.method_of(http_method, SHEETS + address)
    assert method is not None
    assert method.id == method_id


def test_what_the_document_does_not_know_is_a_fault() -> None:
    """Unknown fields and parameters, wrong types, and words that are none of an enum's."""
    url = f"{SHEETS}/x:batchUpdate?prettyPrint=perhaps&speed=1"
    method = discovery.method_of("POST", url)
    body = (
        b'{"requests": [{"updateCells": {"rowz": [], "fields": 5}}, {"mergeCells": '
        b'{"mergeType": "ALL", "range": {"sheetId": true, "endRowIndex": 1.5}}}], "x": null}'
    )
    assert sorted(discovery.faults_of_request(method, url, body)) == [
        "?prettyPrint cannot be 'perhaps'",
        "?speed is unknown",
        "sheets.spreadsheets.batchUpdate.requests[0].updateCells.fields is no string: 5",
        "sheets.spreadsheets.batchUpdate.requests[0].updateCells.rowz is unknown",
        "sheets.spreadsheets.batchUpdate.requests[1].mergeCells.mergeType cannot be 'ALL'",
        "sheets.spreadsheets.batchUpdate.requests[1].mergeCells.range.endRowIndex is no integer: 1.5",
        "sheets.spreadsheets.batchUpdate.requests[1].mergeCells.range.sheetId is no integer: True",
    ]
    about = discovery.method_of("GET", "https://www.googleapis.com/drive/v3/files/x")
    assert discovery.faults_of_response(about, b'{"version": 7, "trashed": "no", "id": "x"}') == [
        "drive.files.get.version is no string: 7",
        "drive.files.get.trashed is no boolean: 'no'",
    ]
