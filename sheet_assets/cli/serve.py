"""`sheet-assets serve`: the Dagster webserver with users and roles."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import click

from sheet_assets import settings
from sheet_assets.errors import ServeError

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help="The Dagster webserver with users and roles.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=3000,
    show_default=True,
    help="The port to listen on; 0 is a free one.",
)
@click.option("--path-prefix", default="", help="What all paths begin with, for example /dagster.")
@click.option("--ssl-certfile", type=_FILE, help="Serve https with this certificate (PEM).")
@click.option("--ssl-keyfile", type=_FILE, help="The certificate's key, where it has its own file.")
@click.option(
    "--proxy",
    metavar="ADDRESS",
    help="Take the word of the proxy at this address on whom it asks for (X-Forwarded-For).",
)
@click.option(
    "--workspace", "-w", multiple=True, type=_FILE, help="A workspace.yaml; else the one here."
)
@click.option("--module-name", "-m", multiple=True, help="A module with definitions to load.")
@click.option("--grpc-host", help="The host of a running code server.")
@click.option(
    "--grpc-port", type=click.IntRange(1, 65535), help="The port of a running code server."
)
def serve(
    *,
    host: str,
    port: int,
    path_prefix: str,
    ssl_certfile: Path | None,
    ssl_keyfile: Path | None,
    proxy: str | None,
    workspace: tuple[Path, ...],
    module_name: tuple[str, ...],
    grpc_host: str | None,
    grpc_port: int | None,
) -> None:
    """Run the Dagster webserver of DAGSTER_HOME's instance, with users.

    A viewer reads everything and starts nothing; an operator may do what Dagster can. Users are
    made with `sheet-assets users add`, and log in with a password or a token. Without users the
    webserver is on loopback only, and whoever reaches it is an operator. `/health` needs no login.
    It has no daemon: `dagster-daemon run` runs schedules and sensors.

    \b
    Examples:
      sheet-assets serve
      sheet-assets serve --host 0.0.0.0 --ssl-certfile cert.pem --ssl-keyfile key.pem
      sheet-assets serve --grpc-host code-server --grpc-port 4000
    """  # noqa: D301 - click's \b keeps the lines apart
    home = _home()
    from sheet_assets.webserver import server  # noqa: PLC0415 - starlette, not for --help
    from sheet_assets.webserver.users import UsersFile  # noqa: PLC0415 - argon2

    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    listening = server.Listening(host, port, path_prefix, ssl_certfile, ssl_keyfile, proxy)
    users = UsersFile(settings.users_file())
    server.check(listening, users)
    if not (listening.loopback_only or ssl_certfile or proxy):
        click.secho(
            "Passwords and tokens cross the network in clear: name a certificate with "
            "--ssl-certfile, or put a proxy with TLS before this and name it with --proxy.",
            fg="yellow",
            err=True,
        )

    def started(url: str) -> None:
        count = len(users.users())
        who = f"{count} user{'' if count == 1 else 's'}" if count else "no users, loopback only"
        click.echo(f"{url} ({who}). Ctrl-C stops it.")
        sys.stdout.flush()

    server.serve(
        listening,
        users,
        home,
        _workspace(workspace, module_name, grpc_host, grpc_port),
        started,
    )


def _home() -> Path:
    home = settings.lookup("DAGSTER_HOME")
    if not home:
        raise ServeError(
            "DAGSTER_HOME is not set: the folder with the instance's dagster.yaml and its history, "
            "which the daemon uses, too. Set it in the environment or in .env."
        )
    if not Path(home).expanduser().is_dir():
        raise ServeError(f"DAGSTER_HOME is {home!r}, and there is no such folder. Make it.")
    return Path(home).expanduser()


def _workspace(
    files: tuple[Path, ...], modules: tuple[str, ...], grpc_host: str | None, grpc_port: int | None
) -> dict[str, Any]:
    """What `dagster-webserver` is told with the options of these names."""
    if grpc_host and not grpc_port:
        raise click.UsageError("--grpc-host needs --grpc-port.")
    named = [bool(files), bool(modules), bool(grpc_port)]
    if sum(named) > 1:
        raise click.UsageError("Name one of --workspace, --module-name and --grpc-port.")
    if not any(named):
        files = (Path("workspace.yaml"),)
    for file in files:
        if not file.is_file():
            raise ServeError(
                f"There is no {file}. Name a workspace.yaml with --workspace, a module with "
                "--module-name, or a code server with --grpc-port."
            )
    if grpc_port:
        return {"grpc_host": grpc_host or "localhost", "grpc_port": grpc_port}
    if modules:
        return {"module_name": modules}
    return {"workspace": tuple(map(str, files))}
