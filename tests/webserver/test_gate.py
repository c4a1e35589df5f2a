from __future__ import annotations

import base64
import json
from contextlib import contextmanager

import pytest
import requests
from guarded_instance import PASSWORD
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sheet_assets.errors import OperationsError, SettingError
from sheet_assets.operations.health import health
from sheet_assets.operations.launch import chosen, launch
from sheet_assets.operations.webserver import connected
from sheet_assets.operations.workspace import workspace
from sheet_assets.webserver import credentials, origins
from sheet_assets.webserver.users import User

NOBODY = None
FOREIGN = {"Origin": "http://other.example"}
CROSS_SITE = {"Sec-Fetch-Site": "cross-site"}
QUERY = {"query": "{ version }"}
SUBSCRIPTION = 'subscription { pipelineRunLogs(runId: "none") { __typename } }'


def basic(login):
    """The header of a login."""
    return "Basic " + base64.b64encode(":".join(login).encode()).decode()


@contextmanager
def websocket(guarded, login, origin):
    """A WebSocket to /graphql."""
    headers = {"Authorization": basic(login)} if login else {}
    with connect(
        guarded.url.replace("http", "ws") + "/graphql",
        origin=origin,
        additional_headers=headers,
        subprotocols=["graphql-ws"],
        proxy=None,
        open_timeout=30,
    ) as connection:
        yield connection


@pytest.mark.parametrize(
    ("login", "origin", "status", "said"),
    [
        ("nobody", "own", 401, "This needs a login"),
        ("wrong", "own", 401, "Wrong user, password or token."),
        ("viewer", "http://other.example", 403, "Requests from 'http://other.example' are refused"),
        ("operator", "http://other.example", 403, "Requests from 'http://other.example' are refused"),
        ("operator", "null", 403, "Requests from 'null' are refused"),
        ("operator", None, 403, "A WebSocket needs an Origin"),
    ],
)  # fmt: skip
def test_a_handshake_needs_a_login_and_our_origin(guarded, login, origin, status, said):
    """A WebSocket without login, or from another site's page, is refused before it opens."""
    logins = {
        "nobody": None,
        "wrong": ("monitor", "wrong"),
        "viewer": guarded.viewer,
        "operator": guarded.operator,
    }
    with (
        pytest.raises(InvalidStatus) as error,
        websocket(guarded, logins[login], guarded.url if origin == "own" else origin),
    ):
        pass
    assert error.value.response.status_code == status
    assert said in json.loads(error.value.response.body)["error"]


def test_a_websocket_subscribes_and_changes_nothing(guarded):
    """With login and origin it opens; mutations are none of its messages, an operator's neither."""
    before = guarded.state()
    for login in (guarded.viewer, guarded.operator):
        with websocket(guarded, login, guarded.url) as connection:
            connection.send(json.dumps({"type": "connection_init"}))
            assert json.loads(connection.recv(30))["type"] == "connection_ack"
            for number, query in enumerate(("mutation { setNuxSeen }", SUBSCRIPTION)):
                message = {"type": "start", "id": str(number), "payload": {"query": query}}
                connection.send(json.dumps(message))
            answers = [json.loads(connection.recv(30)) for _ in range(2)]
            assert [each["type"] for each in answers] == ["error", "data"]
    assert guarded.state() == before


@pytest.mark.parametrize(
    ("path", "method"),
    [("/", "GET"), ("/graphql", "GET"), ("/graphql", "POST"), ("/server_info", "GET"), ("/logs/x", "GET"), ("/download_debug/x", "GET"), ("/report_asset_materialization/x", "POST"), ("/favicon.ico", "GET"), ("/healthy", "GET"), ("//health", "GET"), ("/health", "POST")],
)  # fmt: skip
def test_nothing_is_told_without_a_login(guarded, path, method):
    """Every route but GET /health is 401, with the question that a browser understands."""
    answer = requests.request(method, guarded.url + path, timeout=30)
    assert answer.status_code == 401
    assert answer.json() == {"error": "This needs a login: a user's name and password, or a token."}
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="sheet_assets", charset="UTF-8"'


