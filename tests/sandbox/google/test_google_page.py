"""The page's addresses, without a browser: who is given its files and its access token."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import requests

from sheet_assets.sandbox import PERSON

OWN = "http://{host}"


@pytest.mark.parametrize(
    ("asked", "headers", "status", "said"),
    [
        ("GET /", {}, 307, ""),
        ("GET /spreadsheets", {}, 200, '<div id="grid"'),
        ("GET /spreadsheets/d/any/edit", {}, 200, '<div id="grid"'),
        ("GET /spreadsheets", {"Host": "localhost:8000"}, 200, '<div id="grid"'),
        ("GET /spreadsheets/page/main.js", {}, 200, "import"),
        ("GET /spreadsheets/page/nothing.js", {}, 404, "has no nothing.js"),
        ("GET /spreadsheets/page/../routes.py", {}, 404, "has nothing at"),
        ("GET /spreadsheets/page/%2e%2e/routes.py", {}, 404, "has nothing at"),
        ("POST /spreadsheets", {"Origin": OWN}, 405, "can be read only"),
        ("POST /spreadsheets/token", {"Origin": OWN}, 200, PERSON),
        ("POST /spreadsheets/token", {"Origin": OWN, "Sec-Fetch-Site": "same-origin"}, 200, PERSON),
        # No browser says nothing of where a POST comes from.
        ("POST /spreadsheets/token", {}, 403, "its own page only"),
        ("GET /spreadsheets/token", {"Origin": OWN}, 403, "its own page only"),
        ("POST /spreadsheets/token", {"Origin": "http://elsewhere.example"}, 403, "its own page only"),
        ("POST /spreadsheets/token", {"Origin": "null"}, 403, "its own page only"),
        ("POST /spreadsheets/token", {"Origin": OWN, "Sec-Fetch-Site": "same-site"}, 403, "its own page only"),
        # A name that was made to point here is its own origin.
        ("POST /spreadsheets/token", {"Host": "rebound.example", "Origin": "http://rebound.example"}, 403, "not to 'rebound.example'"),
        ("GET /spreadsheets", {"Host": "127.0.0.1.example"}, 403, "not to '127.0.0.1.example'"),
        ("GET /spreadsheets", {"Host": "[::1"}, 403, "not to"),
    ],
)  # fmt: skip
def test_what_the_page_answers(server, asked, headers, status, said):
    """The page is for this machine's browser, and its token for the page."""
    method, path = asked.split()
    host = urlsplit(server.url).netloc
    sent = {name: value.format(host=host) for name, value in headers.items()}
    request = requests.Request(method, server.url, headers=sent).prepare()
    request.url = f"{server.url}{path}"
    with requests.Session() as session:
        answer = session.send(request, allow_redirects=False)
    assert (answer.status_code, said in answer.text) == (status, True), answer.text
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert not any(name.startswith("Access-Control") for name in map(str.title, answer.headers))
    assert not answer.cookies


def test_the_token_is_the_persons(server, workbook):
    """The APIs take it as any other access token; what is not shared with the person stays away."""
    host = urlsplit(server.url).netloc
    mine = server.drive.create_spreadsheet("Mine", owner=PERSON)
    with requests.Session() as session:
        token = session.post(
            f"{server.url}/spreadsheets/token", headers={"Origin": f"http://{host}"}
        ).json()["access_token"]
        found = [
            session.get(
                f"{server.url}/v4/spreadsheets/{each.spreadsheet_id}",
                headers={"Authorization": f"Bearer {token}"},
            ).status_code
            for each in (mine, workbook)
        ]
    assert found == [200, 403]
