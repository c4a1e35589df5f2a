"""The requests about developer metadata: created, updated, deleted and searched."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError, NotFoundError
from sheet_assets.sandbox.google.sheets.developer_metadata import (
    VISIBILITIES,
    DeveloperMetadata,
    Location,
    matching,
)
from sheet_assets.sandbox.google.sheets.message import Message

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.call import Call
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

_FIELDS = ("metadataId", "metadataKey", "metadataValue", "location", "visibility")


def create(request: Message, workbook: Workbook) -> dict[str, Any]:
    """Request createDeveloperMetadata: the reply has the new entry."""
    request.allow(("developerMetadata",))
    body = request.message("developerMetadata").allow(_FIELDS)
    key = body.text("metadataKey")
    if not key:
        raise InvalidArgumentError("Developer metadata key must be specified.")
    metadata_id = body.integer("metadataId") or _free_id(workbook)
    if metadata_id in workbook.developer_metadata:
        raise InvalidArgumentError(f"Developer metadata with id {metadata_id} already exists.")
    entry = DeveloperMetadata(
        metadata_id,
        key,
        body.text("metadataValue"),
        Location.read(body.message("location"), workbook),
        _visibility(body),
    )
    workbook.developer_metadata[metadata_id] = entry
    return {"createDeveloperMetadata": {"developerMetadata": entry.as_json()}}


def update(request: Message, workbook: Workbook) -> dict[str, Any]:
    """Request updateDeveloperMetadata: the reply has the entries after the change."""
    request.allow(("dataFilters", "developerMetadata", "fields"))
    body = request.message("developerMetadata").allow(_FIELDS)
    mask = request.mask()
    changes: dict[str, Any] = {}
    unknown = [name for name in mask.children if name not in (*_FIELDS, "*")]
    if unknown or "metadataId" in mask.children:
        raise InvalidArgumentError(f"Invalid field: {(unknown or ['metadataId'])[0]}")
    if mask.wants("metadataKey"):
        changes["key"] = body.text("metadataKey")
        if not changes["key"]:
            raise InvalidArgumentError("Developer metadata key must be specified.")
    if mask.wants("metadataValue"):
        changes["value"] = body.text("metadataValue")
    if mask.wants("location"):
        changes["location"] = Location.read(body.message("location"), workbook)
    if mask.wants("visibility"):
        changes["visibility"] = _visibility(body)
    updated = [replace(entry, **changes) for entry in _matches(request, workbook)]
    workbook.developer_metadata |= {entry.metadata_id: entry for entry in updated}
    return {"updateDeveloperMetadata": _listed("developerMetadata", updated)}


def delete(request: Message, workbook: Workbook) -> dict[str, Any]:
    """Request deleteDeveloperMetadata: the reply has the entries deleted."""
    request.allow(("dataFilter",))
    deleted = matching(workbook, request.message("dataFilter"))
    for entry in deleted:
        del workbook.developer_metadata[entry.metadata_id]
    return {"deleteDeveloperMetadata": _listed("deletedDeveloperMetadata", deleted)}


def search(call: Call, workbook: Workbook) -> dict[str, Any]:
    """developerMetadata.search."""
    body = call.json()
    request = Message(body, "").allow(("dataFilters",))
    found: dict[int, dict[str, Any]] = {}
    for place, data_filter in enumerate(request.messages("dataFilters")):
        for entry in matching(workbook, data_filter):
            match = found.setdefault(
                entry.metadata_id, {"developerMetadata": entry.as_json(), "dataFilters": []}
            )
            match["dataFilters"].append(body["dataFilters"][place])
    return {"matchedDeveloperMetadata": list(found.values())} if found else {}


def get(call: Call, workbook: Workbook) -> dict[str, Any]:
    """developerMetadata.get."""
    metadata_id = call.path["metadata_id"]
    entry = workbook.developer_metadata.get(int(metadata_id)) if metadata_id.isdigit() else None
    if entry is None:
        raise NotFoundError
    return entry.as_json()


def _matches(request: Message, workbook: Workbook) -> list[DeveloperMetadata]:
    found = {
        entry.metadata_id: entry
        for data_filter in request.messages("dataFilters")
        for entry in matching(workbook, data_filter)
    }
    return list(found.values())


def _listed(name: str, entries: list[DeveloperMetadata]) -> dict[str, Any]:
    return {name: [entry.as_json() for entry in entries]} if entries else {}


def _visibility(body: Message) -> str:
    visibility = body.text("visibility")
    if visibility not in VISIBILITIES:
        raise InvalidArgumentError("Developer metadata visibility must be specified.")
    return visibility


def _free_id(workbook: Workbook) -> int:
    while True:
        metadata_id = 1 + secrets.randbelow(2**31 - 1)
        if metadata_id not in workbook.developer_metadata:
            return metadata_id
