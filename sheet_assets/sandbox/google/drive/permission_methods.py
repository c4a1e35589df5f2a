"""The Drive methods about permissions: who sees a file, and who may change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.drive.drive import ROLES
from sheet_assets.sandbox.google.drive.file import permission_id
from sheet_assets.sandbox.google.drive.file_methods import changeable_file, seen_file
from sheet_assets.sandbox.google.errors import (
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    UnimplementedError,
)
from sheet_assets.sandbox.google.sheets.message import Message

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.call import Call
    from sheet_assets.sandbox.google.drive.drive import Drive
    from sheet_assets.sandbox.google.drive.file import File


def list_permissions(call: Call, drive: Drive) -> dict[str, Any]:
    """permissions.list, the owner's first; a reader may not ask."""
    file = changeable_file(call, drive)
    emails = [file.owner] if file.owner else []
    emails += [email for email in {**file.drive_roles, **file.roles} if email != file.owner]
    told = [_told(file, email) for email in emails]
    return {"kind": "drive#permissionList", "permissions": told}


def create_permission(call: Call, drive: Drive) -> dict[str, Any]:
    """permissions.create for a user.

    Raises:
        UnimplementedError: for anyone, a domain, or another role than writer and reader.
    """
    file = changeable_file(call, drive)
    body = Message(call.json(), "").allow(("type", "role", "emailAddress", "withLink"))
    if body.text("type") != "user":
        raise UnimplementedError(f"permissions of the type {body.text('type')}")
    email = body.text("emailAddress")
    if not email:
        raise InvalidArgumentError(
            "The emailAddress field is required.", reason="invalidSharingRequest"
        )
    drive.share(call.path["file_id"], email, _role(body))
    return _told(file, email)


def get_permission(call: Call, drive: Drive) -> dict[str, Any]:
    """permissions.get."""
    file = seen_file(call, drive)
    return _told(file, _email(file, call))


def update_permission(call: Call, drive: Drive) -> dict[str, Any]:
    """permissions.update: another role."""
    file = changeable_file(call, drive)
    email = _email(file, call)
    body = Message(call.json(), "").allow(("role",))
    if email == file.owner:
        raise UnimplementedError("changing the owner of a file")
    drive.share(call.path["file_id"], email, _role(body))
    return _told(file, email)


def delete_permission(call: Call, drive: Drive) -> None:
    """permissions.delete: the file is out of that user's sight."""
    file = changeable_file(call, drive)
    email = _email(file, call)
    if email not in file.roles:
        raise PermissionDeniedError("The owner of a file cannot be removed.")
    drive.unshare(call.path["file_id"], email)


def _role(body: Message) -> str:
    role = body.text("role") or ""
    if role not in ROLES:
        raise UnimplementedError(f"the role {role} of a permission")
    return role


def _email(file: File, call: Call) -> str:
    wanted = call.path["permission_id"]
    for email in file.audience:
        if permission_id(email) == wanted:
            return email
    raise NotFoundError(f"Permission not found: {wanted}.", location="permissionId")


def _told(file: File, email: str) -> dict[str, Any]:
    return {
        "kind": "drive#permission",
        "id": permission_id(email),
        "type": "user",
        "role": file.role(email),
        "emailAddress": email,
        "displayName": email.partition("@")[0],
        "deleted": False,
    }
