"""Run cases, print a line a process, and with --record keep the figures that RESULTS.md is made of.

`python -m benchmarks import --size 100k --only ours,naive -n 3`
"""

from __future__ import annotations

import argparse
import compileall
from pathlib import Path

from benchmarks import results
from benchmarks.cases import CASES
from benchmarks.workbench import Workbench


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("cases", help=f"of {', '.join(CASES)}, with commas between; or all")
    parser.add_argument("--size", help="rows or sheets, such as 100k,1M; default: each case's own")
    parser.add_argument("--only", help="implementations, with commas between; default: all")
    parser.add_argument("-n", type=int, help="how often each; default: each case's own")
    parser.add_argument("--record", action="store_true", help="write results.json and RESULTS.md")
    given = parser.parse_args()
    names = list(CASES) if given.cases == "all" else given.cases.split(",")
    if unknown := [name for name in names if name not in CASES]:
        parser.error(f"there is no case {unknown[0]!r}; there are {', '.join(CASES)}")
    # As an installation does: else each process compiles the package anew, where it may not write.
    compileall.compile_dir(Path(__file__).parents[1] / "sheet_assets", quiet=1)
    for name in names:
        case = CASES[name]
        sizes = [_count(size) for size in given.size.split(",")] if given.size else case.sizes
        for size in sizes:
            only = given.only.split(",") if given.only else None
            known = [each.name for each in case.kind.implementations]
            if only and (unknown := [each for each in only if each not in known]):
                parser.error(f"{name} has no {unknown[0]!r}; it has {', '.join(known)}")
            there = [
                each
                for each in case.kind.implementations
                if (only is None or each.name in only) and size <= each.most_rows
            ]
            for each in list(there):
                if each.python() is None:
                    print(f"{each.name} is left out: {', '.join(each.needs)} are not all there")
                    there.remove(each)
            with Workbench() as bench:
                records = []
                for record in case.kind.run(bench, size, there, given.n or case.repetitions):
                    print(results.line(name, record), flush=True)
                    records.append(record)
            if given.record:
                results.keep(name, size, records, there)


def _count(text: str) -> int:
    return int(float(text.lower().replace("k", "e3").replace("m", "e6")))


if __name__ == "__main__":
    main()
