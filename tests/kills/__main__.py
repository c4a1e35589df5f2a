"""A kill at every boundary of every scene: `python tests/kills [SCENE…]`."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from forks import Forks
from kill_cases import Kills
from kill_scenes import SCENES
from kill_world import World

from sheet_assets.sandbox import Sandbox
from sheet_assets.sandbox.google import Limits


def main() -> int:
    """Print the table; 1 when something did not hold."""
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(limits=Limits.without_quota()))
        state = stack.enter_context(tempfile.TemporaryDirectory())
        environment = {
            **sandbox.settings,
            "SHEET_ASSETS_STATE_DIR": state,
            "SHEET_ASSETS_READS_PER_MINUTE": "1000000",
            "SHEET_ASSETS_WRITES_PER_MINUTE": "1000000",
        }
        os.environ.update(environment)
        forks = stack.enter_context(Forks())
        kills = Kills(World(sandbox, stack), forks)
        for name in sys.argv[1:] or SCENES:
            started = time.monotonic()
            before = sum(kills.report.kills.values())
            kills.kill_everywhere(SCENES[name](kills._world), lambda said: print(said, flush=True))
            print(
                f"{name}: {sum(kills.report.kills.values()) - before} kills, {time.monotonic() - started:.0f} s",
                flush=True,
            )
    print("\n".join(kills.report.lines()))
    print(f"kills: {sum(kills.report.kills.values())}, violations: {len(kills.report.broken)}")
    return 1 if kills.report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
