"""The record of a report: on which tabs it stands, in developer metadata that people do not see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_assets.clients.spreadsheet import Spreadsheet, Worksheet


@dataclass(frozen=True)
class Place:
    """A spreadsheet as it was just read, and what is reported in it.

    `answer` is that of `spreadsheets.get`; `name` is the component's. `worksheet` has the wrong
    cells; there is none where nothing is wrong.
    """

    spreadsheet: Spreadsheet
    answer: Mapping[str, Any]
    name: str
    worksheet: Worksheet | None

    def key(self, form: str) -> str:
        """The metadata key of a form's record."""
        return f"sheet_assets/report/{form}/{self.name}"

    def recorded(self, form: str) -> dict[int, str]:
        """The recorded value by the gid of each tab that has this form's record."""
        return {
            sheet["properties"].get("sheetId", 0): entry.get("metadataValue", "")
            for sheet in self.answer.get("sheets", [])
            for entry in sheet.get("developerMetadata", [])
            if entry.get("metadataKey") == self.key(form)
        }


class Change(NamedTuple):
    """batchUpdate requests, and how many cells show something after them, or no longer do."""

    requests: tuple[dict[str, Any], ...] = ()
    added: int = 0
    removed: int = 0


def created(key: str, sheet_id: int, value: str) -> dict[str, Any]:
    """The request that records a report on a tab.

    Sent twice it stands twice, which does no harm: the others reach all entries under the key.
    """
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


def updated(key: str, sheet_id: int, value: str) -> dict[str, Any]:
    """The request that replaces the recorded value."""
    return {
        "updateDeveloperMetadata": {
            "dataFilters": [_lookup(key, sheet_id)],
            "developerMetadata": {"metadataValue": value},
            "fields": "metadataValue",
        }
    }


def deleted(key: str, sheet_id: int) -> dict[str, Any]:
    """The request that forgets a report."""
    return {"deleteDeveloperMetadata": {"dataFilter": _lookup(key, sheet_id)}}


def _lookup(key: str, sheet_id: int) -> dict[str, Any]:
    place = {"metadataKey": key, "metadataLocation": {"sheetId": sheet_id}}
    return {"developerMetadataLookup": place}
