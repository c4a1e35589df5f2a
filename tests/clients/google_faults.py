"""Google's answers when something is wrong with Google: a server of canned faults on loopback."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = "/token"
GRANTED = (
    200,
    json.dumps({"access_token": "sandbox", "expires_in": 3600, "token_type": "Bearer"}).encode(),
)
VALUES = {"range": "'Sheet1'!A1:Z1000", "majorDimension": "ROWS", "values": [["id"], [1]]}


def error(status: int, message: str = "", /, **more: Any) -> tuple[int, bytes]:
    """A refusal in Google's own form."""
    return status, json.dumps({"error": {"code": status, "message": message, **more}}).encode()


class FaultyGoogle:
    """Answers each path with the next of its answers, the last one again and again.

    `answers` are (status, body) by the beginning of a path; a body of None hangs up instead.
    """

    def __init__(self, answers: Mapping[str, list[tuple[int, bytes | None]]]) -> None:
        self.answers = {TOKEN: [GRANTED], **answers}
        self.asked: defaultdict[str, int] = defaultdict(int)
        self.connections: list[socket.socket] = []
        faulty = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                faulty.connections.append(self.connection)

            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("content-length") or 0))
                status, body = faulty.next_answer(urlsplit(self.path).path)
                if body is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer  # noqa: N815 - http.server's own names

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def next_answer(self, path: str) -> tuple[int, bytes | None]:
        """What a request for the path gets."""
        for beginning, answers in self.answers.items():
            if path.startswith(beginning):
                self.asked[beginning] += 1
                return answers[min(self.asked[beginning], len(answers)) - 1]
        return error(404, "Requested entity was not found.")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._server.shutdown()
        self._thread.join()
        # google-auth asks something in the background, on a connection that nobody closes.
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
