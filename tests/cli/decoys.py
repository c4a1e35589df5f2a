"""A directory configured for production, where decoys stand for the services."""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from checkout import Checkout, checkout_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DECOYS = (
    "GOOGLE_API_ENDPOINT",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "REDSHIFT",
    "PG",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "http_proxy",
    "https_proxy",
    "SHEET_ASSETS_ALERT_URLS",
    "SHEET_ASSETS_HEARTBEAT_URL",
    "SHEET_ASSETS_POSTGRES_URL",
)


class Decoys:
    """Listening sockets by the name of what stands for them in .env; `seen` is who connected."""

    def __init__(self, stack: ExitStack) -> None:
        self.seen: list[str] = []
        self._selector = stack.enter_context(selectors.DefaultSelector())
        self.ports: dict[str, int] = {}
        for name in _DECOYS:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            self.ports[name] = listener.getsockname()[1]
            self._selector.register(listener, selectors.EVENT_READ, name)
        self._ended = threading.Event()
        watcher = threading.Thread(target=self._watch)
        watcher.start()
        stack.callback(watcher.join)
        stack.callback(self._ended.set)

    def _watch(self) -> None:
        while not self._ended.is_set():
            for key, _ in self._selector.select(timeout=0.1):
                self.seen.append(key.data)
                key.fileobj.accept()[0].close()

    def dotenv(self) -> str:
        """A .env that sends everything to the decoys."""
        urls = {
            name: f"http://127.0.0.1:{port}"
            for name, port in self.ports.items()
            if name not in {"REDSHIFT", "PG"}
        }
        values = {
            **urls,
            "SHEET_ASSETS_ALERT_URLS": urls["SHEET_ASSETS_ALERT_URLS"].replace("http", "json"),
            "SHEET_ASSETS_POSTGRES_URL": urls["SHEET_ASSETS_POSTGRES_URL"].replace(
                "http", "postgresql"
            )
            + "/production",
            "REDSHIFT_HOST": "127.0.0.1",
            "REDSHIFT_PORT": self.ports["REDSHIFT"],
            "REDSHIFT_USER": "production",
            "REDSHIFT_PASSWORD": "production",
            "PGHOSTADDR": "127.0.0.1",
            "PGPORT": self.ports["PG"],
            "AWS_PROFILE": "no-such-profile",
            "AWS_ACCESS_KEY_ID": "production",
            "AWS_SECRET_ACCESS_KEY": "production",
            "GOOGLE_APPLICATION_CREDENTIALS": "/nowhere/production.json",
        }
        return "".join(f"{name}={value}\n" for name, value in values.items())


@contextmanager
def decoyed(project: Path, directory: Path) -> Iterator[Checkout]:
    """Commands of a project, run in a directory whose .env names decoys; none may be connected to."""
    with ExitStack() as stack:
        decoys = Decoys(stack)
        checkout = stack.enter_context(checkout_at(project))
        (directory / ".env").write_text(decoys.dotenv())
        checkout.cwd = directory
        yield checkout
        assert decoys.seen == []
