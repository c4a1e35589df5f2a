"""A Drive file: a spreadsheet with its owner, its permissions and its version."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

SPREADSHEET_TYPE = "application/vnd.google-apps.spreadsheet"


@dataclass
class File:
    """What Drive knows of a spreadsheet; its name is the workbook's title."""

    workbook: Workbook
    owner: str
    created_time: datetime
    modified_time: datetime
    last_modifying_user: str
    version: int = 1
    trashed: bool = False
    roles: dict[str, str] = field(default_factory=dict)

    def role(self, email: str) -> str | None:
        """`owner`, `writer`, `reader`, or None."""
        return "owner" if email == self.owner else self.roles.get(email)

    @property
    def audience(self) -> frozenset[str]:
        """Everyone who sees the file."""
        return frozenset({self.owner, *self.roles})

    def as_json(self, email: str) -> dict[str, Any]:
        """Google's File, as this caller sees it: all fields the sandbox has."""
        role = self.role(email)
        return {
            "kind": "drive#file",
            "id": self.workbook.spreadsheet_id,
            "name": self.workbook.title,
            "mimeType": SPREADSHEET_TYPE,
            "trashed": self.trashed,
            "version": str(self.version),
            "createdTime": rfc3339(self.created_time),
            "modifiedTime": rfc3339(self.modified_time),
            "owners": [user(self.owner, email)],
            "lastModifyingUser": user(self.last_modifying_user, email),
            "ownedByMe": role == "owner",
            "capabilities": {"canEdit": role in {"owner", "writer"}},
            "webViewLink": (
                f"https://docs.google.com/spreadsheets/d/{self.workbook.spreadsheet_id}/edit"
            ),
        }


def user(email: str, caller: str) -> dict[str, Any]:
    """Google's User."""
    return {
        "kind": "drive#user",
        "displayName": email.partition("@")[0],
        "me": email == caller,
        "emailAddress": email,
    }


def now() -> datetime:
    """The time, to the millisecond as Drive keeps it."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def rfc3339(moment: datetime) -> str:
    """`2023-07-20T08:47:44.700Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
