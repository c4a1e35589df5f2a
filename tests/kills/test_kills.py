"""SIGKILL at the boundaries of ingests, restores, summaries and exports: a sample of them.

`make chaos` kills at every one.
"""

from __future__ import annotations

import pytest
from kill_cases import Kills
from kill_scenes import SCENES

# What changes something, and one in several of the rest.
CHANGING = ("COPY", "COMMIT", "PUT", ":batchUpdate", "DELETE", "INSERT")
EVERY = 12


@pytest.mark.parametrize("name", SCENES)
def test_killed_process_leaves_everything_whole(name, world, forks):
    """Readers see the old or the new; the same work again ends it, once, and nothing is left behind."""
    kills, scene = Kills(world, forks), SCENES[name](world)
    crossings = kills.crossings(scene)
    changing = [at for at, what in enumerate(crossings) if any(each in what for each in CHANGING)]
    chosen = {*changing[::3], *range(0, len(crossings), EVERY)}
    for at in sorted(chosen):
        assert kills.kill(scene, at) == f"{name}: {crossings[at]}"
