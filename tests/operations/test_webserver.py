"""What a webserver may answer, and does not: each is one sentence with the remedy."""

from __future__ import annotations

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sheet_assets.errors import OperationsError, SettingError, WebserverUnavailableError
from sheet_assets.operations.webserver import Webserver, connected, one_of

JSON, HTML = "application/json", "text/html"


class StandIn(ThreadingHTTPServer):
    """Answers every request with `status`, `headers` and `body`; keeps what it was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.headers, self.body, self.pause = 200, {}, b"", 0.0
        self.asked = []

    @property
    def url(self):
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, status, body, **headers):
        """Give this answer from now on; an underscore in a header's name is a hyphen."""
        self.status, self.headers = status, headers
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()


class Handler(BaseHTTPRequestHandler):
    """One request to a stand-in."""

    def do_POST(self):
        """Keep it, and answer."""
        length = int(self.headers["content-length"])
        self.server.asked.append(
            (self.path, dict(self.headers), json.loads(self.rfile.read(length)))
        )
        time.sleep(self.server.pause)
        self.send_response_only(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def stand_in():
    with StandIn() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body", "headers", "said"),
    [
        (401, b"", {}, "asks for a login. Set SHEET_ASSETS_WEBSERVER_USER and"),
        (403, b"", {}, "forbids this without a login (HTTP 403)"),
        (302, b"", {"location": "https://sso.example.com/"}, "redirects to https://sso.example.com/"),
        (404, b"<html>", {"content_type": HTML}, "gave HTTP 404, text/html. Correct --url"),
        (200, b"<html>", {"content_type": HTML}, "is no Dagster webserver"),
        (200, b"", {}, "HTTP 200, no type"),
        (200, ["no", "object"], {"content_type": JSON}, "is no Dagster webserver"),
        (200, {"status": "ok"}, {"content_type": JSON}, "is no Dagster webserver"),
        (400, {"errors": [{"message": "Cannot query\n field 'x'."}] * 2}, {"content_type": JSON}, "Dagster could not answer: Cannot query field 'x'."),
        (500, {"errors": [{"message": "y" * 900}], "data": None}, {"content_type": JSON}, "yyy…"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_a_sentence(stand_in, status, body, headers, said):
    """A login that is asked for, a redirect, another server, an error of GraphQL: each is told."""
    stand_in.answer(status, body, **headers)
    with pytest.raises(OperationsError) as error:
        Webserver(stand_in.url).ask("daemons")
    assert said in str(error.value)
    assert not error.value.transient
    assert len(str(error.value)) < 700


@pytest.mark.parametrize("status", [502, 503, 504])
def test_an_unavailable_webserver_is_transient(stand_in, status):
    """A proxy without its webserver is worth another try."""
    stand_in.answer(status, b"<html>")
    with pytest.raises(WebserverUnavailableError, match=rf"not available now \(HTTP {status}\)"):
        Webserver(stand_in.url).ask("daemons")


def test_nobody_there_is_a_sentence():
    """An address where nobody listens is named, with the reason and the remedy."""
    with pytest.raises(WebserverUnavailableError) as error:
        Webserver("http://127.0.0.1:1").ask("daemons")
    assert str(error.value) == (
        "No Dagster webserver can be reached at http://127.0.0.1:1 (Connection refused). Start one "
        "(`sheet-assets dev`, `dagster dev`), or say where it is: --url or "
        "SHEET_ASSETS_WEBSERVER_URL."
    )


def test_no_answer_in_time_is_a_sentence(stand_in):
    """A webserver that takes too long is told so, and not waited for."""
    stand_in.pause = 1
    with pytest.raises(WebserverUnavailableError, match="did not answer in time"):
        Webserver(stand_in.url).ask("daemons", answer_seconds=0.2)


def test_user_and_password_are_sent_as_utf_8(stand_in, monkeypatch):
    """The settings' user and password are a Basic login, in any script; refused, the user is named."""
    monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_USER", "모니터")
    monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_PASSWORD", "pä:ss")
    stand_in.answer(401, b"")
    with pytest.raises(OperationsError) as error:
        connected(stand_in.url).ask("daemons")
    ((_, headers, _),) = stand_in.asked
    assert headers["Authorization"] == "Basic " + base64.b64encode("모니터:pä:ss".encode()).decode()
    assert "does not let 모니터 in" in str(error.value)
    assert "pä:ss" not in str(error.value)


def test_a_login_is_sent_to_no_other_host(stand_in):
    """A redirect is not followed: whoever answers it would get the password."""
    stand_in.answer(307, b"", location="http://127.0.0.1:1/graphql")
    with pytest.raises(OperationsError, match="redirects to"):
        Webserver(stand_in.url, "user", "password").ask("daemons")
    assert len(stand_in.asked) == 1


@pytest.mark.parametrize("suffix", ["", "/", "/graphql", "/graphql/"])
def test_the_endpoint_may_be_named_either_way(stand_in, suffix):
    """The webserver's address and its GraphQL endpoint mean the same, also below a path prefix."""
    stand_in.answer(200, {"data": {"answer": 1}}, content_type=JSON)
    assert Webserver(f"{stand_in.url}/dagster{suffix}").ask("daemons") == {"answer": 1}
    assert stand_in.asked[0][0] == "/dagster/graphql"


def test_variables_are_sent_beside_the_query(stand_in):
    """The query is the file's text, and values are variables, never part of it."""
    stand_in.answer(200, {"data": {}}, content_type=JSON)
    Webserver(stand_in.url).ask("stop_sensor", id='") { __typename } #')
    body = stand_in.asked[0][2]
    assert body["variables"] == {"id": '") { __typename } #'}
    assert body["query"].startswith("mutation StopSensor($id: String!)")


def test_a_proxy_of_the_environment_is_not_asked_for_loopback(stand_in, monkeypatch):
    """Loopback is reached directly, whatever http_proxy says."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    stand_in.answer(200, {"data": {}}, content_type=JSON)
    assert Webserver(stand_in.url).ask("daemons") == {}


def test_the_clock_is_the_webservers(stand_in):
    """What is old is so by the webserver's clock; without one, or a wrong one, by ours."""
    webserver = Webserver(stand_in.url)
    stand_in.answer(200, {"data": {}}, date="Sat, 06 Jan 2024 04:21:36 GMT")
    webserver.ask("daemons")
    assert webserver.now == 1704514896
    for headers in ({}, {"date": "yesterday"}):
        stand_in.answer(200, {"data": {}}, **headers)
        webserver.ask("daemons")
        assert abs(webserver.now - time.time()) < 5


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("localhost:3000", "--url is 'localhost:3000'; it must be an address such as"),
        ("", "--url is ''"),
        ("ftp://127.0.0.1", "it must be an address"),
        ("http://", "it must be an address"),
        ("http://127.0.0.1:port", "it must be an address"),
        # pragma: allowlist nextline secret - refused before it is used
        ("http://me:hidden@127.0.0.1", "--url is an address with a login in it"),
    ],
)
def test_a_wrong_address_is_refused(url, said):
    """What is no address, or holds a password, is refused before anything is sent."""
    with pytest.raises(SettingError) as error:
        connected(url)
    assert said in str(error.value)
    assert "hidden" not in str(error.value)


def test_half_a_login_is_refused(monkeypatch):
    """A user whose password is not set is told before anything is sent."""
    monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_USER", "ann")
    with pytest.raises(SettingError, match=r"_PASSWORD is not\. Set both"):
        connected()


def test_the_setting_is_where_it_is(monkeypatch):
    """Without --url the setting is taken, and its default; a wrong one is named."""
    assert connected().url == "http://127.0.0.1:3000"
    monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_URL", "http://dagster.internal:3000/")
    assert connected().url == "http://dagster.internal:3000"
    monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_URL", "dagster.internal")
    with pytest.raises(SettingError, match=r"^SHEET_ASSETS_WEBSERVER_URL is 'dagster.internal'"):
        connected()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"__typename": "UnauthorizedError", "message": "x"}, "The webserver does not allow this"),
        ({"__typename": "PythonError", "message": "a\n  b"}, "Dagster refused: a b"),
        ({"__typename": "RunConfigValidationInvalid", "errors": [{"message": "c"}, {"message": "d"}]}, "Dagster refused: c; d"),
        ({"__typename": "InvalidStepError"}, "Dagster refused: InvalidStepError"),
    ],
)  # fmt: skip
def test_a_refusal_says_why(answer, said):
    """An answer of another type than the expected is what Dagster says of it."""
    assert one_of({"__typename": "Runs"}, "Runs")
    with pytest.raises(OperationsError) as error:
        one_of(answer, "Runs")
    assert str(error.value).startswith(said)
