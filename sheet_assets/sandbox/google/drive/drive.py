"""Drive: all files, who may see them, and what happened to them in order."""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.google.drive.file import File, now
from sheet_assets.sandbox.google.errors import NotFoundError
from sheet_assets.sandbox.google.sheets.workbook import Workbook

if TYPE_CHECKING:
    from datetime import datetime

OWNER = "owner@sandbox.invalid"
ROLES = ("writer", "reader")


class Change(NamedTuple):
    """Something that happened to a file, and everyone who saw the file before or after."""

    number: int
    file_id: str
    time: datetime
    audience: frozenset[str]


class Drive:
    """The files of a sandbox; every method may be called from any thread.

    `lock` is held by every change and by every API call while it looks or changes.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.files: dict[str, File] = {}
        self.changes: list[Change] = []

    def create_spreadsheet(
        self,
        title: str,
        *,
        spreadsheet_id: str | None = None,
        owner: str = OWNER,
        locale: str = "en_US",
        time_zone: str = "Etc/GMT",
    ) -> Workbook:
        """Create a spreadsheet with one worksheet, Sheet1, of 1000 rows and 26 columns.

        Raises:
            SandboxError: the id is taken.
        """
        with self.lock:
            file_id = spreadsheet_id or f"1{secrets.token_urlsafe(32)}"
            if file_id in self.files:
                raise SandboxError(f"There is a spreadsheet with the id {file_id} already.")
            workbook = Workbook(
                file_id,
                title,
                owner=owner,
                locale=locale,
                time_zone=time_zone,
                lock=self.lock,
                changed=lambda by: self._modified(file_id, by),
            )
            moment = now()
            self.files[file_id] = File(workbook, owner, moment, moment, owner)
            self._record(file_id, self.files[file_id].audience)
            return workbook

    def share(self, spreadsheet_id: str, email: str, role: str = "writer") -> None:
        """Let an account see (`reader`) or change (`writer`) a spreadsheet.

        Raises:
            SandboxError: no such spreadsheet or role.
        """
        if role not in ROLES:
            raise SandboxError(f"A role is one of {', '.join(ROLES)}, not {role!r}.")
        with self.lock:
            file = self.file(spreadsheet_id)
            file.roles[email] = role
            file.version += 1
            self._record(spreadsheet_id, file.audience)

    def unshare(self, spreadsheet_id: str, email: str) -> None:
        """Take an account's permission away.

        Raises:
            SandboxError: no such spreadsheet, or it is not shared with the account.
        """
        with self.lock:
            file = self.file(spreadsheet_id)
            before = file.audience
            if file.roles.pop(email, None) is None:
                raise SandboxError(f"{spreadsheet_id} is not shared with {email}.")
            file.version += 1
            self._record(spreadsheet_id, before)

    def trash(self, spreadsheet_id: str, *, trashed: bool = True) -> None:
        """Move a spreadsheet to the trash, or back."""
        with self.lock:
            file = self.file(spreadsheet_id)
            file.trashed = trashed
            file.version += 1
            self._record(spreadsheet_id, file.audience)

    def delete(self, spreadsheet_id: str) -> None:
        """Delete a spreadsheet for good."""
        with self.lock:
            audience = self.file(spreadsheet_id).audience
            del self.files[spreadsheet_id]
            self._record(spreadsheet_id, audience)

    def file(self, file_id: str) -> File:
        """The file with this id.

        Raises:
            NotFoundError: there is none.
        """
        with self.lock:
            file = self.files.get(file_id)
        if file is None:
            raise NotFoundError
        return file

    def workbook(self, spreadsheet_id: str) -> Workbook:
        """The workbook of a spreadsheet.

        Raises:
            NotFoundError: there is none.
        """
        return self.file(spreadsheet_id).workbook

    def visible_to(self, email: str) -> list[File]:
        """The files an account sees, the last modified first."""
        with self.lock:
            seen = [file for file in self.files.values() if file.role(email) is not None]
        return sorted(seen, key=lambda file: file.modified_time, reverse=True)

    @property
    def next_change(self) -> int:
        """The number that the next change will have."""
        return len(self.changes) + 1

    def _modified(self, file_id: str, by: str | None) -> None:
        with self.lock:
            file = self.files.get(file_id)
            if file is None:
                raise SandboxError(f"The spreadsheet {file_id} has been deleted.")
            file.version += 1
            file.modified_time = now()
            file.last_modifying_user = by or file.owner
            self._record(file_id, file.audience)

    def _record(self, file_id: str, audience: frozenset[str]) -> None:
        self.changes.append(Change(self.next_change, file_id, now(), audience))
