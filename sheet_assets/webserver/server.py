"""The server: Dagster's webserver behind the gate, on a socket, until it is told to stop."""

from __future__ import annotations

import logging
import socket
import ssl
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn

from sheet_assets import settings
from sheet_assets.errors import ServeError
from sheet_assets.webserver import dagster_names, origins
from sheet_assets.webserver.gate import Gate
from sheet_assets.webserver.health import HealthAnswer
from sheet_assets.webserver.logins import Logins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from starlette.types import ASGIApp

    from sheet_assets.webserver.dagster_private import UserWebserver
    from sheet_assets.webserver.users import UsersFile

# Open WebSockets and long questions get so long when the server is told to stop.
_GRACE_SECONDS = 2


@dataclass(frozen=True)
class Listening:
    """Where the webserver is, and how it may be reached.

    `proxy` is the address of a proxy whose word on whom it asks for is taken.
    """

    host: str
    port: int
    prefix: str = ""
    certfile: Path | None = None
    keyfile: Path | None = None
    proxy: str | None = None

    @property
    def loopback_only(self) -> bool:
        """Whether only this machine reaches it."""
        return origins.is_loopback(self.host)

    def url(self, port: int) -> str:
        """What a browser is to open."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certfile else 'http'}://{host}:{port}{self.prefix}"


def check(listening: Listening, users: UsersFile) -> None:
    """Whether it is safe to listen there.

    Raises:
        ServeError: everybody who reaches the host could do anything, or TLS is half said.
        UsersError: the users file cannot be trusted.
    """
    if not users.users() and not listening.loopback_only:
        raise ServeError(
            f"Without users, everybody who reaches {listening.host} could start runs. Make one "
            "(`sheet-assets users add NAME --role operator`), or leave --host out: then only this "
            "machine reaches it."
        )
    if listening.prefix and (not listening.prefix.startswith("/") or listening.prefix[-1] == "/"):
        raise ServeError(
            f"--path-prefix is {listening.prefix!r}; it must be like /dagster, without a slash at "
            "its end."
        )
    if listening.keyfile and not listening.certfile:
        raise ServeError("--ssl-keyfile needs the certificate, too: --ssl-certfile.")
    if listening.certfile:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
                listening.certfile, listening.keyfile
            )
        except (OSError, ssl.SSLError) as error:
            raise ServeError(
                f"The certificate {listening.certfile} cannot be used ({error.strerror or error}). "
                "Name a PEM file with the certificate, and its key with --ssl-keyfile."
            ) from error


def application(webserver: UserWebserver, logins: Logins, prefix: str = "") -> ASGIApp:
    """Dagster's webserver behind the gate."""
    return Gate(webserver.create_asgi_app(), logins, HealthAnswer(webserver.answered), prefix)


def serve(
    listening: Listening,
    users: UsersFile,
    home: Path,
    workspace: Mapping[str, Any],
    started: Callable[[str], None],
) -> None:
    """Serve until a signal comes; `started` gets the address once it can be opened.

    Raises:
        ServeError, UsersError: it does not start.
    """
    check(listening, users)
    dagster_names.check()
    from sheet_assets.webserver import dagster_private  # noqa: PLC0415 - Dagster, once it is known

    logging.getLogger("sheet_assets").setLevel(logging.INFO)
    with (
        _bound(listening) as listener,
        dagster_private.opened_instance(home) as instance,
        dagster_private.workspace(instance, **workspace) as context,
    ):
        webserver = dagster_private.UserWebserver(
            context,
            listening.prefix,
            shows_config=settings.flag("SHEET_ASSETS_SHOW_INSTANCE_CONFIG"),
        )
        logins = Logins(users, open_without_users=listening.loopback_only)
        config = uvicorn.Config(
            application(webserver, logins, listening.prefix),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            proxy_headers=listening.proxy is not None,
            forwarded_allow_ips=listening.proxy,
            ssl_certfile=listening.certfile,
            ssl_keyfile=listening.keyfile,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        started(listening.url(listener.getsockname()[1]))
        uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _bound(listening: Listening) -> Iterator[socket.socket]:
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            listening.host, listening.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind)
    except OSError as error:
        raise _unusable(listening, error) from error
    with closing(listener):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen()
        except OSError as error:
            raise _unusable(listening, error) from error
        yield listener


def _unusable(listening: Listening, error: OSError) -> ServeError:
    return ServeError(
        f"{listening.host}:{listening.port} cannot be listened on ({error.strerror}). Name another "
        "with --host and --port; port 0 is a free one."
    )
