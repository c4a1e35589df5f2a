"""Random runs under random faults, a few of those that `make chaos` plays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from chaos_case import Case
from chaos_coverage import counted
from chaos_report import Tally

if TYPE_CHECKING:
    from chaos_world import World

CASES = 8


@pytest.mark.parametrize("first", range(0, 24, CASES))
def test_every_promise_holds_under_faults(world: World, first: int) -> None:
    """Whatever goes wrong, tables, records, versions and tabs are whole, and what was missed is made up for."""
    tally = Tally()
    for seed in range(first, first + CASES):
        Case(world, seed, tally).run()
    assert tally.faults.total() > CASES
    assert not world.sandbox.google.faults.entries()


def test_a_seed_replays(world: World) -> None:
    """The same seed draws the same, meets the same faults and ends the same."""
    told = []
    for _ in range(2):
        tally = Tally()
        case = Case(world, 7, tally)
        with counted(tally.reached):
            case.run()
        told.append((case.story, tally))
    assert told[0] == told[1]
    assert told[0][1].faults.total() > 0
