"""Seeding from a file: a CSV or Parquet file becomes a worksheet, a million rows if need be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]  # it has no stubs
import pyarrow.compute as pc  # type: ignore[import-untyped]  # it has no stubs
import pyarrow.csv  # type: ignore[import-untyped]  # it has no stubs
import pyarrow.parquet  # type: ignore[import-untyped]  # it has no stubs

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.google.sheets.a1 import GridRange
from sheet_assets.sandbox.google.sheets.cell import LONGEST_TEXT
from sheet_assets.sandbox.google.sheets.workbook import MOST_CELLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sheet_assets.sandbox.google import GoogleServer

BATCH_ROWS = 50_000
SUFFIXES = (".csv", ".parquet")

_EPOCH_DAYS = 25_569  # 1970-01-01 as a sheet counts days
_DAY_MICROSECONDS = 86_400_000_000
# Texts that stand more than once in a column are kept once; more different ones than this
# are not worth remembering.
_MOST_REMEMBERED = 10_000


def seed_file(
    google: GoogleServer,
    path: Path,
    *,
    spreadsheet_id: str | None = None,
    worksheet: str = "Sheet1",
    share_with: Sequence[str] = (),
    by: str,
) -> int:
    """Make a spreadsheet of a file and return how many rows it has, the header included.

    Its id is the file's name without the suffix, unless one is given. A column of a CSV is of
    one type: whole numbers, decimals, booleans, dates, times, or text if nothing else fits all
    of it. Dates and times are serial numbers with a number format, as in every sheet.

    Raises:
        SandboxError: the file cannot be read, has no columns, types that no sheet has, a text of
            more than 50,000 characters, or more than 10,000,000 cells; or the id is taken.
    """
    table = _read(path)
    rows, columns = int(table.num_rows) + 1, int(table.num_columns)
    if not columns:
        raise SandboxError(f"{path} has no columns.")
    if rows * columns > MOST_CELLS:
        raise SandboxError(
            f"{path} has {rows * columns:,} cells, and a spreadsheet holds {MOST_CELLS:,}: "
            "leave columns or rows out."
        )
    formats = {}
    for place, column in enumerate(table.schema):
        number_format = _number_format(column.type, f"{path}: the column {column.name}")
        if number_format:
            formats[place] = number_format
    _check_texts(table, path)
    title = spreadsheet_id or path.stem
    workbook = google.drive.create_spreadsheet(title, spreadsheet_id=title, owner=by)
    with workbook.lock:
        sheet = workbook.worksheets[0]
        sheet.title, sheet.row_count, sheet.column_count = worksheet, rows, columns
        sheet.write(0, 0, [list(table.column_names)])
        sheet.append_rows(_rows(table))
        for place, (kind, pattern) in formats.items():
            cells = GridRange(1, rows, place, place + 1)
            if rows > 1:
                sheet.set_number_format(cells, kind, pattern, by=by)
        workbook.touch(by)
    for email in share_with:
        google.drive.share(title, email)
    return rows


def _read(path: Path) -> pa.Table:
    if path.suffix.lower() not in SUFFIXES:
        raise SandboxError(f"{path} is no {' or '.join(SUFFIXES)} file.")
    try:
        if path.suffix.lower() == ".parquet":
            return pa.parquet.read_table(path)
        return pa.csv.read_csv(
            path, convert_options=pa.csv.ConvertOptions(strings_can_be_null=True, null_values=[""])
        )
    except (OSError, pa.ArrowException) as error:
        raise SandboxError(f"{path} cannot be read: {error}.") from error


def _number_format(kind: pa.DataType, where: str) -> tuple[str, str] | None:
    """The number format of a column of this type; None when it needs none."""
    if pa.types.is_date(kind):
        return "DATE", "yyyy-mm-dd"
    if pa.types.is_timestamp(kind):
        return "DATE_TIME", "yyyy-mm-dd hh:mm:ss"
    if pa.types.is_time(kind):
        return "TIME", "hh:mm:ss"
    plain = (
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_decimal,
        pa.types.is_boolean,
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_null,
    )
    if pa.types.is_dictionary(kind):
        return _number_format(kind.value_type, where)
    if any(is_kind(kind) for is_kind in plain):
        return None
    raise SandboxError(f"{where} is of the type {kind}, which no cell can hold.")


def _check_texts(table: pa.Table, path: Path) -> None:
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            longest = pc.max(pc.utf8_length(column)).as_py()
            if longest is not None and longest > LONGEST_TEXT:
                raise SandboxError(
                    f"{path}: the column {name} has a text of {longest:,} characters, and a cell "
                    f"holds {LONGEST_TEXT:,}."
                )


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """The rows as a sheet holds them."""
    remembered: list[dict[str, str]] = [{} for _ in table.columns]
    for batch in table.to_batches(BATCH_ROWS):
        columns = [
            _values(column, known) for column, known in zip(batch.columns, remembered, strict=True)
        ]
        yield from zip(*columns, strict=True)


def _values(column: pa.Array, known: dict[str, str]) -> list[Any]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _values(column.dictionary_decode(), known)
    if pa.types.is_date(kind):
        days = column.cast(pa.date32()).cast(pa.int32())
        return pc.add(days, _EPOCH_DAYS).to_pylist()  # type: ignore[no-any-return]  # untyped
    if pa.types.is_timestamp(kind):
        moments = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
        return _whole(pc.add(pc.divide(moments.cast(pa.float64()), _DAY_MICROSECONDS), _EPOCH_DAYS))
    if pa.types.is_time(kind):
        moments = column.cast(pa.time64("us")).cast(pa.int64())
        return _whole(pc.divide(moments.cast(pa.float64()), _DAY_MICROSECONDS))
    if pa.types.is_decimal(kind):
        return _whole(column.cast(pa.float64()))
    if pa.types.is_floating(kind):
        return _whole(column)
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return column.to_pylist()  # type: ignore[no-any-return]  # untyped
    values: list[str | None] = []
    for text in column.to_pylist():
        if text and len(known) < _MOST_REMEMBERED:
            values.append(known.setdefault(text, text))
        else:
            values.append(known.get(text, text) or None)
    return values


def _whole(column: pa.Array) -> list[Any]:
    """Doubles as a sheet tells them: whole ones as integers, and no NaN or infinity."""
    return [
        int(value) if value is not None and value.is_integer() and abs(value) < 1e16 else value
        for value in pc.if_else(pc.is_finite(column), column, None).to_pylist()
    ]
