"""Random runs under random faults, and a kill at every boundary: `make chaos CASES=1000 [SEED=1]`."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from pathlib import Path

sys.path.extend(str(Path(__file__).parents[1] / folder) for folder in ("", "kills"))

from chaos_broken import BrokenError
from chaos_case import Case
from chaos_coverage import counted
from chaos_report import Tally
from chaos_world import World
from kill_cases import Report, killed_everywhere

from sheet_assets.sandbox import Sandbox
from sheet_assets.sandbox.google import Limits

EVERY = 50


def main() -> int:
    """Play the cases and print what came of them; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--cases", type=int, help="how many; one where a seed is given, else 1,000")
    parser.add_argument("--seed", type=int, help="of the first case; drawn where none is given")
    asked = parser.parse_args()
    cases = asked.cases or (1000 if asked.seed is None else 1)
    first = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    print(f"Seeds {first} to {first + cases - 1}.", flush=True)
    tally = Tally()
    with Sandbox(limits=Limits.without_quota()) as sandbox:
        os.environ.update(sandbox.settings)
        with World(sandbox) as world, counted(tally.reached):
            started = time.perf_counter()
            for seed in range(first, first + cases):
                story = _played(world, seed, tally)
                if seed in tally.broken:
                    print(f"seed {seed}: {tally.broken[seed]}\n  " + "\n  ".join(story), flush=True)
                elif cases == 1:
                    print("\n".join(story))
                if tally.cases % EVERY == 0:
                    seconds = time.perf_counter() - started
                    print(
                        f"{tally.cases:,} of {cases:,} cases, {len(tally.broken)} violations, "
                        f"{seconds:.0f} s, CPU {time.process_time():.0f} s",
                        flush=True,
                    )
        # Before the kills, which take as long again.
        print("\n".join(tally.lines()), flush=True)
        # A seed that is played again asks for its own case only.
        kills = killed_everywhere(sandbox) if asked.seed is None else Report()
    print("\n".join(kills.lines()))
    return 1 if tally.broken or kills.broken else 0


def _played(world: World, seed: int, tally: Tally) -> list[str]:
    """One case; what happened in it."""
    case = Case(world, seed, tally)
    tally.cases += 1
    try:
        case.run()
    except BrokenError as error:
        tally.broken[seed] = str(error)
    return case.story


if __name__ == "__main__":
    sys.exit(main())
