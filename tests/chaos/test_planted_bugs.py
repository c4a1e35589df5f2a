"""The driver is tested itself: bugs that are planted into the package are found."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from chaos_broken import BrokenError
from chaos_case import Case
from chaos_report import Tally
from planted_bugs import BUGS

if TYPE_CHECKING:
    from chaos_world import World

# The first seed that is played, within how many the bug is found, and by which words.
FOUND = {
    "commit before the load record": (1, 1, "were recorded"),
    "clear, then write": (1, 1, "no whole result"),
    "edits filtered by author": (4, 2, "does not hold the sheet's"),
    "a failed read taken for an empty sheet": (1, 1, "as they must be|never stood"),
    "an append retried blindly": (6, 2, "recorded 2 times|appended twice"),
    "rows deleted twice": (88, 2, "beside the export stands"),
    "rows checked after they are seen": (7, 2, "something was changed, and the error says"),
}


def play(world: World, first: int, seeds: int) -> None:
    """So many cases, until one is broken."""
    for seed in range(first, first + seeds):
        Case(world, seed, Tally()).run()


@pytest.mark.parametrize("bug", BUGS)
def test_planted_bug_is_found(world: World, bug: str) -> None:
    """Within the stated number of seeds the driver says what is broken."""
    first, seeds, said = FOUND[bug]
    with ExitStack() as stack:
        BUGS[bug](stack)
        with pytest.raises(BrokenError, match=said):
            play(world, first, seeds)
