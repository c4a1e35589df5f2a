"""An implementation of a case: a script, the environment that it runs in, and how it differs."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Made by `make bench`; what is not in it may be in ours.
_PEERS = ROOT / ".bench-venv" / "bin" / "python"


@dataclass(frozen=True)
class Implementation:
    """One way to do what a case asks for.

    Args:
        name: For `--only`, and in the tables.
        module: The script.
        needs: What it imports beside the standard library, as PyPI names the distributions.
        layouts: What it reads, of a rendered sheet.
        makes_table: Whether it creates the table it loads into.
        differs: Where its work is another than ours.
        few_at: So many rows are done once only, by who takes minutes for them.
        most_rows: More are not tried.
    """

    name: str
    module: str
    differs: str
    needs: tuple[str, ...] = ()
    layouts: tuple[str, ...] = ()
    makes_table: bool = False
    few_at: int = 10_000_001
    most_rows: int = 10_000_000

    @property
    def is_ours(self) -> bool:
        """Whether it is this package."""
        return self.module.startswith("benchmarks.ours.")

    def python(self) -> str | None:
        """The interpreter that has all it needs; None where none has."""
        if self.is_ours:
            return sys.executable
        for interpreter in (str(_PEERS), sys.executable):
            if versions(interpreter, self.needs) is not None:
                return interpreter
        return None


@cache
def versions(interpreter: str, distributions: tuple[str, ...]) -> dict[str, str] | None:
    """The versions an interpreter has; None where one is missing."""
    script = (
        "import sys, json; from importlib.metadata import version; "
        "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
    )
    if not Path(interpreter).exists():
        return None
    command = [interpreter, "-c", script, *distributions]
    asked = subprocess.run(command, capture_output=True, check=False, text=True)
    if asked.returncode:
        return None
    found: dict[str, str] = json.loads(asked.stdout)
    return found
