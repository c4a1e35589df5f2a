"""`sheet-assets dev`: the Dagster UI on a sandbox."""

from __future__ import annotations

import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from sheet_assets import settings
from sheet_assets.cli.processes import service
from sheet_assets.cli.sandboxed import sandboxed, seed_from

if TYPE_CHECKING:
    import subprocess

_PATIENCE_SECONDS = 120


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The UI's port; 0: any free."
)
@click.option("--empty", is_flag=True, help="Seed no sheets.")
def dev(*, port: int, empty: bool) -> None:
    """Start the sandbox and the Dagster UI on it, with its daemon: schedules and sensors run.

    Everything lies in the sandbox's own state and is gone when it stops (Ctrl-C).
    """
    console = Console(stderr=True)
    with sandboxed(console) as sandbox:
        if not empty:
            with console.status("seeding the sheets of defs/ …"):
                import sheet_assets.defs  # noqa: PLC0415 - the deployment
                from sheet_assets.cli.deployment import Deployment  # noqa: PLC0415 - a second

                seed_from(sandbox, Deployment(sheet_assets.defs))
        port = port or _free_port()
        url = f"http://127.0.0.1:{port}"
        workspace = Path("workspace.yaml").absolute()
        location = (
            ("-w", str(workspace)) if workspace.is_file() else ("-m", "sheet_assets.definitions")
        )
        command = (
            *(sys.executable, "-m", "dagster", "dev", "-h", "127.0.0.1", "-p", str(port)),
            *location,
        )
        # In the state directory there is no .env, which Dagster would load over our settings.
        with (
            (sandbox.state_dir / "dagster.log").open("wb") as log,
            service(
                command,
                env=settings.environment({**sandbox.settings, **settings.passed_on()}),
                cwd=sandbox.state_dir,
                log=log,
            ) as dagster,
        ):
            with console.status("starting the Dagster UI and its daemon …"):
                _wait_for(url, dagster, sandbox.state_dir / "dagster.log")
            click.echo(f"Dagster    {url}")
            click.echo(f"GraphQL    {url}/graphql")
            click.echo(f"Google     {sandbox.google.url}")
            click.echo(f"S3         {sandbox.s3.endpoint_url}")
            click.echo(f"Redshift   {sandbox.redshift.host}:{sandbox.redshift.port}")
            click.echo(f"settings   {sandbox.state_dir / 'settings.env'}")
            click.echo(f"log        {sandbox.state_dir / 'dagster.log'}")
            console.print("Open the first in a browser. Ctrl-C stops everything.")
            try:
                code = dagster.wait()
            except KeyboardInterrupt:
                console.print("stopping …")
                return
    raise click.ClickException(f"Dagster ended by itself, with exit code {code}.")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(url: str, dagster: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    pause = threading.Event()
    while time.monotonic() < deadline:
        if dagster.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/server_info", timeout=5):  # noqa: S310 - our own
                return
        except (urllib.error.URLError, OSError):
            pause.wait(0.3)
    sys.stderr.write(log.read_text(errors="replace")[-4000:])
    raise click.ClickException("The Dagster UI did not come up; its log stands above.")
