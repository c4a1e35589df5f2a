"""Python's garbage collector, and where it would only look in vain."""

from __future__ import annotations

import atexit
import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def uncollected() -> Iterator[None]:
    """Make objects that stay, such as modules and definitions, without a look for garbage.

    The collector starts whenever there are many more objects than before, and goes through all of
    them: a sixth of the CPU seconds that a new process takes to load definitions, and nothing is
    found. What garbage there is, is found afterwards. Of all threads; where it is off already, it
    stays off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def leave_at_exit() -> None:
    """Let the process end without a last look for garbage.

    Python goes through all objects twice at its end: a sixth of the CPU seconds of a short command
    that loads definitions. Files and connections are closed by then by whoever opened them.
    """
    atexit.unregister(gc.freeze)  # where a process calls several commands
    atexit.register(gc.freeze)
