"""SIGKILL at the boundaries of ingests, restores, summaries and exports: a sample of them.

`make chaos` kills at every one.
"""

from __future__ import annotations

import pytest
from kill_cases import Kills
from kill_scenes import SCENES

# What changes something; two or three of each scene, other ones in each.
CHANGING = ("COPY", "COMMIT", "PUT", ":batchUpdate", "DELETE", "INSERT", "UPDATE")
OF_A_SCENE = 2
# A run in Dagster does the same as an ingest, and takes a second of CPU more each time.
SAMPLED = [name for name in SCENES if name != "run"]


@pytest.mark.parametrize("number", range(len(SAMPLED)), ids=SAMPLED)
def test_killed_process_leaves_everything_whole(number, world, forks):
    """Readers see the old or the new; the same work again ends it, once, and nothing is left behind."""
    name = SAMPLED[number]
    kills, scene = Kills(world, forks), SCENES[name](world)
    crossings = kills.crossings(scene)
    changing = [at for at, what in enumerate(crossings) if any(each in what for each in CHANGING)]
    every = len(changing) // OF_A_SCENE
    for at in changing[number % every :: every]:
        assert kills.kill(scene, at) == f"{name}: {crossings[at]}"
