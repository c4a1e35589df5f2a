"""The record of an export: which rectangle of a worksheet it owns, and since which query.

It stands in the tab's developer metadata, which people do not see and cannot edit.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import SheetError
from sheet_assets.sheets.a1 import Cell, Rectangle, parse_rectangle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True)
class Owned:
    """The rectangle an export may overwrite; `queried_at` is None before the first export."""

    rectangle: Rectangle
    queried_at: dt.datetime | None

    def clipped(self, *, rows: int, columns: int) -> Owned:
        """What is left of it in a grid of this size: people delete rows and columns."""
        old = self.rectangle
        end_row, end_column = min(old.end_row, rows), min(old.end_column, columns)
        return Owned(
            Rectangle(min(old.row, end_row), min(old.column, end_column), end_row, end_column),
            self.queried_at,
        )


def find(answer: Mapping[str, Any], sheet_id: int, key: str) -> Owned | None:
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
    newest = max(records, key=lambda record: record[1], default=None)
    return Owned(*newest) if newest else None


def adopted(anchor: Cell, standing: Sequence[Sequence[Any]], names: Sequence[str]) -> Owned:
    """What a first export may overwrite: the block under the anchor that has its headers.

    An earlier program may have written it. Columns count from the anchor as long as their
    headers are the result's names; rows, as long as one of these columns holds something.
    """
    width = 0
    for offset, name in enumerate(names):
        header = at(standing, anchor.row, anchor.column + offset)
        if str(header).strip().casefold() != name.strip().casefold():
            break
        width += 1
    columns = range(anchor.column, anchor.column + width)
    height = 0
    while any(at(standing, anchor.row + height, column) != "" for column in columns):
        height += 1
    return Owned(
        Rectangle(anchor.row, anchor.column, anchor.row + height, anchor.column + width), None
    )


def at(values: Sequence[Sequence[Any]], row: int, column: int) -> Any:
    """A value of `values.get`'s ragged rows, "" for a blank cell."""
    return values[row][column] if row < len(values) and column < len(values[row]) else ""


def requests(
    key: str, sheet_id: int, new: Rectangle, queried_at: dt.datetime, *, replaces: bool
) -> Iterator[dict[str, Any]]:
    """The batchUpdate requests that replace the record.

    Sent twice it may stand twice: `find` takes the newest, and both go next time.
    """
    if replaces:
        lookup = {"metadataKey": key, "metadataLocation": {"sheetId": sheet_id}}
        yield {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}}
    recorded = {
        "rectangle": str(new),
        "queried_at": queried_at.astimezone(dt.UTC).isoformat(),
    }
    yield {
        "createDeveloperMetadata": {
            "developerMetadata": {
                "metadataKey": key,
                "metadataValue": json.dumps(recorded),
                "location": {"sheetId": sheet_id},
                "visibility": "DOCUMENT",
            }
        }
    }


def _parsed(text: str) -> tuple[Rectangle, dt.datetime]:
    recorded = json.loads(text)
    queried_at = dt.datetime.fromisoformat(recorded["queried_at"])
    if queried_at.tzinfo is None:
        raise ValueError(f"{queried_at} has no time zone")
    return parse_rectangle(recorded["rectangle"]), queried_at
