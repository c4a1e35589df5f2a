"""The rows that PostgreSQL gives, as a Parquet file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]  # it has no stubs
import pyarrow.compute as pc  # type: ignore[import-untyped]  # it has no stubs
from pyarrow import parquet

from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.unload_rows import fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.redshift.unload_columns import UnloadColumn
    from sheet_assets.sandbox.redshift.upload import Upload

_BATCH_ROWS = 16_384
_TYPES = {
    "boolean": pa.bool_(),
    "bigint": pa.int64(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "character varying": pa.string(),
    "character": pa.string(),
    "real": pa.float32(),
    "double precision": pa.float64(),
    "date": pa.date32(),
    "timestamp without time zone": pa.timestamp("us"),
    "timestamp with time zone": pa.timestamp("us", "UTC"),
}


def _arrow_type(column: UnloadColumn) -> pa.DataType:
    if column.precision:
        return pa.decimal128(*column.precision)
    if column.base not in _TYPES:
        raise RefusedError.unimplemented(
            f"UNLOAD to PARQUET of the column '{column.name}': cast it to a type with a precision, "
            "or to VARCHAR"
        )
    return _TYPES[column.base]


class _Sink(io.RawIOBase):
    def __init__(self, upload: Upload) -> None:
        self._upload = upload

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._upload.size

    def write(self, data: Any) -> int:
        written = bytes(data)
        self._upload.write(written)
        return len(written)


class ParquetRows:
    """Writes rows into one file, batch by batch."""

    def __init__(self, columns: Sequence[UnloadColumn], upload: Upload) -> None:
        self._schema = pa.schema([(column.name, _arrow_type(column)) for column in columns])
        self._upload = upload
        self._rows: list[list[bytes | None]] = []
        self._writer = parquet.ParquetWriter(_Sink(upload), self._schema, compression="snappy")

    @property
    def size(self) -> int:
        """Bytes of the file so far, without the batch that is open."""
        return self._upload.size

    def write(self, row: bytes) -> None:
        """Take a row of PostgreSQL's text format."""
        self._rows.append(fields(row))
        if len(self._rows) >= _BATCH_ROWS:
            self._write_batch()

    def flush(self) -> None:
        """Nothing is sent on before a batch is full."""

    def close(self) -> None:
        """Write what ends the file."""
        if self._rows:
            self._write_batch()
        self._writer.close()

    def _write_batch(self) -> None:
        texts = [pa.array(values, pa.binary()) for values in zip(*self._rows, strict=True)]
        arrays = [
            _typed(pc.cast(text, pa.string()), field.type)
            for text, field in zip(texts, self._schema, strict=True)
        ]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))
        self._rows.clear()


def _typed(texts: pa.Array[Any], kind: pa.DataType) -> pa.Array[Any]:
    # Arrow reads no single letter as a truth.
    return pc.equal(texts, "t") if pa.types.is_boolean(kind) else pc.cast(texts, kind)
