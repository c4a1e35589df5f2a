"""Commands run in a checkout as a user runs them."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest
from checkout import Checkout, checkout_at, copied_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["copied_project"]


@pytest.fixture
def checkout(copied_project: Path) -> Iterator[Checkout]:
    """The shared copy; a test that changes its files takes `own_checkout`."""
    with checkout_at(copied_project) as checkout:
        yield checkout


@pytest.fixture
def own_checkout(copied_project: Path, tmp_path: Path) -> Iterator[Checkout]:
    """A copy whose files the test may change."""
    root = tmp_path / "project"
    shutil.copytree(copied_project, root)
    with checkout_at(root) as checkout:
        yield checkout


@pytest.fixture(scope="module")
def on_sandbox(copied_project: Path) -> Iterator[Checkout]:
    """The shared copy on a sandbox that `sandbox start` keeps up."""
    with (
        checkout_at(copied_project) as checkout,
        checkout.start("sandbox", "start", "--json", stderr=subprocess.DEVNULL) as process,
    ):
        assert process.stdout is not None
        started = json.loads(process.stdout.readline())
        values = {name: value for name, value in started.items() if value}
        yield Checkout(checkout.root, checkout.tmp, checkout.cwd, {**checkout.env, **values})
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
