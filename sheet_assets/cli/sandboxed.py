"""A sandbox for a command: started, seeded for a deployment, and stopped whatever happens."""

from __future__ import annotations

import shutil
import signal
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheet_assets import settings
from sheet_assets.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from sheet_assets.cli.deployment import Deployment
    from sheet_assets.sandbox import Sandbox


@contextmanager
def sandboxed(console: Console) -> Iterator[Sandbox]:
    """A running sandbox whose settings this process and its children use.

    SIGTERM ends it as Ctrl-C does: with every server stopped and every file removed.

    Raises:
        SandboxError: the extra [sandbox] is not installed, or a server does not start.
        SettingError: ./.env would turn child processes away from the sandbox.
    """
    try:
        from sheet_assets.sandbox import Sandbox  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise SandboxError(
            f"The sandbox needs {error.name}, which is not installed: "
            "pip install 'sheet_assets[sandbox]'."
        ) from error
    settings.check_dotenv(Path.cwd())
    with _terminable():
        started = time.perf_counter()
        with console.status("starting Google, S3 and Redshift on loopback …"):
            sandbox = Sandbox().start()
        try:
            instance_file = Path("dagster.yaml")
            if instance_file.is_file():
                shutil.copy(instance_file, sandbox.dagster_home)
            settings_file = sandbox.state_dir / "settings.env"
            settings.write_file(settings_file, sandbox.settings)
            settings.use_file(settings_file)
            console.print(
                f"[green]✓[/] sandbox started in {time.perf_counter() - started:.1f} s "
                f"(Google {sandbox.google.url}, S3 {sandbox.s3.endpoint_url}, "
                f"Redshift {sandbox.redshift.host}:{sandbox.redshift.port})",
                highlight=False,
            )
            yield sandbox
        finally:
            with console.status("stopping the sandbox …"):
                sandbox.stop()


def seed_from(sandbox: Sandbox, deployment: Deployment) -> int:
    """Put sample rows into every sheet the deployment names; how many worksheets."""
    from sheet_assets.cli.sample_rows import seed_tables  # noqa: PLC0415 - needs the extra
    from sheet_assets.sandbox import PERSON, SERVICE_ACCOUNT  # noqa: PLC0415 - an extra
    from sheet_assets.sandbox.seed import seed  # noqa: PLC0415 - an extra

    tables = seed_tables(deployment)
    for table in tables:
        seed(sandbox.google, table, share_with=[SERVICE_ACCOUNT], by=PERSON)
    return len(tables)


@contextmanager
def _terminable() -> Iterator[None]:
    """Turn SIGTERM into the exit that runs every `finally`."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def terminate(number: int, _frame: Any) -> None:
        raise SystemExit(128 + number)

    before: Callable[..., Any] | int | None = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
