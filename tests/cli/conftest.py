"""Commands run in a checkout as a user runs them."""

from __future__ import annotations

import shutil
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
