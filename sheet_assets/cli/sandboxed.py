"""A sandbox for a command: started, seeded for a deployment, and stopped whatever happens."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sheet_assets import settings, settings_file
from sheet_assets.cli import project, signals
from sheet_assets.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from sheet_assets.cli.deployment import Deployment
    from sheet_assets.sandbox import Sandbox

# Where there is no dagster.yaml to copy: Dagster's defaults, but nobody is told of it.
_BARE_INSTANCE = "telemetry:\n  enabled: false\nnux:\n  enabled: false\n"


@contextmanager
def sandboxed(
    console: Console, *, state_dir: Path | None = None, with_quota: bool = True
) -> Iterator[Sandbox]:
    """A running sandbox whose settings this process and its children use.

    A `state_dir` keeps its data from one to the next. Google's quota is as at Google, which this
    package keeps below anyway, or there is none.

    Raises:
        SandboxError: the extra [sandbox] is not installed, or a server does not start.
        SettingError: ./.env would turn child processes away from the sandbox.
    """
    settings.check_dotenv(Path.cwd())
    started = time.perf_counter()
    with console.status("starting Google, S3 and Redshift on this machine …"):
        sandbox = new_sandbox(state_dir=state_dir, with_quota=with_quota)
    try:
        with console.status("starting Google, S3 and Redshift on this machine …"), signals.held():
            sandbox.start()
        (sandbox.dagster_home / "dagster.yaml").write_text(_instance())
        file = sandbox.state_dir / "settings.env"
        settings_file.write(file, sandbox.settings)
        settings.use_file(file)
        console.print(
            f"[green]✓[/] sandbox started in {time.perf_counter() - started:.1f} s: "
            f"Google {sandbox.google.url}, S3 {sandbox.s3.endpoint_url}, "
            f"Redshift {sandbox.redshift.host}:{sandbox.redshift.port}",
        )
        yield sandbox
    finally:
        with console.status("stopping the sandbox …"), signals.ignored():
            sandbox.stop()


def seed_yours(sandbox: Sandbox, console: Console) -> None:
    """Put sample rows into every sheet that the project's defs/ names."""
    with console.status("putting sample rows into the sheets of defs/ …"):
        count = seed_from(sandbox, project.deployment())
    console.print(f"[green]✓[/] {count} worksheet{' has' if count == 1 else 's have'} sample rows")


def seed_files(sandbox: Sandbox, files: Sequence[Path], console: Console) -> None:
    """Make a spreadsheet of each file; one that the sandbox was restored with stays as it is.

    Raises:
        SandboxError: a file cannot be read, or is more than a sheet can hold.
    """
    from sheet_assets.sandbox import PERSON, SERVICE_ACCOUNT  # noqa: PLC0415 - an extra
    from sheet_assets.sandbox.seed_files import seed_file  # noqa: PLC0415 - an extra

    for file in files:
        if sandbox.is_restored and file.stem in sandbox.google.drive.files:
            console.print(f"[green]✓[/] the spreadsheet {file.stem} is as it was left")
            continue
        with console.status(f"reading {file} into a sheet …"):
            rows = seed_file(sandbox.google, file, share_with=[SERVICE_ACCOUNT], by=PERSON)
        console.print(f"[green]✓[/] the spreadsheet {file.stem} has {rows:,} rows with its header")


def seed_from(sandbox: Sandbox, deployment: Deployment) -> int:
    """Put sample rows into every sheet the deployment names; how many worksheets."""
    from sheet_assets.cli.sample_rows import seed_tables  # noqa: PLC0415 - needs the extra
    from sheet_assets.sandbox import PERSON, SERVICE_ACCOUNT  # noqa: PLC0415 - an extra
    from sheet_assets.sandbox.seed import seed  # noqa: PLC0415 - an extra

    tables = seed_tables(deployment)
    for table in tables:
        seed(sandbox.google, table, share_with=[SERVICE_ACCOUNT], by=PERSON)
    return len(tables)


def _instance() -> str:
    """The dagster.yaml of the current directory, else the one of this package's checkout."""
    for folder in (Path.cwd(), Path(__file__).parents[2]):
        if (folder / "dagster.yaml").is_file():
            return (folder / "dagster.yaml").read_text()
    return _BARE_INSTANCE


def require_extra() -> None:
    """Find out whether a sandbox can be started.

    Raises:
        SandboxError: the extra [sandbox] is not installed.
    """
    try:
        import sheet_assets.sandbox  # noqa: F401, PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise SandboxError(
            f"The sandbox needs {error.name}, which is not installed: "
            "pip install 'sheet_assets[sandbox]'."
        ) from error


def new_sandbox(*, state_dir: Path | None = None, with_quota: bool = True) -> Sandbox:
    """A sandbox that is still to be started.

    Raises:
        SandboxError: see `require_extra`.
    """
    require_extra()
    from sheet_assets.sandbox import Sandbox  # noqa: PLC0415 - an extra
    from sheet_assets.sandbox.google import Limits  # noqa: PLC0415 - an extra

    limits = None if with_quota else Limits.without_quota()
    return Sandbox(limits=limits, state_dir=state_dir)
