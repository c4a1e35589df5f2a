"""The record of an export: which rectangle of a worksheet it owns, and what it wrote there.

It stands in the tab's developer metadata, which people do not see and cannot edit.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import SheetError
from sheet_assets.sheets.a1 import Rectangle, parse_rectangle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Google keeps 30,000 characters of developer metadata a tab:
# https://developers.google.com/workspace/sheets/api/guides/metadata
_MOST_HEADER_CHARACTERS = 10_000


@dataclass(frozen=True)
class ExportRecord:
    """What the last export left.

    Args:
        rectangle: What it owns, header included.
        queried_at: When its query ran.
        headers: Its headers; None where they are too long to be kept.
        fingerprint: Of all its cells; None in records of before.
        result: The fingerprint of the result that was written last; an append adds it once.
        run_id: Which run wrote it.
    """

    rectangle: Rectangle
    queried_at: dt.datetime
    headers: tuple[str, ...] | None = None
    fingerprint: str | None = None
    result: str | None = None
    run_id: str | None = None

    def as_json(self) -> str:
        """As the metadata's value."""
        headers = self.headers
        if headers is not None and sum(map(len, headers)) > _MOST_HEADER_CHARACTERS:
            headers = None
        recorded = {
            "rectangle": str(self.rectangle),
            "queried_at": self.queried_at.astimezone(dt.UTC).isoformat(),
            "headers": headers,
            "fingerprint": self.fingerprint,
            "result": self.result,
            "run_id": self.run_id,
        }
        return json.dumps({name: value for name, value in recorded.items() if value is not None})


def find(answer: Mapping[str, Any], sheet_id: int, key: str) -> ExportRecord | None:
    """What earlier exports recorded on the tab, None when there was none.

    There is more than one entry only when an answer of Google was lost: the newest counts.

    Args:
        answer: `spreadsheets.get` with the tabs' properties and developerMetadata.
        sheet_id: The tab's gid.
        key: The export's metadata key.

    Raises:
        SheetError: an entry cannot be read.
    """
    entries = [
        entry.get("metadataValue", "")
        for sheet in answer.get("sheets", [])
        if sheet["properties"].get("sheetId", 0) == sheet_id
        for entry in sheet.get("developerMetadata", [])
        if entry.get("metadataKey") == key
    ]
    try:
        records = [_parsed(text) for text in entries]
    except (ValueError, KeyError, TypeError) as error:
        raise SheetError(
            f"The developer metadata {key} of the tab is not what this package writes ({error}). "
            "Delete it (DeveloperMetadata.remove() in Apps Script), and run again."
        ) from error
    return max(records, key=lambda record: record.queried_at, default=None)


def requests(
    key: str, sheet_id: int, record: ExportRecord, *, replaces: bool
) -> Iterator[dict[str, Any]]:
    """The batchUpdate requests that replace the record.

    Sent twice it may stand twice: `find` takes the newest, and both go next time.
    """
    if replaces:
        lookup = {"metadataKey": key, "metadataLocation": {"sheetId": sheet_id}}
        yield {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}}
    yield create(key, sheet_id, record.as_json())


def create(key: str, sheet_id: int, value: str) -> dict[str, Any]:
    """The request that adds an entry to a tab."""
    return {
        "createDeveloperMetadata": {
            "developerMetadata": {
                "metadataKey": key,
                "metadataValue": value,
                "location": {"sheetId": sheet_id},
                "visibility": "DOCUMENT",
            }
        }
    }


def _parsed(text: str) -> ExportRecord:
    recorded = json.loads(text)
    queried_at = dt.datetime.fromisoformat(recorded["queried_at"])
    if queried_at.tzinfo is None:
        raise ValueError(f"{queried_at} has no time zone")
    headers = recorded.get("headers")
    return ExportRecord(
        parse_rectangle(recorded["rectangle"]),
        queried_at,
        headers=None if headers is None else tuple(map(str, headers)),
        fingerprint=recorded.get("fingerprint"),
        result=recorded.get("result"),
        run_id=recorded.get("run_id"),
    )
