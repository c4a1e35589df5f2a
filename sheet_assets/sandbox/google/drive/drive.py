"""Drive: all files, who may see them, and what happened to them in order."""

from __future__ import annotations

import secrets
import threading
from bisect import bisect_right, insort
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.google.drive.file import Edit, File, now
from sheet_assets.sandbox.google.errors import NotFoundError
from sheet_assets.sandbox.google.limits import Limits
from sheet_assets.sandbox.google.sheets.workbook import Workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

OWNER = "owner@sandbox.invalid"
SERVICE_ACCOUNTS = ".iam.gserviceaccount.com"
ROLES = ("writer", "reader")


class Change(NamedTuple):
    """Something that happened to a file, and everyone who saw the file before or after.

    `told_at`: when Drive tells it, which for an edit can be later than it happened.
    """

    told_at: datetime
    file_id: str
    time: datetime
    audience: frozenset[str]


@dataclass
class SharedDrive:
    """A shared drive and the roles of its members, by e-mail: its files belong to nobody."""

    drive_id: str
    roles: dict[str, str] = field(default_factory=dict)


class Drive:
    """The files of a sandbox; every method may be called from any thread.

    `lock` is held by every change and by every API call while it looks or changes. `limits`
    say how late edits are told.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.lock = threading.RLock()
        self.limits = limits or Limits()
        self.files: dict[str, File] = {}
        self.shared_drives: dict[str, SharedDrive] = {}
        self.changes: list[Change] = []

    def create_shared_drive(self, roles: Mapping[str, str]) -> SharedDrive:
        """Create a shared drive whose members have these roles, by e-mail."""
        with self.lock:
            made = SharedDrive(f"0A{secrets.token_urlsafe(13)}", dict(roles))
            self.shared_drives[made.drive_id] = made
            return made

    def create_spreadsheet(
        self,
        title: str,
        *,
        spreadsheet_id: str | None = None,
        owner: str = OWNER,
        by: str | None = None,
        locale: str = "en_US",
        time_zone: str = "Etc/GMT",
        drive_id: str | None = None,
    ) -> Workbook:
        """Create a spreadsheet with one worksheet, Sheet1, of 1000 rows and 26 columns.

        In a shared drive it has no owner.

        Raises:
            SandboxError: the id is taken, or there is no such shared drive.
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
            file = File(workbook, owner, moment, [Edit(moment, by or owner, 1)])
            if drive_id is not None:
                if drive_id not in self.shared_drives:
                    raise SandboxError(f"There is no shared drive {drive_id}.")
                file.drive_id, file.owner = drive_id, ""
                file.drive_roles = self.shared_drives[drive_id].roles
            self.files[file_id] = file
            self._record(file_id, file.audience)
            return workbook

    def adopt(self, file: File) -> None:
        """Take a file over that another Drive had."""
        file_id = file.workbook.spreadsheet_id
        with self.lock:
            if file.drive_id is not None:
                file.drive_roles = self.shared_drives[file.drive_id].roles
            file.workbook.belong_to(self.lock, lambda by: self._modified(file_id, by))
            self.files[file_id] = file

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

    def forget(self, spreadsheet_id: str) -> None:
        """Undo the creation of a spreadsheet that nobody has seen."""
        with self.lock:
            del self.files[spreadsheet_id]
            self.changes = [each for each in self.changes if each.file_id != spreadsheet_id]

    def stores_files_of(self, email: str) -> bool:
        """Whether an account can have files of its own: a service account cannot, at Google."""
        return self.limits.service_accounts_store_files or not email.endswith(SERVICE_ACCOUNTS)

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

    def told_changes(self) -> list[Change]:
        """The changes that Drive tells by now, in the order in which it came to tell them."""
        return self.changes[: bisect_right(self.changes, now(), key=lambda each: each.told_at)]

    @property
    def next_change(self) -> int:
        """The number that the next change will have, were it told at once."""
        return len(self.told_changes()) + 1

    def _modified(self, file_id: str, by: str | None) -> None:
        with self.lock:
            file = self.files.get(file_id)
            if file is None:
                raise SandboxError(f"The spreadsheet {file_id} has been deleted.")
            file.edited(by or file.owner, self.limits.modified_lag_seconds)
            self._record(file_id, file.audience, self.limits.modified_lag_seconds)

    def _record(self, file_id: str, audience: frozenset[str], lag_seconds: float = 0) -> None:
        moment = now()
        change = Change(moment + timedelta(seconds=lag_seconds), file_id, moment, audience)
        insort(self.changes, change, key=lambda each: each.told_at)
