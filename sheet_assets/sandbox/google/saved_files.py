"""Drive's files written to a folder, and found again by the next server."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from sheet_assets.errors import SandboxError

if TYPE_CHECKING:
    from pathlib import Path

    from sheet_assets.sandbox.google.drive.drive import Drive

# Goes up when what is written can no longer be read as what it was.
FORMAT = 1
_NAME = "drive.pickle"


def save(drive: Drive, folder: Path) -> None:
    """Write files, changes and shared drives; access tokens and keys are not among them."""
    with drive.lock:
        state = (FORMAT, drive.files, drive.changes, drive.shared_drives)
        with (folder / _NAME).open("wb") as file:
            pickle.dump(state, file, protocol=pickle.HIGHEST_PROTOCOL)


def load(drive: Drive, folder: Path) -> None:
    """Take over what was saved; nothing, when there is nothing.

    Raises:
        SandboxError: it was not written by this version.
    """
    path = folder / _NAME
    if not path.is_file():
        return
    try:
        with path.open("rb") as file:
            # What the sandbox itself wrote, in a folder that SavedState has found to be ours alone.
            written, *state = pickle.load(file)  # noqa: S301 - see above
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, ValueError) as error:
        raise _other_version(folder) from error
    if written != FORMAT:
        raise _other_version(folder)
    with drive.lock:
        files, changes, shared_drives = state
        drive.shared_drives |= shared_drives
        drive.changes[:0] = changes
        for file in files.values():
            drive.adopt(file)


def _other_version(folder: Path) -> SandboxError:
    return SandboxError(
        f"{folder} was not written by this version of the sandbox: remove it to start anew."
    )
