from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from forks import Forks
from kill_world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.sandbox import Sandbox


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    with Forks() as forks:
        yield forks


@pytest.fixture
def world(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The services from outside; the quota log lets everything through."""
    monkeypatch.setenv("SHEET_ASSETS_READS_PER_MINUTE", "1000000")
    monkeypatch.setenv("SHEET_ASSETS_WRITES_PER_MINUTE", "1000000")
    with ExitStack() as stack:
        yield World(sandbox, stack)
