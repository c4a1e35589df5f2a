"""An environment that is empty but for the built wheel, and what the wheel says it needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import metadata
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).parents[2]
# Beside the dependencies of the wheel a project has these, to be developed with.
TOOLS = ("dagster-dg-cli", "pytest")


def build_wheel(folder: Path) -> Path:
    """The wheel of this checkout."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


class Environment:
    """A virtual environment with the wheel, and exactly what its metadata require.

    The dependencies are not downloaded again: the files of those that the wheel names, and of
    what these name in turn, are linked from the environment of the tests, which is the lock
    file's. So nothing is there that the wheel does not ask for, no package index is needed, and
    `uv pip check` says whether anything is missing. The wheel itself is installed as a user
    installs it, and nothing here leads to the checkout.
    """

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self._uv("venv", "--quiet", "--python", sys.executable, str(folder))
        (self.site_packages,) = folder.glob("lib/python*/site-packages")
        self._uv("pip", "install", "--quiet", "--offline", "--no-deps", *self._here, str(wheel))
        (found,) = metadata.distributions(name="sheet_assets", path=[str(self.site_packages)])
        self.wheel: metadata.Distribution = found
        self._linked = {"sheet-assets"}
        self.add(found.requires or [], extra="")

    def check(self) -> None:
        """Fail where something is missing, or has another version than is asked for."""
        self._uv("pip", "check", "--quiet", *self._here)

    def add(self, requirements: Iterable[str], *, extra: str = "") -> None:
        """Link the distributions that these requirements name, and all that they require."""
        for text in requirements:
            requirement = Requirement(text)
            if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
                continue
            name = canonicalize_name(requirement.name)
            distribution = metadata.distribution(requirement.name)
            if name not in self._linked:
                self._linked.add(name)
                self._link(distribution)
                self.add(distribution.requires or [])
            for wanted in requirement.extras:
                if f"{name}[{wanted}]" not in self._linked:
                    self._linked.add(f"{name}[{wanted}]")
                    self.add(distribution.requires or [], extra=wanted)

    def run(
        self,
        *command: str,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        timeout: float = 120,
    ) -> subprocess.CompletedProcess[str]:
        """A program of this environment, with nothing of the tests' own but `env`."""
        plain = {
            name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ
        }
        return subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=cwd,
            env={**plain, "PATH": f"{self.bin}{os.pathsep}{os.defpath}", **(env or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    @property
    def _here(self) -> tuple[str, str]:
        return "--python", str(self.bin / "python")

    def _link(self, distribution: metadata.Distribution) -> None:
        for file in distribution.files or []:
            # Programs and manual pages lie elsewhere, and a program is of its environment.
            if file.parts[0] == "..":
                continue
            source = Path(str(distribution.locate_file(file)))
            _linked(source, self.site_packages / file)
            if source.suffix == ".py":
                # What was compiled already need not be compiled again.
                compiled = Path(cache_from_source(str(source)))
                _linked(compiled, self.site_packages / file.parent / "__pycache__" / compiled.name)

    @staticmethod
    def _uv(*arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "uv", *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def _linked(source: Path, target: Path) -> None:
    if target.exists() or not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:
        # Another file system.
        shutil.copy2(source, target)
