"""Chromium, headless, and the sandbox's page in it."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from chromium import NAMES, installed, launched

from sheet_assets.sandbox import PERSON
from sheet_assets.sandbox.google import GoogleServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from sheet_assets.sandbox.google.sheets.workbook import Workbook


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests of a module; each has a profile of its own.

    Not longer: Playwright keeps an event loop running, and nobody else's could run meanwhile.
    """
    path = installed()
    if path is None:
        pytest.skip(f"no browser is installed: none of {', '.join(NAMES)}")
    with launched(path) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in which no script may fail."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(20_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="session")
def google() -> Iterator[GoogleServer]:
    """Google alone: the page needs neither S3 nor Redshift."""
    server = GoogleServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def workbook(google: GoogleServer, request: pytest.FixtureRequest) -> Workbook:
    """A spreadsheet of the person at the page, called as the test."""
    return google.drive.create_spreadsheet(request.node.name, owner=PERSON)


@pytest.fixture
def make_site() -> Iterator[Callable[[str], str]]:
    """Serves a page of another origin, and gives its address."""
    servers = []

    def made(text: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *args: object) -> None:
                """Nobody reads it."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/"

    yield made
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()
