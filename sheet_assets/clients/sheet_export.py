"""The atomic export: a rectangle of a worksheet is always one whole result.

One `spreadsheets.batchUpdate` grows the grid, clears what is left of the old rectangle, writes
the new one and records it in the tab's developer metadata; Google applies all of it or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sheet_assets.clients import export_record
from sheet_assets.clients.export_record import at
from sheet_assets.clients.google import parse_spreadsheet
from sheet_assets.errors import SheetError, SheetTooLargeError
from sheet_assets.sheets import encode
from sheet_assets.sheets.a1 import TOP_LEFT, Cell, Rectangle, in_worksheet

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from sheet_assets.clients.google import GoogleClient, Worksheet

MAX_CELLS = 10_000_000
_FIELDS = (
    "properties(title,timeZone),sheets(properties(sheetId,title,gridProperties),developerMetadata)"
)
_FORMAT_FIELDS = "sheets.data.rowData.values.userEnteredFormat.numberFormat"


@dataclass(frozen=True)
class ExportTarget:
    """Where an export goes: `name` marks the rectangle it owns."""

    name: str
    spreadsheet_id: str
    worksheet: str | int
    anchor: Cell = TOP_LEFT

    @property
    def metadata_key(self) -> str:
        """The key of its developer metadata."""
        return f"sheet_assets/export/{self.name}"


@dataclass(frozen=True)
class Exported:
    """How an export ended; `rectangle` is what it owns now, in A1 notation.

    `unchanged`: the sheet holds these values already, and nothing was written. `superseded`: a
    result that was queried later stands there.
    """

    outcome: Literal["written", "unchanged", "superseded"]
    rectangle: str
    rows: int
    cells_changed: int
    api_calls: int


def export_rows(
    google: GoogleClient,
    target: ExportTarget,
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    queried_at: dt.datetime,
) -> Exported:
    """Make the target's rectangle a header and these rows.

    Two or three reads and one write; two reads and no write when nothing changed.

    Raises:
        SheetError: the worksheet is missing or not shared, cells that are not the export's
            own stand in the way, or a value fits no cell; the sheet is as it was.
    """
    calls = google.api_calls
    answer = google.get(target.spreadsheet_id, fields=_FIELDS, right="editor")
    spreadsheet = parse_spreadsheet(target.spreadsheet_id, answer)
    worksheet = spreadsheet.worksheet(target.worksheet)
    standing = google.values(target.spreadsheet_id, worksheet.title)
    table = [list(names), *[list(row) for row in rows]]
    new = _rectangle(target.anchor, height=len(table), width=len(names))
    recorded = export_record.find(answer, worksheet.sheet_id, target.metadata_key)
    owned = recorded or export_record.adopted(target.anchor, standing, names)
    if owned.queried_at is not None and owned.queried_at > queried_at:
        stands = in_worksheet(worksheet.title, owned.rectangle)
        height = owned.rectangle.height - 1
        return Exported("superseded", stands, height, 0, google.api_calls - calls)
    where = in_worksheet(worksheet.title, new)
    changed = sum(1 for _ in _differences(standing, _values(table), new, owned.rectangle))
    if not changed and owned.queried_at is not None and owned.rectangle == new:
        return Exported("unchanged", where, len(rows), 0, google.api_calls - calls)
    old = owned.clipped(rows=worksheet.rows, columns=worksheet.columns).rectangle
    _refuse_strangers(standing, new, old, worksheet)
    growth = _growth(spreadsheet.worksheets, worksheet, new)
    formats = _standing_formats(google, target, worksheet, new)
    google.batch_update(
        target.spreadsheet_id,
        [
            *growth,
            *_clear(worksheet, old, new),
            _write(worksheet, new, table),
            *_number_formats(worksheet, new, old, table, formats),
            *export_record.requests(
                target.metadata_key,
                worksheet.sheet_id,
                new,
                queried_at,
                replaces=recorded is not None,
            ),
        ],
    )
    return Exported("written", where, len(rows), changed, google.api_calls - calls)


def _rectangle(anchor: Cell, *, height: int, width: int) -> Rectangle:
    return Rectangle(anchor.row, anchor.column, anchor.row + height, anchor.column + width)


def _values(table: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [
        [_value(value, str(name)) for name, value in zip(table[0], row, strict=True)]
        for row in table
    ]


def _value(value: Any, name: str) -> Any:
    try:
        return encode.cell_value(value)
    except ValueError as error:
        raise SheetError(
            f'The column "{name}" of the result cannot be written: {error}. The sheet is as it was.'
        ) from error
    except SheetTooLargeError as error:
        raise SheetTooLargeError(
            f'The column "{name}" of the result cannot be written. {error} The sheet is as it was.'
        ) from error


def _cells(rectangle: Rectangle) -> Iterator[Cell]:
    for row in range(rectangle.row, rectangle.end_row):
        for column in range(rectangle.column, rectangle.end_column):
            yield Cell(row, column)


def _inside(cell: Cell, rectangle: Rectangle) -> bool:
    return (
        rectangle.row <= cell.row < rectangle.end_row
        and rectangle.column <= cell.column < rectangle.end_column
    )


def _differences(
    standing: Sequence[Sequence[Any]],
    wanted: Sequence[Sequence[Any]],
    new: Rectangle,
    old: Rectangle,
) -> Iterator[Cell]:
    for cell in _cells(new):
        is_now = at(standing, *cell)
        shall_be = wanted[cell.row - new.row][cell.column - new.column]
        if is_now != shall_be or isinstance(is_now, bool) != isinstance(shall_be, bool):
            yield cell
    for cell in _cells(old):
        if not _inside(cell, new) and at(standing, *cell) != "":
            yield cell


def _refuse_strangers(
    standing: Sequence[Sequence[Any]], new: Rectangle, old: Rectangle, worksheet: Worksheet
) -> None:
    strangers = [
        cell for cell in _cells(new) if not _inside(cell, old) and at(standing, *cell) != ""
    ]
    if strangers:
        first = in_worksheet(worksheet.title, strangers[0])
        raise SheetError(
            f"The result needs {in_worksheet(worksheet.title, new)}, where {len(strangers):,} "
            f"cells hold something that this export did not write (the first is {first}). Move "
            "or clear them, or give the export another `anchor`. The sheet is as it was."
        )


def _growth(
    worksheets: Sequence[Worksheet], worksheet: Worksheet, new: Rectangle
) -> list[dict[str, Any]]:
    rows, columns = max(worksheet.rows, new.end_row), max(worksheet.columns, new.end_column)
    if (rows, columns) == (worksheet.rows, worksheet.columns):
        return []
    others = sum(
        each.rows * each.columns for each in worksheets if each.sheet_id != worksheet.sheet_id
    )
    if others + rows * columns > MAX_CELLS:
        raise SheetTooLargeError(
            f"The result would make the spreadsheet {others + rows * columns:,} cells large; "
            f"Google allows {MAX_CELLS:,}. Select fewer rows, or delete unused rows and tabs. "
            "The sheet is as it was."
        )
    return [
        {
            "updateSheetProperties": {
                "properties": {
                    "sheetId": worksheet.sheet_id,
                    "gridProperties": {"rowCount": rows, "columnCount": columns},
                },
                "fields": "gridProperties(rowCount,columnCount)",
            }
        }
    ]


def _clear(worksheet: Worksheet, old: Rectangle, new: Rectangle) -> list[dict[str, Any]]:
    if not (old.height and old.width) or new.union(old) == new:
        return []
    # Rows that are not given clear the range; formats stay, as only values are named.
    return [
        {
            "updateCells": {
                "range": old.grid_range(worksheet.sheet_id),
                "rows": [],
                "fields": "userEnteredValue",
            }
        }
    ]


def _write(worksheet: Worksheet, new: Rectangle, table: Sequence[Sequence[Any]]) -> dict[str, Any]:
    return {
        "updateCells": {
            "range": new.grid_range(worksheet.sheet_id),
            "rows": [{"values": [_cell_data(value) for value in row]} for row in table],
            "fields": "userEnteredValue",
        }
    }


def _cell_data(value: Any) -> dict[str, Any]:
    extended = encode.extended_value(value)
    return {"userEnteredValue": extended} if extended else {}


def _standing_formats(
    google: GoogleClient, target: ExportTarget, worksheet: Worksheet, new: Rectangle
) -> list[Mapping[str, str] | None]:
    """The number format of each column's first cell below the header."""
    if new.height < 2 or worksheet.rows < new.row + 2 or worksheet.columns <= new.column:
        return [None] * new.width
    first = Rectangle(new.row + 1, new.column, new.row + 2, min(new.end_column, worksheet.columns))
    answer = google.get(
        target.spreadsheet_id,
        fields=_FORMAT_FIELDS,
        ranges=[in_worksheet(worksheet.title, first)],
    )
    data = (answer.get("sheets") or [{}])[0].get("data") or [{}]
    cells = (data[0].get("rowData") or [{}])[0].get("values") or []
    found = [cell.get("userEnteredFormat", {}).get("numberFormat") for cell in cells]
    return [*found, *[None] * (new.width - len(found))]


def _number_formats(
    worksheet: Worksheet,
    new: Rectangle,
    old: Rectangle,
    table: Sequence[Sequence[Any]],
    standing: Sequence[Mapping[str, str] | None],
) -> Iterator[dict[str, Any]]:
    """A format a person chose is carried on to new rows; dates without one get one."""
    for offset, chosen in enumerate(standing):
        needed = chosen or next(
            filter(None, (encode.number_format(row[offset]) for row in table[1:])), None
        )
        # Rows that were written before keep what they have.
        below = old.end_row if chosen and old.row == new.row else 0
        first_row = max(new.row + 1, below)
        if needed is None or first_row >= new.end_row:
            continue
        column = new.column + offset
        cells = Rectangle(first_row, column, new.end_row, column + 1)
        yield {
            "repeatCell": {
                "range": cells.grid_range(worksheet.sheet_id),
                "cell": {"userEnteredFormat": {"numberFormat": dict(needed)}},
                "fields": "userEnteredFormat.numberFormat",
            }
        }
