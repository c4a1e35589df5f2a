"""Parquet files: read for a COPY.

https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]  # it has no stubs
import pyarrow.compute as pc  # type: ignore[import-untyped]  # it has no stubs
from pyarrow import parquet

from sheet_assets.sandbox.redshift.notation import Notation
from sheet_assets.sandbox.redshift.plain_rows import Encoded
from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sheet_assets.sandbox.redshift.column import Column
    from sheet_assets.sandbox.redshift.copy_options import CopyOptions
    from sheet_assets.sandbox.redshift.objects import Objects, StoredObject

_BATCH_ROWS = 16_384
_BUFFER_BYTES = 1 << 20
_COMPRESSED = (".gz", ".bz2", ".snappy")
# What a column of a table takes, as Redshift Spectrum reads it: no number becomes another kind.
_TYPES: dict[str, Callable[[pa.DataType], bool]] = {
    "int2": lambda kind: kind in {pa.int16(), pa.int8(), pa.uint8()},
    "int4": lambda kind: kind in {pa.int32(), pa.uint16()},
    "int8": lambda kind: kind in {pa.int64(), pa.uint32()},
    "float4": pa.types.is_float32,
    "float8": pa.types.is_float64,
    "numeric": pa.types.is_decimal,
    "bool": pa.types.is_boolean,
    "date": pa.types.is_date32,
    "time": pa.types.is_time,
    "timestamp": pa.types.is_timestamp,
    "timestamptz": pa.types.is_timestamp,
}


class _ObjectFile(io.RawIOBase):
    """An object of S3, read where it is needed: a Parquet file tells at its end what it has."""

    def __init__(self, objects: Objects, stored: StoredObject) -> None:
        self._objects = objects
        self._stored = stored
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._stored.size}
        self._position = start[whence] + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        length = min(len(buffer), self._stored.size - self._position)
        if length <= 0:
            return 0
        data = self._objects.part(self._stored.url, self._position, length)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


def read_parquet(
    objects: Objects,
    stored: StoredObject,
    columns: Sequence[Column | None],
    options: CopyOptions,
) -> Iterator[Encoded]:
    """The rows of a file, whose columns are the table's by their position.

    Raises:
        RefusedError: S3 refuses, or the file does not fit the table.
    """
    if stored.url.key.endswith(_COMPRESSED):
        raise RefusedError.unimplemented(f"PARQUET within a compressed file: {stored.url}")
    filled = [column for column in columns if column is not None]
    with io.BufferedReader(_ObjectFile(objects, stored), _BUFFER_BYTES) as raw:
        try:
            file = parquet.ParquetFile(raw)
        except (pa.ArrowInvalid, OSError) as error:
            raise _scan_error(stored, f"is not a Parquet file: {error}") from error
        _check_columns(file.schema_arrow, filled, stored, options)
        for batch in file.iter_batches(_BATCH_ROWS):
            arrays = [
                _texts(batch.column(index), column, stored, options)
                if index < batch.num_columns
                else pa.nulls(batch.num_rows, pa.string())
                for index, column in enumerate(filled)
            ]
            yield _encode(arrays, columns, Notation.of(options))


def _check_columns(
    schema: pa.Schema, columns: Sequence[Column], stored: StoredObject, options: CopyOptions
) -> None:
    found = len(schema.names)
    if found > len(columns) or (found < len(columns) and not options.fill_record):
        raise _scan_error(
            stored,
            f"has an invalid Parquet schema: it has {found} columns, but {len(columns)} are loaded",
        )
    for field, column in zip(schema, columns, strict=False):
        kind = field.type
        is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        is_text = is_text or pa.types.is_binary(kind)
        if not (is_text if column.is_text else _TYPES.get(column.type, _nothing)(kind)):
            raise _scan_error(
                stored,
                f"has an incompatible Parquet schema for column '{stored.url}.{field.name}'. "
                f"Column type: {column.type.upper()}, Parquet schema: {kind}",
            )


def _nothing(_: pa.DataType) -> bool:
    return False


def _texts(
    array: pa.Array[Any], column: Column, stored: StoredObject, options: CopyOptions
) -> pa.Array[Any]:
    """The values of a column as PostgreSQL reads them, once they fit it."""
    if column.required and array.null_count:
        raise _scan_error(stored, f"has NULL in the column '{column.name}', which is NOT NULL")
    kind = array.type
    if column.is_text:
        return _strings(array, column, stored, options)
    if column.type == "numeric" and column.size is not None:
        # More digits are cut off, as from a text.
        try:
            array = pc.cast(array, pa.decimal128(38, kind.scale))
            array = pc.cast(
                array,
                pa.decimal128(column.size, column.scale or 0),
                safe=kind.scale <= (column.scale or 0),
            )
        except pa.ArrowInvalid as error:
            raise _scan_error(
                stored, f"has a value that overflows the column '{column.name}': {error}"
            ) from error
    if pa.types.is_timestamp(kind):
        # TIMESTAMP has no zone: what is told with one is taken in UTC.
        array = pc.cast(array, pa.timestamp("us"), safe=False)
        texts = pc.strftime(array, "%Y-%m-%d %H:%M:%S")
        return (
            pc.binary_join_element_wise(texts, "+00", "") if column.type == "timestamptz" else texts
        )
    return pc.cast(array, pa.string())


def _strings(
    array: pa.Array[Any], column: Column, stored: StoredObject, options: CopyOptions
) -> pa.Array[Any]:
    try:
        texts = pc.cast(array, pa.string())
    except pa.ArrowInvalid as error:
        if options.replacement is None:
            raise _scan_error(
                stored, f"has bytes that are not UTF-8 in the column '{column.name}'"
            ) from error
        texts = pa.array([_replaced(value, options.replacement) for value in array.to_pylist()])
    longest = pc.max(pc.binary_length(texts)).as_py() or 0
    if column.size is not None and longest > column.size:
        raise _scan_error(
            stored,
            f"The length of the data column {column.name} is longer than the length defined in "
            f"the table. Table: {column.size}, Data: {longest}",
        )
    if pc.any(pc.match_substring(texts, "\0")).as_py():
        raise _scan_error(stored, f"has a NUL in the column '{column.name}'")
    return texts


def _replaced(value: bytes | None, replacement: str) -> str | None:
    if value is None:
        return None
    text = value.decode("utf-8", "surrogateescape")
    return "".join(replacement if "\udc80" <= each <= "\udcff" else each for each in text)


def _encode(
    arrays: Sequence[pa.Array[Any]], columns: Sequence[Column | None], notation: Notation
) -> Encoded:
    quote = notation.quote
    given = iter(
        pc.binary_join_element_wise(quote, pc.replace_substring(array, quote, quote * 2), quote, "")
        for array in arrays
    )
    fields = [pa.scalar(notation.default) if column is None else next(given) for column in columns]
    rows = pc.binary_join_element_wise(
        *fields, notation.delimiter, null_handling="replace", null_replacement=""
    )
    ended = pc.binary_join_element_wise(rows, "", "\n")
    # The texts of an array lie one behind the other.
    buffer = ended.buffers()[2]
    return Encoded(buffer.to_pybytes() if buffer is not None else b"", len(ended))


def _scan_error(stored: StoredObject, reason: str) -> RefusedError:
    # https://docs.aws.amazon.com/redshift/latest/dg/c-spectrum-troubleshooting.html
    return RefusedError(
        "Spectrum Scan Error",
        detail=f"error: Spectrum Scan Error, code: 15007, context: File '{stored.url}' {reason}",
    )
