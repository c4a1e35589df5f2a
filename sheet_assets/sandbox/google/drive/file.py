"""A Drive file: a spreadsheet with its owner, its permissions and its version."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

SPREADSHEET_TYPE = "application/vnd.google-apps.spreadsheet"


class Edit(NamedTuple):
    """When the file was edited, by whom, and the version that came of it."""

    time: datetime
    by: str
    version: int


@dataclass
class File:
    """What Drive knows of a spreadsheet; its name is the workbook's title.

    `edits` are those that Drive has not told yet, after the last that it has. `drive_id` and
    `drive_roles` are those of the shared drive that it lies in, if it does.
    """

    workbook: Workbook
    owner: str
    created_time: datetime
    edits: list[Edit]
    version: int = 1
    trashed: bool = False
    roles: dict[str, str] = field(default_factory=dict)
    drive_id: str | None = None
    drive_roles: dict[str, str] = field(default_factory=dict)

    def role(self, email: str) -> str | None:
        """`owner`, `writer`, `reader`, or None."""
        if email == self.owner:
            return "owner"
        return self.roles.get(email) or self.drive_roles.get(email)

    @property
    def audience(self) -> frozenset[str]:
        """Everyone who sees the file."""
        return frozenset({self.owner, *self.roles, *self.drive_roles} - {""})

    @property
    def modified_time(self) -> datetime:
        """When it was edited last, told or not."""
        return self.edits[-1].time

    def edited(self, by: str, lag_seconds: float) -> None:
        """Count an edit; those that an older one that is told already makes needless go."""
        self.version += 1
        self.edits.append(Edit(now(), by, self.version))
        del self.edits[: self.edits.index(self.told(lag_seconds))]

    def told(self, lag_seconds: float) -> Edit:
        """The last edit that Drive tells when it lags this much; the first is always told."""
        latest = now() - timedelta(seconds=lag_seconds)
        return next((edit for edit in reversed(self.edits) if edit.time <= latest), self.edits[0])

    def as_json(self, email: str, lag_seconds: float = 0) -> dict[str, Any]:
        """Google's File, as this caller sees it: all fields the sandbox has."""
        role = self.role(email)
        edit = self.told(lag_seconds)
        untold = self.edits[self.edits.index(edit) + 1 :]
        body = {
            "kind": "drive#file",
            "id": self.workbook.spreadsheet_id,
            "name": self.workbook.title,
            "mimeType": SPREADSHEET_TYPE,
            "trashed": self.trashed,
            "version": str(untold[0].version - 1 if untold else self.version),
            "createdTime": rfc3339(self.created_time),
            "modifiedTime": rfc3339(edit.time),
            "lastModifyingUser": user(edit.by, email),
            "ownedByMe": role == "owner",
            "capabilities": {"canEdit": role in {"owner", "writer"}},
            "webViewLink": (
                f"https://docs.google.com/spreadsheets/d/{self.workbook.spreadsheet_id}/edit"
            ),
        }
        if self.drive_id is None:
            return body | {"owners": [user(self.owner, email)]}
        return body | {"driveId": self.drive_id}


def user(email: str, caller: str) -> dict[str, Any]:
    """Google's User."""
    return {
        "kind": "drive#user",
        "displayName": email.partition("@")[0],
        "me": email == caller,
        "permissionId": permission_id(email),
        "emailAddress": email,
    }


def permission_id(email: str) -> str:
    """The id of every permission of a user: twenty digits."""
    return f"{int(hashlib.sha256(email.encode()).hexdigest(), 16) % 10**20:020d}"


def now() -> datetime:
    """The time, to the millisecond as Drive keeps it."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def rfc3339(moment: datetime) -> str:
    """`2023-07-20T08:47:44.700Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
