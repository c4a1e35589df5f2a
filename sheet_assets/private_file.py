"""Files and folders that only their owner can read; a file is written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

_OTHERS = 0o077


def write(path: Path, text: str, *, replace: bool = True) -> None:
    """Write a file of mode 0600, in place of what was there; a link's target is what is written.

    Raises:
        FileExistsError: there is one, and it may not be replaced; it is as it was.
        OSError: it cannot be written; what was there is as it was.
    """
    target = path.resolve()
    # mkstemp makes it 0600 from the start.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(name).replace(target)
        else:
            # Unlike rename, a link never takes another file's place.
            target.hardlink_to(name)
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()


def make_folder(path: Path) -> None:
    """Make a folder of mode 0700, and each that is missing above it; those there stay as they are.

    Raises:
        OSError: it cannot be made, or a file is in its place.
    """
    # `mkdir(parents=True, mode=…)` gives the mode to the last of them only.
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)


def readable_by_others(status: os.stat_result) -> bool:
    """Whether anybody but the owner may do anything with a file."""
    return bool(status.st_mode & _OTHERS)
