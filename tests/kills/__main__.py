"""A kill at every boundary, or at those of some scenes: `python tests/kills [SCENE…]`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kill_cases import killed_everywhere
from kill_scenes import SCENES

from sheet_assets.sandbox import Sandbox
from sheet_assets.sandbox.google import Limits


def main() -> int:
    """Print what was killed where; 1 when something did not hold."""
    with Sandbox(limits=Limits.without_quota()) as sandbox:
        report = killed_everywhere(sandbox, sys.argv[1:] or SCENES)
    print("\n".join(report.lines()))
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
