"""`sheet-assets dev`: the Dagster UI on a sandbox."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheet_assets import settings, settings_file
from sheet_assets.cli import project, terminal
from sheet_assets.cli.processes import service
from sheet_assets.cli.sandboxed import sandboxed, seed_yours
from sheet_assets.errors import SheetAssetsError

if TYPE_CHECKING:
    import subprocess

    from sheet_assets.sandbox import Sandbox

_PATIENCE_SECONDS = 120
# What the checkout's own workspace.yaml says, for other projects and other directories.
_WORKSPACE = """\
load_from:
  - python_module:
      module_name: {module}
      location_name: {location}
"""


@click.command(short_help="Open the Dagster UI on a sandbox.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="PORT",
    help="The UI's port; without it, a free one.",
)
@click.option("--empty", is_flag=True, help="Put no rows into the sheets.")
@click.option("--json", "as_json", is_flag=True, help="Print the addresses as JSON, in one line.")
def dev(*, port: int, empty: bool, as_json: bool) -> None:
    """Start the sandbox and the Dagster UI on it, and print their addresses.

    Dagster's daemon runs, too: the schedule and the sensor are on. Everything lies in the
    sandbox's own state and is gone when it stops (Ctrl-C).
    """
    console = terminal.progress()
    port = _checked(port)
    with sandboxed(console) as sandbox:
        if not empty:
            seed_yours(sandbox, console)
        url = f"http://127.0.0.1:{port}"
        # So `health`, `list`, `trigger` and the rest find it from another shell.
        file = sandbox.state_dir / "settings.env"
        settings_file.write(file, {**sandbox.settings, "SHEET_ASSETS_WEBSERVER_URL": url})
        log = sandbox.state_dir / "dagster.log"
        # Dagster leaves sockets and files in TMPDIR; here they go with the sandbox.
        files = sandbox.state_dir / "tmp"
        files.mkdir()
        env = {**sandbox.settings, **settings.passed_on(), "TMPDIR": str(files)}
        with (
            log.open("wb") as written,
            # In the state directory there is no .env, which Dagster would load over our settings.
            service(
                _command(port, sandbox),
                env=settings.environment(env),
                cwd=sandbox.state_dir,
                log=written,
            ) as dagster,
        ):
            with console.status("starting the Dagster UI and its daemon …"):
                _wait_for(url, dagster, log)
            _print_addresses(url, sandbox, log, as_json=as_json)
            console.print(
                "Open Dagster's address in a browser, and that of Sheets beside it: edit an answer "
                "there, and see Redshift and the exported sheet follow. From another shell:\n"
                f"  export SHEET_ASSETS_SETTINGS_FILE={file}\n"
                "  sheet-assets list\n  sheet-assets trigger refresh_job --wait\n"
                "Ctrl-C stops everything."
            )
            try:
                code = dagster.wait()
            except KeyboardInterrupt:
                return
            raise _ended(f"Dagster ended by itself, with exit code {code}", log)


def _checked(port: int) -> int:
    """The port, or a free one.

    Raises:
        SheetAssetsError: somebody else listens there.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise SheetAssetsError(
                f"Port {port} cannot be used ({error.strerror}). Name another, or none: "
                "then a free one is chosen."
            ) from error
        return int(listener.getsockname()[1])


def _command(port: int, sandbox: Sandbox) -> list[str]:
    workspace = Path("workspace.yaml").absolute()
    if not workspace.is_file():
        workspace = sandbox.state_dir / "workspace.yaml"
        ours = project.current_project()
        workspace.write_text(
            _WORKSPACE.format(module=ours.definitions_name, location=ours.location_name)
        )
    address = ["-h", "127.0.0.1", "-p", str(port)]
    return [sys.executable, "-m", "dagster", "dev", *address, "-w", str(workspace)]


def _wait_for(url: str, dagster: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    pause = threading.Event()
    # A proxy of the environment cannot reach our loopback.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline and dagster.poll() is None:
        try:
            with direct.open(f"{url}/server_info", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            pause.wait(0.3)
    raise _ended("The Dagster UI did not come up", log)


def _ended(what: str, log: Path) -> SheetAssetsError:
    """Show the end of the log, since it goes with the sandbox."""
    sys.stderr.write(log.read_text(errors="replace")[-4000:])
    return SheetAssetsError(f"{what}; the end of its log stands above.")


def _print_addresses(url: str, sandbox: Sandbox, log: Path, *, as_json: bool) -> None:
    addresses = {
        "Dagster": url,
        "GraphQL": f"{url}/graphql",
        "Sheets": sandbox.google.page_url,
        "Google": sandbox.google.url,
        "S3": sandbox.s3.endpoint_url,
        "Redshift": f"{sandbox.redshift.host}:{sandbox.redshift.port}",
        "settings": str(sandbox.state_dir / "settings.env"),
        "log": str(log),
    }
    if as_json:
        click.echo(json.dumps(addresses))
    else:
        for name, address in addresses.items():
            click.echo(f"{name:<10} {address}")
    sys.stdout.flush()
