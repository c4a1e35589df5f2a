"""Users: who may ask the webserver, as what, and the file that says so."""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sheet_assets import private_file
from sheet_assets.errors import UsersError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

VIEWER, OPERATOR = "viewer", "operator"
ROLES = (VIEWER, OPERATOR)
_NAME_CHARACTERS = 64


@dataclass(frozen=True)
class User:
    """A name, a role, and the hash of one password, or of one token where it has an id.

    `expires` is in seconds since 1970; None is never.
    """

    name: str
    role: str
    hash: str
    token_id: str | None = None
    expires: float | None = None

    @property
    def is_operator(self) -> bool:
        """Whether it may start and change things."""
        return self.role == OPERATOR

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return self.expires is not None and time.time() >= self.expires


class UsersFile:
    """The users of an instance: JSON that only its owner can read; no file is no users."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: tuple[tuple[int, ...], Mapping[str, User]] | None = None

    def users(self) -> Mapping[str, User]:
        """All users by their names; the file is read again when it has changed.

        Raises:
            UsersError: it can be read by others, cannot be read, or is no users file.
        """
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._unreadable(error.strerror) from error
        if private_file.readable_by_others(status):
            raise UsersError(
                f"The users file {self.path} is open to others than its owner (mode "
                f"{status.st_mode & 0o777:04o}). See who has read or changed it, and "
                f"`chmod 600 {self.path}`."
            )
        key = (status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size)
        read = self._read
        if read is None or read[0] != key:
            read = self._read = (key, self._parsed())
        return read[1]

    def add(self, user: User, *, replace: bool = False) -> None:
        """Keep a user from now on; a running webserver knows it at once.

        Raises:
            UsersError: the name cannot be one or is taken, or the file is not written.
        """
        name = user.name
        if not name.isprintable() or ":" in name or name != name.strip() or not name:
            raise UsersError(
                f"{name!r} cannot be a user's name: it must be printable, without a colon, and "
                "without blanks around it."
            )
        if len(name) > _NAME_CHARACTERS:
            raise UsersError(f"A user's name has at most {_NAME_CHARACTERS} characters.")
        with self._locked():
            users = dict(self.users())
            if name in users and not replace:
                raise UsersError(
                    f"There is a user {name} already. Choose another name, or say --replace: then "
                    "the old password or token ends."
                )
            users[name] = user
            self._write(users)

    def remove(self, name: str) -> None:
        """Forget a user; a running webserver refuses it at once.

        Raises:
            UsersError: there is none of that name, or the file is not written.
        """
        with self._locked():
            users = dict(self.users())
            if name not in users:
                there = f"There are: {', '.join(sorted(users))}." if users else "There are none."
                raise UsersError(f"There is no user {name!r}. {there}")
            del users[name]
            self._write(users)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Two commands at once: the second sees what the first has written."""
        try:
            private_file.make_folder(self.path.parent)
            descriptor = os.open(self.path.parent, os.O_RDONLY)
        except OSError as error:
            raise self._unwritable(error.strerror) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _write(self, users: Mapping[str, User]) -> None:
        text = json.dumps({"users": [asdict(user) for user in users.values()]}, indent=2)
        try:
            private_file.write(self.path, text + "\n")
        except OSError as error:
            raise self._unwritable(error.strerror) from error

    def _parsed(self) -> Mapping[str, User]:
        try:
            entries = json.loads(self.path.read_text(encoding="utf-8"))["users"]
            users = [User(**entry) for entry in entries]
        except OSError as error:
            raise self._unreadable(error.strerror) from error
        except (ValueError, TypeError, KeyError) as error:
            raise self._unreadable("it is no users file") from error
        if any(user.role not in ROLES for user in users):
            raise self._unreadable(f"a role is none of {', '.join(ROLES)}")
        return {user.name: user for user in users}

    def _unreadable(self, reason: str | None) -> UsersError:
        return UsersError(
            f"The users file {self.path} cannot be read ({reason}). Correct it or its owner, or "
            "move it away and add its users anew."
        )

    def _unwritable(self, reason: str | None) -> UsersError:
        return UsersError(
            f"The users file {self.path} cannot be written ({reason}). Name another with "
            "SHEET_ASSETS_USERS_FILE, or ask its owner."
        )
