"""Protected ranges: cells that only some editors may change, and the requests about them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets.a1 import GridRange
from sheet_assets.sandbox.google.sheets.grid_range import grid_range, read_open_grid_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.google.sheets.a1 import Rectangle
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

_FIELDS = (
    "range",
    "namedRangeId",
    "description",
    "warningOnly",
    "editors",
    "unprotectedRanges",
)
# Google knows these two: one is read-only, the other the id.
_TOLD = ("protectedRangeId", "requestingUserCanEdit")


@dataclass(frozen=True)
class ProtectedRange:
    """Cells that the owner and `users` may change; with `warning_only` everybody may."""

    protected_range_id: int
    sheet_id: int
    cells: GridRange
    named_range_id: str | None = None
    description: str = ""
    warning_only: bool = False
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    unprotected: tuple[GridRange, ...] = ()

    def admits(self, email: str, owner: str) -> bool:
        """Whether this account may change the cells."""
        return self.warning_only or email == owner or email in self.users

    def forbids(self, email: str | None, worksheet: Worksheet, cells: Rectangle) -> bool:
        """Whether this account (None: a person who may do everything) may not change the cells."""
        if email is None or worksheet.sheet_id != self.sheet_id:
            return False
        if self.admits(email, worksheet.workbook.owner):
            return False
        own = worksheet.within(self.cells)
        if not own.meets(cells):
            return False
        common = type(own)(
            max(own.start_row, cells.start_row),
            min(own.end_row, cells.end_row),
            max(own.start_column, cells.start_column),
            min(own.end_column, cells.end_column),
        )
        return not any(worksheet.within(free).contains(common) for free in self.unprotected)

    def moved(self, move: Callable[[GridRange], GridRange | None]) -> ProtectedRange | None:
        """The same after rows or columns moved; None when none of its cells are left."""
        cells = move(self.cells)
        if cells is None:
            return None
        free = tuple(left for each in self.unprotected if (left := move(each)) is not None)
        return replace(self, cells=cells, unprotected=free)

    def as_json(self, email: str, owner: str, *, named: bool = False) -> dict[str, Any]:
        """Google's ProtectedRange, as this account sees it; `named`: of the editors only `users`.

        The owner is among the editors that spreadsheets.get tells, not among those of a reply.
        """
        body: dict[str, Any] = {
            "protectedRangeId": self.protected_range_id,
            "range": grid_range(self.sheet_id, self.cells),
        }
        if self.named_range_id:
            body["namedRangeId"] = self.named_range_id
        if self.description:
            body["description"] = self.description
        if self.warning_only:
            body["warningOnly"] = True
        if self.unprotected:
            body["unprotectedRanges"] = [
                grid_range(self.sheet_id, free) for free in self.unprotected
            ]
        if self.admits(email, owner):
            users = self.users if named else tuple(dict.fromkeys((owner, *self.users)))
            editors = {"users": list(users), "groups": list(self.groups)}
            body["requestingUserCanEdit"] = True
            body["editors"] = {name: emails for name, emails in editors.items() if emails}
        return body


def add(request: Message, workbook: Workbook) -> dict[str, Any]:
    """Request addProtectedRange: the reply has the new protected range."""
    request.allow(("protectedRange",))
    body = request.message("protectedRange").allow((*_FIELDS, *_TOLD), lacking=("tableId",))
    wanted = body.integer("protectedRangeId")
    if wanted in workbook.protected_ranges:
        raise InvalidArgumentError(f"A protected range with the ID {wanted} already exists.")
    blank = ProtectedRange(wanted or _free_id(workbook), 0, GridRange())
    new = _changed(blank, body, workbook, set(_FIELDS))
    editor = workbook.editor
    if editor not in {None, workbook.owner, *new.users} and not new.warning_only:
        # Whoever protects cells can change them.
        new = replace(new, users=(*new.users, str(editor)))
    workbook.protected_ranges[new.protected_range_id] = new
    told = new.as_json(editor or workbook.owner, workbook.owner, named=True)
    return {"addProtectedRange": {"protectedRange": told}}


def update(request: Message, workbook: Workbook) -> None:
    """Request updateProtectedRange."""
    request.allow(("protectedRange", "fields"))
    body = request.message("protectedRange").allow((*_FIELDS, *_TOLD), lacking=("tableId",))
    mask = request.mask()
    old = _found(workbook, body.integer("protectedRangeId"))
    names = set(_FIELDS) if "*" in mask.children else set(mask.children)
    unknown = sorted(names - set(_FIELDS))
    if unknown:
        raise InvalidArgumentError(f"Invalid field: {unknown[0]}")
    workbook.protected_ranges[old.protected_range_id] = _changed(old, body, workbook, names)


def delete(request: Message, workbook: Workbook) -> None:
    """Request deleteProtectedRange: the cells can be changed by every editor."""
    request.allow(("protectedRangeId",))
    found = _found(workbook, request.integer("protectedRangeId"))
    del workbook.protected_ranges[found.protected_range_id]


def _changed(
    old: ProtectedRange, body: Message, workbook: Workbook, names: set[str]
) -> ProtectedRange:
    changes: dict[str, Any] = {}
    if names & {"range", "namedRangeId"}:
        changes |= _place(body, workbook)
    if "description" in names:
        changes["description"] = body.text("description") or ""
    if "warningOnly" in names:
        changes["warning_only"] = body.boolean("warningOnly")
    if "editors" in names:
        editors = body.message("editors").allow(
            ("users", "groups"), lacking=("domainUsersCanEdit",)
        )
        changes["users"] = tuple(editors.texts("users"))
        changes["groups"] = tuple(editors.texts("groups"))
    new = replace(old, **changes)
    if new.warning_only and (new.users or new.groups):
        if "users" in changes and (changes["users"] or changes["groups"]):
            raise InvalidArgumentError(
                "ProtectedRange is warningOnly. Editors cannot be set on it."
            )
        new = replace(new, users=(), groups=())
    if "unprotectedRanges" in names:
        free = [read_open_grid_range(each, workbook) for each in body.messages("unprotectedRanges")]
        if free and new.cells != GridRange():
            raise InvalidArgumentError("Unprotected ranges are only supported on protected sheets.")
        new = replace(new, unprotected=tuple(cells for _, cells in free))
    return new


def _place(body: Message, workbook: Workbook) -> dict[str, Any]:
    named_range_id = body.text("namedRangeId")
    if named_range_id is not None:
        if "range" in body:
            raise InvalidArgumentError("Only one of range and namedRangeId may be set.")
        named = workbook.named_ranges.get(named_range_id)
        if named is None:
            raise InvalidArgumentError(f"No named range with id: {named_range_id}")
        return {
            "sheet_id": named.sheet_id,
            "cells": named.cells,
            "named_range_id": named_range_id,
        }
    worksheet, cells = read_open_grid_range(body.message("range"), workbook)
    return {"sheet_id": worksheet.sheet_id, "cells": cells, "named_range_id": None}


def _found(workbook: Workbook, protected_range_id: int | None) -> ProtectedRange:
    """The protected range, if the editor may change it.

    Raises:
        InvalidArgumentError: there is none, or it is not the editor's to change.
    """
    found = workbook.protected_ranges.get(protected_range_id or 0)
    if found is None:
        raise InvalidArgumentError(f"No protected range with id: {protected_range_id or 0}")
    worksheet = workbook.worksheet_by_id(found.sheet_id)
    if found.forbids(workbook.editor, worksheet, worksheet.within(found.cells)):
        raise InvalidArgumentError("You do not have permission to edit this protected range.")
    return found


def _free_id(workbook: Workbook) -> int:
    while True:
        protected_range_id = 1 + secrets.randbelow(2**31 - 1)
        if protected_range_id not in workbook.protected_ranges:
            return protected_range_id
