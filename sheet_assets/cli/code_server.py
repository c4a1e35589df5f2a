"""`sheet-assets code-server`: Dagster's code server, which ends when it is told to."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import click

from sheet_assets import settings
from sheet_assets.cli import project
from sheet_assets.cli.processes import service
from sheet_assets.errors import ServeError


@click.command(short_help="Dagster's code server, which ends promptly.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=4000,
    show_default=True,
    help="The port to listen on.",
)
@click.option(
    "--module-name", "-m", help="The module with the definitions; else that of the project here."
)
def code_server(*, host: str, port: int, module_name: str | None) -> None:
    """Serve the definitions of the project here, and work on its runs.

    It is `dagster code-server start`, but for two things. That one waits for its runs when it is
    told to stop (SIGTERM), however long they take, and keeps its port meanwhile; this one
    interrupts them: they fail, and Dagster starts them again where its run_retries are on. And a
    port that somebody listens on is refused, where two of Dagster's would share it.

    It has no users and no TLS: whoever reaches it can run code. Let only the webserver and the
    daemon do so. `dagster api grpc-health-check -p PORT` says whether it answers.

    \b
    Examples:
      sheet-assets code-server
      sheet-assets code-server --host 0.0.0.0 --port 4000 -m their_project.definitions
    """  # noqa: D301 - click's \b keeps the lines apart
    ours = project.current_project()
    _check_free(host, port)
    # fmt: off
    command = [
        sys.executable, "-m", "dagster", "code-server", "start",
        "--host", host, "--port", str(port),
        "--module-name", module_name or ours.definitions_name,
        "--location-name", ours.location_name,
    ]
    # fmt: on
    with service(command, env=settings.environment({}), cwd=Path.cwd()) as server:
        code = server.wait()
    # As a shell has it: 128 and the signal that ended it.
    sys.exit(code if code >= 0 else 128 - code)


def _check_free(host: str, port: int) -> None:
    """Dagster lets several servers listen on one port, and each gets some of the questions.

    Raises:
        ServeError: somebody listens there, or there is no such address.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        raise ServeError(
            f"{host}:{port} cannot be listened on ({error.strerror}). Name another with --host and "
            "--port, or end the code server that was there before."
        ) from error
