from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import discovery
import gspread
import pytest
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials

from sheet_assets.sandbox.google import GoogleServer, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

SHEETS = "https://sheets.googleapis.com/v4/spreadsheets"


class Redirect(requests.adapters.HTTPAdapter):
    """Sends what is meant for Google to the sandbox, path and query unchanged.

    What the sandbox accepts, and what it answers, must be what Google's discovery documents say.
    """

    def __init__(self, base: str) -> None:
        self.base = base
        super().__init__()

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send to the sandbox's host instead."""
        meant = request.url
        parts = urlsplit(meant)
        request.url = self.base + parts.path + ("?" + parts.query if parts.query else "")
        response = super().send(request, **kwargs)
        method = discovery.method_of(request.method, meant) if response.ok else None
        if method is not None:
            faults = discovery.faults_of_request(method, meant, request.body)
            if response.headers.get("content-type", "").startswith("application/json"):
                faults += discovery.faults_of_response(method, response.content)
            assert not faults, faults[:20]
        return response


@dataclass
class Client:
    """An account's unmodified clients: gspread, and google-auth's requests session."""

    email: str
    session: AuthorizedSession
    gspread: gspread.Client

    def get(self, url: str, **parameters: Any) -> requests.Response:
        """GET with query parameters."""
        return self.session.get(url, params=parameters)

    def batch_update(
        self, spreadsheet_id: str, *changes: dict[str, Any], **more: Any
    ) -> requests.Response:
        """POST a spreadsheets.batchUpdate."""
        body = {"requests": list(changes), **more}
        return self.session.post(f"{SHEETS}/{spreadsheet_id}:batchUpdate", json=body)


@pytest.fixture(scope="session")
def _running_server() -> Iterator[GoogleServer]:
    # The tests of the quota set one; all others would wait for a new minute.
    server = GoogleServer(Limits.without_quota())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(_running_server: GoogleServer) -> GoogleServer:
    """The server, its log of requests empty, without quota and faults."""
    _running_server.requests.clear()
    _running_server.faults.clear()
    _running_server.drive.limits = Limits.without_quota()
    return _running_server


@pytest.fixture(scope="session")
def account(_running_server: GoogleServer) -> Callable[[str], dict[str, str]]:
    """The service-account JSON of an e-mail; a key takes a while to make and is kept."""
    return cache(_running_server.add_service_account)


@pytest.fixture
def connect(
    server: GoogleServer, account: Callable[[str], dict[str, str]]
) -> Iterator[Callable[..., Client]]:
    """Makes a service account and its clients; closes them afterwards."""
    sessions = []

    def connected(email: str, scopes: Sequence[str] = gspread.auth.DEFAULT_SCOPES) -> Client:
        info = account(email)
        credentials = Credentials.from_service_account_info(info, scopes=scopes)
        auth = requests.Session()
        api = AuthorizedSession(credentials, auth_request=Request(auth))
        sessions.extend((auth, api))
        for session in (auth, api):
            session.mount("https://", Redirect(server.url))
        return Client(email, api, gspread.Client(auth=credentials, session=api))

    yield connected
    for session in sessions:
        session.close()


@pytest.fixture
def client(connect: Callable[..., Client]) -> Client:
    """The clients of the account that most tests use."""
    return connect("loader@sandbox.invalid")


@pytest.fixture
def workbook(server: GoogleServer, client: Client) -> Workbook:
    """A spreadsheet shared with the client as a writer."""
    made = server.drive.create_spreadsheet("NPS")
    server.drive.share(made.spreadsheet_id, client.email)
    return made


@pytest.fixture
def sheet(workbook: Workbook) -> Worksheet:
    """The workbook's first worksheet."""
    return workbook.worksheet("Sheet1")


@pytest.fixture
def address(workbook: Workbook) -> str:
    """The workbook's address in the Sheets API."""
    return f"{SHEETS}/{workbook.spreadsheet_id}"


@pytest.fixture
def change(client: Client, workbook: Workbook) -> Callable[..., list[Any]]:
    """Applies requests and returns the replies."""

    def changed(*requests: dict[str, Any]) -> list[Any]:
        response = client.batch_update(workbook.spreadsheet_id, *requests)
        assert response.status_code == 200, response.text
        assert response.json()["spreadsheetId"] == workbook.spreadsheet_id
        return response.json()["replies"]

    return changed


@pytest.fixture
def refused(client: Client, workbook: Workbook) -> Callable[..., str]:
    """Sends requests that must be refused and returns Google's message."""

    def refusal(*requests: dict[str, Any], status: int = 400) -> str:
        response = client.batch_update(workbook.spreadsheet_id, *requests)
        assert response.status_code == status, response.text
        return response.json()["error"]["message"]

    return refusal
