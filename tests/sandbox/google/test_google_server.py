from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jwt
import pytest
import requests
from google.auth.exceptions import RefreshError

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.google import GoogleServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

SHEETS = "https://sheets.googleapis.com/v4/spreadsheets"
DRIVE = "https://www.googleapis.com/drive/v3"
TOKEN_URI = "https://oauth2.googleapis.com/token"


def test_a_server_starts_and_stops_without_a_trace() -> None:
    """The port answers after start, is free after stop, and no thread is left; stop may repeat."""
    before = threading.active_count()
    server = GoogleServer()
    with pytest.raises(SandboxError, match="not running"):
        _ = server.url
    server.start()
    parts = urlsplit(server.url)
    assert parts.hostname == "127.0.0.1"
    assert requests.get(f"{server.url}/_sandbox/requests", timeout=5).json() == {"requests": []}
    server.stop()
    server.stop()
    assert threading.active_count() == before
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", parts.port)) != 0


def test_a_service_account_is_as_google_makes_it(server: GoogleServer) -> None:
    """The JSON has Google's fields and production's token address."""
    info = server.add_service_account("made@sandbox.invalid")
    assert info["type"] == "service_account"
    assert info["client_email"] == "made@sandbox.invalid"
    assert info["token_uri"] == TOKEN_URI
    assert info["universe_domain"] == "googleapis.com"
    # pragma: allowlist nextline secret - how each begins
    assert info["private_key"].startswith("-----BEGIN PRIVATE KEY-----")
    assert set(info) == {
        "type", "project_id", "private_key_id", "private_key", "client_email", "client_id",
        "auth_uri", "token_uri", "auth_provider_x509_cert_url", "client_x509_cert_url", "universe_domain",
    }  # fmt: skip


def assertion(info: dict[str, str], **changes: Any) -> str:
    """An account's signed assertion, with some claims changed."""
    now = int(time.time())
    claims = {
        "iss": info["client_email"],
        "aud": TOKEN_URI,
        "scope": "https://www.googleapis.com/auth/drive",
        "iat": now,
        "exp": now + 3600,
    } | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, info["private_key"], algorithm="RS256")


def ask_token(
    server: GoogleServer,
    signed: str,
    grant_type: str = "urn:ietf:params:oauth:grant-type:jwt-bearer",
) -> requests.Response:
    """The answer of the token endpoint."""
    return requests.post(
        f"{server.url}/token", data={"grant_type": grant_type, "assertion": signed}, timeout=5
    )


@pytest.mark.parametrize(
    ("changes", "description"),
    [
        ({"iss": "stranger@sandbox.invalid"}, "account not found"),
        ({"aud": "https://elsewhere.invalid/token"}, "Failed audience check"),
        ({"iat": 1_000_000, "exp": 1_003_600}, "reasonable timeframe"),
        ({"exp": int(time.time()) + 90_000}, "reasonable timeframe"),
        ({"iat": None}, "iat"),
    ],
)
def test_a_wrong_assertion_earns_no_token(
    server: GoogleServer, changes: dict[str, Any], description: str
) -> None:
    """Issuer, audience and times are checked, and the answer is Google's invalid_grant."""
    info = server.add_service_account("signer@sandbox.invalid")
    response = ask_token(server, assertion(info, **changes))
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_grant"
    assert description in response.json()["error_description"]


def test_a_wrong_signature_earns_no_token(server: GoogleServer) -> None:
    """An assertion signed with another key, or no assertion at all, is refused."""
    info = server.add_service_account("signer@sandbox.invalid")
    other = server.add_service_account("other@sandbox.invalid")
    forged = assertion(info | {"private_key": other["private_key"]})
    assert ask_token(server, forged).json() == {
        "error": "invalid_grant",
        "error_description": "Invalid JWT Signature.",
    }
    assert ask_token(server, "nonsense").status_code == 400
    assert (
        ask_token(server, assertion(info), "password").json()["error"] == "unsupported_grant_type"
    )
    assert ask_token(server, assertion(info, scope=None)).json()["error"] == "invalid_scope"


def test_a_token_is_a_bearer_for_an_hour(server: GoogleServer) -> None:
    """A right assertion is answered with a fresh token each time."""
    info = server.add_service_account("signer@sandbox.invalid")
    first, second = (ask_token(server, assertion(info)).json() for _ in range(2))
    assert (first["expires_in"], first["token_type"]) == (3600, "Bearer")
    assert first["access_token"] != second["access_token"]


def test_google_auth_reports_a_revoked_key(
    server: GoogleServer, connect: Callable[..., Client]
) -> None:
    """google-auth's own error tells of an account whose key was replaced."""
    client = connect("rotated@sandbox.invalid")
    server.add_service_account("rotated@sandbox.invalid")
    with pytest.raises(RefreshError, match="Invalid JWT Signature"):
        client.get(f"{DRIVE}/files")


def test_calls_need_a_valid_token(server: GoogleServer, client: Client, address: str) -> None:
    """Without a token, and with one unknown, Sheets and Drive answer 401 in their own forms."""
    sheets = server.url + urlsplit(address).path
    missing = requests.get(sheets, timeout=5)
    wrong = requests.get(sheets, headers={"authorization": "Bearer nothing"}, timeout=5)
    drive = requests.get(f"{server.url}/drive/v3/files", timeout=5)
    assert [r.status_code for r in (missing, wrong, drive)] == [401, 401, 401]
    assert missing.json()["error"]["status"] == "UNAUTHENTICATED"
    assert "missing required authentication credential" in missing.json()["error"]["message"]
    assert "invalid authentication credentials" in wrong.json()["error"]["message"]
    assert drive.json()["error"]["errors"][0]["location"] == "Authorization"


