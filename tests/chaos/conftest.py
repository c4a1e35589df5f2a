from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from chaos_world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.sandbox import Sandbox


@pytest.fixture
def world(sandbox: Sandbox) -> Iterator[World]:
    """The suite's sandbox, with clients that do not wait between tries."""
    with World(sandbox) as world:
        yield world
