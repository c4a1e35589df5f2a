"""The spreadsheets.values collection: ranges of values read, written and cleared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError
from sheet_assets.sandbox.google.sheets.a1 import GridRange, Rectangle, column_letters, spelled
from sheet_assets.sandbox.google.sheets.cell import Old, TypedText, checked_text, number
from sheet_assets.sandbox.google.sheets.formatting import formatted
from sheet_assets.sandbox.google.sheets.message import Message, invalid_list
from sheet_assets.sandbox.google.sheets.typed_block import write_typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.google.call import Call
    from sheet_assets.sandbox.google.sheets.cell import Cell
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

RENDER_OPTIONS = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
DATE_OPTIONS = ("SERIAL_NUMBER", "FORMATTED_STRING")
DIMENSIONS = ("ROWS", "COLUMNS")
INPUT_OPTIONS = ("RAW", "USER_ENTERED")

_ECHO_FIELDS = (
    "includeValuesInResponse",
    "responseValueRenderOption",
    "responseDateTimeRenderOption",
)


@dataclass(frozen=True)
class Rendering:
    """How values are told: Google's render options and the major dimension."""

    value: str = "FORMATTED_VALUE"
    date_time: str = "SERIAL_NUMBER"
    major_dimension: str = "ROWS"

    @classmethod
    def asked(cls, call: Call) -> Rendering:
        """Read the options from the query."""
        return cls(
            call.choice("valueRenderOption", RENDER_OPTIONS, "ValueRenderOption"),
            call.choice("dateTimeRenderOption", DATE_OPTIONS, "DateTimeRenderOption"),
            call.choice("majorDimension", DIMENSIONS, "Dimension"),
        )


@dataclass(frozen=True)
class Update:
    """Values ready to be written: the block's place is within the grid."""

    worksheet: Worksheet
    cells: Rectangle
    block: list[list[Cell | Old]]

    @property
    def count(self) -> int:
        """How many cells are written."""
        return sum(value is not Old.KEEP for row in self.block for value in row)

    def answer(self, spreadsheet_id: str) -> dict[str, Any]:
        """Google's UpdateValuesResponse."""
        rows = self.cells.end_row - self.cells.start_row
        columns = self.cells.end_column - self.cells.start_column
        body: dict[str, Any] = {
            "spreadsheetId": spreadsheet_id,
            "updatedRange": spelled(self.worksheet.title, self.cells),
        }
        count = self.count
        if count:
            body |= {
                "updatedRows": rows,
                "updatedColumns": columns,
                "updatedCells": count,
            }
        return body


def get(call: Call, workbook: Workbook) -> dict[str, Any]:
    """values.get."""
    rendering = Rendering.asked(call)
    return _value_range(workbook, call.path["range"], rendering)


def batch_get(call: Call, workbook: Workbook) -> dict[str, Any]:
    """values.batchGet."""
    rendering = Rendering.asked(call)
    ranges = call.parameters.get("ranges", [])
    body: dict[str, Any] = {"spreadsheetId": workbook.spreadsheet_id}
    if ranges:
        body["valueRanges"] = [_value_range(workbook, text, rendering) for text in ranges]
    return body


def update(call: Call, workbook: Workbook) -> dict[str, Any]:
    """values.update."""
    option = input_option(call.parameter("valueInputOption"))
    body = Message(call.json(), "data").allow(("range", "majorDimension", "values"))
    with workbook.edited_by(call.email):
        prepared = _prepare(workbook, body, call.path["range"], option)
        write_updates(workbook, [prepared])
    return echoed(prepared, call, body, workbook)


def echoed(update: Update, call: Call, body: Message, workbook: Workbook) -> dict[str, Any]:
    """Google's UpdateValuesResponse, with the values as they are now if the call wants them."""
    answer = update.answer(workbook.spreadsheet_id)
    if call.flag("includeValuesInResponse"):
        rendering = Rendering(
            call.choice("responseValueRenderOption", RENDER_OPTIONS, "ValueRenderOption"),
            call.choice("responseDateTimeRenderOption", DATE_OPTIONS, "DateTimeRenderOption"),
            body.text("majorDimension") or "ROWS",
        )
        answer["updatedData"] = _rendered(update.worksheet, update.cells, rendering)
    return answer