def test_tokens_expire_and_clients_renew_them(
    server: GoogleServer, client: Client, address: str
) -> None:
    """google-auth fetches a new token when the old one is no longer taken."""
    assert client.get(address).status_code == 200
    server.accounts.expire_tokens()
    server.requests.clear()
    assert client.get(address).status_code == 200
    assert [
        (entry.path == "/token", entry.status)
        for entry in server.requests
        if "allowedLocations" not in entry.path
    ] == [
        (False, 401),
        (True, 200),
        (False, 200),
    ]


def test_scopes_limit_what_a_token_may_do(
    connect: Callable[..., Client], workbook: Workbook, address: str
) -> None:
    """A read-only scope reads and does not write, whatever the file's permissions."""
    reader = connect(
        "loader@sandbox.invalid", ["https://www.googleapis.com/auth/spreadsheets.readonly"]
    )
    assert reader.get(f"{address}/values/Sheet1").status_code == 200
    refused = reader.batch_update(workbook.spreadsheet_id, {"addSheet": {}})
    assert refused.status_code == 403
    assert "insufficient authentication scopes" in refused.json()["error"]["message"]
    assert reader.get(f"{DRIVE}/files").status_code == 403


def test_permissions_are_real(
    server: GoogleServer, connect: Callable[..., Client], workbook: Workbook, address: str
) -> None:
    """No permission is 403, no file is 404, and a reader may not write."""
    stranger = connect("stranger@sandbox.invalid")
    hidden, missing = stranger.get(address), stranger.get(f"{SHEETS}/nothing")
    assert hidden.status_code == 403
    assert hidden.json()["error"] == {
        "code": 403,
        "message": "The caller does not have permission",
        "status": "PERMISSION_DENIED",
    }
    assert missing.status_code == 404
    assert missing.json()["error"] == {
        "code": 404,
        "message": "Requested entity was not found.",
        "status": "NOT_FOUND",
    }
    server.drive.share(workbook.spreadsheet_id, stranger.email, role="reader")
    values = f"{address}/values/Sheet1!A1"
    assert stranger.get(values).status_code == 200
    written = stranger.session.put(
        values, params={"valueInputOption": "RAW"}, json={"values": [[1]]}
    )
    changed = stranger.batch_update(workbook.spreadsheet_id, {"addSheet": {}})
    assert (written.status_code, changed.status_code) == (403, 403)
    server.drive.unshare(workbook.spreadsheet_id, stranger.email)
    assert stranger.get(values).status_code == 403
    server.drive.delete(workbook.spreadsheet_id)
    assert stranger.get(values).status_code == 404


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", f"{SHEETS}/x:getByDataFilter"),
        ("POST", f"{DRIVE}/files/x/watch"),
        ("GET", f"{DRIVE}/drives"),
        ("GET", "https://docs.googleapis.com/v1/documents/x"),
    ],
)
def test_what_is_not_served_names_itself(client: Client, method: str, url: str) -> None:
    """An address the sandbox lacks is a 501 that names method and path."""
    response = client.session.request(method, url, json={} if method == "POST" else None)
    assert response.status_code == 501
    assert response.json()["error"]["status"] == "UNIMPLEMENTED"
    assert (
        f"does not implement {method} {urlsplit(url).path}" in response.json()["error"]["message"]
    )


def test_requests_are_logged(server: GoogleServer, client: Client, address: str) -> None:
    """Every request stands in the log with method, encoded path and status, also over HTTP."""
    client.get(f"{address}/values/Sheet1%21A1", valueRenderOption="FORMULA")
    client.get(f"{address}/values/No%21A1")
    path = urlsplit(address).path
    logged = [(entry.method, entry.path, entry.status) for entry in server.requests]
    assert ("GET", f"{path}/values/Sheet1%21A1", 200) in logged
    assert ("GET", f"{path}/values/No%21A1", 400) in logged
    told = requests.get(f"{server.url}/_sandbox/requests", timeout=5).json()["requests"]
    assert [(entry["method"], entry["path"], entry["status"]) for entry in told][-2:] == logged[-2:]
    server.requests.clear()
    assert len(server.requests) == 0


def test_the_stray_call_of_google_auth_is_answered(server: GoogleServer) -> None:
    """google-auth's look for regional boundaries gets an empty answer."""
    path = "/v1/projects/-/serviceAccounts/loader@sandbox.invalid/allowedLocations"
    answer = requests.get(server.url + path, timeout=5).json()
    assert answer == {"locations": [], "encodedLocations": "0x0"}


def test_large_answers_are_compressed(client: Client, sheet: Worksheet, address: str) -> None:
    """Beyond a kilobyte an answer is gzipped for those who accept it, and only for them."""
    sheet.set_values([["x" * 50] * 20] * 20)
    plain = client.session.get(f"{address}/values/Sheet1", headers={"accept-encoding": "identity"})
    packed = client.session.get(f"{address}/values/Sheet1")
    small = client.session.get(f"{address}/values/Sheet1!A1")
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert packed.json() == plain.json()
    assert not {"content-encoding"} & {
        *map(str.lower, plain.headers),
        *map(str.lower, small.headers),
    }
