"""The folder in which a sandbox that stops leaves what the next one finds."""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from sheet_assets.errors import SandboxError

if TYPE_CHECKING:
    from pathlib import Path

SERVICES = ("google", "s3", "redshift")


class SavedState:
    """Two folders: `before` is what was saved last, `after` what is being saved.

    One takes the other's place when all three servers have saved: a sandbox that is killed
    leaves what was there when it started. One sandbox at a time has the folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.before = folder / "saved"
        self.after = folder / "saving"
        self._lock = FileLock(folder / "sandbox.lock")
        self._written = False

    @property
    def is_there(self) -> bool:
        """Whether an earlier sandbox has left something."""
        return self.before.is_dir()

    def take(self) -> None:
        """Make the folder, if it is not there, and keep it from other sandboxes.

        Raises:
            SandboxError: another sandbox has it, it is not ours alone, or it cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            status = self.folder.stat()
            # What is saved is a program to whoever opens it: a pickle, and a database's settings.
            if status.st_uid not in {0, os.geteuid()} or status.st_mode & stat.S_IWOTH:
                raise SandboxError(
                    f"Others can write to {self.folder}, and could start programs as you. Name a "
                    f"folder of your own, or say `chmod o-w {self.folder}`."
                )
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise SandboxError(f"Another sandbox runs in {self.folder}: stop it first.") from error
        except OSError as error:
            raise SandboxError(f"{self.folder} cannot be written: {error}.") from error

    def begin(self) -> None:
        """Make room for what is to be saved."""
        shutil.rmtree(self.after, ignore_errors=True)
        for name in SERVICES:
            (self.after / name).mkdir(parents=True, mode=0o700)

    def written(self) -> None:
        """Say that everything has been saved but what is saved while a server stops."""
        self._written = True

    def finish(self) -> None:
        """Put what was saved in the place of what was there, and let others have the folder."""
        if self._written and (self.after / "redshift" / "data").is_dir():
            shutil.rmtree(self.before, ignore_errors=True)
            self.after.rename(self.before)
        self._lock.release()
