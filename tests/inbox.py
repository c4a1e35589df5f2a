"""An inbox: an HTTP server that takes what apprise's json:// and a heartbeat send."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "token-that-nobody-may-read"


class Inbox:
    """`messages` by path, `heartbeats` as a number; `refusing` paths are answered with 403."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, dict[str, Any]]] = []
        self.heartbeats = 0
        self.refusing: set[str] = set()
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                name = self.path.strip("/").partition("/")[0]
                if name not in inbox.refusing:
                    inbox.messages.append((name, body))
                self._answer(403 if name in inbox.refusing else 200)

            def do_GET(self) -> None:
                inbox.heartbeats += "heartbeat" not in inbox.refusing
                self._answer(403 if "heartbeat" in inbox.refusing else 200)

            def _answer(self, status: int) -> None:
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server.server_address[1]}"

    def url(self, name: str = "team") -> str:
        """An apprise URL with a secret in it."""
        return f"json://{self.address}/{name}/{SECRET}"

    def titles(self, name: str = "team") -> list[str]:
        """Of the messages to a path."""
        return [message["title"] for to, message in self.messages if to == name]

    def texts(self, name: str = "team") -> list[str]:
        """Of the messages to a path."""
        return [message["message"] for to, message in self.messages if to == name]

    def stop(self) -> None:
        """Take nothing any more."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """An inbox that SHEET_ASSETS_ALERT_URLS names."""
    inbox = Inbox()
    monkeypatch.setenv("SHEET_ASSETS_ALERT_URLS", inbox.url())
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield inbox
    inbox.stop()