@pytest.mark.parametrize(
    ("headers", "status", "said"),
    [
        (FOREIGN, 403, "Requests from 'http://other.example' are refused"),
        (CROSS_SITE, 403, "Requests from other sites are refused"),
        ({"Sec-Fetch-Site": "same-site"}, 403, "Requests from other sites are refused"),
        ({**CROSS_SITE, "Sec-Fetch-Mode": "navigate"}, 403, "Requests from other sites are refused"),
        ({"Content-Type": "text/plain"}, 415, "application/json"),
        ({"Content-Type": "text/plain; application/json"}, 415, "application/json"),
        ({"Content-Type": "application/graphql"}, 415, "application/json"),
        ({"Content-Type": "application/json; charset=utf-8"}, 200, None),
        ({"Sec-Fetch-Site": "same-origin"}, 200, None),
    ],
)  # fmt: skip
def test_other_sites_ask_nothing(guarded, headers, status, said):
    """What a page of another site can make a browser send is refused, also with an operator's login."""
    answer = requests.post(
        f"{guarded.url}/graphql",
        json=QUERY,
        auth=guarded.operator,
        headers={"Content-Type": "application/json", **headers},
        timeout=30,
    )
    assert answer.status_code == status
    if said:
        assert said in answer.json()["error"]


@pytest.mark.parametrize("body", ["", "[]", "1", "{", "\xff"])
def test_a_body_that_is_none_is_a_sentence(guarded, body):
    """Whatever is sent as JSON, the answer is one sentence."""
    answer = requests.post(
        f"{guarded.url}/graphql",
        data=body.encode("latin-1"),
        auth=guarded.viewer,
        headers={"Content-Type": "application/json"},
        timeout=30,
    )
    assert answer.status_code == 400
    assert answer.json() == {"error": "The body is no JSON object with a query."}


@pytest.mark.parametrize(
    ("origin", "scheme", "host", "same"),
    [
        ("http://a:3000", "http", "a:3000", True),
        ("http://A:3000", "http", "a:3000", True),
        ("https://a", "http", "a", True),
        ("https://a", "https", "a:443", True),
        ("http://a", "http", "a:80", True),
        ("http://a", "https", "a", False),
        ("http://a:3001", "http", "a:3000", False),
        ("http://a.b", "http", "a", False),
        ("http://a@b", "http", "a", False),
        ("null", "http", "a", False),
        ("", "http", "", False),
        ("http://a:x", "http", "a", False),
        ("ftp://a", "http", "a", False),
    ],
)  # fmt: skip
def test_an_origin_is_ours_or_not(origin, scheme, host, same):
    """Host and port have to be the ones we are asked as; https may have ended in a proxy."""
    said = origins.foreign(
        {"origin": origin, "host": host}, scheme=scheme, method="POST", loopback_only=False
    )
    assert (said is None) is same


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1:3000", True), ("localhost", True), ("[::1]:3000", True), ("127.1.2.3", True), ("rebound.example:3000", False), ("localhost.example", False), ("10.0.0.1", False), ("", False), ("[", False)],
)  # fmt: skip
def test_without_users_only_this_machine_is_answered(host, own):
    """A name of another site that leads to this machine is refused, where nobody logs in."""
    said = origins.foreign({"host": host}, scheme="http", method="GET", loopback_only=True)
    assert (said is None) is own


def test_answers_have_the_headers_of_a_closed_door(guarded):
    """No answer may be framed, sniffed, kept by a cache or read by another site; the UI's files may be kept."""
    for path in ("/", "/graphql", "/health", "/server_info", "/nowhere"):
        for login in (None, guarded.viewer):
            headers = requests.get(guarded.url + path, auth=login, timeout=30).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert headers["Cache-Control"] == "no-store"
    page = requests.get(guarded.url, auth=guarded.viewer, timeout=30)
    assert "script-src 'nonce-" in page.headers["Content-Security-Policy"]
    static = requests.get(f"{guarded.url}/favicon.svg", auth=guarded.viewer, timeout=30)
    assert "Cache-Control" not in static.headers
    assert static.headers["X-Frame-Options"] == "DENY"


