"""A checkout of one's own, and commands run in it as a user runs them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import sheet_assets
from sheet_assets import settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGE = Path(sheet_assets.__file__).parent
BIN = Path(sys.executable).parent
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass
class Checkout:
    """A copy of the project with the sample sheets in defs/, and a TMPDIR that must end empty.

    `env` is what its commands get: nothing of ours but the PATH.
    """

    root: Path
    tmp: Path
    cwd: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def defs(self) -> Path:
        """The folder of the sheets."""
        return self.root / "sheet_assets" / "defs"

    def run(
        self, *args: str, env: Mapping[str, str] | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """`sheet-assets ARG…` to its end."""
        with self.start(*args, env=env) as process:
            try:
                stdout, stderr = process.communicate(timeout=timeout)
            finally:
                process.terminate()
        return subprocess.CompletedProcess(args, process.returncode, stdout, stderr)

    @contextmanager
    def start(
        self, *args: str, env: Mapping[str, str] | None = None, **kwargs: Any
    ) -> Iterator[subprocess.Popen[str]]:
        """`sheet-assets ARG…`, told to stop when the block is left."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(
            [BIN / "sheet-assets", *args],
            env={**self.env, **(env or {})},
            cwd=self.cwd,
            text=True,
            # A shell's background job ignores Ctrl-C, and pytest may be one.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - only a signal is set
            **{**pipes, **kwargs},
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.terminate()
                    try:
                        process.wait(timeout=30)
                    except subprocess.TimeoutExpired:
                        process.kill()

    def left(self) -> list[str]:
        """The processes and files that the commands have left behind."""
        shown = subprocess.run(
            ["ps", "axeww", "-o", "pid=,command="], capture_output=True, text=True, check=True
        )
        # All that was started has TMPDIR in its environment or a path of it among its arguments.
        processes = [line for line in shown.stdout.splitlines() if str(self.tmp) in line]
        return [*processes, *sorted(path.name for path in self.tmp.iterdir())]

    def assert_nothing_left(self) -> None:
        """Fail with what the commands have left behind."""
        # What was killed may need a moment to be gone.
        for _ in range(20):
            left = self.left()
            if not left:
                return
            time.sleep(0.1)
        pytest.fail("left behind:\n" + "\n".join(left))


def copy_project(root: Path) -> None:
    """The project with the sample sheets in defs/: whoever edits defs/ breaks no test."""
    shutil.copytree(PACKAGE, root / "sheet_assets")
    shutil.rmtree(root / "sheet_assets" / "defs")
    shutil.copytree(PACKAGE / "sample_defs", root / "sheet_assets" / "defs")
    for name in ("dagster.yaml", "pyproject.toml", "workspace.yaml"):
        shutil.copy(PACKAGE.parent / name, root)


@pytest.fixture(scope="session")
def copied_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy for all tests of a session."""
    root = tmp_path_factory.mktemp("project")
    copy_project(root)
    return root


@contextmanager
def checkout_at(root: Path) -> Iterator[Checkout]:
    """Commands that import the package from `root` and run in it; nothing of theirs may stay."""
    # Not tmp_path: the path of PostgreSQL's socket must stay short, and its user must get there.
    tmp = Path(tempfile.mkdtemp(prefix="cli"))
    tmp.chmod(0o755)
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {*settings.DECLARED, settings.SETTINGS_FILE, "DAGSTER_HOME", "COLUMNS"}
        and not name.startswith(("AWS_", "PG"))
        and name.lower() not in PROXIES
    }
    env = {
        **inherited,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(root),
        "TMPDIR": str(tmp),
        # Nothing may be written there; the quota log would be, without a sandbox.
        "HOME": str(tmp),
    }
    checkout = Checkout(root, tmp, root, env)
    try:
        yield checkout
        checkout.assert_nothing_left()
    finally:
        shutil.rmtree(tmp, ignore_errors=True)
