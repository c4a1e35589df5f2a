"""The Google server: OAuth, Sheets v4 and Drive v3 on one loopback port."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import uvicorn

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.crossing import Crossings
from sheet_assets.sandbox.google import saved_files
from sheet_assets.sandbox.google.accounts import Accounts
from sheet_assets.sandbox.google.app import App
from sheet_assets.sandbox.google.drive.drive import Drive
from sheet_assets.sandbox.google.page.routes import HOME
from sheet_assets.sandbox.google.request_log import RequestLog
from sheet_assets.sandbox.http_faults import Faults

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from sheet_assets.sandbox.crossing import Observer
    from sheet_assets.sandbox.fault_queue import FaultQueue
    from sheet_assets.sandbox.google.limits import Limits

START_SECONDS = 10


class GoogleServer:
    """OAuth, Sheets v4 and Drive v3 on one loopback port; clients redirect Google's hosts to it.

    `drive` is the model, for seeding and looking from Python; `requests` is every request
    answered, `faults` are those still to happen. Files, accounts and tokens outlive `stop`; the
    port does not. Without `limits` they are Google's.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.drive = Drive(limits)
        self.accounts = Accounts()
        self.requests = RequestLog()
        self.faults = Faults("Google")
        self._crossings = Crossings("google")
        self._app = App(self.accounts, self.drive, self.requests, self.faults, self._crossings)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`.

        Raises:
            SandboxError: the server is not running.
        """
        if self._server is None:
            raise SandboxError("The Google server is not running: call start() first.")
        return f"http://127.0.0.1:{self._port}"

    @property
    def page_url(self) -> str:
        """Where a person edits the spreadsheets in a browser.

        Raises:
            SandboxError: the server is not running.
        """
        return f"{self.url}{HOME}"

    @property
    def observer(self) -> Observer | None:
        """Is told before and after each request, in the thread that answers it."""
        return self._crossings.observer

    @observer.setter
    def observer(self, observer: Observer | None) -> None:
        self._crossings.observer = observer

    def serve_faults(self, service: str, faults: FaultQueue[Any]) -> None:
        """Let another server's faults be asked for here, at `/_sandbox/SERVICE/faults`."""
        self._app.control.faults[f"{service}/faults"] = faults

    def add_service_account(self, email: str) -> dict[str, str]:
        """Create a service account and return its JSON, as Google's console gives it."""
        return self.accounts.add(email)

    def save(self, folder: Path) -> None:
        """Write all spreadsheets, as they are now, to a folder."""
        saved_files.save(self.drive, folder)

    def load(self, folder: Path) -> None:
        """Take over what was saved; nothing, when there is nothing.

        Raises:
            SandboxError: it was not written by this version.
        """
        saved_files.load(self.drive, folder)

    def start(self) -> None:
        """Serve on a free port; returns when the server answers.

        Raises:
            SandboxError: it is running already, or does not come up within 10 seconds.
        """
        if self._server is not None:
            raise SandboxError("The Google server is running already.")
        # With TCP named, asyncio turns Nagle's delay off: 40 ms a request.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        self._port = listener.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(
                self._app,
                http="h11",
                ws="none",
                loop="asyncio",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=2,
            )
        )
        thread = threading.Thread(
            target=server.run, args=([listener],), name="google-sandbox", daemon=True
        )
        thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                server.should_exit = True
                thread.join()
                listener.close()
                raise SandboxError("The Google server did not start.")
            time.sleep(0.005)
        self._server, self._thread = server, thread

    def stop(self) -> None:
        """Stop serving and free the port; does nothing when the server is not running."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join()
        self._server = self._thread = None
