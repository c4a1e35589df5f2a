"""Developer metadata: keys and values that a program keeps at a place in a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

VISIBILITIES = ("DOCUMENT", "PROJECT")


@dataclass(frozen=True)
class Location:
    """The spreadsheet (no `sheet_id`), a sheet (no `dimension`), or one row or column of it."""

    sheet_id: int | None = None
    dimension: str | None = None
    start: int = 0

    @property
    def type(self) -> str:
        """SPREADSHEET, SHEET, ROW or COLUMN."""
        if self.sheet_id is None:
            return "SPREADSHEET"
        return "SHEET" if self.dimension is None else self.dimension.removesuffix("S")

    def intersects(self, other: Location) -> bool:
        """Whether one of the two places contains the other, or they cross."""
        if self.sheet_id is None or other.sheet_id is None:
            return True
        if self.sheet_id != other.sheet_id:
            return False
        same = self.dimension == other.dimension
        return not (same and self.dimension is not None and self.start != other.start)

    def as_json(self) -> dict[str, Any]:
        """Google's DeveloperMetadataLocation."""
        body: dict[str, Any] = {"locationType": self.type}
        if self.sheet_id is None:
            return body | {"spreadsheet": True}
        if self.dimension is None:
            return body | {"sheetId": self.sheet_id}
        dimension_range: dict[str, Any] = {"sheetId": self.sheet_id} if self.sheet_id else {}
        dimension_range |= {
            "dimension": self.dimension,
            "startIndex": self.start,
            "endIndex": self.start + 1,
        }
        return body | {"dimensionRange": dimension_range}

    @classmethod
    def read(cls, message: Message, workbook: Workbook) -> Location:
        """Read Google's DeveloperMetadataLocation.

        Raises:
            InvalidArgumentError: it names no place, or one that does not exist.
        """
        message.allow(("locationType", "spreadsheet", "sheetId", "dimensionRange"))
        if message.boolean("spreadsheet"):
            return cls()
        sheet_id = message.integer("sheetId")
        if sheet_id is not None:
            return cls(workbook.worksheet_by_id(sheet_id).sheet_id)
        if "dimensionRange" not in message:
            raise InvalidArgumentError("A developer metadata location must be specified.")
        span = message.message("dimensionRange")
        span.allow(("sheetId", "dimension", "startIndex", "endIndex"))
        start = span.count("startIndex")
        if span.integer("endIndex") != start + 1 or span.text("dimension") not in (
            "ROWS",
            "COLUMNS",
        ):
            raise InvalidArgumentError(
                "Developer metadata may only be associated with a single row or column."
            )
        worksheet = workbook.worksheet_by_id(span.integer("sheetId") or 0)
        rows = span.text("dimension") == "ROWS"
        size = worksheet.row_count if rows else worksheet.column_count
        if start >= size:
            raise InvalidArgumentError(
                f"dimensionRange.startIndex[{start}] must not be beyond the grid: {size}"
            )
        return cls(worksheet.sheet_id, span.text("dimension"), start)


@dataclass(frozen=True)
class DeveloperMetadata:
    """One entry."""

    metadata_id: int
    key: str
    value: str | None
    location: Location
    visibility: str

    def moved(self, start: int) -> DeveloperMetadata:
        """The same entry at another row or column."""
        return replace(self, location=replace(self.location, start=start))

    def as_json(self) -> dict[str, Any]:
        """Google's DeveloperMetadata."""
        body: dict[str, Any] = {"metadataId": self.metadata_id, "metadataKey": self.key}
        if self.value is not None:
            body["metadataValue"] = self.value
        return body | {"location": self.location.as_json(), "visibility": self.visibility}


def matching(workbook: Workbook, data_filter: Message) -> list[DeveloperMetadata]:
    """The entries that a DataFilter's developerMetadataLookup finds, by id.

    Raises:
        UnimplementedError: it looks by a1Range or gridRange.
    """
    data_filter.allow(("developerMetadataLookup",), lacking=("a1Range", "gridRange"))
    if "developerMetadataLookup" not in data_filter:
        raise InvalidArgumentError("A data filter must be specified.")
    lookup = data_filter.message("developerMetadataLookup").allow(
        (
            "metadataId",
            "metadataKey",
            "metadataValue",
            "visibility",
            "locationType",
            "metadataLocation",
            "locationMatchingStrategy",
        )
    )
    place = None
    if "metadataLocation" in lookup:
        place = Location.read(lookup.message("metadataLocation"), workbook)
    elif "locationMatchingStrategy" in lookup:
        raise InvalidArgumentError("locationMatchingStrategy requires a metadataLocation.")
    exact = lookup.text("locationMatchingStrategy") == "EXACT_LOCATION"
    wanted = {
        "metadata_id": lookup.integer("metadataId"),
        "key": lookup.text("metadataKey"),
        "value": lookup.text("metadataValue"),
        "visibility": lookup.text("visibility"),
    }
    location_type = lookup.text("locationType")
    return [
        entry
        for _, entry in sorted(workbook.developer_metadata.items())
        if all(value is None or getattr(entry, name) == value for name, value in wanted.items())
        and location_type in (None, entry.location.type)
        and (
            place is None
            or (entry.location == place if exact else entry.location.intersects(place))
        )
    ]