def batch_update(call: Call, workbook: Workbook) -> dict[str, Any]:
    """values.batchUpdate: all ranges or none."""
    body = Message(call.json(), "").allow(("valueInputOption", "data", *_ECHO_FIELDS))
    option = input_option(body.text("valueInputOption"))
    prepared = []
    with workbook.edited_by(call.email):
        for place, part in enumerate(body.messages("data")):
            part.allow(("range", "majorDimension", "values"))
            try:
                prepared.append(_prepare(workbook, part, part.text("range") or "", option))
            except InvalidArgumentError as exc:
                if exc.details:
                    raise
                raise exc.prefixed(f"Invalid data[{place}]") from exc
        write_updates(workbook, prepared)
    totals = _totals(prepared)
    responses = [each.answer(workbook.spreadsheet_id) for each in prepared]
    if body.boolean("includeValuesInResponse"):
        for response, each, part in zip(responses, prepared, body.messages("data"), strict=True):
            rendering = Rendering(
                body.enum("responseValueRenderOption", RENDER_OPTIONS, "ValueRenderOption"),
                body.enum("responseDateTimeRenderOption", DATE_OPTIONS, "DateTimeRenderOption"),
                part.text("majorDimension") or "ROWS",
            )
            response["updatedData"] = _rendered(each.worksheet, each.cells, rendering)
    answer: dict[str, Any] = {"spreadsheetId": workbook.spreadsheet_id, **totals}
    return answer | ({"responses": responses} if responses else {})


def clear(call: Call, workbook: Workbook) -> dict[str, Any]:
    """values.clear: the values go, formats and notes stay."""
    cleared = _clear(workbook, [call.path["range"]], call.email)
    return {"spreadsheetId": workbook.spreadsheet_id, "clearedRange": cleared[0]}


def batch_clear(call: Call, workbook: Workbook) -> dict[str, Any]:
    """values.batchClear."""
    body = Message(call.json(), "").allow(("ranges",))
    cleared = _clear(workbook, body.texts("ranges"), call.email)
    return {"spreadsheetId": workbook.spreadsheet_id, "clearedRanges": cleared}


def _clear(workbook: Workbook, ranges: list[str], email: str) -> list[str]:
    found = [workbook.find_range(text) for text in ranges]
    places = [(worksheet, worksheet.clipped(cells)) for worksheet, cells in found]
    with workbook.edited_by(email):
        for worksheet, cells in places:
            worksheet.clear(cells)
        workbook.touch(email)
    return [spelled(worksheet.title, cells) for worksheet, cells in places]


def _value_range(workbook: Workbook, text: str, rendering: Rendering) -> dict[str, Any]:
    worksheet, cells = workbook.find_range(text)
    return _rendered(worksheet, worksheet.clipped(cells), rendering)


def _rendered(worksheet: Worksheet, cells: Rectangle, rendering: Rendering) -> dict[str, Any]:
    """Google's ValueRange of a rectangle."""
    as_entered = rendering.value == "FORMULA"
    rows = worksheet.read(cells) if as_entered else worksheet.effective(cells)
    values: Sequence[Sequence[Any]]
    if rendering.value == "FORMATTED_VALUE":
        values = formatted(worksheet, cells, rows)
    elif rendering.value == "UNFORMATTED_VALUE" and rendering.date_time == "FORMATTED_STRING":
        values = formatted(worksheet, cells, rows, only_dates=True)
    else:
        values = [
            tuple("" if v is None else v for v in row) if None in row else row for row in rows
        ]
    if rendering.major_dimension == "COLUMNS":
        values = _transposed(values)
    body: dict[str, Any] = {
        "range": spelled(worksheet.title, cells),
        "majorDimension": rendering.major_dimension,
    }
    if values:
        body["values"] = values
    return body