def test_health_tells_each_part_and_nothing_else(guarded):
    """Without a login: 503 where no daemon has ever run, and no name, version or reason."""
    answer = requests.get(f"{guarded.url}/health", timeout=30)
    assert answer.status_code == 503
    assert answer.json() == {
        "metadatabase": {"status": "healthy"},
        "scheduler": {"status": "unhealthy"},
        "daemons": {"status": "unhealthy"},
        "code_locations": {"status": "healthy"},
    }


@pytest.mark.parametrize("login", ["operator", "viewer", "token"])
def test_our_commands_log_in(guarded, login, monkeypatch):
    """`sheet-assets health --url` and the rest ask as a user, or with a token."""
    if login == "token":
        monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_TOKEN", guarded.token)
    else:
        user, password = getattr(guarded, login)
        monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_USER", user)
        monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_PASSWORD", password)
    found = health(connected(guarded.url))
    assert not found.unavailable
    assert [each.name for each in found.locations] == ["guarded"]


def test_our_commands_say_why_they_are_refused(guarded, monkeypatch):
    """Wrong password, a viewer who starts something, a token that has expired or is gone: one sentence each."""
    webserver = connected(guarded.url)
    with pytest.raises(
        OperationsError, match=r"asks for a login\. Set SHEET_ASSETS_WEBSERVER_USER"
    ):
        webserver.ask("daemons")
    monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_USER", "monitor")
    monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_PASSWORD", "wrong too")
    with pytest.raises(OperationsError, match=r"Wrong user, password or token\. Correct SHEET"):
        connected(guarded.url).ask("daemons")
    monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_PASSWORD", PASSWORD)
    monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_TOKEN", "x")
    with pytest.raises(SettingError, match="Set one login, not both"):
        connected(guarded.url)
    monkeypatch.delenv("SHEET_ASSETS_WEBSERVER_USER")
    monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_TOKEN", guarded.token)
    viewer = connected(guarded.url)
    with pytest.raises(OperationsError, match="read-only for this user"):
        launch(viewer, chosen(workspace(viewer), ["nightly_job"]))
    token, made = credentials.new_token()
    guarded.users.add(User("over", "viewer", credentials.hashed(made.secret), made.who, 1.0))
    monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_TOKEN", token)
    with pytest.raises(OperationsError, match="The token of over has expired on 1970-01-01"):
        connected(guarded.url).ask("daemons")
    guarded.users.remove("over")
    with pytest.raises(OperationsError, match="Wrong user, password or token"):
        connected(guarded.url).ask("daemons")


def test_a_broken_users_file_lets_nobody_in(guarded, caplog):
    """Open to others, or no users file: nobody is let in, the log says why, and mended it goes on."""
    path = guarded.users.path
    text = path.read_text()
    for spoil, why in (
        (lambda: path.chmod(0o644), "open to others than its owner (mode 0644)"),
        (lambda: path.write_text("{}"), "cannot be read (it is no users file)"),
        (lambda: path.write_text(text.replace("viewer", "owner")), "a role is none of"),
    ):
        caplog.clear()
        spoil()
        answer = guarded.ask("{ version }", login=guarded.operator)
        assert answer.status_code == 503
        assert answer.json() == {
            "error": "The users file cannot be used; the webserver's log says why."
        }
        assert why in caplog.text
        path.chmod(0o600)
        path.write_text(text)
        assert guarded.ask("{ version }", login=guarded.operator).status_code == 200
    moved = path.rename(path.with_suffix(".moved"))
    assert guarded.ask("{ version }", login=guarded.operator).status_code == 401
    moved.rename(path)
