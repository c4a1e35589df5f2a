"""The terminal: where results and progress are printed."""

from __future__ import annotations

import shutil

from rich.console import Console

# Without a terminal and without COLUMNS nothing is wrapped or cut: a program reads it.
_UNBOUNDED = 500


def results() -> Console:
    """Standard output."""
    return _console(stderr=False)


def progress() -> Console:
    """Standard error: what is going on, with a spinner where somebody watches."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = shutil.get_terminal_size((_UNBOUNDED, 50)).columns
        console.soft_wrap = True
    return console