def _transposed(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    columns: list[list[Any]] = [[] for _ in range(max(map(len, rows), default=0))]
    for place, row in enumerate(rows):
        for column, value in zip(columns, row, strict=False):
            if value != "":
                column.extend([""] * (place - len(column)))
                column.append(value)
    return columns


def input_option(value: str | None) -> str:
    """RAW or USER_ENTERED.

    Raises:
        InvalidArgumentError: it is neither, or missing.
    """
    if value is None or value == "INPUT_VALUE_OPTION_UNSPECIFIED":
        raise InvalidArgumentError("'valueInputOption' is required but not specified")
    if value not in INPUT_OPTIONS:
        raise InvalidArgumentError.at(
            "value_input_option",
            "Invalid value at 'value_input_option' "
            f'(type.googleapis.com/google.apps.sheets.v4.ValueInputOption), "{value}"',
        )
    return value


def _prepare(workbook: Workbook, body: Message, text: str, option: str) -> Update:
    """Check one range of an update, and turn its values into a block of cells.

    Raises:
        InvalidArgumentError: the values are no rows of values, do not fit into the range, or
            the range not into the grid; or the cells are protected.
    """
    block = block_of(body, option)
    worksheet, wanted = workbook.find_range(text)
    within = body.text("range")
    if within is not None and workbook.find_range(within) != (worksheet, wanted):
        raise UnimplementedError(f"a body whose range {within} is not that of the address, {text}")
    worksheet.clipped(wanted)
    height, width = len(block), max(map(len, block), default=0)
    if not wanted.is_cell:
        _check_within_range(worksheet, wanted, height, width)
    cells = Rectangle(
        wanted.start_row,
        wanted.start_row + max(height, 1),
        wanted.start_column,
        wanted.start_column + max(width, 1),
    )
    worksheet.check_within_grid(cells)
    if block:
        worksheet.check_editable(cells)
    return Update(worksheet, cells, block)


def _check_within_range(worksheet: Worksheet, wanted: GridRange, height: int, width: int) -> None:
    last_row = wanted.start_row + height
    last_column = wanted.start_column + width
    if wanted.end_row is not None and last_row > wanted.end_row:
        beyond = f"row [{wanted.end_row + 1}]"
    elif wanted.end_column is not None and last_column > wanted.end_column:
        beyond = f"column [{column_letters(wanted.end_column)}]"
    else:
        return
    asked = Rectangle(
        wanted.start_row,
        worksheet.row_count if wanted.end_row is None else wanted.end_row,
        wanted.start_column,
        worksheet.column_count if wanted.end_column is None else wanted.end_column,
    )
    raise InvalidArgumentError(
        f"Requested writing within range [{spelled(worksheet.title, asked)}], "
        f"but tried writing to {beyond}"
    )


def block_of(body: Message, option: str) -> list[list[Cell | Old]]:
    """The cells of a ValueRange, by rows; with USER_ENTERED its texts are TypedText.

    Raises:
        InvalidArgumentError: the values are no rows of values.
    """
    values = body.fields.get("values", [])
    path = f"{body.path}.values"
    if not isinstance(values, list):
        raise invalid_list(path, values)
    block: list[list[Cell | Old]] = []
    for row_index, row in enumerate(values):
        if not isinstance(row, list):
            raise invalid_list(f"{path}[{row_index}]", row)
        block.append(
            [_input(value, option, (row_index, column)) for column, value in enumerate(row)]
        )
    dimension = body.text("majorDimension") or "ROWS"
    if dimension not in DIMENSIONS:
        raise InvalidArgumentError(f"Invalid majorDimension: {dimension}")
    if dimension == "COLUMNS":
        height = max(map(len, block), default=0)
        block = [
            [column[row] if row < len(column) else Old.KEEP for column in block]
            for row in range(height)
        ]
    return block


def _input(value: Any, option: str, place: tuple[int, int]) -> Cell | Old:
    if value is None:
        return Old.KEEP
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, str):
        return checked_text(value) if option == "RAW" else TypedText(value)
    kind = "list_value" if isinstance(value, list) else "struct_value"
    raise InvalidArgumentError(f"Invalid values[{place[0]}][{place[1]}]: {kind} {{\n}}\n")


def write_updates(workbook: Workbook, updates: list[Update]) -> None:
    """Write them, and tell Drive when there was anything to write."""
    for each in updates:
        write_typed(each.worksheet, each.cells.start_row, each.cells.start_column, each.block)
    if any(each.count for each in updates):
        workbook.touch(workbook.editor)


def _totals(updates: list[Update]) -> dict[str, int]:
    rows = {
        (each.worksheet.sheet_id, row)
        for each in updates
        if each.count
        for row in range(each.cells.start_row, each.cells.end_row)
    }
    columns = {
        (each.worksheet.sheet_id, column)
        for each in updates
        if each.count
        for column in range(each.cells.start_column, each.cells.end_column)
    }
    totals = {
        "totalUpdatedRows": len(rows),
        "totalUpdatedColumns": len(columns),
        "totalUpdatedCells": sum(each.count for each in updates),
        "totalUpdatedSheets": len({each.worksheet.sheet_id for each in updates if each.count}),
    }
    return {name: total for name, total in totals.items() if total}
