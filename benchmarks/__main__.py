"""Run cases, print a line a process, and with --record keep the figures for RESULTS.md.

`python -m benchmarks import --size 100k --only ours,naive -n 3`
"""

from __future__ import annotations

import argparse

from benchmarks import imports
from benchmarks.workbench import Workbench

CASES = {"import": imports}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--size", type=_size, action="append")
    parser.add_argument("--only", type=lambda text: text.split(","))
    parser.add_argument("-n", type=int, default=3)
    given = parser.parse_args()
    case = CASES[given.case]
    for size in given.size or [100_000]:
        with Workbench() as bench:
            there = [e for e in case.IMPLEMENTATIONS if not given.only or e.name in given.only]
            for record in case.run(bench, size, there, given.n):
                print(record)


def _size(text: str) -> int:
    return int(float(text.lower().replace("k", "e3").replace("m", "e6")))


if __name__ == "__main__":
    main()
