"""The wheel, and environments that have nothing but it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from environment import ROOT, TOOLS, Environment, build_wheel

if TYPE_CHECKING:
    from collections.abc import Callable

# Its tests run in an environment of its own.
collect_ignore = ["project"]

PAGE = ROOT / "docs" / "sandbox.md"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of this checkout."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the second project."""
    folder = tmp_path_factory.mktemp("theirs") / "project"
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".dg")
    shutil.copytree(Path(__file__).parent / "project", folder, ignore=ignored)
    # What the documentation shows are more tests of theirs; the later go on from the first.
    shown = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (folder / "tests" / "test_documented.py").write_text("\n".join(shown))
    return folder


@pytest.fixture(scope="session")
def environment(
    tmp_path_factory: pytest.TempPathFactory, wheel: Path, theirs: Path
) -> Callable[..., Environment]:
    """Makes an environment with the wheel, perhaps an extra and tools, and the second project."""

    def made(name: str) -> Environment:
        there = Environment(tmp_path_factory.mktemp(name) / "env", wheel)
        # All that `pip install -e` does for a project in src/.
        (there.site_packages / "their_orders.pth").write_text(f"{theirs / 'src'}\n")
        return there

    return made


@pytest.fixture(scope="session")
def bare(environment: Callable[..., Environment]) -> Environment:
    """What `pip install sheet_assets` gives."""
    return environment("bare")


@pytest.fixture(scope="session")
def developed(environment: Callable[..., Environment]) -> Environment:
    """What the second project's developers install: `sheet_assets[sandbox]`, pytest and dg."""
    there = environment("developed")
    there.add(there.wheel.requires or [], extra="sandbox")
    there.add(TOOLS)
    return there
